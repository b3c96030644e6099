"""Keeping the rankings of the usual periods ready, where finding them takes long."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import Sum

from orderwell.domains.analytics.models import DayFigure, PreparedRanking
from orderwell.domains.analytics.periods import Period, usual_periods
from orderwell.domains.analytics.queries import first_and_last_day
from orderwell.domains.analytics.rankings import as_stored, rank
from orderwell.kernel.clock import business_day
from orderwell.platform.accounts.actor import system_actor
from orderwell.platform.database import atomic

# Periods with fewer orders are ranked when somebody looks: it takes milliseconds, and nothing is ever old.
MANY_ORDERS = 20_000
# What took a second is made anew after a quarter of an hour: all of them together never keep a worker busy.
AGAIN_AFTER = 900
SECONDS = 30.0


class _Wanted(NamedTuple):
    kind: str
    first: object
    last: object
    currency: str


def prepare_rankings(*, now: datetime, seconds: float = SECONDS, many: int = MANY_ORDERS) -> int:
    """Prepare what is missing or old, until `seconds` have passed; how many were prepared. Others are forgotten."""
    zone, began = ZoneInfo(settings.TIME_ZONE), time.monotonic()
    wanted = dict(_wanted(zone, now, many))
    known = {
        _Wanted(row.kind, row.first, row.last, row.currency): row
        for row in PreparedRanking.objects.filter(zone=zone.key)
    }
    PreparedRanking.objects.exclude(pk__in=[row.pk for name, row in known.items() if name in wanted]).delete()
    done = 0
    for name, period in wanted.items():
        row = known.get(name)
        if row is not None and now < row.made_at + timedelta(seconds=row.seconds * AGAIN_AFTER):
            continue
        if time.monotonic() - began >= seconds:
            break
        _prepare(name, period, zone, now)
        done += 1
    return done


def _wanted(zone: ZoneInfo, now: datetime, many: int) -> Iterator[tuple[_Wanted, Period]]:
    """The shortest periods first: they change most, and cost least."""
    known = first_and_last_day(actor=system_actor(), zone=zone)
    for period in usual_periods(business_day(now, zone), known):
        sold = DayFigure.objects.filter(day__range=(period.first, period.last)).order_by().values_list("currency")
        for currency, orders in sold.annotate(n=Sum("orders")):
            if orders >= many:
                for kind in PreparedRanking.Kind:
                    yield _Wanted(str(kind), period.first, period.last, currency), period


def _prepare(name: _Wanted, period: Period, zone: ZoneInfo, now: datetime) -> None:
    began = time.monotonic()
    rows = rank(PreparedRanking.Kind(name.kind), system_actor(), period, name.currency, zone)
    took = time.monotonic() - began
    with atomic():
        PreparedRanking.objects.update_or_create(
            kind=name.kind,
            first=period.first,
            last=period.last,
            currency=name.currency,
            zone=zone.key,
            defaults={"rows": as_stored(rows), "made_at": now, "seconds": took},
        )
