from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from orderwell.kernel.clock import business_day, day_bounds, utc_now

BERLIN, SHANGHAI = ZoneInfo("Europe/Berlin"), ZoneInfo("Asia/Shanghai")


def test_now_knows_its_zone() -> None:
    assert utc_now().tzinfo is UTC


def test_a_day_begins_where_the_business_is() -> None:
    assert day_bounds(date(2026, 3, 2), SHANGHAI) == (
        datetime(2026, 3, 1, 16, tzinfo=UTC),
        datetime(2026, 3, 2, 16, tzinfo=UTC),
    )
    assert business_day(datetime(2026, 3, 1, 16, tzinfo=UTC), SHANGHAI) == date(2026, 3, 2)
    assert business_day(datetime(2026, 3, 1, 15, 59, 59, tzinfo=UTC), SHANGHAI) == date(2026, 3, 1)


def test_days_are_23_and_25_hours_long_when_the_clocks_change() -> None:
    spring, autumn = day_bounds(date(2026, 3, 29), BERLIN), day_bounds(date(2026, 10, 25), BERLIN)
    assert spring[1] - spring[0] == timedelta(hours=23)
    assert autumn[1] - autumn[0] == timedelta(hours=25)


@given(
    st.integers(min_value=946_684_800, max_value=4_102_444_800).map(
        lambda seconds: datetime.fromtimestamp(seconds, UTC)
    ),
    st.sampled_from([BERLIN, SHANGHAI, ZoneInfo("America/St_Johns"), ZoneInfo("Pacific/Apia")]),
)
def test_every_moment_lies_within_its_business_day(moment: datetime, zone: ZoneInfo) -> None:
    start, end = day_bounds(business_day(moment, zone), zone)
    assert start <= moment < end
