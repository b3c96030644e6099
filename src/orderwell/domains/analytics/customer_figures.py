"""What a customer buys, month by month, and how well they are served. Figures tie to the order list behind them."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from django.db.models import Count, F, Sum

from orderwell.domains.analytics.figures import SOLD, ZERO, LocalDate
from orderwell.domains.analytics.periods import Period, spans
from orderwell.domains.customers.lookup import known_customer
from orderwell.domains.fulfilment.queries import DUE, kept_its_date, visible_shipments
from orderwell.domains.orders.queries import visible_orders
from orderwell.kernel.clock import business_day
from orderwell.platform.accounts.actor import Actor
from orderwell.platform.permissions import Permission

MONTHS = 12


@dataclass(frozen=True, slots=True)
class CustomerFigures:
    """Of the twelve months up to today, in the currency the customer orders most in.

    `before` is the revenue of the twelve months before. `others` is revenue in other currencies. `on_time` counts the
    shipments that had a date to keep, and those of them that kept it; None where the actor may not see shipments.
    """

    currency: str
    period: Period
    orders: int
    revenue: Decimal
    before: Decimal
    months: list[tuple[date, Decimal, int]]
    others: dict[str, Decimal]
    on_time: tuple[int, int] | None

    @property
    def average(self) -> Decimal | None:
        return self.revenue / self.orders if self.orders else None

    @property
    def change(self) -> Decimal | None:
        """Growth over the twelve months before, as a share."""
        return (self.revenue - self.before) / self.before if self.before else None

    @property
    def on_time_share(self) -> Decimal | None:
        return Decimal(self.on_time[1]) / self.on_time[0] if self.on_time and self.on_time[0] else None


def customer_figures(actor: Actor, customer_id: int, *, zone: ZoneInfo, now: datetime) -> CustomerFigures:
    """Raises PermissionDenied, NotFound."""
    actor.require(Permission.ORDERS_ORDER_VIEW)
    customer = known_customer(actor, customer_id)
    today = business_day(now, zone)
    starts = [today.replace(day=1)]
    while len(starts) < 2 * MONTHS:
        starts.append((starts[-1] - timedelta(days=1)).replace(day=1))
    starts.reverse()
    sums, counts = _by_month(actor, customer_id, Period(starts[0], today), zone)
    first = starts[MONTHS]
    known = Counter({currency: sum(months.values()) for currency, months in counts.items()})
    currency = known.most_common(1)[0][0] if known else customer.currency
    if known.get(customer.currency) == known.get(currency):
        currency = customer.currency
    months = [(start, sums[currency][start], counts[currency][start]) for start in starts[MONTHS:]]
    period = Period(first, today)
    return CustomerFigures(
        currency=currency,
        period=period,
        orders=sum(count for _start, _sum, count in months),
        revenue=sum((total for _start, total, _count in months), ZERO),
        before=sum((sums[currency][start] for start in starts[:MONTHS]), ZERO),
        months=months,
        others={
            name: total
            for name in sums
            if name != currency and (total := sum((sums[name][start] for start in starts[MONTHS:]), ZERO))
        },
        on_time=_on_time(actor, customer_id, period.bounds(zone)),
    )


def _by_month(
    actor: Actor, customer_id: int, period: Period, zone: ZoneInfo
) -> tuple[dict[str, dict[date, Decimal]], dict[str, dict[date, int]]]:
    """Revenue and number of orders: {currency: {first of month: ...}}."""
    sums: dict[str, dict[date, Decimal]] = defaultdict(lambda: defaultdict(Decimal))
    counts: dict[str, dict[date, int]] = defaultdict(lambda: defaultdict(int))
    orders = visible_orders(actor).filter(customer_id=customer_id, state__in=SOLD).order_by()
    for span in spans(period, zone):
        rows = (
            orders.filter(placed_at__gte=span.start, placed_at__lt=span.end)
            .annotate(day=LocalDate(F("placed_at"), span.offset))
            .values_list("day", "currency")
            .annotate(n=Count("id"), revenue=Sum("total_amount"))
        )
        for day, currency, count, revenue in rows:
            month = (span.day or day).replace(day=1)
            sums[currency][month] += revenue
            counts[currency][month] += count
    return sums, counts


def _on_time(actor: Actor, customer_id: int, bounds: tuple[datetime, datetime]) -> tuple[int, int] | None:
    if not actor.may(Permission.FULFILMENT_SHIPMENT_VIEW):
        return None
    start, end = bounds
    rows = visible_shipments(actor).filter(order__customer_id=customer_id, shipped_at__gte=start, shipped_at__lt=end)
    found = (
        rows.annotate(due_at=DUE)
        .filter(due_at__isnull=False)
        .aggregate(all=Count("pk"), kept=Count("pk", filter=kept_its_date()))
    )
    return found["all"], found["kept"]
