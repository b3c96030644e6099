"""Giving back what a credit note made paid too much, never more than the credit note is worth."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal

from orderwell.domains.billing.models import Payment, Refund
from orderwell.domains.billing.queries import due_amount
from orderwell.domains.billing.services.pay import record_refund
from orderwell.domains.orders.models import Order
from orderwell.platform.accounts.actor import Actor


def give_back(*, order_id: int, worth: Decimal, reason: str, cause: str, actor: Actor, now: datetime) -> list[Refund]:
    """At most `worth`, and only as far as more was paid than is due; the newest payment first."""
    due = due_amount(Order.objects.get(pk=order_id))
    return [
        record_refund(payment_id=pk, amount=amount, reason=reason, cause=cause, actor=actor, now=now)
        for pk, amount in list(parts_to_give_back(order_id, worth, due))
    ]


def parts_to_give_back(order_id: int, worth: Decimal, due: Decimal) -> Iterator[tuple[int, Decimal]]:
    """(payment id, amount) of what goes back of a credit note over `worth` when the order then owes `due`."""
    left = min(worth, -due)
    for payment in Payment.objects.filter(order_id=order_id, undone_at=None).order_by("-received_at", "-pk"):
        amount = min(left, payment.amount - payment.refunded_amount)
        if amount > 0:
            yield payment.pk, amount
            left -= amount
