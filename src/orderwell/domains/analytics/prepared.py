"""Figures of a period: prepared days from their table, all others from orders and returns, so that nothing shown is ever old.

A day is prepared some time after it has ended. Whatever changes one of its orders or returns later writes a mark in the same
transaction; from that moment the day is read from them again, until the worker has prepared it anew. Who reads sees
the marks before the figures, so a figure is never older than the first look.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import BooleanField, QuerySet, Sum, Value

from orderwell.domains.analytics.figures import Cell, Figure, cells_seen_by
from orderwell.domains.analytics.models import DayFigure, DayMark, PreparedDay
from orderwell.domains.analytics.periods import ONE_DAY, Period
from orderwell.kernel.clock import business_day
from orderwell.platform.accounts.actor import Actor
from orderwell.platform.prepared import prepared

# So long after its end a day is prepared. Orders placed within this time of now need no mark, so it must be longer than
# any transaction may last.
SETTLED_AFTER = timedelta(hours=2)
# Reading more stretches than these one by one costs more than reading some prepared days from the orders too.
MOST_STRETCHES = 4


def last_settled_day(now: datetime, zone: ZoneInfo) -> date:
    """The newest day that may be prepared."""
    return business_day(now - SETTLED_AFTER, zone) - ONE_DAY


def days_of_mark(utc_day: date, zone: ZoneInfo) -> Iterator[date]:
    """The business days that share a moment with a UTC day."""
    start = datetime.combine(utc_day, time.min, tzinfo=UTC)
    day, last = business_day(start, zone), business_day(start + ONE_DAY - timedelta.resolution, zone)
    while day <= last:
        yield day
        day += ONE_DAY


def clean_days(period: Period, zone: ZoneInfo) -> set[date]:
    """Days of the period whose prepared figures hold."""
    kept: Any = PreparedDay.objects.filter(zone=zone.key, day__range=(period.first, period.last))
    marks: Any = DayMark.objects.filter(day__range=(period.first - ONE_DAY, period.last + ONE_DAY))
    marked = Value(True, output_field=BooleanField())
    rows = marks.values_list("day", marked).union(
        kept.values_list("day", Value(False, output_field=BooleanField())), all=False
    )
    clean: set[date] = set()
    dirty: set[date] = set()
    for day, is_mark in rows:
        if is_mark:
            dirty.update(days_of_mark(day, zone))
        else:
            clean.add(day)
    return clean - dirty


def stretches(days: Collection[date], period: Period) -> list[Period]:
    """The days of the period that are not among `days`, as few periods; near ones are joined when they are many."""
    found: list[Period] = []
    for step in range(period.days):
        day = period.first + timedelta(days=step)
        if day in days:
            continue
        if found and found[-1].last + ONE_DAY == day:
            found[-1] = Period(found[-1].first, day)
        else:
            found.append(Period(day, day))
    while len(found) > MOST_STRETCHES:
        near = min(range(1, len(found)), key=lambda place: found[place].first - found[place - 1].last)
        found[near - 1 : near + 1] = [Period(found[near - 1].first, found[near].last)]
    return found


def cells(*, actor: Actor, period: Period, zone: ZoneInfo, now: datetime) -> list[Cell]:
    """Everything the actor may see of the period. Teams are added up in prepared days: nobody asks for them."""
    settled = last_settled_day(now, zone)
    known = {day for day in clean_days(period, zone) if day <= settled}
    live = stretches(known, period)
    found = list(_prepared(actor, period, known - _days(live))) if known else []
    for stretch in live:
        found += cells_seen_by(actor, stretch, zone)
    return found


def _days(periods: Iterable[Period]) -> set[date]:
    return {each.first + timedelta(days=step) for each in periods for step in range(each.days)}


def _prepared(actor: Actor, period: Period, days: Collection[date]) -> Iterator[Cell]:
    for day, channel, currency, *figures in _sums(actor, period.first, period.last):
        if day in days:
            yield Cell(day, channel, None, currency, Figure(*figures))


@prepared(Actor, date, date)
def _sums(actor: Actor, first: date, last: date) -> QuerySet[Any, tuple[Any, ...]]:
    rows = DayFigure.objects.filter(day__range=(first, last))
    if actor.channel_ids is not None:
        rows = rows.filter(channel_id__in=actor.channel_ids)
    if actor.team_ids is not None:
        rows = rows.filter(team_id__in=actor.team_ids)
    return (
        rows.order_by()
        .values_list("day", "channel_id", "currency")
        .annotate(n=Sum("orders"), worth=Sum("revenue"), back=Sum("returned"))
    )
