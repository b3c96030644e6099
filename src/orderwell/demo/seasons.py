"""When orders come: growth over the year, quiet week-ends, shopping festivals, the lull of the Spring Festival."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from random import Random
from zoneinfo import ZoneInfo

DAYS = 365
# New Year's Day of the Chinese calendar.
SPRING_FESTIVALS = tuple(
    date.fromisoformat(day)
    for day in (
        "2024-02-10", "2025-01-29", "2026-02-17", "2027-02-06", "2028-01-26", "2029-02-13", "2030-02-03",
        "2031-01-23", "2032-02-11", "2033-01-31", "2034-02-19", "2035-02-08", "2036-01-28",
    )
)  # fmt: skip
WEEKDAYS = (1.12, 1.1, 1.05, 1.05, 1.08, 0.85, 0.75)
# Share of the day's orders by hour, at the company's place.
HOURS = (1, 0.5, 0.3, 0.2, 0.2, 0.3, 0.8, 2, 4, 7, 9, 8, 6, 6, 8, 8, 7, 6, 5, 6, 8, 8, 5, 2.5)


def weight(day: date, first: date) -> float:
    """How many orders `day` has beside the others, by growth since `first`, weekday and season."""
    growth = 0.65 + 0.8 * (day - first).days / DAYS
    return growth * WEEKDAYS[day.weekday()] * _season(day)


# (month, first day, last day) -> how much more than usual.
FESTIVALS = (
    (11, 11, 11, 5.0),  # Singles' Day and the weeks of offers before it
    (11, 6, 10, 1.9),
    (11, 1, 5, 1.5),
    (6, 18, 18, 3.2),
    (6, 1, 17, 1.25),
    (12, 12, 12, 2.4),
    (10, 1, 7, 0.55),  # the national holiday
    (8, 1, 31, 0.85),
)


def _season(day: date) -> float:
    for festival in SPRING_FESTIVALS:
        distance = (day - festival).days
        if -2 <= distance <= 7:
            return 0.15
        if -18 <= distance < -2:
            return 1.45
    return next(
        (more for month, first, last, more in FESTIVALS if day.month == month and first <= day.day <= last), 1.0
    )


def moments(count: int, now: datetime, zone: str, random: Random) -> list[datetime]:
    """`count` moments of the last twelve months up to `now`, in order."""
    here = ZoneInfo(zone)
    today = now.astimezone(here).date()
    first = today - timedelta(days=DAYS)
    days = [first + timedelta(days=number) for number in range(DAYS + 1)]
    chosen = random.choices(days, [weight(day, first) for day in days], k=count)
    # What would lie in the future goes to the day before, at the same hour.
    found = (_moment(day, here, random) for day in chosen)
    return sorted(moment if moment < now else moment - timedelta(days=1) for moment in found)


def _moment(day: date, here: ZoneInfo, random: Random) -> datetime:
    hour = random.choices(range(24), HOURS)[0]
    local = datetime.combine(day, time(hour, random.randrange(60), random.randrange(60)), here)
    return local.astimezone(UTC)


def working(moment: datetime, zone: str) -> datetime:
    """The same moment, or the next time somebody is at work: every day from 9 to 18."""
    local = moment.astimezone(ZoneInfo(zone))
    if local.hour < 9:
        return (local.replace(hour=9) + timedelta(minutes=local.minute % 30)).astimezone(UTC)
    if local.hour >= 18:
        return (local.replace(hour=9) + timedelta(days=1, minutes=local.minute % 30)).astimezone(UTC)
    return moment
