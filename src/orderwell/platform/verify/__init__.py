"""Laws: statements about the data that must always hold, recomputed from the causes by `orderwell verify`.

A domain writes them in its `laws.py`:

    @law("inventory.on_hand_is_the_sum_of_movements")
    def on_hand_is_the_sum_of_movements() -> LawResult:
        ...
        return LawResult(rows_checked, [Difference("stock item SKU-1 in Hangzhou", expected=5, actual=4)])
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, fields, is_dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from orderwell.kernel.errors import NotFound
from orderwell.kernel.quantities import plain
from orderwell.platform.database import snapshot


@dataclass(frozen=True, slots=True)
class Difference:
    """`document` names what a person opens to repair it, such as "order SO00000012"."""

    document: str
    expected: Any
    actual: Any
    detail: str = ""


def in_words(value: Any) -> Any:
    """What a difference expected or found, as people read it; whole numbers, texts, yes and no stay what they are."""
    if value is None:
        return "nothing"
    if isinstance(value, Decimal):
        return plain(value)
    if isinstance(value, datetime | date):
        return value.isoformat()
    if is_dataclass(value) and not isinstance(value, type):
        return ", ".join(f"{field.name} {in_words(getattr(value, field.name))}" for field in fields(value))
    if isinstance(value, set | frozenset):
        return "; ".join(sorted(str(in_words(item)) for item in value)) or "nothing"
    if isinstance(value, tuple | list):
        return ", ".join(str(in_words(item)) for item in value) or "nothing"
    return value


@dataclass(frozen=True)
class LawResult:
    """How many rows were looked at, and which of them break the law."""

    rows_checked: int
    differences: Sequence[Difference] = ()


@dataclass(frozen=True)
class Verdict:
    law: str
    meaning: str
    result: LawResult


Law = Callable[[], LawResult]
_laws: dict[str, Law] = {}


def law(name: str) -> Callable[[Law], Law]:
    """Register a law. `name` is `domain.what_holds`; the function's docstring tells people what it means."""

    def register(function: Law) -> Law:
        known = _laws.get(name)
        if known is not None and known.__module__ != function.__module__:
            raise ValueError(f"two laws are called {name}")
        _laws[name] = function
        return function

    return register


def laws() -> dict[str, str]:
    """Name -> meaning of every law."""
    return {name: " ".join((function.__doc__ or "").split()) for name, function in sorted(_laws.items())}


def run_laws(names: Iterable[str] | None = None) -> list[Verdict]:
    """Check the laws with these names, or all. They see one moment of the data, also while work goes on."""
    wanted = sorted(_laws) if names is None else list(names)
    for name in wanted:
        if name not in _laws:
            raise NotFound(kind="law", reference=name)
    meanings = laws()
    with snapshot():
        return [Verdict(name, meanings[name], _laws[name]()) for name in wanted]


def differences_in_words(verdicts: Iterable[Verdict]) -> list[dict[str, Any]]:
    """Every difference with its law, as commands and the API show it."""
    return [
        {
            "law": verdict.law,
            "document": difference.document,
            "expected": in_words(difference.expected),
            "actual": in_words(difference.actual),
            "detail": difference.detail,
        }
        for verdict in verdicts
        for difference in verdict.result.differences
    ]


class LawsBroken(Exception):
    """The nightly check found differences. Kept with its schedule, where `orderwell doctor` shows it."""


def check_every_night(*, now: datetime) -> None:
    """Check all laws; raises LawsBroken, naming the first differences, when one does not hold."""
    broken = [f"{verdict.law}: {each.document}" for verdict in run_laws() for each in verdict.result.differences]
    if broken:
        shown = "; ".join(broken[:5])
        raise LawsBroken(f"{len(broken)} differences ({shown}). Run `orderwell verify` to see all of them.")
