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
    With `typed` these values must not be empty, with `changed` one of these must be among what was changed.
    With `through` the address of that name must have taken something from the learner: done there, not on another screen.
    """

    names: tuple[str, ...]
    same: Did | None = None
    data: Mapping[str, Any] = field(default_factory=dict)
    through: str = ""
    on: str = ""
    typed: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()

    def streams(self, seen: Seen) -> set[str]:
        allowed = self.same.streams(seen) if self.same else None
        return {
            event.stream
            for event in seen.deeds
            if event.name in self.names
            and (allowed is None or event.stream in allowed)
            and (not self.on or event.stream == f"order:{seen.material.get(self.on)}")
            and self._says(event.data)
        }

    def _says(self, data: Mapping[str, Any]) -> bool:
        # "CUP.quantity" of an order, "tags" of a customer.
        parts = {name.rpartition(".")[2] for name in data.get("changes", ())}
        return (
            all(data.get(key) == value for key, value in self.data.items())
            and all(data.get(key) for key in self.typed)
            and (not self.changed or not parts.isdisjoint(self.changed))
        )

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
