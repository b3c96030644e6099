"""Time. The database holds UTC; days begin and end in the business time zone."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

Clock = Callable[[], datetime]


def utc_now() -> datetime:
    """The one place that reads the system's clock; services are given `now` instead."""
    return datetime.now(UTC)


def business_day(moment: datetime, zone: ZoneInfo) -> date:
    """The calendar day that `moment` belongs to in `zone`."""
    return moment.astimezone(zone).date()


def day_bounds(day: date, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """First moment of `day` and first moment of the next, in UTC: 23 or 25 hours apart when the clocks change."""
    start = datetime.combine(day, time.min, tzinfo=zone)
    end = datetime.combine(day + timedelta(days=1), time.min, tzinfo=zone)
    return start.astimezone(UTC), end.astimezone(UTC)
