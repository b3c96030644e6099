"""The money documents of one order, as its page shows them."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Prefetch

from orderwell.domains.billing.models import CreditNote, Invoice, Payment, Refund
from orderwell.platform.accounts.actor import Actor
from orderwell.platform.permissions import Permission


@dataclass(frozen=True, slots=True)
class Money:
    """The money documents of one order."""

    invoices: list[Invoice]
    credit_notes: list[CreditNote]
    payments: list[Payment]

    @property
    def refundable(self) -> list[Payment]:
        return [payment for payment in self.payments if payment.amount > payment.refunded_amount]


def money_of(actor: Actor, order_id: int) -> Money:
    """For an order the caller has already looked up."""
    invoices: list[Invoice] = []
    credit_notes: list[CreditNote] = []
    payments: list[Payment] = []
    if actor.may(Permission.BILLING_INVOICE_VIEW):
        lines = Prefetch("lines")
        invoices = list(Invoice.objects.filter(order_id=order_id).prefetch_related(lines).order_by("issued_at", "pk"))
        credit_notes = list(CreditNote.objects.filter(order_id=order_id).order_by("issued_at", "pk"))
    if actor.may(Permission.BILLING_PAYMENT_VIEW):
        refunds = Prefetch("refunds", Refund.objects.order_by("refunded_at"))
        payments = list(
            Payment.objects.filter(order_id=order_id).prefetch_related(refunds).order_by("received_at", "pk")
        )
    return Money(invoices, credit_notes, payments)
