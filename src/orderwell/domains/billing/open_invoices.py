"""What is still open of each invoice: without its credit notes, payments of its order taken to pay the oldest first."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db.models import Count, Expression, ExpressionWrapper, F, OuterRef, Q, QuerySet, Subquery, Sum, Value
from django.db.models.functions import Coalesce, Greatest, Least

from orderwell.domains.billing.models import CreditNote, Invoice
from orderwell.domains.orders.models import Order
from orderwell.platform.fields import AmountField
from orderwell.platform.prepared import prepared

ZERO = Decimal(0)
OWING = (Order.PaymentState.UNPAID, Order.PaymentState.PARTIAL)


@dataclass(frozen=True, slots=True)
class Receivables:
    """Open amounts of one currency, and of how many invoices; `overdue` is the part past its date."""

    total: Decimal
    count: int
    overdue: Decimal
    overdue_count: int


def with_open_amount(rows: QuerySet[Invoice]) -> QuerySet[Any]:
    """Adds `open_amount`, never negative; over the invoices of an order it sums up to what is invoiced and not paid."""
    own = _amount(F("gross_amount") - _sum(CreditNote.objects.filter(invoice=OuterRef("pk")), "invoice"))
    earlier = _amount(
        _sum(Invoice.objects.filter(_before("")), "order")
        - _sum(CreditNote.objects.filter(_before("invoice__")), "order")
    )
    left = _amount(earlier + own - F("order__paid_amount"))
    zero = Value(0, output_field=AmountField())
    return rows.annotate(open_amount=Least(own, Greatest(zero, left), output_field=AmountField()))


def open_invoices(rows: QuerySet[Invoice], *, overdue_at: datetime | None = None) -> QuerySet[Any]:
    """Those of which something is open, with `open_amount`; those past their date at `overdue_at`."""
    rows = rows.filter(order__payment_state__in=OWING)
    if overdue_at is not None:
        rows = rows.filter(due_at__lt=overdue_at)
    return with_open_amount(rows).filter(open_amount__gt=ZERO)


def open_amounts(invoice_ids: Collection[int]) -> dict[int, Decimal]:
    """Invoice id -> what is open of it; the caller has checked that the invoices may be seen."""
    return dict(_open_of(list(invoice_ids)))


@prepared([int])
def _open_of(invoice_ids: Sequence[int]) -> QuerySet[Any, tuple[int, Decimal]]:
    return with_open_amount(Invoice.objects.filter(pk__in=invoice_ids)).values_list("pk", "open_amount")


def receivables_of(rows: QuerySet[Invoice], *, now: datetime) -> Receivables:
    late = Q(due_at__lt=now)
    found = (
        open_invoices(rows)
        .order_by()
        .aggregate(
            total=Sum("open_amount"),
            count=Count("pk"),
            overdue=Sum("open_amount", filter=late),
            overdue_count=Count("pk", filter=late),
        )
    )
    return Receivables(found["total"] or ZERO, found["count"], found["overdue"] or ZERO, found["overdue_count"])


def _before(path: str) -> Q:
    """Documents of the same order whose invoice was issued before."""
    same = Q(**{f"{path}order": OuterRef("order")})
    earlier = Q(**{f"{path}issued_at__lt": OuterRef("issued_at")})
    at_once = Q(**{f"{path}issued_at": OuterRef("issued_at"), f"{path}pk__lt": OuterRef("pk")})
    return same & (earlier | at_once)


def _sum(rows: QuerySet[Any], by: str) -> Expression:
    sums = rows.order_by().values(by).annotate(sum=Sum("gross_amount")).values("sum")
    return Coalesce(Subquery(sums), Value(0, output_field=AmountField()), output_field=AmountField())


def _amount(expression: Any) -> ExpressionWrapper[Any]:
    return ExpressionWrapper(expression, output_field=AmountField())
