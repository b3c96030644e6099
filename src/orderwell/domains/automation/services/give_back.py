"""Giving back what a credit note made paid too much, never more than the credit note is worth."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal

from orderwell.domains.billing.models import Payment, Refund
from orderwell.domains.billing.queries import due_amount
from orderwell.domains.billing.services.pay import record_refund
from orderwell.domains.orders.models import Order
from orderwell.platform.accounts.actor import Actor

ZERO = Decimal(0)


def give_back(
    *,
    order_id: int,
    worth: Decimal,
    credited: Mapping[int, Decimal],
    reason: str,
    cause: str,
    actor: Actor,
    now: datetime,
) -> list[Refund]:
    """At most `worth`, and only as far as more was paid than is due; `credited` says how much of it of which invoice.

    First the payments that name a credited invoice, as far as it was credited, then the newest.
    """
    due = due_amount(Order.objects.get(pk=order_id))
    return [
        record_refund(payment_id=pk, amount=amount, reason=reason, cause=cause, actor=actor, now=now)
        for pk, amount in parts_to_give_back(order_id, worth, credited, due).items()
    ]


def parts_to_give_back(
    order_id: int, worth: Decimal, credited: Mapping[int, Decimal], due: Decimal
) -> dict[int, Decimal]:
    """Payment id -> what goes back on it when the order then owes `due`."""
    newest = list(Payment.objects.filter(order_id=order_id, undone_at=None).order_by("-received_at", "-pk"))
    # Each invoice's own payments, then all of them.
    turns: list[tuple[Payment, int | None]] = [
        (row, invoice) for invoice in credited for row in newest if row.invoice_id == invoice
    ]
    left, of_invoice, parts = min(worth, -due), dict(credited), dict[int, Decimal]()
    for payment, invoice in [*turns, *((row, None) for row in newest)]:
        there = payment.amount - payment.refunded_amount - parts.get(payment.pk, ZERO)
        amount = min(left, there, left if invoice is None else of_invoice[invoice])
        if amount > 0:
            parts[payment.pk] = parts.get(payment.pk, ZERO) + amount
            left -= amount
            if invoice is not None:
                of_invoice[invoice] -= amount
    return parts
