from __future__ import annotations

import threading
import time
from datetime import timedelta

import pytest
from django_tasks import TaskResultStatus, task
from django_tasks_db.models import DBTaskResult

from orderwell.kernel.clock import utc_now
from orderwell.platform.jobs import heartbeats, schedules, worker
from orderwell.platform.jobs.models import Heartbeat
from orderwell.platform.jobs.tasks import MOST_STARTS, run_next_task, take_back_abandoned
from orderwell.platform.jobs.worker import Worker

done: list[str] = []


@task()
def note(text: str) -> str:
    done.append(text)
    if text == "fail":
        raise ConnectionError("no answer")
    return text


@pytest.fixture(autouse=True)
def nothing_done() -> None:
    done.clear()


@pytest.mark.django_db
def test_tasks_run_once_in_order_and_keep_their_outcome() -> None:
    first, second = note.enqueue("a"), note.enqueue("fail")
    assert [run_next_task("w") for _ in range(3)] == [True, True, False]
    assert done == ["a", "fail"]
    states = dict(DBTaskResult.objects.values_list("id", "status"))
    assert {str(key): value for key, value in states.items()} == {
        first.id: TaskResultStatus.SUCCESSFUL,
        second.id: TaskResultStatus.FAILED,
    }
    assert "no answer" in DBTaskResult.objects.get(id=second.id).traceback


@pytest.mark.django_db
def test_a_task_of_a_dead_worker_is_started_again_but_not_for_ever(now) -> None:
    note.enqueue("a")
    for start in range(1, MOST_STARTS + 1):
        row = DBTaskResult.objects.get()
        row.claim(f"gone {start}")
        Heartbeat.objects.create(process=f"gone {start}", kind="worker", started_at=now, seen_at=now)
        assert take_back_abandoned(now=now + timedelta(seconds=40), patience=heartbeats.PATIENCE) == 0
        later = now + timedelta(seconds=46)
        assert take_back_abandoned(now=later, patience=heartbeats.PATIENCE) == (start < MOST_STARTS)
    row = DBTaskResult.objects.get()
    assert row.status == TaskResultStatus.FAILED
    assert "workers died" in row.traceback
    assert done == []


@pytest.mark.django_db
def test_heartbeats(now) -> None:
    heartbeats.beat("a", "worker", now=now)
    heartbeats.beat("b", "worker", now=now + timedelta(seconds=60))
    assert heartbeats.living(now=now + timedelta(seconds=60)) == {"b"}
    heartbeats.beat("a", "worker", now=now + timedelta(seconds=61))
    assert heartbeats.living(now=now + timedelta(seconds=61)) == {"a", "b"}
    heartbeats.end("a")
    assert heartbeats.living(now=now + timedelta(seconds=61)) == {"b"}
    heartbeats.beat("c", "worker", now=now + timedelta(days=2))
    assert set(Heartbeat.objects.values_list("process", flat=True)) == {"c"}
    assert heartbeats.process_name() != heartbeats.process_name()


def wait_for(condition, seconds=20.0) -> bool:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if condition():
            return True
        time.sleep(0.05)
    return False


@pytest.mark.concurrency
@pytest.mark.django_db(transaction=True)
def test_a_worker_does_what_comes_outlives_a_defect_and_stops_tidily(monkeypatch) -> None:
    monkeypatch.setattr(worker, "TROUBLE_SECONDS", 0.05)
    monkeypatch.setattr(worker, "IDLE_SECONDS", 0.05)
    monkeypatch.setattr(schedules, "_planned", {})
    running = Worker()
    broken = iter([ZeroDivisionError("a defect")])

    def events() -> bool:
        for error in broken:
            raise error
        done.append("events")
        return False

    events.__name__ = "events"
    monkeypatch.setattr(running, "events", events)
    thread = threading.Thread(target=running.run)
    thread.start()
    try:
        assert wait_for(lambda: running.name in heartbeats.living(now=utc_now()))
        note.enqueue("a")
        assert wait_for(lambda: "a" in done)
        assert wait_for(lambda: "events" in done)
    finally:
        running.stop()
        thread.join(20)
    assert not thread.is_alive()
    assert running.name not in heartbeats.living(now=utc_now())
