"""Orders and customers that are there already."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext_noop as _

from orderwell.domains.automation.hints.facts.values import CustomerFacts, OrderFacts
from orderwell.domains.automation.hints.hint import Hint, Remedy, Severity
from orderwell.domains.automation.hints.registry import Limits, define
from orderwell.domains.automation.hints.rules.common import hold_for
from orderwell.domains.automation.hints.wording import day
from orderwell.kernel.errors import Phrase
from orderwell.platform.permissions import Permission

DUPLICATE = define(
    "likely_duplicate",
    _("Likely duplicate"),
    _(
        "Points out an order with the same goods or the same external number as an earlier one of the same customer, "
        "and a customer who shares phone or e-mail with another. The hours are those of the duplicate warning."
    ),
)
# What is the same -> the sentence, the more telling first; of another order, and of a quote.
_SAME = {
    "reference": _("The external number {external} is that of {number} as well, placed on {day}."),
    "goods": _("The same goods as {number}, which this customer placed on {day}."),
    "amount": _("The same amount as {number}, which this customer placed on {day}."),
}
_SAME_QUOTE = {
    "reference": _("The external number {external} is that of the quote {number} as well."),
    "goods": _("The same goods as the quote {number} of this customer."),
    "amount": _("The same amount as the quote {number} of this customer."),
}


@DUPLICATE.on("order")
def repeated_order(order: OrderFacts, limits: Limits) -> Iterator[Hint]:
    for twin in order.twins:
        reasons = [name for name in _SAME if name in twin.reasons]
        # The same amount alone says little of an order that is placed; while it is typed it is worth a look.
        if not reasons or (reasons == ["amount"] and order.kind != "entry"):
            continue
        if twin.placed_at is None:
            reason = Phrase(_SAME_QUOTE[reasons[0]], external=order.external_id, number=twin.number)
        else:
            when = day(twin.placed_at)
            reason = Phrase(_SAME[reasons[0]], external=order.external_id, number=twin.number, day=when)
        look = Phrase(_("Look at {number}"), number=twin.number)
        remedies = [Remedy("open-order", look, {"order_id": twin.order_id}, Permission.ORDERS_ORDER_VIEW)]
        if order.kind == "placed":
            data = {"order_id": order.order_id}
            cancel = Remedy("cancel-order", Phrase(_("Cancel this one")), data, Permission.ORDERS_ORDER_CANCEL)
            remedies = [cancel, *remedies, *hold_for(order, "other", reason)]
        inputs: dict[str, Any] = {"twin": twin.number, "reasons": reasons}
        if "goods" in reasons:
            inputs["goods"] = sorted((line.sku, line.quantity) for line in order.lines)
        yield DUPLICATE.hint(order, Severity.WARNING, reason, *remedies, inputs=inputs)
        if order.kind != "entry":
            return


@DUPLICATE.on("customer")
def same_customer(customer: CustomerFacts, limits: Limits) -> Iterator[Hint]:
    for other in customer.namesakes:
        text = (
            _("The same phone as {name} ({number}): perhaps the same customer twice.")
            if other.same == "phone"
            else _("The same e-mail as {name} ({number}): perhaps the same customer twice.")
        )
        remedy = Remedy(
            "open-customer",
            Phrase(_("Look at {number}"), number=other.number),
            {"customer_id": other.id},
            Permission.CUSTOMERS_CUSTOMER_VIEW,
        )
        reason = Phrase(text, name=other.name, number=other.number)
        apart = Remedy(
            "not-duplicate",
            Phrase(_("Not the same")),
            {"other_id": other.id},
            Permission.CUSTOMERS_CUSTOMER_CHANGE,
        )
        inputs = {"other": other.number, "same": other.same}
        yield DUPLICATE.hint(customer, Severity.NOTICE, reason, remedy, apart, inputs=inputs)
