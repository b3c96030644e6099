"""Long work says how far it is, and how it ended."""

from __future__ import annotations

from datetime import timedelta

import pytest

from orderwell.kernel.clock import utc_now
from orderwell.kernel.errors import NotFound
from orderwell.platform.accounts.actor import Actor, system_actor
from orderwell.platform.jobs.models import Progress
from orderwell.platform.jobs.progress import begin, following, forget_old, shown, take_note, tray


@pytest.fixture
def person(db: None) -> Actor:
    from orderwell.platform.accounts.services.users import create_user

    user = create_user(username="wei", password="correct horse battery", actor=system_actor(), now=utc_now())
    return Actor(kind="user", id=user.pk, label="wei")


def test_steps_end_in_the_row_and_on_the_tray(person: Actor) -> None:
    progress = begin(actor=person, title="Export", total=4, now=utc_now(), result="/there/")
    assert [row.is_over for row in tray(person, now=utc_now())] == [False]
    with following(progress) as steps:
        steps.step(3)
        steps.step(1)
    row = Progress.objects.get()
    assert (row.done, row.failed) == (4, "") and row.finished_at
    assert shown(row, now=utc_now()).percent == 100


def test_rate_and_rest_are_told_once_there_is_something_to_tell(person: Actor) -> None:
    start = utc_now()
    row = Progress(title="x", total=100, done=20, started_at=start, updated_at=start + timedelta(seconds=10))
    found = shown(row, now=start)
    assert (found.percent, found.per_second, found.seconds_left) == (20, 2.0, 41)
    waiting = shown(Progress(title="x", total=None, updated_at=start), now=start)
    assert (waiting.percent, waiting.per_second, waiting.seconds_left) == (None, None, None)


def test_a_failure_is_told_and_passed_on(person: Actor) -> None:
    progress = begin(actor=person, title="Export", total=None, now=utc_now())
    with pytest.raises(NotFound), following(progress) as steps:
        steps.step(2)
        raise NotFound(kind="file", reference="7")
    row = Progress.objects.get()
    assert row.done == 2 and "file 7" in row.failed and row.finished_at


def test_what_ended_leaves_the_tray_when_it_was_seen_and_what_runs_stays(person: Actor) -> None:
    running = begin(actor=person, title="a", total=None, now=utc_now())
    ended = begin(actor=person, title="b", total=None, now=utc_now())
    with following(ended):
        pass
    for progress in (running, ended):
        assert progress
        take_note(actor=person, progress_id=progress, now=utc_now())
    assert [item.row.pk for item in tray(person, now=utc_now())] == [running]
    assert forget_old(now=utc_now() + timedelta(days=8)) == 2


def test_keys_and_the_system_have_no_tray(db: None) -> None:
    assert begin(actor=system_actor(), title="x", total=1, now=utc_now()) is None
    with following(None) as steps:
        steps.step()
    assert not Progress.objects.exists()
