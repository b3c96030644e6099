"""Why a line has its price: kept in the line when it is decided, and said in the reader's language whenever it is shown."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.utils.translation import get_language, gettext, gettext_noop

from orderwell.domains.prices.rule import Break, Offer
from orderwell.kernel.quantities import digits, plain
from orderwell.platform.formats import price_text

SCOPES = {
    "customer": gettext_noop("agreed with this customer"),
    "group": gettext_noop("for this group of customers"),
    "channel": gettext_noop("for this channel"),
    "everyone": gettext_noop("for everyone"),
}


def reason(chosen: Offer | None, base: Decimal | None, *, units: Decimal, given: bool) -> dict[str, Any]:
    """What is kept: `chosen` is the rule's answer, `base` the product's list price; `given`: somebody said another price.

    `units` is what the order has of the product in all its lines.
    """
    if given:
        listed = chosen.price if chosen is not None else base
        why: dict[str, Any] = {"source": "given"}
        if listed is not None:
            why["list_price"] = digits(listed)
        return {**why, **_list_of(chosen)} if chosen is not None else why
    if chosen is None:
        return {"source": "list_price"}
    why = {"source": "price_list", **_list_of(chosen), "units": plain(units)}
    if base is not None:
        why["list_price"] = digits(base)
    return why


def _list_of(offer: Offer) -> dict[str, Any]:
    terms = offer.terms
    found = {"list": terms.code, "name_zh": terms.name_zh, "name_en": terms.name_en, "for": offer.scope}
    return {**found, "minimum": plain(offer.minimum)} if offer.minimum else found


def said(explanation: Mapping[str, Any], currency: str) -> str:
    """The reason in words: "Wholesale, for this group of customers, 10 or more"."""
    why = explanation.get("price", {})
    parts = []
    match why.get("source"):
        case "list_price":
            parts.append(gettext("List price"))
        case "price_list":
            parts += [list_name(why), gettext(SCOPES.get(why.get("for", ""), ""))]
            if "minimum" in why:
                parts.append(gettext("%(quantity)s or more") % {"quantity": why["minimum"]})
        case _:
            parts.append(_entered(why, currency))
    if "quote" in why:
        parts.append(gettext("as quoted"))
    if "change" in why:
        parts.append(gettext("priced anew by change %(number)s") % {"number": why["change"]})
    return gettext(", ").join(filter(None, parts))


def _entered(why: Mapping[str, Any], currency: str) -> str:
    if "list_price" not in why:
        return gettext("Entered by hand")
    price = price_text(Decimal(why["list_price"]), currency, symbol=False)
    if "list" in why:
        return gettext("Entered by hand; %(list)s says %(price)s") % {"list": list_name(why), "price": price}
    return gettext("Entered by hand; list price %(price)s") % {"price": price}


def list_name(why: Mapping[str, Any]) -> str:
    """The name of the list, in the language that is active."""
    chinese = (get_language() or "").startswith("zh")
    return str(why.get("name_zh" if chinese else "name_en") or why.get("list", ""))


def said_break(further: Break, currency: str) -> str:
    """At which quantity it gets cheaper: "10 or more: 8.50"."""
    return gettext("%(quantity)s or more: %(price)s") % {
        "quantity": plain(further.minimum),
        "price": price_text(further.price, currency, symbol=False),
    }
