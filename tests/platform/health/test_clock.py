"""A clock that goes wrong is noticed by what the database knows of the time."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection

from orderwell.kernel.clock import utc_now
from orderwell.platform import health
from orderwell.platform.events.models import Event


@pytest.mark.django_db
@pytest.mark.parametrize(("back", "state"), [(timedelta(0), health.OK), (timedelta(days=3), health.PROBLEM)])
def test_a_clock_that_was_set_back_is_told_by_what_happened_last(
    monkeypatch: pytest.MonkeyPatch, back: timedelta, state: str
) -> None:
    """The database was set up long before: only the newest event knows how late it is."""
    now = utc_now()
    with connection.cursor() as cursor:
        cursor.execute("UPDATE django_migrations SET applied = %s", [now - timedelta(days=90)])
    Event.objects.create(
        name="test.thing.happened", stream="test:1", subject="test:1", data={}, actor_kind="system", occurred_at=now
    )
    (clock,) = [check for check in health.examine(now=now - back) if check.name == "clock"]
    assert clock.state == state
    assert back == timedelta(0) or (f"{now:%Y-%m-%d %H:%M:%S}" in clock.found and "NTP" in clock.next_step)
