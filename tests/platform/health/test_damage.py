"""The file of the database is read whole now and then, not at every look at the health page."""

from __future__ import annotations

import pytest
from django.db import connection

from orderwell.kernel.clock import utc_now
from orderwell.platform import health
from orderwell.platform.caching import forget_everything


def database_check() -> health.Check:
    return next(check for check in health.examine(now=utc_now()) if check.name == "database")


@pytest.mark.django_db
def test_a_damaged_file_is_told_every_time_and_a_sound_one_is_not_read_again(monkeypatch: pytest.MonkeyPatch) -> None:
    if connection.vendor != "sqlite":
        assert "PostgreSQL" in database_check().found
        return
    forget_everything()
    asked: list[str] = []
    answer = {"PRAGMA quick_check(1)": "row 7 missing from index order_number"}
    real = health._value

    def value(sql: str) -> object:
        asked.append(sql)
        return answer.get(sql) or real(sql)

    monkeypatch.setattr(health, "_value", value)
    for _ in range(2):
        check = database_check()
        assert (check.state, "row 7 missing" in check.found) == ("problem", True)
    assert asked.count("PRAGMA quick_check(1)") == 2
    answer.clear()
    for _ in range(3):
        assert database_check().state == "ok"
    assert asked.count("PRAGMA quick_check(1)") == 3
