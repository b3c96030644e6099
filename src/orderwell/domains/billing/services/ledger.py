"""Writing the receivables ledger: one signed entry for each document, in the transaction that writes the document,
and one more where it is undone. With each entry, what is open of the order's invoices follows."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from orderwell.domains.billing.models import LedgerEntry, Payment
from orderwell.domains.billing.services.settle import settle_invoices
from orderwell.domains.orders.models import Order

Kind = LedgerEntry.Kind
# What a document does to what the customer owes.
SIGNS = {
    Kind.INVOICE: 1,
    Kind.CREDIT_NOTE: -1,
    Kind.PAYMENT: -1,
    Kind.REFUND: 1,
    Kind.PAYMENT_UNDO: 1,
    Kind.REFUND_UNDO: -1,
}


def document_name(kind: Kind, document_id: int) -> str:
    return f"{kind.value}:{document_id}"


def post(order: Order, kind: Kind, document_id: int, amount: Decimal, occurred_at: datetime) -> None:
    """Enter a document of this order, which is locked and has all of the document; `amount` is the document's own, without
    sign."""
    LedgerEntry.objects.create(
        kind=kind,
        document=document_name(kind, document_id),
        order_id=order.pk,
        customer_id=order.customer_id,
        currency=order.currency,
        amount=SIGNS[kind] * amount,
        occurred_at=occurred_at,
    )
    settle_invoices(order.pk)


def came_in(order_id: int) -> dict[int, bool]:
    """For `refresh_states`: whether money ever came in for the order, also where all of it went back since."""
    return {order_id: Payment.objects.filter(order_id=order_id, undone_at=None).exists()}
