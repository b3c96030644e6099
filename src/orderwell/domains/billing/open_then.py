"""What was open of invoices at a moment that has passed, from the receivables ledger up to then."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db.models import QuerySet, Sum

from orderwell.domains.billing.models import CreditNote, Invoice, LedgerEntry, Payment, Refund
from orderwell.domains.billing.settling import open_amounts

ZERO = Decimal(0)
CHUNK = 500
Kind = LedgerEntry.Kind
# Where the invoice is that a document belongs to, or that it names.
_INVOICE: dict[str, tuple[Any, str]] = {
    Kind.INVOICE: (Invoice, "pk"),
    Kind.CREDIT_NOTE: (CreditNote, "invoice_id"),
    Kind.PAYMENT: (Payment, "invoice_id"),
    Kind.PAYMENT_UNDO: (Payment, "invoice_id"),
    Kind.REFUND: (Refund, "payment__invoice_id"),
    Kind.REFUND_UNDO: (Refund, "payment__invoice_id"),
}
_CHARGES = {Kind.INVOICE, Kind.CREDIT_NOTE}


def open_then(entries: QuerySet[LedgerEntry]) -> Iterator[tuple[datetime, Decimal]]:
    """(When it was due, what was open of it) of each invoice of which something was, going by these entries alone."""
    owing = entries.order_by().values("order_id").annotate(owed=Sum("amount")).filter(owed__gt=0)
    orders = list(owing.values_list("order_id", flat=True))
    for start in range(0, len(orders), CHUNK):
        yield from _of_orders(entries, orders[start : start + CHUNK])


def _of_orders(entries: QuerySet[LedgerEntry], orders: Sequence[int]) -> Iterator[tuple[datetime, Decimal]]:
    by_kind: dict[str, list[tuple[int, int, Decimal]]] = defaultdict(list)
    rows = entries.filter(order_id__in=orders).order_by()
    for kind, document, order_id, amount in rows.values_list("kind", "document", "order_id", "amount"):
        by_kind[kind].append((int(document.partition(":")[2]), order_id, amount))
    charged: dict[int, Decimal] = defaultdict(Decimal)
    named: dict[int, Decimal] = defaultdict(Decimal)
    paid: dict[int, Decimal] = defaultdict(Decimal)
    for kind, documents in by_kind.items():
        model, column = _INVOICE[kind]
        found = model.objects.filter(pk__in=[pk for pk, *_rest in documents])
        invoice_of: dict[int, int | None] = dict(found.values_list("pk", column))
        for pk, order_id, amount in documents:
            invoice_id = invoice_of.get(pk)
            if kind not in _CHARGES:
                paid[order_id] -= amount
            if invoice_id is None:
                continue
            if kind in _CHARGES:
                charged[invoice_id] += amount
            else:
                named[invoice_id] -= amount
    invoices: dict[int, list[tuple[int, datetime]]] = defaultdict(list)
    again: dict[int, dict[int, int]] = defaultdict(dict)
    issued = Invoice.objects.filter(pk__in=list(charged)).order_by("issued_at", "pk")
    for pk, order_id, due_at, of in issued.values_list("pk", "order_id", "due_at", "takes_back__invoice_id"):
        invoices[order_id].append((pk, due_at))
        if of is not None:
            again[order_id][pk] = of
    for order_id, theirs in invoices.items():
        left = open_amounts([(pk, charged[pk]) for pk, _due_at in theirs], named, paid[order_id], again[order_id])
        yield from ((due_at, left[pk]) for pk, due_at in theirs if left[pk])
