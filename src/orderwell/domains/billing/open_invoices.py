"""The invoices of which something is open, and their sums. What is open of each is kept with it: services/settle.py."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db.models import Count, Func, Q, QuerySet, Sum

from orderwell.domains.billing.models import Invoice
from orderwell.platform.fields import AmountField

ZERO = Decimal(0)
# Written out: SQLite recognises the condition of a partial index only where nothing is bound.
NOTHING = Func(template="0", output_field=AmountField())


@dataclass(frozen=True, slots=True)
class Receivables:
    """Open amounts of one currency, and of how many invoices; `overdue` is the part past its date."""

    total: Decimal
    count: int
    overdue: Decimal
    overdue_count: int


def open_invoices(rows: QuerySet[Invoice], *, overdue_at: datetime | None = None) -> QuerySet[Invoice]:
    """Those of which something is open; those past their date at `overdue_at`."""
    rows = rows.filter(open_amount__gt=NOTHING)
    return rows if overdue_at is None else rows.filter(due_at__lt=overdue_at)


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
