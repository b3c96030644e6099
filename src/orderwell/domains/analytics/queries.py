"""Figures about orders. All of them come from rows the actor may see, and tie to the order list behind them.

"Sold" means placed and not cancelled, drafts excluded; amounts are what is left after cancelled units.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Count, Q, QuerySet

from orderwell.domains.analytics.figures import Cell, Figure
from orderwell.domains.analytics.periods import ONE_DAY, Period
from orderwell.domains.analytics.prepared import cells
from orderwell.domains.orders.models import Order
from orderwell.domains.orders.queries import WAITING, late_orders, visible_orders
from orderwell.kernel.clock import business_day, day_bounds
from orderwell.platform.accounts.actor import Actor
from orderwell.platform.permissions import Permission
from orderwell.platform.prepared import prepared

# Upper bounds of the ages shown for orders that wait to be shipped, in days.
AGES = (1, 3, 7, 14)


@dataclass(frozen=True, slots=True)
class Sales:
    """Orders, revenue and what came back, of one currency in one period. Channels are those with orders."""

    total: Figure
    points: list[tuple[date, Figure]]
    by_channel: list[tuple[int, Figure]]


@dataclass(frozen=True, slots=True)
class Backlog:
    """What is open now, whatever the period."""

    to_ship: int
    backordered: int
    late: int
    on_hold: int
    unpaid: int
    ages: list[tuple[int | None, int]]


def first_and_last_day(*, actor: Actor, zone: ZoneInfo) -> Period | None:
    """The business days of the oldest and the newest order; None when there is none."""
    # Two looks at the ends of an index; asked for together, SQLite would read all of it.
    oldest, newest = next(iter(_oldest(actor)), None), next(iter(_newest(actor)), None)
    if oldest is None or newest is None:
        return None
    return Period(business_day(oldest, zone), business_day(newest, zone))


def years_with_orders(*, actor: Actor, zone: ZoneInfo, most: int = 8) -> list[int]:
    """Business years that have orders, newest first: one look into an index for each."""
    found: list[int] = []
    newest = next(iter(_newest(actor)), None)
    while newest is not None and len(found) < most:
        year = business_day(newest, zone).year
        found.append(year)
        start, _ = day_bounds(date(year, 1, 1), zone)
        newest = next(iter(_newest_before(actor, start)), None)
    return found


def _placed(actor: Actor) -> QuerySet[Any, Any]:
    return visible_orders(actor).filter(placed_at__isnull=False).values_list("placed_at", flat=True)


@prepared(Actor)
def _oldest(actor: Actor) -> QuerySet[Any, datetime]:
    return _placed(actor).order_by("placed_at", "id")[:1]


@prepared(Actor)
def _newest(actor: Actor) -> QuerySet[Any, datetime]:
    return _placed(actor).order_by("-placed_at", "-id")[:1]


@prepared(Actor, datetime)
def _newest_before(actor: Actor, moment: datetime) -> QuerySet[Any, datetime]:
    return _placed(actor).filter(placed_at__lt=moment).order_by("-placed_at", "-id")[:1]


def sales(*, actor: Actor, period: Period, zone: ZoneInfo, now: datetime) -> dict[str, Sales]:
    """By currency, most orders first: orders and revenue per day or month and per channel.

    All of it comes from the same cells, so that everything adds up alike.
    """
    actor.require(Permission.REPORTS_DASHBOARD_VIEW)
    return _by_currency(period, cells(actor=actor, period=period, zone=zone, now=now))


def sales_and_before(
    *, actor: Actor, period: Period, before: Period | None, zone: ZoneInfo, now: datetime
) -> tuple[dict[str, Sales], dict[str, Sales]]:
    """The same of two periods; read together where one follows the other."""
    actor.require(Permission.REPORTS_DASHBOARD_VIEW)
    if before is not None and before.last + ONE_DAY == period.first:
        both = cells(actor=actor, period=Period(before.first, period.last), zone=zone, now=now)
        earlier = [cell for cell in both if cell.day < period.first]
        found = [cell for cell in both if cell.day >= period.first]
    else:
        found = cells(actor=actor, period=period, zone=zone, now=now)
        earlier = cells(actor=actor, period=before, zone=zone, now=now) if before is not None else []
    return _by_currency(period, found), _by_currency(before or period, earlier)


def _by_currency(period: Period, found: Iterable[Cell]) -> dict[str, Sales]:
    parts: dict[str, list[Cell]] = defaultdict(list)
    for cell in found:
        parts[cell.currency].append(cell)
    sold = {currency: _sales(period, rows) for currency, rows in parts.items()}
    return dict(sorted(sold.items(), key=lambda item: (-item[1].total.orders, item[0])))


def _sales(period: Period, found: Iterable[Cell]) -> Sales:
    at: dict[date, list[Figure]] = {point: [] for point in period.points()}
    through: dict[int, list[Figure]] = defaultdict(list)
    for cell in found:
        at[period.point_of(cell.day)].append(cell.figure)
        through[cell.channel_id].append(cell.figure)
    points = sorted((point, _total(figures)) for point, figures in at.items())
    channels = {channel: _total(figures) for channel, figures in through.items()}
    ranked = sorted(
        ((key, figure) for key, figure in channels.items() if figure.orders),
        key=lambda item: (-item[1].revenue, item[0]),
    )
    return Sales(_total(channels.values()), points, ranked)


def _total(figures: Collection[Figure]) -> Figure:
    return sum(figures, start=Figure())


def no_sales(period: Period) -> Sales:
    return _sales(period, ())


def backlog(*, actor: Actor, now: datetime, zone: ZoneInfo) -> Backlog:
    """Orders that wait for something, and since how many business days."""
    actor.require(Permission.REPORTS_DASHBOARD_VIEW)
    # What waits is placed. An index that has all of this apart from the orders is read through, and nothing else.
    waiting = visible_orders(actor).filter(fulfilment_state__in=WAITING)
    today = business_day(now, zone)
    edges = [day_bounds(today - timedelta(days=days), zone)[0] for days in AGES]
    buckets: dict[str, Any] = {}
    newer: datetime | None = None
    for index, edge in enumerate(edges):
        inside = Q(placed_at__gte=edge) & (Q() if newer is None else Q(placed_at__lt=newer))
        buckets[f"age{index}"] = Count("id", filter=inside)
        newer = edge
    found = waiting.order_by().aggregate(
        to_ship=Count("id"),
        backordered=Count("id", filter=Q(fulfilment_state=Order.FulfilmentState.BACKORDERED)),
        late=Count("id", filter=late_orders(now)),
        older=Count("id", filter=Q(placed_at__lt=edges[-1])),
        **buckets,
    )
    # Drafts and cancelled orders have nothing to pay, so their state need not be asked for; an index knows the rest.
    unpaid = visible_orders(actor).filter(payment_state__in=[Order.PaymentState.UNPAID, Order.PaymentState.PARTIAL])
    on_hold = visible_orders(actor).filter(on_hold=True)
    ages: list[tuple[int | None, int]] = [(days, found[f"age{index}"]) for index, days in enumerate(AGES)]
    return Backlog(
        to_ship=found["to_ship"],
        backordered=found["backordered"],
        late=found["late"],
        on_hold=on_hold.order_by().count(),
        unpaid=unpaid.order_by().count(),
        ages=[*ages, (None, found["older"])],
    )
