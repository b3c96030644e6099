"""Business days as the database sees them: in stretches of one UTC offset."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from orderwell.domains.analytics.periods import Period, spans
from orderwell.kernel.clock import business_day

SHANGHAI, LONDON, LORD_HOWE = (ZoneInfo(name) for name in ("Asia/Shanghai", "Europe/London", "Australia/Lord_Howe"))
DAYS = st.dates(date(2020, 1, 1), date(2030, 12, 31))


def test_a_zone_without_summer_time_is_one_stretch() -> None:
    found = list(spans(Period(date(2026, 1, 1), date(2026, 12, 31)), SHANGHAI))
    assert [span.offset for span in found] == [8 * 3600]


def test_the_days_on_which_clocks_change_stand_alone() -> None:
    found = list(spans(Period(date(2026, 3, 1), date(2026, 11, 30)), LONDON))
    assert [span.offset for span in found] == [0, 0, 3600, 3600, 0]
    assert [(span.end - span.start) for span in found][1] == timedelta(hours=23)


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(DAYS, st.integers(0, 400), st.integers(0, 10**6), st.sampled_from([SHANGHAI, LONDON, LORD_HOWE]))
def test_every_moment_falls_on_its_business_day(first: date, days: int, minute: int, zone: ZoneInfo) -> None:
    period = Period(first, first + timedelta(days=days))
    start, end = period.bounds(zone)
    moment = start + timedelta(minutes=minute) % (end - start)
    holding = [span for span in spans(period, zone) if span.start <= moment < span.end]
    assert len(holding) == 1
    shifted = (moment.astimezone(UTC) + timedelta(seconds=holding[0].offset)).date()
    day = business_day(moment, zone)
    # On a day of 23 hours the shifted moment may look like the next day; such days are stretches of their own.
    alone = holding[0].end - holding[0].start != timedelta(days=1) and holding[0].end - holding[0].start < timedelta(
        days=2
    )
    assert shifted == day or (alone and day == business_day(holding[0].start, zone))


def test_a_period_is_cut_into_days_or_months() -> None:
    assert len(Period(date(2026, 1, 1), date(2026, 1, 31)).points()) == 31
    year = Period(date(2025, 11, 15), date(2026, 10, 31))
    assert year.by_month and len(year.points()) == 12
    assert year.points()[0] == date(2025, 11, 1)
    assert year.before().last == date(2025, 11, 14) and year.before().days == year.days


def test_a_period_does_not_end_before_it_begins() -> None:
    with pytest.raises(ValueError, match="ends on or after"):
        Period(date(2026, 1, 2), date(2026, 1, 1))


def test_midnight_belongs_to_the_day_that_begins() -> None:
    period = Period(date(2026, 5, 1), date(2026, 5, 1))
    assert period.bounds(SHANGHAI) == (datetime(2026, 4, 30, 16, tzinfo=UTC), datetime(2026, 5, 1, 16, tzinfo=UTC))
