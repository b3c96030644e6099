from __future__ import annotations

import itertools
from datetime import timedelta

import pytest
from django.db import connection

from orderwell.platform.events import dispatch, subscriptions
from orderwell.platform.events.dispatch import LEASE, MOST_ATTEMPTS, deliver, fan_out, retry_delay
from orderwell.platform.events.models import Delivery, Event
from orderwell.testing.concurrency import in_threads
from tests.platform.events import handlers
from tests.platform.events.support import SampleEvent

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


def run(moment) -> None:
    """What a worker does until nothing is left to do at `moment`."""
    while fan_out(now=moment) or deliver(now=moment, clock=lambda: moment):
        pass


def test_every_subscriber_hears_every_event_once_and_in_order(heard, happen, now) -> None:
    for number in range(5):
        happen("order:1", f"thing:{number}")
    run(now)
    run(now)
    assert heard.of("first") == heard.of("second") == [f"thing:{number}" for number in range(5)]
    assert set(Delivery.objects.values_list("state", flat=True)) == {"done"}
    assert not Event.objects.filter(pending=True).exists()


def test_an_event_without_subscribers_costs_nothing(heard, happen, now) -> None:
    assert happen("order:1", "thing:1", SampleEvent.UNHEARD).pending is False
    assert fan_out(now=now) == 0


def test_a_subscriber_of_everything_hears_it_too(heard, happen, now) -> None:
    subscriptions.subscribe("*", f"{handlers.__name__}.first")
    happen("order:1", "thing:1", SampleEvent.UNHEARD)
    run(now)
    assert heard.of("first") == ["thing:1"]


def test_a_failure_is_kept_with_its_reason_and_tried_again_later(heard, happen, now) -> None:
    heard.failing.add("first")
    happen("order:1", "thing:1")
    run(now)
    failed = Delivery.objects.get(state="waiting")
    assert failed.attempts == 1
    assert "no answer for thing:1" in failed.last_error
    assert failed.next_attempt_at > now
    assert heard.of("first") == ["thing:1"]
    heard.failing.clear()
    run(now + HOUR)
    assert heard.of("first") == ["thing:1", "thing:1"]
    assert not Delivery.objects.exclude(state="done").exists()


def test_a_later_event_of_the_stream_waits_for_the_earlier_and_other_streams_don_t(heard, happen, now) -> None:
    heard.failing.add("thing:1")
    happen("order:1", "thing:1")
    happen("order:1", "thing:2")
    happen("order:2", "thing:3")
    run(now)
    assert heard.of("first") == ["thing:1", "thing:3"]
    heard.failing.clear()
    run(now + HOUR)
    assert heard.of("first") == ["thing:1", "thing:3", "thing:1", "thing:2"]


def test_one_failing_subscriber_doesn_t_hold_up_the_other(heard, happen, now) -> None:
    heard.failing.add("first")
    happen("order:1", "thing:1")
    happen("order:1", "thing:2")
    run(now)
    assert heard.of("second") == ["thing:1", "thing:2"]


def test_after_ten_attempts_it_is_a_dead_letter_and_the_stream_goes_on(heard, happen, now) -> None:
    heard.failing.add("thing:1")
    happen("order:1", "thing:1")
    happen("order:1", "thing:2")
    for hours in range(MOST_ATTEMPTS):
        assert "thing:2" not in heard.of("first")
        run(now + hours * 2 * HOUR)
    assert heard.of("first") == ["thing:1"] * MOST_ATTEMPTS + ["thing:2"]
    dead = Delivery.objects.filter(state="dead")
    assert dead.count() == 2
    run(now + 100 * HOUR)
    assert heard.of("first").count("thing:1") == MOST_ATTEMPTS


def test_a_handler_that_doesn_t_exist_fails_like_any_other(heard, happen, now) -> None:
    subscriptions.subscribe(SampleEvent.HAPPENED, "orderwell.no.such.handler")
    happen("order:1", "thing:1")
    run(now)
    assert "ModuleNotFoundError" in Delivery.objects.get(subscriber="orderwell.no.such.handler").last_error
    assert heard.of("first") == ["thing:1"]


def test_handlers_run_outside_of_any_transaction_of_the_dispatcher(heard, happen, now, monkeypatch) -> None:
    depth = []
    inside = len(connection.atomic_blocks)  # the test's own
    monkeypatch.setattr(handlers, "first", lambda event: depth.append(len(connection.atomic_blocks)))
    happen("order:1", "thing:1")
    run(now)
    assert depth == [inside]


def test_a_claim_of_a_dead_worker_runs_out_and_the_event_is_delivered(heard, happen, now, monkeypatch) -> None:
    happen("order:1", "thing:1")
    fan_out(now=now)
    with monkeypatch.context() as patch:
        patch.setattr(dispatch, "_call", lambda delivery: (_ for _ in ()).throw(SystemExit))
        with pytest.raises(SystemExit):
            deliver(now=now)
    assert deliver(now=now + LEASE - timedelta(seconds=1)) == 0
    assert deliver(now=now + LEASE) == 2
    assert heard.of("first") == ["thing:1"]


def test_a_worker_that_lost_its_claim_doesn_t_overwrite_the_outcome(heard, happen, now, monkeypatch) -> None:
    happen("order:1", "thing:1")
    fan_out(now=now)
    slow = dispatch._claim(now)
    deliver(now=now + LEASE, clock=lambda: now + LEASE)  # another worker takes over and succeeds
    dispatch._note([dispatch._Result(delivery, "too late") for delivery in slow], slow, now)
    assert set(Delivery.objects.values_list("state", "last_error")) == {("done", "")}


def test_what_a_batch_has_no_time_for_is_given_back(heard, happen, now, monkeypatch) -> None:
    for number in range(3):
        happen(f"order:{number}", f"thing:{number}")
    fan_out(now=now)
    ticks = itertools.chain([0.0, 0.0], itertools.repeat(10_000.0))
    with monkeypatch.context() as patch:
        patch.setattr(dispatch.time, "monotonic", lambda: next(ticks))
        assert deliver(now=now) == 1
    assert Delivery.objects.filter(state="waiting", claimed_until=None).count() == 5
    run(now)
    assert sorted(heard.of("first")) == ["thing:0", "thing:1", "thing:2"]


def test_delays_double_up_to_an_hour_and_are_spread() -> None:
    for attempts in range(1, 40):
        middle = min(5.0 * 2 ** (attempts - 1), 3600.0)
        assert middle * 0.75 <= retry_delay(attempts).total_seconds() <= middle * 1.25
    assert len({retry_delay(3) for _ in range(20)}) > 1


@pytest.mark.concurrency
@pytest.mark.django_db(transaction=True)
def test_many_workers_deliver_everything_once_and_in_order(heard, happen, now) -> None:
    streams, each = 6, 10
    for number in range(each):
        for stream in range(streams):
            happen(f"order:{stream}", f"thing:{stream}-{number:02}")

    results = in_threads(lambda _: run(now), 6)
    assert results == [None] * 6
    run(now)
    for stream in range(streams):
        expected = [f"thing:{stream}-{number:02}" for number in range(each)]
        for handler in ("first", "second"):
            assert [subject for subject in heard.of(handler) if subject.startswith(f"thing:{stream}-")] == expected
