"""Reading invoices, credit notes, payments and balances, already filtered for the actor."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, TypeVar

from django.db.models import Exists, Model, OuterRef, Prefetch, Q, QuerySet, Sum

from orderwell.domains.billing.models import CreditNote, Invoice, InvoiceLine, LedgerEntry, Payment, Refund
from orderwell.domains.billing.open_invoices import Receivables, open_invoices, receivables_of
from orderwell.domains.orders.documents import counted, named_by
from orderwell.domains.orders.models import Order
from orderwell.domains.orders.queries import visible_orders
from orderwell.kernel.errors import NotFound
from orderwell.platform.accounts.actor import Actor
from orderwell.platform.numbering.queries import numbers_that_count
from orderwell.platform.paging import Page, keyset_page
from orderwell.platform.permissions import Permission
from orderwell.platform.prepared import prepared

Document = TypeVar("Document", bound=Model)
ZERO = Decimal(0)


def visible_of(rows: QuerySet[Document], actor: Actor) -> QuerySet[Document]:
    """Those of the documents, which have an order, whose order the actor may know of."""
    if actor.channel_ids is None and actor.team_ids is None:
        return rows
    return rows.filter(Exists(visible_orders(actor).filter(pk=OuterRef("order_id"))))


def visible_invoices(actor: Actor) -> QuerySet[Invoice]:
    return visible_of(Invoice.objects.all(), actor)


def visible_credit_notes(actor: Actor) -> QuerySet[CreditNote]:
    return visible_of(CreditNote.objects.all(), actor)


def visible_payments(actor: Actor) -> QuerySet[Payment]:
    return visible_of(Payment.objects.all(), actor)


def invoices(
    actor: Actor, *, overdue_at: datetime | None = None, only_open: bool = False, currency: str = "", **filters: Any
) -> QuerySet[Invoice]:
    """The visible invoices that pass the filters of `_narrowed`, which speak of their date of issue.

    `only_open` asks for those of which something is still to be paid, `overdue_at` for those of them whose date had passed.
    """
    actor.require(Permission.BILLING_INVOICE_VIEW)
    rows = _narrowed(visible_invoices(actor), "issued_at", **filters)
    if overdue_at is not None or only_open:
        rows = open_invoices(rows, overdue_at=overdue_at)
    return rows.filter(currency=currency) if currency else rows


def receivables(actor: Actor, *, currency: str, now: datetime) -> Receivables:
    """What customers still owe on the invoices the actor may see, and how much of it is past its date."""
    return receivables_of(invoices(actor, currency=currency), now=now)


def credit_notes(actor: Actor, **filters: Any) -> QuerySet[CreditNote]:
    """The visible credit notes that pass the filters of `_narrowed`, which speak of their date of issue."""
    actor.require(Permission.BILLING_INVOICE_VIEW)
    return _narrowed(visible_credit_notes(actor), "issued_at", **filters)


def payments(
    actor: Actor, *, reference: str = "", method: str = "", text: str = "", **filters: Any
) -> QuerySet[Payment]:
    """The visible payments that pass the filters of `_narrowed`, which speak of when they were received.

    `text` is a reference as well; `reference` is nothing else.
    """
    actor.require(Permission.BILLING_PAYMENT_VIEW)
    rows = _narrowed(visible_payments(actor), "received_at", **filters)
    if reference.strip():
        rows = rows.filter(reference=reference.strip())
    if text.strip():
        own = [Q(reference=text.strip())]
        rows = rows.filter(named_by(Payment.objects.all(), text, exact=own, amount="amount"))
    return rows.filter(method=method) if method else rows


def _narrowed(
    rows: QuerySet[Any],
    moment: str,
    *,
    order_id: int | None = None,
    customer_id: int | None = None,
    text: str = "",
    since: datetime | None = None,
    until: datetime | None = None,
) -> QuerySet[Any]:
    """`text` is what documents.named_by knows, for invoices also an amount; from `since` on, before `until`."""
    wanted = {"order_id": order_id, "customer_id": customer_id, f"{moment}__gte": since, f"{moment}__lt": until}
    rows = rows.filter(**{column: value for column, value in wanted.items() if value is not None})
    return rows.filter(_named(rows.model, text)) if text.strip() else rows


def _named(model: type[Model], text: str) -> Q:
    invoice, count = model is Invoice, counted(text)
    sequence = "billing.invoice" if invoice else "billing.credit_note"
    numbers = [] if count is None else numbers_that_count(sequence, count)
    every: QuerySet[Any] = (Invoice if invoice else CreditNote).objects.all()
    return named_by(every, text, numbers=numbers, amount="gross_amount" if invoice else "")


def invoice_list(
    actor: Actor,
    *,
    order_id: int | None = None,
    customer_id: int | None = None,
    text: str = "",
    cursor: str | None = None,
    limit: int = 50,
) -> Page[Invoice]:
    """Newest first; `text` is a number, its beginning or count, or an order or customer. Raises PermissionDenied,
    UnknownCursor."""
    rows = invoices(actor, order_id=order_id, customer_id=customer_id, text=text).select_related("order", "customer")
    return keyset_page(rows, order=("-issued_at", "-id"), cursor=cursor, limit=limit)


def credit_note_list(
    actor: Actor,
    *,
    order_id: int | None = None,
    customer_id: int | None = None,
    text: str = "",
    cursor: str | None = None,
    limit: int = 50,
) -> Page[CreditNote]:
    """Newest first; `text` is a number, its beginning or count, or an order or customer. Raises PermissionDenied,
    UnknownCursor."""
    rows = credit_notes(actor, order_id=order_id, customer_id=customer_id, text=text)
    rows = rows.select_related("order", "customer", "invoice")
    return keyset_page(rows, order=("-issued_at", "-id"), cursor=cursor, limit=limit)


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
    rows = payments(actor, order_id=order_id, customer_id=customer_id, reference=reference)
    rows = rows.select_related("order", "customer", "invoice")
    return keyset_page(rows, order=("-received_at", "-id"), cursor=cursor, limit=limit)


def invoice_detail(actor: Actor, invoice_id: int) -> Invoice:
    """An invoice with its lines and credit notes. Raises PermissionDenied, NotFound."""
    actor.require(Permission.BILLING_INVOICE_VIEW)
    rows = visible_invoices(actor).select_related("order", "customer", "takes_back__invoice")
    found = (
        rows.prefetch_related(
            Prefetch("lines", InvoiceLine.objects.select_related("order_line__variant")), "credit_notes__lines"
        )
        .filter(pk=invoice_id)
        .first()
    )
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


def invoices_of_orders(actor: Actor, order_ids: Sequence[int]) -> list[int]:
    """Keys of the visible invoices of these orders, in the order of the orders, the oldest of each first."""
    actor.require(Permission.BILLING_INVOICE_VIEW)
    place = {pk: at for at, pk in enumerate(order_ids)}
    found = visible_invoices(actor).filter(order_id__in=list(place)).values_list("order_id", "issued_at", "pk")
    return [pk for *_rest, pk in sorted(found, key=lambda row: (place[row[0]], *row[1:]))]


def credit_notes_of(actor: Actor, cause: str) -> list[CreditNote]:
    """The credit notes written because of `cause`, "return:4" for example; none for who may not see them."""
    if not actor.may(Permission.BILLING_INVOICE_VIEW):
        return []
    return list(visible_credit_notes(actor).filter(cause=cause).order_by("pk"))


def payment_detail(actor: Actor, payment_id: int) -> Payment:
    """A payment with its refunds. Raises PermissionDenied, NotFound."""
    actor.require(Permission.BILLING_PAYMENT_VIEW)
    rows = visible_payments(actor).select_related("order", "customer", "invoice").prefetch_related("refunds")
    found = rows.filter(pk=payment_id).first()
    if found is None:
        raise NotFound(kind="payment", reference=str(payment_id))
    return found


def refund_detail(actor: Actor, refund_id: int) -> Refund:
    """A refund with its payment and order. Raises PermissionDenied, NotFound."""
    actor.require(Permission.BILLING_PAYMENT_VIEW)
    rows = Refund.objects.filter(payment__in=visible_payments(actor)).select_related("payment__order")
    found = rows.filter(pk=refund_id).first()
    if found is None:
        raise NotFound(kind="refund", reference=str(refund_id))
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
    return {currency: total for currency, total in _balance_of(actor, customer_id) if total}


def part_of_balance(actor: Actor, customer_id: int) -> bool:
    """Whether the customer has documents that the actor may not know of: then `customer_balance` is not all of it."""
    every = LedgerEntry.objects.filter(customer_id=customer_id)
    seen = visible_of(every, actor)
    return seen is not every and every.exclude(pk__in=seen.values("pk")).exists()


@prepared(Actor, int)
def _balance_of(actor: Actor, customer_id: int) -> QuerySet[LedgerEntry, tuple[str, Decimal]]:
    rows = visible_of(LedgerEntry.objects.filter(customer_id=customer_id), actor)
    return rows.order_by().values_list("currency").annotate(total=Sum("amount"))


def balances_of(actor: Actor, customer_ids: Collection[int]) -> dict[tuple[int, str], Decimal]:
    """{(customer id, currency): what is owed}, over all their documents. Raises PermissionDenied."""
    actor.require(Permission.BILLING_INVOICE_VIEW)
    return {(customer, currency): total for customer, currency, total in _balances(actor, list(customer_ids))}


@prepared(Actor, [int])
def _balances(actor: Actor, customer_ids: Sequence[int]) -> QuerySet[Any, tuple[int, str, Decimal]]:
    rows = visible_of(LedgerEntry.objects.filter(customer_id__in=customer_ids), actor)
    return rows.order_by().values_list("customer_id", "currency").annotate(total=Sum("amount"))
