from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor

import pytest

from orderwell.domains.orders import gate as gates
from orderwell.domains.orders.drafts import LineDraft, OrderDraft, Submission
from orderwell.domains.orders.gate import IntakeBusy, IntakeGate
from orderwell.domains.orders.outcomes import Refused
from orderwell.platform.permissions import PermissionDenied
from orderwell.testing.actors import outsider
from tests.domains.orders.builders import ACTOR


def submission(note: str = "") -> Submission:
    return Submission(OrderDraft(channel="x", lines=(LineDraft("y", 1),), note=note), ACTOR)


def _until(condition: Callable[[], object]) -> None:
    deadline = time.monotonic() + 30
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.001)


def test_what_waits_shares_a_transaction_and_everybody_gets_their_own_answer():
    batches, release = [], threading.Event()

    def place(submissions, *, now):
        batches.append(len(submissions))
        release.wait(60)
        return [item.draft.note for item in submissions]

    gate = IntakeGate(place=place, limit=10)
    with ThreadPoolExecutor(16) as pool:
        first = pool.submit(gate.submit, submission("first"))
        _until(lambda: batches)
        rest = [pool.submit(gate.submit, submission(str(n))) for n in range(15)]
        _until(lambda: len(gate._line) == 15)
        release.set()
        assert first.result() == "first"
        assert [answer.result() for answer in rest] == [str(n) for n in range(15)]
    assert batches == [1, 10, 5]


def test_who_waits_for_several_is_woken_when_the_last_of_them_comes():
    line = gates._WaitingLine()
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(line.wait, until=3, seconds=60)
        _until(lambda: line._until == 3)
        line.join((submission(), Future()))
        line.join((submission(), Future()))
        assert not line._enough.is_set()
        line.join((submission(), Future()))
        waiting.result(timeout=30)
    assert len(line.take(10)) == 3
    line.wait(until=1, seconds=0.001)  # the time is up
    assert line.take(10) == []


def test_of_many_who_join_at_once_nobody_is_lost_and_nobody_taken_twice():
    line = gates._WaitingLine()
    joined = [(submission(str(number)), Future()) for number in range(4000)]
    taken: list[object] = []
    with ThreadPoolExecutor(8) as pool:
        for part in range(8):
            pool.submit(lambda part: [line.join(entry) for entry in joined[part::8]], part)
        while len(taken) < len(joined):
            line.wait(until=1)
            line.wait(until=min(7, len(joined) - len(taken)), seconds=0.01)
            taken += line.take(5)
    assert sorted(map(id, taken)) == sorted(map(id, joined))


def test_a_failure_reaches_everybody_who_waits_and_the_gate_goes_on():
    calls = []

    def place(submissions, *, now):
        calls.append(submissions)
        if len(calls) == 1:
            raise RuntimeError("database gone")
        return [Refused(()) for _ in submissions]

    gate = IntakeGate(place=place)
    with pytest.raises(RuntimeError, match="database gone"):
        gate.submit(submission())
    assert gate.submit(submission()) == Refused(())


def test_permission_is_checked_before_the_queue():
    gate = IntakeGate(place=lambda submissions, now: pytest.fail("must not be reached"))
    with pytest.raises(PermissionDenied):
        gate.submit(Submission(submission().draft, outsider()))


def test_who_waits_too_long_on_the_event_loop_is_told_and_the_next_is_served(monkeypatch):
    monkeypatch.setattr(gates, "WAIT_SECONDS", 0.1)
    release = threading.Event()

    def place(submissions, *, now):
        if submissions[0].draft.note == "slow":
            release.wait(60)
        return [item.draft.note for item in submissions]

    async def wait(gate: IntakeGate):
        served = await gate.place(submission("quick"))
        slow = [asyncio.create_task(gate.place(submission("slow"))) for _ in range(3)]
        await asyncio.sleep(0)
        slow.append(asyncio.create_task(gate.place(submission("late"))))
        gone = asyncio.create_task(gate.place(submission("gave up")))
        await asyncio.sleep(0.02)
        gone.cancel()
        told = await asyncio.gather(*slow, return_exceptions=True)
        release.set()
        return served, told, await gate.place(submission("next"))

    gate = IntakeGate(place=place)
    for _loop in range(2):  # a timer belongs to its loop
        release.clear()
        served, told, following = asyncio.run(wait(gate))
        assert (served, following) == ("quick", "next")
        assert [type(answer) for answer in told] == [IntakeBusy] * 4


def test_nobody_is_kept_in_mind_who_has_an_answer():
    gate = IntakeGate(place=lambda submissions, now: [item.draft.note for item in submissions])

    async def place_many():
        for n in range(50):
            assert await gate.place(submission(str(n))) == str(n)
        return len(gate._patience._waiting)

    assert asyncio.run(place_many()) == 1
