"""State machines as data: one table of transitions per aggregate, checked when it is made."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from orderwell.kernel.errors import DomainError


class IllegalTransition(DomainError):
    code = "illegal_transition"
    message = "A {aggregate} in state {state} cannot {event}; allowed here: {allowed}."


class InvalidTable(ValueError):
    """A transition table names an unknown state or has one that cannot be reached."""


@dataclass(frozen=True)
class TransitionTable:
    """`transitions[state][event]` is the next state. States without a way out must be named in `final`."""

    aggregate: str
    initial: str
    transitions: Mapping[str, Mapping[str, str]]
    final: frozenset[str] = frozenset()

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

    def allowed(self, state: str) -> tuple[str, ...]:
        return tuple(self.transitions.get(state, {}))

    def next(self, state: str, event: str) -> str:
        """The state after `event`. Raises IllegalTransition, naming what is allowed instead."""
        try:
            return self.transitions[state][event]
        except KeyError:
            raise IllegalTransition(
                aggregate=self.aggregate,
                state=state,
                event=event,
                allowed=", ".join(self.allowed(state)) or "nothing",
            ) from None
