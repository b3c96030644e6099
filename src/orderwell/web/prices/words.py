"""What price lists say on screens: for whom, with or without tax, why one doesn't decide."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from orderwell.domains.prices.models import PriceAssignment
from orderwell.platform.formats import listed
from orderwell.web.components.words import word
from orderwell.web.templatetags.orderwell import localname

SHOWN = 3
WHY_NOT: dict[str, str | Promise] = {
    "": _("decides"),
    "archived": _("archived"),
    "currency": _("in another currency"),
    "tax": _("the channel’s prices have the tax differently"),
    "not_yet": _("not yet in use on that day"),
    "over": _("no longer in use on that day"),
    "not_for": _("not for this customer and channel"),
    "quantity": _("begins at a larger quantity"),
    "narrower": _("another list is made for a narrower circle"),
    "priority": _("another list goes first by priority"),
    "dearer": _("another list is cheaper"),
}


def target_name(row: PriceAssignment) -> str:
    if row.customer is not None:
        return row.customer.name
    named = row.group or row.channel
    return localname(named) if named is not None else str(word("price-scope", "everyone"))


def who(targets: Iterable[PriceAssignment]) -> str:
    """The first few by name: "Wholesale, Shop, +12"."""
    found = [target_name(row) for row in targets]
    if not found:
        return gettext("nobody yet")
    shown = listed(found[:SHOWN])
    return f"{shown} +{len(found) - SHOWN}" if len(found) > SHOWN else shown


def tax_word(include_tax: bool | None) -> str | Promise:
    if include_tax is None:
        return _("as the channel has it")
    return _("with tax") if include_tax else _("without tax")
