"""Best customers and goods of a period. Where a period is large the worker keeps them ready, with the moment they are of."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Count, QuerySet, Sum, Value

from orderwell.domains.analytics.figures import SOLD, ZERO, units_where
from orderwell.domains.analytics.models import PreparedRanking
from orderwell.domains.analytics.periods import Period
from orderwell.domains.catalog.models import Variant
from orderwell.domains.customers.models import Customer
from orderwell.domains.fulfilment.models import ReturnLine
from orderwell.domains.fulfilment.queries import visible_returns
from orderwell.domains.orders.models import OrderLine
from orderwell.domains.orders.queries import visible_orders
from orderwell.platform.accounts.actor import Actor
from orderwell.platform.caching import Found, PacedCache
from orderwell.platform.fields import QuantityField
from orderwell.platform.permissions import Permission
from orderwell.platform.prepared import prepared

PLACES = 8
# So many of those with the most revenue are looked at first for the best after returns.
FIRST_LOOK = 512
Kind = PreparedRanking.Kind
# Older than this, the worker has stopped: then the orders are asked.
HOLDS_FOR = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Ranked:
    """`count` is how many orders of a customer, or how many units of a product, without those that came back."""

    id: int
    count: Decimal
    revenue: Decimal
    returned: Decimal = ZERO
    name_zh: str = ""
    name_en: str = ""
    product_id: int = 0

    @property
    def orders(self) -> int:
        return int(self.count)

    @property
    def net(self) -> Decimal:
        return self.revenue - self.returned


_Key = tuple[str, Period, str, frozenset[int] | None, frozenset[int] | None]
_recent: PacedCache[_Key, list[Ranked]] = PacedCache()


def top_customers(*, actor: Actor, period: Period, currency: str, zone: ZoneInfo, now: datetime) -> Found[list[Ranked]]:
    """Customers by revenue less what they sent back in the period. Raises PermissionDenied."""
    found = _ranked(Kind.CUSTOMERS, actor, period, currency, zone, now)
    names = dict(_customers_named([row.id for row in found.value]))
    rows = [replace(row, name_zh=names.get(row.id, ""), name_en=names.get(row.id, "")) for row in found.value]
    return Found(rows, found.at)


def top_variants(*, actor: Actor, period: Period, currency: str, zone: ZoneInfo, now: datetime) -> Found[list[Ranked]]:
    """Goods by revenue less what came back of them in the period; units are those not cancelled, less those. Raises
    PermissionDenied."""
    found = _ranked(Kind.VARIANTS, actor, period, currency, zone, now)
    named = {variant.pk: variant for variant in _variants([row.id for row in found.value])}
    rows = [
        replace(row, name_zh=variant.name_zh, name_en=variant.name_en, product_id=variant.product_id)
        for row in found.value
        if (variant := named.get(row.id))
    ]
    return Found(rows, found.at)


def _ranked(
    kind: Kind, actor: Actor, period: Period, currency: str, zone: ZoneInfo, now: datetime
) -> Found[list[Ranked]]:
    actor.require(Permission.REPORTS_DASHBOARD_VIEW)
    if actor.channel_ids is None and actor.team_ids is None and (known := _prepared(kind, period, currency, zone, now)):
        return known
    key = (str(kind), period, currency, actor.channel_ids, actor.team_ids)
    return _recent.get(key, lambda: rank(kind, actor, period, currency, zone))


def _prepared(kind: Kind, period: Period, currency: str, zone: ZoneInfo, now: datetime) -> Found[list[Ranked]] | None:
    row = next(iter(_made(str(kind), period.first, period.last, currency, zone.key, now - HOLDS_FOR)), None)
    if row is None:
        return None
    rows = [(pk, Decimal(count), Decimal(revenue), Decimal(returned)) for pk, count, revenue, returned in row.rows]
    return Found([Ranked(*each) for each in rows], row.made_at)


@prepared(str, date, date, str, str, datetime)
def _made(kind: str, first: date, last: date, currency: str, zone: str, since: datetime) -> QuerySet[PreparedRanking]:
    rows = PreparedRanking.objects.filter(kind=kind, first=first, last=last, currency=currency, zone=zone)
    return rows.filter(made_at__gte=since)


@prepared([int])
def _customers_named(pks: Sequence[int]) -> QuerySet[Any, tuple[int, str]]:
    return Customer.objects.filter(pk__in=pks).values_list("pk", "name")


@prepared([int])
def _variants(pks: Sequence[int]) -> QuerySet[Variant]:
    return Variant.objects.filter(pk__in=pks)


def rank(kind: Kind, actor: Actor, period: Period, currency: str, zone: ZoneInfo) -> list[Ranked]:
    """From the orders and returns themselves."""
    start, end = period.bounds(zone)
    orders = visible_orders(actor).filter(placed_at__gte=start, placed_at__lt=end, state__in=SOLD, currency=currency)
    returns = visible_returns(actor).filter(
        received_at__gte=start, received_at__lt=end, undone_at=None, currency=currency
    )
    sold: QuerySet[Any, tuple[Any, ...]]
    back: QuerySet[Any, tuple[Any, ...]]
    if kind == Kind.CUSTOMERS:
        sold = orders.filter(customer__isnull=False).order_by().values_list("customer_id")
        sold = sold.annotate(count=Count("id"), revenue=Sum("total_amount")).order_by("-revenue", "customer_id")
        back = returns.filter(customer__isnull=False).order_by().values_list("customer_id")
        back = back.annotate(count=Value(ZERO, QuantityField()), amount=Sum("gross_amount"))
    else:
        goods = OrderLine.objects.filter(order__in=orders.order_by(), kind=OrderLine.Kind.GOODS, variant__isnull=False)
        sold = goods.values_list("variant_id").annotate(count=units_where(), revenue=Sum("gross_amount"))
        sold = sold.order_by("-revenue", "variant_id")
        lines = ReturnLine.objects.filter(return_document__in=returns.order_by(), variant__isnull=False)
        back = lines.values_list("variant_id").annotate(count=Sum("quantity"), amount=Sum("gross_amount"))
    return _best(sold, {pk: (count, amount) for pk, count, amount in back})


def _best(sold: QuerySet[Any, tuple[Any, ...]], back: Mapping[int, tuple[Decimal, Decimal]]) -> list[Ranked]:
    """The best after returns of those with the most revenue: read downwards until nobody further down can be better."""
    # A charge that was taken back may have been a rebate, which makes more of somebody than the revenue.
    most_added = max((-amount for _count, amount in back.values()), default=ZERO)
    look = FIRST_LOOK
    while True:
        rows = list(sold[:look])
        found = []
        for pk, count, revenue in rows:
            units, amount = back.get(pk, (ZERO, ZERO))
            found.append(Ranked(pk, Decimal(count or 0) - units, revenue or ZERO, amount))
        best = sorted(found, key=lambda row: (-row.net, row.id))[:PLACES]
        if len(rows) < look or found[-1].revenue + max(most_added, ZERO) < best[-1].net:
            return best
        look *= 8


def as_stored(rows: Sequence[Ranked]) -> list[tuple[int, str, str, str]]:
    return [(row.id, str(row.count), str(row.revenue), str(row.returned)) for row in rows]
