"""What the orders placed on a business day, and the returns received on it, add up to, grouped by the database."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Count, DateField, ExpressionWrapper, F, Func, IntegerField, Q, QuerySet, Sum, Value

from orderwell.domains.analytics.periods import Period, Span, spans
from orderwell.domains.fulfilment.models import Return
from orderwell.domains.fulfilment.queries import visible_returns
from orderwell.domains.orders.models import Order
from orderwell.domains.orders.queries import visible_orders
from orderwell.platform.accounts.actor import Actor
from orderwell.platform.fields import QuantityField, amount_value
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
    """`returned` is what the goods that came back were charged at, on the day they came back."""

    orders: int = 0
    revenue: Decimal = ZERO
    returned: Decimal = ZERO

    def __add__(self, other: Figure) -> Figure:
        return Figure(self.orders + other.orders, self.revenue + other.revenue, self.returned + other.returned)

    @property
    def average(self) -> Decimal:
        return self.revenue / self.orders if self.orders else ZERO

    @property
    def net(self) -> Decimal:
        return self.revenue - self.returned


@dataclass(frozen=True, slots=True)
class Cell:
    """The smallest part that figures are made of."""

    day: date
    channel_id: int
    team_id: int | None
    currency: str
    figure: Figure


def every_cell(period: Period, zone: ZoneInfo) -> Iterator[Cell]:
    """From the orders and returns themselves: sold or received in the period, by day, channel, team and currency."""
    for span in spans(period, zone):
        yield from _cells(span, _sums(Order.objects.all(), Return.objects.all(), span.offset, span.start, span.end))


def cells_seen_by(actor: Actor, period: Period, zone: ZoneInfo) -> Iterator[Cell]:
    """The same of all that the actor may know of."""
    for span in spans(period, zone):
        yield from _cells(span, _sums_seen(span.offset)(actor, span.start, span.end))


def _cells(span: Span, rows: Iterable[tuple[Any, ...]]) -> Iterator[Cell]:
    """A day with orders and returns comes as two rows, and leaves as one."""
    found: dict[tuple[date, int, int | None, str], Figure] = {}
    for day, channel, team, currency, *figures in rows:
        key = (span.day or day, channel, team, currency)
        found[key] = found.get(key, Figure()) + Figure(*figures)
    for key, figure in found.items():
        yield Cell(*key, figure)


def _sums(
    orders: QuerySet[Order], returns: QuerySet[Return], offset: int, start: datetime, end: datetime
) -> QuerySet[Any, tuple[Any, ...]]:
    """One statement: reading a day costs a page no more for the returns."""
    days = orders.filter(placed_at__gte=start, placed_at__lt=end, state__in=SOLD).order_by()
    sold: Any = days.annotate(day=LocalDate(F("placed_at"), offset))
    sold = sold.values_list("day", "channel_id", "team_id", "currency")
    sold = sold.annotate(n=Count("id"), revenue=Sum("total_amount"), returned=amount_value(ZERO))
    came = returns.filter(received_at__gte=start, received_at__lt=end, undone_at=None).order_by()
    # A return is of the team that its order is of.
    back: Any = came.annotate(day=LocalDate(F("received_at"), offset))
    back = back.values_list("day", "channel_id", "order__team_id", "currency")
    none = Value(0, output_field=IntegerField())
    back = back.annotate(n=none, revenue=amount_value(ZERO), returned=Sum("gross_amount"))
    return sold.union(back, all=True)  # type: ignore[no-any-return]


@lru_cache
def _sums_seen(offset: int) -> Callable[[Actor, datetime, datetime], list[tuple[Any, ...]]]:
    """A statement for each offset from UTC, which is written into it."""

    @prepared(Actor, datetime, datetime)
    def found(actor: Actor, start: datetime, end: datetime) -> QuerySet[Any, tuple[Any, ...]]:
        return _sums(visible_orders(actor), visible_returns(actor), offset, start, end)

    return found
