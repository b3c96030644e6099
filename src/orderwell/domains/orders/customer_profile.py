"""What a customer usually does: how often, how much, and what they buy. Read from their latest orders only."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal
from itertools import pairwise
from statistics import median
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import Count, Max, Q, QuerySet, Sum

from orderwell.domains.orders.due import due_before, today_began
from orderwell.domains.orders.models import Order, OrderLine
from orderwell.domains.orders.queries import still_waiting, visible_orders
from orderwell.kernel.clock import business_day
from orderwell.platform.accounts.actor import Actor
from orderwell.platform.permissions import Permission
from orderwell.platform.prepared import one_row, prepared

# So many of the latest orders are looked at; a customer with more is known well enough by them.
LATEST = 200
FAVOURITES = 8
ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class Favourite:
    """`last_price` is what they paid for a unit the last time, in `currency`."""

    variant_id: int
    sku: str
    name: str
    orders: int
    quantity: Decimal
    last_price: Decimal
    currency: str
    last_order_id: int
    last_at: datetime
    name_zh: str = ""
    name_en: str = ""

    @property
    def usual(self) -> Decimal:
        """About what one order has of it, as finely as it was bought: in whole units where they are bought whole."""
        finest = self.quantity.normalize().as_tuple().exponent
        step = Decimal(1).scaleb(min(int(finest), 0))
        return max((self.quantity / self.orders).quantize(step, rounding=ROUND_HALF_UP), step)


@dataclass(frozen=True, slots=True)
class Habits:
    """`more` says that there are more orders than were looked at. `rhythm` is the usual number of days between orders."""

    orders: int
    more: bool
    sums: dict[str, Decimal]
    average: dict[str, Decimal]
    last_at: datetime | None
    rhythm: int | None
    favourites: Sequence[Favourite]


@dataclass(frozen=True, slots=True)
class OpenOrders:
    """How many orders of a customer wait for something: `quotes` for the customer, `held` for us, `unpaid` for money."""

    quotes: int
    to_ship: int
    backordered: int
    late: int
    held: int
    unpaid: int


def open_orders(actor: Actor, customer_id: int, *, now: datetime) -> OpenOrders:
    """One statement over the customer's own orders."""
    actor.require(Permission.ORDERS_ORDER_VIEW)
    return OpenOrders(*_open_counts(actor, customer_id, today_began(now))[0])


@prepared(Actor, int, datetime)
def _open_counts(actor: Actor, customer_id: int, began: datetime) -> QuerySet[Any, tuple[int, ...]]:
    waiting = (
        Order.FulfilmentState.BACKORDERED,
        Order.FulfilmentState.RESERVED,
        Order.FulfilmentState.PARTIAL,
    )
    placed = Q(state=Order.State.PLACED, history=False)
    owing = (Order.PaymentState.UNPAID, Order.PaymentState.PARTIAL)
    return one_row(
        visible_orders(actor).filter(customer=customer_id),
        quotes=Count("pk", filter=Q(state=Order.State.DRAFT)),
        to_ship=Count("pk", filter=placed & Q(fulfilment_state__in=waiting)),
        backordered=Count("pk", filter=placed & Q(fulfilment_state=Order.FulfilmentState.BACKORDERED)),
        late=Count("pk", filter=still_waiting() & due_before(began)),
        held=Count("pk", filter=placed & Q(on_hold=True)),
        unpaid=Count("pk", filter=Q(history=False, payment_state__in=owing)),
    )


def customer_habits(actor: Actor, customer_id: int) -> Habits:
    """Three statements, however many orders the customer has."""
    found = _latest_of(actor, customer_id)
    latest = [row for row in found[:LATEST] if row[1] is not None]
    sums: dict[str, Decimal] = {}
    counts: dict[str, int] = {}
    for _id, _at, total, currency in latest:
        sums[currency] = sums.get(currency, ZERO) + total
        counts[currency] = counts.get(currency, 0) + 1
    return Habits(
        orders=len(latest),
        more=len(found) > LATEST,
        sums=sums,
        average={currency: total / counts[currency] for currency, total in sums.items()},
        last_at=latest[0][1] if latest else None,
        rhythm=_rhythm([row[1] for row in latest if row[1] is not None]),
        favourites=_favourites([row[0] for row in latest]),
    )


@prepared(Actor, int)
def _latest_of(actor: Actor, customer_id: int) -> QuerySet[Any, tuple[Any, ...]]:
    rows = visible_orders(actor).filter(customer=customer_id, state__in=("placed", "completed"))
    return rows.order_by("-placed_at", "-id").values_list("id", "placed_at", "total_amount", "currency")[: LATEST + 1]


def _rhythm(moments: Sequence[datetime]) -> int | None:
    """The median of the business days between orders; several orders of one day are one."""
    zone = ZoneInfo(settings.TIME_ZONE)
    days = sorted({business_day(moment, zone) for moment in moments})
    if len(days) < 3:
        return None
    return round(median((later - earlier).days for earlier, later in pairwise(days)))


def _names(line: OrderLine) -> tuple[str, str]:
    return (line.variant.name_zh, line.variant.name_en) if line.variant else (line.name, line.name)


def _favourites(order_ids: Sequence[int]) -> list[Favourite]:
    """The products of most orders; where two are level, the one bought last."""
    top = _most_ordered(order_ids)
    last = {line.pk: line for line in _whole_lines([newest for *_rest, newest in top])}
    return [
        Favourite(
            variant,
            last[newest].sku,
            last[newest].name,
            orders,
            units,
            last[newest].unit_price,
            last[newest].order.currency,
            last[newest].order_id,
            last[newest].order.placed_at or last[newest].order.created_at,
            *_names(last[newest]),
        )
        for variant, orders, units, newest in top
    ]


@prepared([int])
def _most_ordered(order_ids: Sequence[int]) -> QuerySet[Any, tuple[Any, ...]]:
    lines = OrderLine.objects.filter(order__in=order_ids, variant__isnull=False).order_by().values_list("variant_id")
    counted = lines.annotate(orders=Count("order", distinct=True), units=Sum("quantity"), newest=Max("id"))
    return counted.order_by("-orders", "-newest")[:FAVOURITES]


@prepared([int])
def _whole_lines(lines: Sequence[int]) -> QuerySet[OrderLine]:
    return OrderLine.objects.filter(pk__in=lines).select_related("order", "variant")
