"""How a tour knows that something was really done: by the events of this very person since the tour began, by the pages
that were opened, or by an answer that is compared with the books. Nobody can tick a step by hand.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from orderwell.platform.accounts.actor import Actor
from orderwell.platform.events.models import Event


@dataclass(frozen=True, slots=True)
class Seen:
    """What is known about a learner: their events, the pages they opened, the questions they answered rightly."""

    deeds: Sequence[Event]
    visited: frozenset[str]
    answered: frozenset[str]
    material: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Did:
    """One of these events happened; with `same` on an object for which that check holds too; `data` must be in it.

    With `on` it happened to the order that was prepared under this name.
    With `through` the address of that name must have taken something from the learner: done there, not on another screen.
    """

    names: tuple[str, ...]
    same: Did | None = None
    data: Mapping[str, Any] = field(default_factory=dict)
    through: str = ""
    on: str = ""

    def streams(self, seen: Seen) -> set[str]:
        allowed = self.same.streams(seen) if self.same else None
        return {
            event.stream
            for event in seen.deeds
            if event.name in self.names
            and (allowed is None or event.stream in allowed)
            and (not self.on or event.stream == f"order:{seen.material.get(self.on)}")
            and all(event.data.get(key) == value for key, value in self.data.items())
        }

    def done(self, seen: Seen, key: str) -> bool:
        return bool(self.streams(seen)) and (not self.through or self.through in seen.visited)


@dataclass(frozen=True, slots=True)
class Visited:
    """A page with this url name was opened."""

    url_name: str

    def done(self, seen: Seen, key: str) -> bool:
        return self.url_name in seen.visited


@dataclass(frozen=True, slots=True)
class Answered:
    """A number read off the screen, compared with what the books say at that moment."""

    right: Callable[[Actor], int]

    def done(self, seen: Seen, key: str) -> bool:
        return key in seen.answered


Check = Did | Visited | Answered
