"""State machines as data: one table of transitions per aggregate, checked when it is made."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from orderwell.kernel.errors import DomainError

# In `refusals`: whatever has no sentence of its own.
OTHERWISE = ""


class IllegalTransition(DomainError):
    """`message` says of the document what stands against the step and what can be done instead; `data` has `aggregate`, `state`, `event` and `allowed` for programs."""

    code = "illegal_transition"
    message = "This can't be done with {number} now. Load it again to see what can."

    def __init__(self, sentence: str = "", **data: Any) -> None:
        if sentence:
            self.message = sentence
        super().__init__(**data)


class InvalidTable(ValueError):
    """A transition table names an unknown state or has one that cannot be reached."""


@dataclass(frozen=True)
class TransitionTable:
    """`transitions[state][event]` is the next state. States without a way out must be named in `final`.

    `refusals[state]` says to people what stands against every other event there, and what can be done instead; under an
    event's name for that event, under `OTHERWISE` for the rest. `{number}` in it is the document's.
    """

    aggregate: str
    initial: str
    transitions: Mapping[str, Mapping[str, str]]
    final: frozenset[str] = frozenset()
    refusals: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        states = self.states
        targets = {target for events in self.transitions.values() for target in events.values()}
        problems = [f"unknown state {name!r}" for name in sorted(targets - states)]
        if self.initial not in states:
            problems.append(f"unknown initial state {self.initial!r}")
        problems += [
            f"final state {name!r} has transitions" for name in sorted(self.final) if self.transitions.get(name)
        ]
        problems += [
            f"state {name!r} has no way out and is not final"
            for name in sorted(states - self.final)
            if not self.transitions.get(name)
        ]
        problems += [f"state {name!r} cannot be reached" for name in sorted(states - self._reachable())]
        if problems:
            raise InvalidTable(f"{self.aggregate}: " + "; ".join(problems))

    @property
    def states(self) -> frozenset[str]:
        return frozenset(self.transitions) | self.final

    def _reachable(self) -> set[str]:
        seen, waiting = set(), [self.initial]
        while waiting:
            state = waiting.pop()
            if state not in seen:
                seen.add(state)
                waiting.extend(self.transitions.get(state, {}).values())
        return seen

    @property
    def events(self) -> frozenset[str]:
        return frozenset(event for events in self.transitions.values() for event in events)

    def refused(self) -> Iterator[tuple[str, str]]:
        """Every state with every event that cannot happen in it."""
        for state in sorted(self.states):
            yield from ((state, event) for event in sorted(self.events - set(self.transitions.get(state, {}))))

    def allowed(self, state: str) -> tuple[str, ...]:
        return tuple(self.transitions.get(state, {}))

    def next(self, state: str, event: str, number: object = "") -> str:
        """The state after `event` of the document `number`. Raises IllegalTransition, saying what can be done instead."""
        try:
            return self.transitions[state][event]
        except KeyError:
            said = self.refusals.get(state, {})
            raise IllegalTransition(
                said.get(event) or said.get(OTHERWISE, ""),
                number=number,
                aggregate=self.aggregate,
                state=state,
                event=event,
                allowed=", ".join(self.allowed(state)) or "nothing",
            ) from None
