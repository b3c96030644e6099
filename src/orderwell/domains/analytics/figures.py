"""What the orders of a business day add up to, grouped by the database."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Count, DateField, ExpressionWrapper, F, Func, Q, QuerySet, Sum

from orderwell.domains.analytics.periods import Period, Span, spans
from orderwell.domains.orders.models import Order
from orderwell.domains.orders.queries import visible_orders
from orderwell.platform.accounts.actor import Actor
from orderwell.platform.fields import QuantityField
from orderwell.platform.prepared import prepared

ZERO = Decimal(0)


def units_where(condition: Q | None = None) -> ExpressionWrapper[Any]:
    """Of lines: the units that were not cancelled."""
    units = Sum("quantity", filter=condition) - Sum("quantity_cancelled", filter=condition)
    return ExpressionWrapper(units, output_field=QuantityField())


SOLD = (Order.State.PLACED, Order.State.COMPLETED)


class LocalDate(Func):
    """The date of a moment in a zone that is `offset` seconds ahead of UTC; native on both databases."""

    output_field = DateField()

    def __init__(self, expression: Any, offset: int) -> None:
        super().__init__(expression)
        self.offset = int(offset)

    def as_sqlite(self, compiler: Any, connection: Any, **extra: Any) -> Any:
        return super().as_sql(compiler, connection, template=f"date(%(expressions)s, '{self.offset:+d} seconds')")

    def as_postgresql(self, compiler: Any, connection: Any, **extra: Any) -> Any:
        template = f"((%(expressions)s AT TIME ZONE 'UTC') + interval '{self.offset} seconds')::date"
        return super().as_sql(compiler, connection, template=template)


@dataclass(frozen=True, slots=True)
class Figure:
    orders: int = 0
    revenue: Decimal = ZERO

    def __add__(self, other: Figure) -> Figure:
        return Figure(self.orders + other.orders, self.revenue + other.revenue)

    @property
    def average(self) -> Decimal:
        return self.revenue / self.orders if self.orders else ZERO


@dataclass(frozen=True, slots=True)
class Cell:
    """The smallest part that figures are made of."""

    day: date
    channel_id: int
    team_id: int | None
    currency: str
    figure: Figure


def cells_of(orders: QuerySet[Order], period: Period, zone: ZoneInfo) -> Iterator[Cell]:
    """From the orders themselves: those sold in the period, by day, channel, team and currency."""
    for span in spans(period, zone):
        yield from _cells(span, _sums(orders, span.offset, span.start, span.end))


def cells_seen_by(actor: Actor, period: Period, zone: ZoneInfo) -> Iterator[Cell]:
    """The same of all orders that the actor may know of."""
    for span in spans(period, zone):
        yield from _cells(span, _sums_seen(span.offset)(actor, span.start, span.end))


def _cells(span: Span, rows: Iterable[tuple[Any, ...]]) -> Iterator[Cell]:
    for day, channel, team, currency, *figures in rows:
        yield Cell(span.day or day, channel, team, currency, Figure(*figures))


def _sums(orders: QuerySet[Order], offset: int, start: datetime, end: datetime) -> QuerySet[Any, tuple[Any, ...]]:
    days = orders.filter(placed_at__gte=start, placed_at__lt=end, state__in=SOLD).order_by()
    rows = days.annotate(day=LocalDate(F("placed_at"), offset)).values_list("day", "channel_id", "team_id", "currency")
    return rows.annotate(n=Count("id"), revenue=Sum("total_amount"))


@lru_cache
def _sums_seen(offset: int) -> Callable[[Actor, datetime, datetime], list[tuple[Any, ...]]]:
    """A statement for each offset from UTC, which is written into it."""

    @prepared(Actor, datetime, datetime)
    def found(actor: Actor, start: datetime, end: datetime) -> QuerySet[Any, tuple[Any, ...]]:
        return _sums(visible_orders(actor), offset, start, end)

    return found
