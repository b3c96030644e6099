"""What a product sells, by month or week beside the same time a year before, and who buys it.

Every figure is a sum over lines of sold orders without cancelled units, as the list of order lines shows them.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any, Literal
from zoneinfo import ZoneInfo

from django.db.models import Count, F, Max, Q, QuerySet, Sum

from orderwell.domains.analytics.figures import SOLD, ZERO, LocalDate, units_where
from orderwell.domains.analytics.periods import ONE_DAY, Period, spans
from orderwell.domains.orders.models import OrderLine
from orderwell.domains.orders.queries import visible_lines
from orderwell.kernel.clock import business_day
from orderwell.platform.accounts.actor import Actor
from orderwell.platform.permissions import Permission

Step = Literal["month", "week"]
POINTS: dict[Step, int] = {"month": 12, "week": 26}
# So many weeks later the days of the week fall alike.
WEEKS_OF_A_YEAR = timedelta(weeks=52)
_SOLD = Q(order__state__in=SOLD)
# A product that has not sold for so long is shown as it was when it did.
QUIET = timedelta(days=60)


@dataclass(frozen=True, slots=True)
class Sold:
    units: Decimal = ZERO
    revenue: Decimal = ZERO

    def __add__(self, other: Sold) -> Sold:
        return Sold(self.units + other.units, self.revenue + other.revenue)


@dataclass(frozen=True, slots=True)
class Point:
    """One month or week, and the same a year before."""

    period: Period
    sold: Sold
    before: Sold


@dataclass(frozen=True)
class ProductSales:
    """Of one currency; `currencies` are all in which it was sold, the most revenue first."""

    currency: str
    currencies: list[str]
    points: list[Point]

    @property
    def period(self) -> Period:
        return Period(self.points[0].period.first, self.points[-1].period.last)

    @property
    def total(self) -> Sold:
        return sum((point.sold for point in self.points), Sold())

    @property
    def before(self) -> Sold:
        return sum((point.before for point in self.points), Sold())


def product_sales(
    *, actor: Actor, variant_ids: Sequence[int], step: Step, currency: str = "", zone: ZoneInfo, now: datetime
) -> ProductSales | None:
    """The latest months or weeks; None when nothing was ever sold."""
    actor.require(Permission.REPORTS_DASHBOARD_VIEW)
    lines = _lines(actor, variant_ids)
    newest = lines.aggregate(newest=Max("order__placed_at", filter=_SOLD))["newest"]
    if newest is None:
        return None
    today = business_day(now, zone)
    last = business_day(newest, zone)
    periods = _periods(today if today - last <= QUIET else last, step)
    earlier = [_year_before(period, step) for period in periods]
    days = _by_day(lines, Period(earlier[0].first, periods[-1].last), zone)
    revenue: dict[str, Decimal] = defaultdict(Decimal)
    for (_day, name), sold in days.items():
        revenue[name] += sold.revenue
    currencies = sorted(revenue, key=lambda name: (-revenue[name], name))
    chosen = currency if currency in currencies else currencies[0] if currencies else currency
    points = [
        Point(period, _sum(days, chosen, period), _sum(days, chosen, before))
        for period, before in zip(periods, earlier, strict=True)
    ]
    return ProductSales(chosen, currencies, points)


def buyers(
    *, actor: Actor, variant_ids: Sequence[int], period: Period, currency: str, zone: ZoneInfo, limit: int = 8
) -> list[Any]:
    """Customers by revenue with these variants, as mappings with customer, orders, units and revenue."""
    actor.require(Permission.REPORTS_DASHBOARD_VIEW)
    start, end = period.bounds(zone)
    counted = _SOLD & Q(order__placed_at__gte=start, order__placed_at__lt=end, order__currency=currency)
    return list(
        _lines(actor, variant_ids)
        .filter(order__customer__isnull=False)
        .values("order__customer_id", "order__customer__name")
        .annotate(
            orders=Count("order_id", distinct=True, filter=counted),
            units=units_where(counted),
            revenue=Sum("gross_amount", filter=counted),
        )
        .filter(orders__gt=0)
        .order_by("-revenue", "order__customer_id")[:limit]
    )


def _lines(actor: Actor, variant_ids: Sequence[int]) -> QuerySet[OrderLine]:
    """Nothing is asked of the orders before their lines are found: a database may else begin with every order there is."""
    return visible_lines(actor).filter(variant_id__in=list(variant_ids), kind=OrderLine.Kind.GOODS).order_by()


def _by_day(lines: QuerySet[OrderLine], period: Period, zone: ZoneInfo) -> dict[tuple[date, str], Sold]:
    found: dict[tuple[date, str], Sold] = defaultdict(Sold)
    for span in spans(period, zone):
        counted = _SOLD & Q(order__placed_at__gte=span.start, order__placed_at__lt=span.end)
        rows = (
            lines.annotate(day=LocalDate(F("order__placed_at"), span.offset))
            .values_list("day", "order__currency")
            .annotate(units=units_where(counted), revenue=Sum("gross_amount", filter=counted))
        )
        for day, currency, units, revenue in rows:
            if revenue is not None:
                found[span.day or day, currency] += Sold(units, revenue)
    return found


def _sum(days: dict[tuple[date, str], Sold], currency: str, period: Period) -> Sold:
    return sum(
        (sold for (day, name), sold in days.items() if name == currency and period.first <= day <= period.last), Sold()
    )


def _periods(last: date, step: Step) -> list[Period]:
    """The step that `last` is in, and those before it."""
    found = []
    start = last.replace(day=1) if step == "month" else last - timedelta(days=last.weekday())
    for _number in range(POINTS[step]):
        end = (start + timedelta(days=32)).replace(day=1) - ONE_DAY if step == "month" else start + timedelta(days=6)
        found.append(Period(start, end))
        start = (start - ONE_DAY).replace(day=1) if step == "month" else start - timedelta(weeks=1)
    return found[::-1]


def _year_before(period: Period, step: Step) -> Period:
    if step == "week":
        return Period(period.first - WEEKS_OF_A_YEAR, period.last - WEEKS_OF_A_YEAR)
    first = period.first.replace(year=period.first.year - 1)
    return Period(first, (first + timedelta(days=32)).replace(day=1) - ONE_DAY)
