from __future__ import annotations

import pytest

from orderwell.kernel.errors import NotFound
from orderwell.platform import verify
from orderwell.platform.accounts.models import Team
from orderwell.platform.verify import (
    Difference,
    LawResult,
    LawsBroken,
    check_every_night,
    in_words,
    law,
    laws,
    run_laws,
)
from orderwell.testing.concurrency import in_threads


@pytest.fixture(autouse=True)
def own_laws(monkeypatch) -> None:
    monkeypatch.setattr(verify, "_laws", {})


@pytest.mark.django_db
def test_laws_run_by_name_and_say_what_they_mean() -> None:
    @law("a.holds")
    def holds() -> LawResult:
        """Everything
        is fine."""
        return LawResult(3)

    @law("b.broken")
    def broken() -> LawResult:
        return LawResult(1, [Difference("order SO1", expected=2, actual=1)])

    assert laws() == {"a.holds": "Everything is fine.", "b.broken": ""}
    assert [verdict.law for verdict in run_laws()] == ["a.holds", "b.broken"]
    [verdict] = run_laws(["b.broken"])
    assert verdict.result.differences[0].document == "order SO1"
    with pytest.raises(NotFound):
        run_laws(["c.unknown"])


@pytest.mark.django_db
def test_the_nightly_check_fails_loudly(now) -> None:
    law("a.holds")(lambda: LawResult(3))
    check_every_night(now=now)
    law("b.broken")(lambda: LawResult(1, [Difference("order SO1", expected=2, actual=1)]))
    with pytest.raises(LawsBroken, match=r"1 differences .*b\.broken: order SO1"):
        check_every_night(now=now)


def test_two_laws_cannot_share_a_name() -> None:
    def first() -> LawResult:
        return LawResult(0)

    def second() -> LawResult:
        return LawResult(0)

    second.__module__ = "elsewhere"
    law("a.b")(first)
    with pytest.raises(ValueError, match=r"a\.b"):
        law("a.b")(second)


@pytest.mark.concurrency
@pytest.mark.django_db(transaction=True)
def test_laws_see_one_moment_and_hold_up_no_writer() -> None:
    counts = []

    @law("a.first")
    def first() -> LawResult:
        counts.append(Team.objects.count())
        [written] = in_threads(lambda _: Team.objects.create(name="meanwhile"), 1)
        assert isinstance(written, Team)
        return LawResult(0)

    @law("b.second")
    def second() -> LawResult:
        counts.append(Team.objects.count())
        return LawResult(0)

    run_laws()
    assert counts == [0, 0]
    assert Team.objects.count() == 1


def test_what_was_expected_is_said_in_words() -> None:
    from dataclasses import dataclass
    from decimal import Decimal

    @dataclass
    class Figure:
        orders: int
        revenue: Decimal

    assert in_words(None) == "nothing"
    assert in_words(Decimal("3.5000")) == "3.5"
    assert in_words((Decimal(3), None, "CNY")) == "3, nothing, CNY"
    assert in_words({(2, "b"), (1, "a")}) == "1, a; 2, b"
    assert in_words(Figure(2, Decimal("9.90"))) == "orders 2, revenue 9.9"
    assert (in_words(4), in_words("x"), in_words(True)) == (4, "x", True)
