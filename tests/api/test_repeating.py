"""One request key, many requests at the same moment: the work is done once, and all get the same answer."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from orderwell.domains.orders import gate as gates
from orderwell.domains.orders.models import Order, OrderNote
from orderwell.testing.concurrency import in_threads
from tests.api.callers import Caller, place_and_leave
from tests.api.shop import draft, open_shop

THREADS = 8
pytestmark = [pytest.mark.concurrency, pytest.mark.django_db(transaction=True)]


def at_once(call: Callable[[], Any]) -> list[Any]:
    return in_threads(lambda _: call(), THREADS)


def check_one_execution(answers: list[Any], status: int) -> None:
    assert [answer.status_code for answer in answers] == [status] * THREADS, answers[0].content
    assert len({answer.content for answer in answers}) == 1
    assert sum("Idempotency-Replayed" not in answer for answer in answers) == 1


@pytest.fixture
def key(caller: Callable[..., Caller]) -> str:
    open_shop()
    return str(caller("*").key)


def test_note_with_one_key_is_written_once(key: str) -> None:
    order = Caller(key).post("/orders", draft()).json()["id"]
    answers = at_once(
        lambda: Caller(key).post(f"/orders/{order}/notes", {"body": "once"}, headers={"Idempotency-Key": "n"})
    )
    check_one_execution(answers, 201)
    assert OrderNote.objects.count() == 1


def test_without_a_key_each_request_counts(key: str) -> None:
    """The control: what the key prevents does happen without it."""
    order = Caller(key).post("/orders", draft()).json()["id"]
    at_once(lambda: Caller(key).post(f"/orders/{order}/notes", {"body": "each"}))
    assert OrderNote.objects.count() == THREADS


def test_order_with_one_key_is_placed_once_through_the_real_gate(key: str, monkeypatch: pytest.MonkeyPatch) -> None:
    real = gates.IntakeGate(place=place_and_leave, limit=4)
    monkeypatch.setattr("orderwell.api.orders.placing.gate", lambda: real)
    answers = at_once(lambda: Caller(key).post("/orders", draft(), headers={"Idempotency-Key": "o"}))
    check_one_execution(answers, 201)
    assert Order.objects.count() == 1
    fresh = at_once(lambda: Caller(key).post("/orders", draft()))
    assert {answer.status_code for answer in fresh} == {201}
    assert Order.objects.count() == 1 + THREADS
