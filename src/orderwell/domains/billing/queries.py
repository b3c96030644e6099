"""Reading invoices, credit notes, payments and balances, already filtered for the actor."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any, TypeVar

from django.db.models import Exists, Model, OuterRef, QuerySet, Sum

from orderwell.domains.billing.models import CreditNote, Invoice, LedgerEntry, Payment
from orderwell.domains.orders.models import Order
from orderwell.domains.orders.queries import visible_orders
from orderwell.kernel.errors import NotFound
from orderwell.platform.accounts.actor import Actor
from orderwell.platform.paging import Page, keyset_page
from orderwell.platform.permissions import Permission
from orderwell.platform.search import prefix

Document = TypeVar("Document", bound=Model)
ZERO = Decimal(0)


def _visible(rows: QuerySet[Document], actor: Actor) -> QuerySet[Document]:
    if actor.channel_ids is None and actor.team_ids is None:
        return rows
    return rows.filter(Exists(visible_orders(actor).filter(pk=OuterRef("order_id"))))


def visible_invoices(actor: Actor) -> QuerySet[Invoice]:
    return _visible(Invoice.objects.all(), actor)


def visible_credit_notes(actor: Actor) -> QuerySet[CreditNote]:
    return _visible(CreditNote.objects.all(), actor)


def visible_payments(actor: Actor) -> QuerySet[Payment]:
    return _visible(Payment.objects.all(), actor)


def invoice_list(
    actor: Actor,
    *,
    order_id: int | None = None,
    customer_id: int | None = None,
    text: str = "",
    cursor: str | None = None,
    limit: int = 50,
) -> Page[Invoice]:
    """Newest first; `text` is the beginning of a number. Raises PermissionDenied, UnknownCursor."""
    actor.require(Permission.BILLING_INVOICE_VIEW)
    rows = visible_invoices(actor).select_related("order", "customer")
    return _page(rows, order_id, customer_id, text, ("-issued_at", "-id"), cursor, limit)


def credit_note_list(
    actor: Actor,
    *,
    order_id: int | None = None,
    customer_id: int | None = None,
    text: str = "",
    cursor: str | None = None,
    limit: int = 50,
) -> Page[CreditNote]:
    """Newest first; `text` is the beginning of a number. Raises PermissionDenied, UnknownCursor."""
    actor.require(Permission.BILLING_INVOICE_VIEW)
    rows = visible_credit_notes(actor).select_related("order", "customer", "invoice")
    return _page(rows, order_id, customer_id, text, ("-issued_at", "-id"), cursor, limit)


def payment_list(
    actor: Actor,
    *,
    order_id: int | None = None,
    customer_id: int | None = None,
    reference: str = "",
    cursor: str | None = None,
    limit: int = 50,
) -> Page[Payment]:
    """Newest first. Raises PermissionDenied, UnknownCursor."""
    actor.require(Permission.BILLING_PAYMENT_VIEW)
    rows = visible_payments(actor).select_related("order", "customer")
    if reference.strip():
        rows = rows.filter(reference=reference.strip())
    return _page(rows, order_id, customer_id, "", ("-received_at", "-id"), cursor, limit)


def _page(
    rows: QuerySet[Any],
    order_id: int | None,
    customer_id: int | None,
    text: str,
    order: tuple[str, str],
    cursor: str | None,
    limit: int,
) -> Page[Any]:
    if order_id is not None:
        rows = rows.filter(order_id=order_id)
    if customer_id is not None:
        rows = rows.filter(customer_id=customer_id)
    if text.strip():
        rows = rows.filter(prefix("number", text.strip().upper()))
    return keyset_page(rows, order=order, cursor=cursor, limit=limit)


def invoice_detail(actor: Actor, invoice_id: int) -> Invoice:
    """An invoice with its lines and credit notes. Raises PermissionDenied, NotFound."""
    actor.require(Permission.BILLING_INVOICE_VIEW)
    rows = visible_invoices(actor).select_related("order", "customer")
    found = rows.prefetch_related("lines__order_line", "credit_notes__lines").filter(pk=invoice_id).first()
    if found is None:
        raise NotFound(kind="invoice", reference=str(invoice_id))
    return found


def credit_note_detail(actor: Actor, credit_note_id: int) -> CreditNote:
    """A credit note with its lines. Raises PermissionDenied, NotFound."""
    actor.require(Permission.BILLING_INVOICE_VIEW)
    rows = visible_credit_notes(actor).select_related("order", "customer", "invoice")
    found = rows.prefetch_related("lines__invoice_line__order_line").filter(pk=credit_note_id).first()
    if found is None:
        raise NotFound(kind="credit note", reference=str(credit_note_id))
    return found


def payment_detail(actor: Actor, payment_id: int) -> Payment:
    """A payment with its refunds. Raises PermissionDenied, NotFound."""
    actor.require(Permission.BILLING_PAYMENT_VIEW)
    rows = visible_payments(actor).select_related("order", "customer").prefetch_related("refunds")
    found = rows.filter(pk=payment_id).first()
    if found is None:
        raise NotFound(kind="payment", reference=str(payment_id))
    return found


@dataclass(frozen=True, slots=True)
class OrderMoney:
    """An order's money at a glance, in its currency.

    `due` is what the customer is still to pay for the order as it stands, invoiced or not; negative when too much was
    paid. `balance` is what the ledger says is owed on documents issued so far.
    """

    currency: str
    total: Decimal
    invoiced: Decimal
    credited: Decimal
    paid: Decimal
    due: Decimal
    balance: Decimal


def order_money(actor: Actor, order_id: int) -> OrderMoney:
    """Raises PermissionDenied, NotFound."""
    actor.require(Permission.BILLING_PAYMENT_VIEW)
    order = visible_orders(actor).filter(pk=order_id).first()
    if order is None:
        raise NotFound(kind="order", reference=str(order_id))
    balance = LedgerEntry.objects.filter(order_id=order_id).aggregate(total=Sum("amount"))["total"]
    return OrderMoney(
        currency=order.currency,
        total=order.total_amount,
        invoiced=order.invoiced_amount,
        credited=order.credited_amount,
        paid=order.paid_amount,
        due=due_amount(order),
        balance=balance or ZERO,
    )


def due_amount(order: Order) -> Decimal:
    """What is still to be paid for the order as it stands; past orders were settled elsewhere."""
    if order.history:
        return ZERO
    due: Decimal = order.total_amount - order.credited_amount - order.paid_amount
    return due


def customer_balance(actor: Actor, customer_id: int) -> dict[str, Decimal]:
    """What a customer owes by currency, over the orders the actor may know of; currencies that are settled are left out."""
    actor.require(Permission.BILLING_INVOICE_VIEW)
    rows = _visible(LedgerEntry.objects.filter(customer_id=customer_id), actor).order_by().values("currency")
    return {row["currency"]: row["total"] for row in rows.annotate(total=Sum("amount")) if row["total"]}
