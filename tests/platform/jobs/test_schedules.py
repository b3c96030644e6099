from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from orderwell.platform.jobs import schedules
from orderwell.platform.jobs.models import Schedule
from orderwell.platform.jobs.schedules import LEASE, first_run, run_due, schedule, sync_schedules
from orderwell.testing.concurrency import in_threads

runs: list[datetime] = []
fails = False


def job(*, now: datetime) -> None:
    runs.append(now)
    if fails:
        raise ConnectionError("no answer")


@pytest.fixture(autouse=True)
def one_schedule(monkeypatch, settings) -> None:
    settings.TIME_ZONE = "Asia/Shanghai"
    monkeypatch.setattr(schedules, "_planned", {})
    monkeypatch.setattr(f"{__name__}.fails", False)
    runs.clear()
    schedule("sample", f"{__name__}.job", every_seconds=60)


@pytest.fixture
def at(monkeypatch):
    """Let the moment be `moment`, also for who asks the clock."""

    def at(moment: datetime) -> int:
        monkeypatch.setattr(schedules, "utc_now", lambda: moment)
        return run_due(now=moment)

    return at


@pytest.mark.django_db
def test_a_new_schedule_runs_at_once_then_at_its_interval(now, at) -> None:
    assert sync_schedules(now=now) == 1
    assert sync_schedules(now=now) == 0
    assert [at(now + timedelta(seconds=second)) for second in (0, 1, 59, 60, 61)] == [1, 0, 0, 1, 0]
    row = Schedule.objects.get()
    assert (row.last_run_at, row.last_error, row.running_until) == (now + timedelta(seconds=60), "", None)


@pytest.mark.django_db
def test_missed_runs_are_made_up_for_once_and_the_beat_is_kept(now, at) -> None:
    sync_schedules(now=now)
    assert at(now) == 1
    assert at(now + timedelta(seconds=60 * 30 + 10)) == 1
    assert Schedule.objects.get().next_run_at == now + timedelta(seconds=60 * 31)


@pytest.mark.django_db
def test_a_failure_is_kept_and_the_next_run_comes(now, at, monkeypatch) -> None:
    sync_schedules(now=now)
    monkeypatch.setattr(f"{__name__}.fails", True)
    assert at(now) == 1
    assert "no answer" in Schedule.objects.get().last_error
    monkeypatch.setattr(f"{__name__}.fails", False)
    assert at(now + timedelta(seconds=60)) == 1
    assert Schedule.objects.get().last_error == ""


@pytest.mark.django_db
def test_a_job_whose_worker_died_is_started_again_after_the_lease(now, at) -> None:
    sync_schedules(now=now)
    Schedule.objects.update(running_until=now + LEASE)
    assert at(now + LEASE - timedelta(seconds=1)) == 0
    assert at(now + LEASE) == 1


@pytest.mark.django_db
def test_a_stopped_schedule_doesn_t_run(now, at) -> None:
    sync_schedules(now=now)
    Schedule.objects.update(enabled=False)
    assert at(now) == 0


@pytest.mark.django_db
def test_a_changed_interval_is_kept_and_a_dropped_schedule_goes(now) -> None:
    sync_schedules(now=now)
    Schedule.objects.update(every_seconds=5)
    sync_schedules(now=now)
    assert Schedule.objects.get().every_seconds == 5
    schedules._planned.clear()
    schedule("other", f"{__name__}.job", every_seconds=60)
    assert sync_schedules(now=now) == 2
    assert Schedule.objects.get().name == "other"


def test_a_time_of_day_is_the_businesss(settings) -> None:
    now = datetime(2026, 3, 2, 20, 0, tzinfo=UTC)  # four in the morning of the next day in Shanghai
    assert first_run("03:10", now) == datetime(2026, 3, 3, 19, 10, tzinfo=UTC)
    assert first_run("04:10", now) == datetime(2026, 3, 2, 20, 10, tzinfo=UTC)
    assert first_run("", now) == now


@pytest.mark.django_db
def test_a_daily_job_keeps_its_hour_when_the_clocks_change(at, settings) -> None:
    settings.TIME_ZONE = "Europe/Berlin"
    schedules._planned.clear()
    schedule("daily", f"{__name__}.job", every_seconds=86400, at="02:30")
    before = datetime(2026, 3, 27, 12, 0, tzinfo=UTC)
    sync_schedules(now=before)
    assert Schedule.objects.get().next_run_at == datetime(2026, 3, 28, 1, 30, tzinfo=UTC)
    assert at(datetime(2026, 3, 28, 1, 30, tzinfo=UTC)) == 1
    assert at(Schedule.objects.get().next_run_at) == 1  # the night in which half past two does not exist
    assert Schedule.objects.get().next_run_at == datetime(2026, 3, 30, 0, 30, tzinfo=UTC)


def test_a_wrong_time_of_day_is_noticed_at_start() -> None:
    with pytest.raises(ValueError, match="hour"):
        schedule("wrong", "x.y", every_seconds=60, at="25:00")


@pytest.mark.concurrency
@pytest.mark.django_db(transaction=True)
def test_many_workers_run_a_schedule_once(now) -> None:
    sync_schedules(now=now)
    results = in_threads(lambda _: run_due(now=now), 8)
    assert sorted(results) == [0] * 7 + [1]
    assert len(runs) == 1
