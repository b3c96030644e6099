from __future__ import annotations

import threading
from datetime import timedelta

import pytest
from django.db import IntegrityError, connection

from orderwell.platform.accounts.models import Team
from orderwell.platform.idempotency import repeating, services
from orderwell.platform.idempotency.models import RequestKey
from orderwell.platform.idempotency.services import (
    KeyReused,
    answers_for,
    fingerprint,
    forget_old_answers,
    lookup,
    once,
    save_many,
)
from orderwell.testing.concurrency import in_threads

PRINT = fingerprint(b"POST", b"/orders", b"{}")


def make_team(name="A"):
    return lambda: (201, str(Team.objects.create(name=name).pk).encode())


@pytest.mark.django_db
def test_the_second_time_gives_the_first_answer_and_does_nothing(now) -> None:
    first, repeated = once(make_team(), scope="key:1", key="k", fingerprint=PRINT, now=now)
    assert not repeated
    again, repeated = once(make_team("B"), scope="key:1", key="k", fingerprint=PRINT, now=now)
    assert repeated
    assert again == first
    assert Team.objects.count() == 1


@pytest.mark.django_db
def test_a_key_used_for_another_request_is_refused(now) -> None:
    once(make_team(), scope="key:1", key="k", fingerprint=PRINT, now=now)
    other = fingerprint(b"POST", b"/orders", b"{} ")
    with pytest.raises(KeyReused):
        lookup(scope="key:1", key="k", fingerprint=other)
    with pytest.raises(KeyReused):
        once(make_team("B"), scope="key:1", key="k", fingerprint=other, now=now)
    assert Team.objects.count() == 1


@pytest.mark.django_db
def test_scopes_don_t_share_keys(now) -> None:
    save_many([("key:1", "k", PRINT, 201, b"one"), ("key:2", "j", PRINT, 201, b"two")], now=now)
    assert lookup(scope="key:2", key="k", fingerprint=PRINT) is None
    assert answers_for([("key:1", "k"), ("key:2", "k"), ("key:2", "j")]).keys() == {("key:1", "k"), ("key:2", "j")}
    assert answers_for([]) == {}


@pytest.mark.django_db
def test_any_bytes_come_back_unchanged(now) -> None:
    body = bytes(range(256))
    save_many([("s", "键", PRINT, 200, body)], now=now)
    answer = lookup(scope="s", key="键", fingerprint=PRINT)
    assert (answer.status, answer.response, answer.fingerprint) == (200, body, PRINT)


@pytest.mark.django_db(transaction=True)
def test_work_that_fails_stores_nothing_and_may_be_tried_again(now) -> None:
    def fail():
        Team.objects.create(name="half")
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        once(fail, scope="s", key="k", fingerprint=PRINT, now=now)
    assert not Team.objects.exists()
    assert once(make_team(), scope="s", key="k", fingerprint=PRINT, now=now)[1] is False


@pytest.mark.django_db(transaction=True)
def test_an_integrity_error_of_the_work_itself_is_not_swallowed(now) -> None:
    Team.objects.create(name="A")
    with pytest.raises(IntegrityError):
        once(make_team("A"), scope="s", key="k", fingerprint=PRINT, now=now)
    assert not RequestKey.objects.exists()


@pytest.mark.concurrency
@pytest.mark.django_db(transaction=True)
def test_the_same_request_many_times_at_once_is_done_once(now) -> None:
    runs = []
    lock = threading.Lock()

    def attempt(index):
        def work():
            team = Team.objects.create(name=f"team {index}")
            with lock:
                runs.append(index)
            return 201, str(team.pk).encode()

        return once(work, scope="s", key="k", fingerprint=PRINT, now=now)

    results = in_threads(attempt, 12)
    assert {answer.response for answer, _ in results} == {str(Team.objects.get().pk).encode()}
    assert sum(not repeated for _, repeated in results) == 1


@pytest.mark.django_db
def test_answers_are_kept_for_thirty_days(now) -> None:
    save_many([("s", "k", PRINT, 200, b"")], now=now)
    assert forget_old_answers(now=now + timedelta(days=30)) == 0
    assert forget_old_answers(now=now + timedelta(days=30, seconds=1)) == 1


@pytest.mark.django_db
def test_many_old_answers_go_and_the_new_ones_stay(now, monkeypatch) -> None:
    monkeypatch.setattr(services, "MOST_AT_ONCE", 2)
    save_many([("s", f"old {number}", PRINT, 200, b"") for number in range(5)], now=now)
    save_many([("s", f"new {number}", PRINT, 200, b"") for number in range(3)], now=now + timedelta(days=20))
    assert forget_old_answers(now=now + timedelta(days=31)) == 5
    assert set(RequestKey.objects.values_list("key", flat=True)) == {"new 0", "new 1", "new 2"}


def test_parts_of_a_fingerprint_don_t_run_into_each_other() -> None:
    assert fingerprint(b"ab", b"c") != fingerprint(b"a", b"bc")


@pytest.mark.django_db(transaction=True)
def test_what_may_tell_of_people_lies_sealed(now) -> None:
    answered = repeating.once(
        scope="s", key="k", fingerprint=PRINT, now=now, act=lambda: repeating.Answer(201, "李 13777771234".encode())
    )
    save_many([], telling=[("s", "j", PRINT, 422, b"13777771234")], now=now)
    once(lambda: (201, b"13777771234"), scope="s", key="i", fingerprint=PRINT, now=now)
    with connection.cursor() as cursor:
        cursor.execute("SELECT response, sealed FROM idempotency_requestkey")
        assert all(b"1377" not in bytes(response) + bytes(sealed) for response, sealed in cursor.fetchall())
    again = repeating.once(scope="s", key="k", fingerprint=PRINT, now=now, act=lambda: pytest.fail("done twice"))
    assert (again.repeated, again.status, again.body) == (True, 201, answered.body)
    assert lookup(scope="s", key="j", fingerprint=PRINT).response == b"13777771234"
    assert lookup(scope="s", key="i", fingerprint=PRINT).response == b"13777771234"
