"""Moments that an order waits for somebody, as expressions of partial indexes, and from when on it is late.

When it has to leave: on the day that was promised, else on the day asked for, else it waits since it was placed.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any, Protocol
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import DateTimeField, Func, Q

from orderwell.kernel.clock import business_day, day_bounds

# What is due first goes first; on the same day the more urgent one, as when stock is short.
MOST_URGENT_FIRST = ("due", "priority", "id")


class Dated(Protocol):
    @property
    def promised_at(self) -> datetime | None: ...
    @property
    def requested_at(self) -> datetime | None: ...


def today_began(now: datetime) -> datetime:
    """What was due before this moment is late. What is due today, at whatever time, has until the day is over."""
    zone = ZoneInfo(settings.TIME_ZONE)
    return day_bounds(business_day(now, zone), zone)[0]


def past_date(now: datetime) -> Q:
    """The day that was promised, else the day asked for, is over."""
    return due_before(today_began(now))


def due_before(began: datetime) -> Q:
    """The same where a prepared statement is given the moment at which today began."""
    return Q(promised_at__lt=began) | Q(promised_at__isnull=True, requested_at__lt=began)


def is_past_date(order: Dated, now: datetime) -> bool:
    """The same of an order at hand."""
    due = order.promised_at or order.requested_at
    return due is not None and due < today_began(now)


class Moment(Func):
    """Its states are written out: SQLite recognises the expression of a partial index only where nothing is bound."""

    output_field = DateTimeField(null=True)
    columns: tuple[str, ...] = ()
    template = ""

    def __init__(self) -> None:
        super().__init__(*self.columns)

    def as_sql(self, compiler: Any, connection: Any, **context: Any) -> tuple[str, list[Any]]:  # type: ignore[override]
        columns = [compiler.compile(column)[0] for column in self.source_expressions]
        return self.template.format(*columns), []


class ReadyDue(Moment):
    """The moment an order is due of which goods wait to leave: not all have left, not on hold. NULL for every other.

    Whether anything is reserved for it stands at its lines; see `queries.ready_orders`.
    """

    columns = ("fulfilment_state", "on_hold", "promised_at", "requested_at", "placed_at")
    template = "CASE WHEN {0} IN ('reserved', 'partial', 'backordered') AND NOT {1} THEN COALESCE({2}, {3}, {4}) END"


class UninvoicedSince(Moment):
    """When an order was placed that left, in whole or part, and is not invoiced in full. NULL for every other."""

    columns = ("fulfilment_state", "state", "history", "total_amount", "invoiced_amount", "placed_at")
    template = (
        "CASE WHEN {0} IN ('partial', 'shipped', 'delivered') AND {1} IN ('placed', 'completed') AND NOT {2} AND {3} > {4} "
        "THEN {5} END"
    )
