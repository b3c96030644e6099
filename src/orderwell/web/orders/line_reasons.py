"""Why a line is taxed as it is, and why its goods come from where they come from, in the reader's words."""

from __future__ import annotations

from decimal import Decimal

from django.utils.translation import gettext as _

from orderwell.domains.orders.models import OrderLine
from orderwell.domains.orders.overview import LineView
from orderwell.kernel.quantities import plain
from orderwell.platform.formats import listed
from orderwell.web.components.places import place_name
from orderwell.web.templatetags.orderwell import RULES


def why_taxed(line: OrderLine) -> str:
    rate = plain(line.tax_rate * 100)
    category = line.explanation.get("tax", {}).get("category")
    if not category:
        return _("Tax: %(rate)s %%") % {"rate": rate}
    return _("Tax: %(rate)s %%, as category %(category)s had when the order was made") % {
        "rate": rate,
        "category": category,
    }


def why_from(view: LineView) -> list[str]:
    """Why goods come from where they come from, one sentence for each decision."""
    found = []
    for choice in view.sourcing:
        rule = RULES.get(choice.get("rule", ""))
        parts = [_("When changed (%(change)s)") % {"change": choice["change"]} if "change" in choice else ""]
        if wish := choice.get("preferred"):
            parts.append(_("The customer prefers %(warehouse)s") % {"warehouse": place_name(wish)})
        parts.append(_(rule) if rule else "")
        for title, key in ((_("taken: %(list)s"), "taken"), (_("free then: %(list)s"), "free")):
            places = listed(
                f"{place_name(where)} {plain(Decimal(units))}" for where, units in choice.get(key, {}).items()
            )
            parts.append(title % {"list": places} if places else "")
        if choice.get("backordered"):
            parts.append(_("backordered: %(units)s") % {"units": plain(Decimal(choice["backordered"]))})
        found.append(". ".join(filter(None, parts)))
    return list(dict.fromkeys(filter(None, found)))
