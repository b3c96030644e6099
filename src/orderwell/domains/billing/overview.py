"""Invoices, credit notes and payments as pages show them: those of one order, those of a customer, and all of them."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Prefetch, Q, QuerySet, Sum

from orderwell.domains.billing.models import CreditNote, Invoice, LedgerEntry, Payment, Refund
from orderwell.domains.orders.queries import visible_orders
from orderwell.kernel.errors import NotFound
from orderwell.platform.accounts.actor import Actor
from orderwell.platform.paging import Page, keyset_page
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


def invoice_page(actor: Actor, *, text: str = "", cursor: str | None = None, limit: int = 50) -> Page[Invoice]:
    """Newest first. `text` is an invoice or order number."""
    actor.require(Permission.BILLING_INVOICE_VIEW)
    rows = _of_visible(actor, Invoice.objects.select_related("order", "customer"))
    if text := text.strip():
        rows = rows.filter(Q(number=text.upper()) | Q(order__number=text.upper()))
    return keyset_page(rows, order=("-issued_at", "-id"), cursor=cursor, limit=limit)


def payment_page(
    actor: Actor, *, text: str = "", method: str = "", cursor: str | None = None, limit: int = 50
) -> Page[Payment]:
    """Newest first. `text` is a reference or an order number."""
    actor.require(Permission.BILLING_PAYMENT_VIEW)
    rows = _of_visible(actor, Payment.objects.select_related("order", "customer"))
    if method:
        rows = rows.filter(method=method)
    if text := text.strip():
        rows = rows.filter(Q(reference=text) | Q(order__number=text.upper()))
    return keyset_page(rows, order=("-received_at", "-id"), cursor=cursor, limit=limit)


def invoice_of(actor: Actor, invoice_id: int) -> Invoice:
    actor.require(Permission.BILLING_INVOICE_VIEW)
    rows = _of_visible(actor, Invoice.objects.select_related("order__channel", "customer"))
    found = rows.prefetch_related("lines__order_line", "credit_notes").filter(pk=invoice_id).first()
    if found is None:
        raise NotFound(kind="invoice", reference=str(invoice_id))
    return found


def payment_of(actor: Actor, payment_id: int) -> Payment:
    actor.require(Permission.BILLING_PAYMENT_VIEW)
    found = _of_visible(actor, Payment.objects.select_related("order")).filter(pk=payment_id).first()
    if found is None:
        raise NotFound(kind="payment", reference=str(payment_id))
    return found


def balances_of(actor: Actor, customer_id: int) -> list[tuple[str, Decimal]]:
    """What a customer owes, by currency: the sum of the receivables ledger."""
    if not actor.may(Permission.BILLING_INVOICE_VIEW):
        return []
    rows = LedgerEntry.objects.filter(customer_id=customer_id).values_list("currency").annotate(owed=Sum("amount"))
    return [(currency, owed) for currency, owed in rows.order_by("currency")]


def _of_visible(actor: Actor, rows: QuerySet) -> QuerySet:  # type: ignore[type-arg]
    if actor.channel_ids is None and actor.team_ids is None:
        return rows
    return rows.filter(order__in=visible_orders(actor))
