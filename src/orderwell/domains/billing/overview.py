"""The money documents of one order, as its page shows them."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Prefetch, QuerySet, prefetch_related_objects

from orderwell.domains.billing.models import CreditNote, Invoice, Payment, Refund
from orderwell.platform.accounts.actor import Actor
from orderwell.platform.permissions import Permission
from orderwell.platform.prepared import prepared


@dataclass(frozen=True, slots=True)
class Money:
    """The money documents of one order."""

    invoices: list[Invoice]
    credit_notes: list[CreditNote]
    payments: list[Payment]

    @property
    def standing(self) -> list[tuple[Invoice, str]]:
        """Each invoice with how it stands: "open", "paid" or "credited"; with nothing where there is no other."""
        if len(self.invoices) < 2:
            return [(row, "") for row in self.invoices]
        credited: dict[int, Decimal] = defaultdict(Decimal)
        for note in self.credit_notes:
            credited[note.invoice_id] += note.gross_amount
        return [(row, _standing(row, credited[row.pk])) for row in self.invoices]

    @property
    def refundable(self) -> list[Payment]:
        return [row for row in self.payments if row.undone_at is None and row.amount > row.refunded_amount]


def _standing(invoice: Invoice, credited: Decimal) -> str:
    if invoice.open_amount:
        return "open"
    return "credited" if invoice.gross_amount and credited >= invoice.gross_amount else "paid"


def money_of(actor: Actor, order_id: int) -> Money:
    """For an order the caller has already looked up."""
    invoices: list[Invoice] = []
    credit_notes: list[CreditNote] = []
    payments: list[Payment] = []
    if actor.may(Permission.BILLING_INVOICE_VIEW):
        invoices, credit_notes = _invoices_of(order_id), _credit_notes_of(order_id)
        prefetch_related_objects(invoices, "lines")
    if actor.may(Permission.BILLING_PAYMENT_VIEW):
        payments = _payments_of(order_id)
        prefetch_related_objects(payments, Prefetch("refunds", Refund.objects.order_by("refunded_at")))
    return Money(invoices, credit_notes, payments)


@prepared(int)
def _invoices_of(order_id: int) -> QuerySet[Invoice]:
    return Invoice.objects.filter(order_id=order_id).order_by("issued_at", "pk")


@prepared(int)
def _credit_notes_of(order_id: int) -> QuerySet[CreditNote]:
    return CreditNote.objects.filter(order_id=order_id).order_by("issued_at", "pk")


@prepared(int)
def _payments_of(order_id: int) -> QuerySet[Payment]:
    return Payment.objects.filter(order_id=order_id).select_related("invoice").order_by("received_at", "pk")
