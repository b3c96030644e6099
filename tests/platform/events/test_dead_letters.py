from __future__ import annotations

from datetime import timedelta

import pytest

from orderwell.kernel.errors import NotFound
from orderwell.platform.accounts.actor import Actor
from orderwell.platform.events.dispatch import deliver, fan_out
from orderwell.platform.events.models import Delivery, Event
from orderwell.platform.events.queries import backlog, dead_letters, sentences
from orderwell.platform.events.services import discard, forget_old_deliveries, replay
from orderwell.platform.permissions import PermissionDenied

pytestmark = pytest.mark.django_db


@pytest.fixture
def dead(heard, happen, now) -> list[int]:
    for number in range(2):
        happen(f"order:{number}", f"thing:{number}")
    fan_out(now=now)
    Delivery.objects.filter(subscriber__endswith="first").update(
        state="dead", attempts=10, finished_at=now, last_error="Traceback\nboom"
    )
    Delivery.objects.filter(subscriber__endswith="second").update(state="done", finished_at=now)
    return list(Delivery.objects.filter(state="dead").order_by("id").values_list("pk", flat=True))


def test_dead_letters_are_listed_with_their_events(dead, admin, django_assert_num_queries) -> None:
    with django_assert_num_queries(1):
        assert [(letter.pk, letter.event.subject) for letter in dead_letters(actor=admin)] == [
            (dead[1], "thing:1"),
            (dead[0], "thing:0"),
        ]


def test_a_replayed_letter_starts_from_the_first_attempt(dead, heard, admin, now) -> None:
    assert replay(delivery_ids=[dead[0]], actor=admin, now=now) == 1
    assert deliver(now=now) == 1
    assert heard.of("first") == ["thing:0"]
    assert Delivery.objects.get(pk=dead[0]).state == "done"
    assert Delivery.objects.get(pk=dead[1]).state == "dead"
    assert Event.objects.filter(name="events.delivery.replayed").count() == 1


def test_all_letters_can_be_replayed(dead, admin, now) -> None:
    assert replay(delivery_ids=None, actor=admin, now=now) == 2
    assert replay(delivery_ids=None, actor=admin, now=now) == 0


def test_a_discarded_letter_is_gone_from_the_list(dead, admin, now) -> None:
    assert discard(delivery_ids=[dead[0]], actor=admin, now=now) == 1
    assert [letter.pk for letter in dead_letters(actor=admin)] == [dead[1]]
    assert backlog().dead == 1


def test_what_is_no_dead_letter_is_refused_and_nothing_is_changed(dead, admin, now) -> None:
    done = Delivery.objects.filter(state="done").first()
    with pytest.raises(NotFound):
        replay(delivery_ids=[dead[0], done.pk], actor=admin, now=now)
    assert Delivery.objects.filter(state="dead").count() == 2


def test_permissions_are_required(dead, now) -> None:
    nobody = Actor(kind="user", id=1, label="n")
    with pytest.raises(PermissionDenied):
        replay(delivery_ids=None, actor=nobody, now=now)
    with pytest.raises(PermissionDenied):
        dead_letters(actor=nobody)


def test_the_backlog_tells_what_waits_and_since_when(heard, happen, now) -> None:
    assert backlog() == backlog().__class__(waiting=0, retrying=0, dead=0, oldest=None)
    happen("order:1", "thing:1")
    assert (backlog().waiting, backlog().oldest) == (1, now)
    heard.failing.add("first")
    fan_out(now=now)
    assert backlog().waiting == 2
    deliver(now=now, clock=lambda: now)
    state = backlog()
    assert (state.waiting, state.retrying, state.oldest) == (0, 1, None)


def test_only_finished_deliveries_are_forgotten_and_events_stay(dead, admin, now) -> None:
    later = now + timedelta(days=30, seconds=1)
    assert forget_old_deliveries(now=now + timedelta(days=30)) == 0
    assert forget_old_deliveries(now=later) == 2
    assert Delivery.objects.count() == 2
    discard(delivery_ids=[dead[0]], actor=admin, now=later)
    assert forget_old_deliveries(now=later) == 1
    assert Event.objects.filter(name="sample.thing.happened").count() == 2


def test_every_declared_event_has_a_sentence() -> None:
    from orderwell.platform.events.recording import EventName

    known = sentences()
    for names in EventName.__subclasses__():
        for name in names:
            assert known.get(str(name)), name
