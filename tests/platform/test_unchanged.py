"""What is recalled is what is stored: nothing is, once anybody has written anything."""

from __future__ import annotations

from collections.abc import Callable, Collection

import pytest
from django.db import transaction

from orderwell.platform.accounts.models import Team
from orderwell.platform.database import is_postgresql
from orderwell.platform.unchanged import MOST, unchanged
from orderwell.testing.concurrency import in_threads

pytestmark = pytest.mark.django_db(transaction=True)


def read(names: Collection[str]) -> dict[str, int]:
    return dict(Team.objects.filter(name__in=list(names)).values_list("name", "pk"))


def asked_for(names: Collection[str]) -> list[str]:
    """Which of `names` had to be read, in a transaction of their own."""
    asked: list[str] = []

    def noting(missing: Collection[str]) -> dict[str, int]:
        asked.extend(missing)
        return read(missing)

    with unchanged() as known:
        if known is None:
            return list(names)
        assert known.recall("teams", names, noting) == read(names)
    return asked


def test_what_nobody_changed_is_read_once() -> None:
    Team.objects.create(name="north")
    assert asked_for(["north", "south"]) == ["north", "south"]
    again = asked_for(["south", "north", "west"])
    assert again == (["south", "north", "west"] if is_postgresql() else ["west"])


def elsewhere() -> None:
    in_threads(lambda _: Team.objects.create(name="south"), 1)


def here() -> None:
    Team.objects.create(name="south")


def taken_back() -> None:
    with transaction.atomic():
        Team.objects.create(name="gone")
        transaction.set_rollback(True)


@pytest.mark.parametrize("write", [elsewhere, here, taken_back])
def test_after_any_writing_everything_is_read_anew(write: Callable[[], object]) -> None:
    Team.objects.create(name="north")
    asked_for(["north", "south"])
    write()
    assert asked_for(["north", "south"]) == ["north", "south"]


def test_what_the_caller_wrote_itself_does_not_count() -> None:
    asked_for(["north"])
    with unchanged() as known:
        if known is not None:
            known.recall("teams", ["north"], read)
        Team.objects.create(name="a thing that nobody recalls")
    assert asked_for(["north"]) == (["north"] if is_postgresql() else [])


def test_a_transaction_that_failed_leaves_nothing_to_recall() -> None:
    asked_for(["north"])
    with pytest.raises(ZeroDivisionError), unchanged():
        Team.objects.create(name="north")
        raise ZeroDivisionError
    assert asked_for(["north"]) == ["north"]


def test_within_somebody_elses_transaction_nothing_is_recalled() -> None:
    with transaction.atomic(), unchanged() as known:
        assert known is None


def test_it_does_not_grow_without_end() -> None:
    with unchanged() as known:
        if known is None:
            return
        numbers = known.recall("numbers", range(MOST), lambda missing: {number: number for number in missing})
        assert len(numbers) == MOST
        asked: list[int] = []
        known.recall("numbers", [1, MOST], lambda missing: dict.fromkeys(missing, asked.extend(missing)))
        assert asked == [1, MOST]
