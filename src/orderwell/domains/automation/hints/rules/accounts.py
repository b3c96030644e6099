"""Customers who owe past their date, or would owe more than was agreed."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from django.utils.translation import gettext_noop as _

from orderwell.domains.automation.hints.facts.values import CustomerFacts, OrderFacts, Overdue
from orderwell.domains.automation.hints.hint import Hint, Remedy, Severity
from orderwell.domains.automation.hints.registry import Limits, Threshold, define
from orderwell.domains.automation.hints.rules.common import ask, hold_for
from orderwell.domains.automation.hints.wording import day, money
from orderwell.kernel.errors import Phrase
from orderwell.platform.configuration.kinds import decimal, whole
from orderwell.platform.permissions import Permission

OVERDUE = define(
    "overdue_balance",
    _("Overdue balance"),
    _("Points out a customer who owes past the due date, before more goods leave for them."),
    Threshold(
        "days",
        whole(low=0, high=365),
        7,
        _("Days of grace"),
        _("An invoice counts from so many days after its due date on."),
    ),
    Threshold(
        "amount",
        decimal(),
        Decimal(0),
        _("Smallest amount"),
        _("In the customer's currency; less than this is not worth a hint."),
    ),
)


@OVERDUE.on("order")
def order_of_a_debtor(order: OrderFacts, limits: Limits) -> Iterator[Hint]:
    owed = order.overdue
    if owed is None or order.customer is None or not order.to_ship or order.on_hold or owed.amount < limits["amount"]:
        return
    reason = _reason(owed)
    remedies = [
        *hold_for(order, "credit", reason),
        _statement(order.customer.id),
        *ask(order, _("Remind the customer")),
    ]
    yield OVERDUE.hint(order, Severity.WARNING, reason, *remedies, inputs=_inputs(owed))


@OVERDUE.on("customer")
def debtor(customer: CustomerFacts, limits: Limits) -> Iterator[Hint]:
    owed = customer.overdue
    if owed is None or owed.amount < limits["amount"]:
        return
    yield OVERDUE.hint(
        customer, Severity.WARNING, _reason(owed), _statement(customer.id, _("See what is open")), inputs=_inputs(owed)
    )


CREDIT = define(
    "credit_limit",
    _("Credit limit"),
    _("Points out an order that takes a customer over the credit limit, while it is typed and before goods leave."),
)


@CREDIT.on("order")
def order_beyond_the_limit(order: OrderFacts, limits: Limits) -> Iterator[Hint]:
    used = order.credit
    if used is None or order.customer is None or order.currency != used.currency or not order.to_ship or order.on_hold:
        return
    over = -used.left if order.kind == "placed" else order.total - used.left
    if over <= 0:
        return
    amounts = {
        "over": money(over, used.currency),
        "limit": money(used.limit, used.currency),
        "owed": money(used.owed, used.currency),
        "waiting": money(used.not_invoiced, used.currency),
    }
    if order.kind == "placed":
        text = _(
            "The customer is {over} over the credit limit of {limit}: {owed} owed, {waiting} ordered on top of it."
        )
    else:
        text = _(
            "With this order the customer is {over} over the credit limit of {limit}: "
            "{owed} owed, {waiting} ordered on top of it already."
        )
    reason = Phrase(text, **amounts)
    remedies = [*hold_for(order, "credit", reason), _statement(order.customer.id)]
    yield CREDIT.hint(order, Severity.WARNING, reason, *remedies, inputs={"over": over, "limit": used.limit})


def _reason(owed: Overdue) -> Phrase:
    amount, total = money(owed.amount, owed.currency), money(owed.owed, owed.currency)
    if owed.ahead:
        text = _(
            "The customer owes {amount} past its date, the oldest of it since {day}. Of {open} in all, {ahead} were "
            "paid ahead on other orders, which leaves {total}."
        )
        ahead = money(owed.ahead, owed.currency)
        open_amount = money(owed.owed + owed.ahead, owed.currency)
        return Phrase(text, amount=amount, day=day(owed.since), open=open_amount, ahead=ahead, total=total)
    if owed.amount == owed.owed:
        return Phrase(
            _("The customer owes {amount}, all of it past its date, the oldest since {day}."),
            amount=amount,
            day=day(owed.since),
        )
    text = _("The customer owes {amount} past its date, the oldest of it since {day}; {total} in all.")
    return Phrase(text, amount=amount, total=total, day=day(owed.since))


def _statement(customer_id: int, label: str = _("See the account")) -> Remedy:
    return Remedy("statement", Phrase(label), {"customer_id": customer_id}, Permission.BILLING_INVOICE_VIEW)


def _inputs(owed: Overdue) -> dict[str, object]:
    return {"amount": owed.amount, "currency": owed.currency, "since": owed.since}
