"""Periods of whole business days, and how they are cut into days or months."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from orderwell.kernel.clock import day_bounds

# Up to so many days a chart has one point per day, beyond that one per month.
MOST_DAILY_POINTS = 92
ONE_DAY = timedelta(days=1)
# Lengths of the periods that end today, in days.
LENGTHS = (7, 30, 90, 365)
MOST_DAYS = 366 * 20


@dataclass(frozen=True, slots=True)
class Period:
    """From the first to the last business day, both included."""

    first: date
    last: date

    def __post_init__(self) -> None:
        if self.first > self.last:
            raise ValueError("a period ends on or after its first day")

    @property
    def days(self) -> int:
        return (self.last - self.first).days + 1

    @property
    def by_month(self) -> bool:
        return self.days > MOST_DAILY_POINTS

    def before(self) -> Period:
        """The period of the same length just before."""
        return Period(self.first - timedelta(days=self.days), self.first - ONE_DAY)

    def bounds(self, zone: ZoneInfo) -> tuple[datetime, datetime]:
        """First moment and the moment just after the last, in UTC."""
        return day_bounds(self.first, zone)[0], day_bounds(self.last, zone)[1]

    def points(self) -> list[date]:
        """The day, or the first day of the month, of every point of a chart."""
        if not self.by_month:
            return [self.first + timedelta(days=step) for step in range(self.days)]
        found, month = [], self.first.replace(day=1)
        while month <= self.last:
            found.append(month)
            month = (month + timedelta(days=32)).replace(day=1)
        return found

    def point_of(self, day: date) -> date:
        return day.replace(day=1) if self.by_month else day


def anchor(today: date, known: Period | None) -> date:
    """The day with which the usual periods end.

    Where the newest order is older than a month (imported history), that is its day, or a freshly imported company would
    look empty.
    """
    return known.last if known is not None and known.last < today - timedelta(days=30) else today


def ending_at(last: date, days: int) -> Period:
    return Period(last - timedelta(days=days - 1), last)


def everything(known: Period) -> Period:
    return Period(max(known.first, known.last - timedelta(days=MOST_DAYS)), known.last)


def usual_periods(today: date, known: Period | None) -> list[Period]:
    """What the overview offers with one click, the shortest first; the years are this one and the one before."""
    if known is None:
        return []
    last = anchor(today, known)
    years = [Period(date(year, 1, 1), date(year, 12, 31)) for year in (last.year, last.year - 1)]
    found = [*(ending_at(last, days) for days in LENGTHS), *years, everything(known)]
    return sorted(dict.fromkeys(found), key=lambda period: period.days)


@dataclass(frozen=True, slots=True)
class Span:
    """Moments from `start` to before `end` between which the zone is `offset` seconds ahead of UTC all the time.

    `day` is given for a day on which clocks change: whatever falls into it is of that day.
    """

    start: datetime
    end: datetime
    offset: int
    day: date | None = None


def spans(period: Period, zone: ZoneInfo) -> Iterator[Span]:
    """The period in stretches of one UTC offset, so that a database without time zones can tell business days apart.

    Clocks change at some moment of a day. The day itself becomes a stretch of its own and says which day it is: by any
    one offset the last hour of a day of 25 hours would fall on the next.
    """
    start, day = day_bounds(period.first, zone)[0], period.first
    while day <= period.last:
        begin, end = day_bounds(day, zone)
        if (end - begin) != ONE_DAY:
            if start < begin:
                yield Span(start, begin, _offset(start, zone))
            yield Span(begin, end, _offset(begin, zone), day)
            start = end
        day += ONE_DAY
    end = day_bounds(period.last, zone)[1]
    if start < end:
        yield Span(start, end, _offset(start, zone))


def _offset(moment: datetime, zone: ZoneInfo) -> int:
    offset = moment.astimezone(zone).utcoffset()
    return int(offset.total_seconds()) if offset else 0
