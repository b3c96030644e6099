"""What runs at fixed intervals: declared in wiring.py, kept as rows so that an administrator can change or stop it.

A run that was missed because nothing was running is made up for once, not as often as it was missed.
"""

from __future__ import annotations

import logging
import time as stopwatch
import traceback
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import Q
from django.utils.module_loading import import_string

from orderwell.kernel.clock import day_bounds, utc_now
from orderwell.platform.database import atomic
from orderwell.platform.jobs.models import Schedule

logger = logging.getLogger("orderwell.jobs")

# A job whose worker died is started again after this long.
LEASE = timedelta(hours=1)
ERROR_LENGTH = 4000


@dataclass(frozen=True)
class Planned:
    """`job` is the dotted path of a function `(*, now: datetime) -> object`; `at` the business time of day, if any."""

    name: str
    job: str
    every_seconds: int
    at: str = ""


_planned: dict[str, Planned] = {}


def schedule(name: str, job: str, *, every_seconds: int, at: str = "") -> None:
    """Run `job` every so many seconds, counted from `at` ("02:30") when that is given."""
    if at:
        time.fromisoformat(at)
    _planned[name] = Planned(name, job, every_seconds, at)


def planned() -> dict[str, Planned]:
    """Every schedule there is, by name."""
    return dict(_planned)


def sync_schedules(*, now: datetime) -> int:
    """Make the rows of new schedules and drop those of schedules that no longer exist; the number changed."""
    with atomic():
        known = set(Schedule.objects.values_list("name", flat=True))
        new = [
            Schedule(name=job.name, every_seconds=job.every_seconds, at=job.at, next_run_at=first_run(job.at, now))
            for job in _planned.values()
            if job.name not in known
        ]
        Schedule.objects.bulk_create(new)
        dropped, _ = Schedule.objects.filter(name__in=known - set(_planned)).delete()
    return len(new) + dropped


def first_run(at: str, now: datetime) -> datetime:
    """At once, or the next time it is `at` o'clock where the business is."""
    if not at:
        return now
    zone = ZoneInfo(settings.TIME_ZONE)
    today = now.astimezone(zone).date()
    moment = datetime.combine(today, time.fromisoformat(at), tzinfo=zone)
    if moment <= now:
        tomorrow = day_bounds(today, zone)[1].astimezone(zone).date()
        moment = datetime.combine(tomorrow, time.fromisoformat(at), tzinfo=zone)
    return moment


def next_run(row: Schedule, now: datetime) -> datetime:
    """The first moment after `now` on the row's beat; missed beats are skipped."""
    every = timedelta(seconds=max(row.every_seconds, 1))
    if row.at and every % timedelta(days=1) == timedelta(0):
        # By the calendar, not by counting hours: days are 23 or 25 hours long when the clocks change.
        return first_run(row.at, now + every - timedelta(days=1))
    missed = max((now - row.next_run_at) // every, 0)
    return row.next_run_at + (missed + 1) * every


def run_due(*, now: datetime) -> int:
    """Run every schedule that is due, one after the other; how many were run. Failures are kept in the row."""
    due = Schedule.objects.filter(_free(now), enabled=True, next_run_at__lte=now).order_by("next_run_at")
    return sum(_run(row, now) for row in list(due))


def _free(now: datetime) -> Q:
    return Q(running_until__isnull=True) | Q(running_until__lte=now)


def _run(row: Schedule, now: datetime) -> bool:
    planned_job = _planned.get(row.name)
    if planned_job is None:
        return False
    lease = now + LEASE
    mine = Schedule.objects.filter(_free(now), pk=row.pk, next_run_at=row.next_run_at).update(running_until=lease)
    if not mine:
        return False  # another worker was first
    started, error = stopwatch.monotonic(), ""
    try:
        import_string(planned_job.job)(now=now)
    except Exception:
        logger.exception("schedule %s failed", row.name)
        error = traceback.format_exc()[-ERROR_LENGTH:]
    Schedule.objects.filter(pk=row.pk, running_until=lease).update(
        running_until=None,
        next_run_at=next_run(row, utc_now()),
        last_run_at=now,
        last_seconds=stopwatch.monotonic() - started,
        last_error=error,
    )
    return True
