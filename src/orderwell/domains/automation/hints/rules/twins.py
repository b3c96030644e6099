"""Orders and customers that are there already."""

from __future__ import annotations

from collections.abc import Iterator

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
# What is the same -> the sentence, the more telling first.
_SAME = {
    "reference": _("The external number {external} is that of {number} as well, placed on {day}."),
    "goods": _("The same goods as {number}, which this customer placed on {day}."),
}


@DUPLICATE.on("order")
def repeated_order(order: OrderFacts, limits: Limits) -> Iterator[Hint]:
    for twin in order.twins:
        reasons = [name for name in _SAME if name in twin.reasons]
        if not reasons or twin.placed_at is None:
            continue
        reason = Phrase(_SAME[reasons[0]], external=order.external_id, number=twin.number, day=day(twin.placed_at))
        look = Phrase(_("Look at {number}"), number=twin.number)
        remedies = [Remedy("open-order", look, {"order_id": twin.order_id}, Permission.ORDERS_ORDER_VIEW)]
        if order.kind == "placed":
            data = {"order_id": order.order_id}
            cancel = Remedy("cancel-order", Phrase(_("Cancel this one")), data, Permission.ORDERS_ORDER_CANCEL)
            remedies = [cancel, *remedies, *hold_for(order, "other", reason)]
        goods = sorted((line.sku, line.quantity) for line in order.lines)
        inputs = {"twin": twin.number, "reasons": reasons, "goods": goods}
        yield DUPLICATE.hint(order, Severity.WARNING, reason, *remedies, inputs=inputs)
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
        inputs = {"other": other.number, "same": other.same}
        yield DUPLICATE.hint(customer, Severity.NOTICE, reason, remedy, inputs=inputs)
