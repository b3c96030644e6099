"""Keeping what is open of each invoice, in the transaction that changes what it follows from.

Every invoice, credit note, payment and refund, and every undoing of one, is an entry of the receivables ledger; whoever
makes an entry (`ledger.post`) comes by here, with the order locked.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.db.models import QuerySet, Sum

from orderwell.domains.billing.models import CreditNote, Invoice, Payment
from orderwell.domains.billing.settling import open_amounts
from orderwell.platform.prepared import prepared

ZERO = Decimal(0)


def settle_invoices(order_id: int) -> None:
    """Write what is open of each invoice of the order anew; only what differs is touched."""
    kept = _invoices(order_id)
    if not kept:
        return
    credited, named, paid = dict(_credited(order_id)), dict[int, Decimal](), ZERO
    for invoice_id, amount, refunded in _paid(order_id):
        paid += amount - refunded
        if invoice_id is not None:
            named[invoice_id] = amount - refunded
    asked = [(pk, gross - credited.get(pk, ZERO)) for pk, gross, _open, _of in kept]
    right = open_amounts(asked, named, paid, {pk: of for pk, _gross, _open, of in kept if of is not None})
    for pk, _gross, still_open, _of in kept:
        if right[pk] != still_open:
            Invoice.objects.filter(pk=pk).update(open_amount=right[pk])


@prepared(int)
def _invoices(order_id: int) -> QuerySet[Any, tuple[int, Decimal, Decimal, int | None]]:
    rows = Invoice.objects.filter(order_id=order_id).order_by("issued_at", "pk")
    return rows.values_list("pk", "gross_amount", "open_amount", "takes_back__invoice_id")


@prepared(int)
def _credited(order_id: int) -> QuerySet[Any, tuple[int, Decimal]]:
    rows = CreditNote.objects.filter(order_id=order_id).order_by()
    return rows.values_list("invoice_id").annotate(total=Sum("gross_amount"))


@prepared(int)
def _paid(order_id: int) -> QuerySet[Any, tuple[int | None, Decimal, Decimal]]:
    """By the invoice that was named; a payment that was undone counts nothing."""
    rows = Payment.objects.filter(order_id=order_id, undone_at=None).order_by()
    return rows.values_list("invoice_id").annotate(amount_sum=Sum("amount"), refunded_sum=Sum("refunded_amount"))
