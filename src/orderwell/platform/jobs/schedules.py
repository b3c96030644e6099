"""What runs at fixed intervals: declared in wiring.py, kept as rows so that an administrator can change or stop it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Planned:
    """`job` is the dotted path of a function `(*, now: datetime) -> object`."""

    name: str
    every_seconds: int
    job: str


_planned: dict[str, Planned] = {}


def schedule(name: str, job: str, *, every_seconds: int) -> None:
    """Run `job` every so many seconds. An installation may change the interval of the row this makes."""
    _planned[name] = Planned(name, every_seconds, job)


def planned() -> dict[str, Planned]:
    """Every schedule there is, by name."""
    return dict(_planned)
