"""Bulk writes: a row that the database refuses fails alone, and one that was beaten to it is found the second time."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from django.db import IntegrityError

from orderwell.kernel.errors import Refusal
from orderwell.platform.accounts.models import Team
from orderwell.platform.batches import Verdict, save_in_batches

pytestmark = pytest.mark.django_db


def make_all(names: Sequence[str]) -> list[Verdict]:
    """Knows nothing of what is there, so that the unique constraint has to speak."""
    return [Verdict(name, "created", Team.objects.create(name=name).pk) for name in names]


def outcomes(names: Sequence[str]) -> list[str]:
    return [verdict.outcome for verdict in save_in_batches(names, save=make_all, reference=str)]


def test_a_row_that_the_database_refuses_fails_alone() -> None:
    Team.objects.create(name="taken")
    verdicts = save_in_batches(["a", "taken", "b"], save=make_all, reference=str)
    assert [verdict.outcome for verdict in verdicts] == ["created", "refused", "created"]
    assert verdicts[1].errors[0].code == "row_conflict"
    assert sorted(Team.objects.values_list("name", flat=True)) == ["a", "b", "taken"]
    with pytest.raises(Refusal):
        verdicts[1].or_raise()


def test_more_rows_than_fit_in_one_transaction() -> None:
    names = [f"team {number}" for number in range(1_201)]
    assert set(outcomes(names)) == {"created"}
    assert Team.objects.count() == 1_201


def test_who_was_beaten_to_it_looks_again() -> None:
    tries = []

    def save(names: Sequence[str]) -> list[Verdict]:
        tries.append(list(names))
        if len(tries) == 1:
            raise IntegrityError("somebody else was faster")
        return [Verdict(name, "unchanged", 1) for name in names]

    assert [verdict.outcome for verdict in save_in_batches(["a"], save=save, reference=str)] == ["unchanged"]
    assert tries == [["a"], ["a"]]
