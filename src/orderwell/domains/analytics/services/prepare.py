"""Preparing the figures of days that have ended. They are always computed whole, never counted on, so they can't drift."""

from __future__ import annotations

import time
from collections.abc import Collection, Sequence
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import F

from orderwell.domains.analytics.figures import Cell, every_cell
from orderwell.domains.analytics.models import DayFigure, DayMark, Preparation, PreparedDay
from orderwell.domains.analytics.periods import ONE_DAY, Period
from orderwell.domains.analytics.prepared import days_of_mark, last_settled_day
from orderwell.domains.orders.models import Order
from orderwell.kernel.clock import business_day
from orderwell.platform.database import atomic, bulk_insert, snapshot

DAYS_AT_ONCE = 31
MARKS_AT_ONCE = 10_000
# A run on schedule gives way after so long; the next one goes on.
SECONDS = 30.0


def prepare_days(*, now: datetime, seconds: float = SECONDS) -> int:
    """Prepare what is missing or marked, the newest days first; how many days were prepared."""
    zone = ZoneInfo(settings.TIME_ZONE)
    stop_at = time.monotonic() + seconds
    done = 0
    while time.monotonic() < stop_at:
        marked = DayMark.objects.exists()
        if not marked and not missing_days(now, zone):
            break
        run = _take_marks(zone)
        days = missing_days(now, zone)[:DAYS_AT_ONCE]
        if days:
            with snapshot():
                found = _computed(days, zone)
            done += _store(days, found, zone, run, now)
        elif not DayMark.objects.exists():
            break
    return done


def missing_days(now: datetime, zone: ZoneInfo) -> list[date]:
    """Days since the first order that have ended and are not prepared in this zone, newest first."""
    placed = Order.objects.filter(placed_at__isnull=False).order_by("placed_at", "id")
    first = placed.values_list("placed_at", flat=True).first()
    if first is None:
        return []
    day, last = business_day(first, zone), last_settled_day(now, zone)
    known = set(PreparedDay.objects.filter(zone=zone.key).values_list("day", flat=True))
    wanted = [day + timedelta(days=step) for step in range((last - day).days, -1, -1)]
    return [each for each in wanted if each not in known]


def _take_marks(zone: ZoneInfo) -> int:
    """Marks become missing days; the number of this run.

    Between this and `_store` nothing is locked. An order that changes meanwhile leaves a new mark, which stays.
    """
    with atomic():
        Preparation.objects.get_or_create(pk=1)
        Preparation.objects.filter(pk=1).update(run=F("run") + 1)
        marks = dict(DayMark.objects.order_by("pk").values_list("pk", "day")[:MARKS_AT_ONCE])
        stale = {day for mark in set(marks.values()) for day in days_of_mark(mark, zone)}
        PreparedDay.objects.filter(day__in=stale).delete()
        PreparedDay.objects.exclude(zone=zone.key).delete()
        DayMark.objects.filter(pk__in=list(marks)).delete()
        return Preparation.objects.values_list("run", flat=True).get(pk=1)


def _computed(days: Sequence[date], zone: ZoneInfo) -> list[Cell]:
    """Runs of days that follow each other are grouped together."""
    wanted = sorted(days)
    found: list[Cell] = []
    start = wanted[0]
    for place, day in enumerate(wanted):
        if place + 1 == len(wanted) or wanted[place + 1] != day + ONE_DAY:
            found += every_cell(Period(start, day), zone)
            start = wanted[place + 1] if place + 1 < len(wanted) else start
    return found


def _store(days: Collection[date], found: Sequence[Cell], zone: ZoneInfo, run: int, now: datetime) -> int:
    """Nothing when another preparation began since: it may have taken a mark that these figures don't know of."""
    with atomic():
        if Preparation.objects.select_for_update().get(pk=1).run != run:
            return 0
        PreparedDay.objects.bulk_create([PreparedDay(day=day, zone=zone.key, prepared_at=now) for day in sorted(days)])
        ids = dict(PreparedDay.objects.filter(day__in=list(days)).values_list("day", "pk"))
        fields = ("prepared", "day", "channel", "team", "currency", "orders", "revenue", "returned")
        rows = [
            (
                *(ids[cell.day], cell.day, cell.channel_id, cell.team_id, cell.currency),
                *(cell.figure.orders, cell.figure.revenue, cell.figure.returned),
            )
            for cell in found
        ]
        bulk_insert(DayFigure, fields, rows)
    return len(days)
