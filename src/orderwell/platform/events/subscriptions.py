"""Which handler hears which event. Filled by wiring.py at start, read when events are written and dispatched."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

_subscribers: dict[str, list[str]] = defaultdict(list)
# Called with the facts and the moment, in the transaction that records them.
Companion = Callable[[Sequence[Any], datetime], None]
_companions: dict[str, list[Companion]] = defaultdict(list)


def subscribe(event_name: str, handler: str) -> None:
    """`handler` is the dotted path of a function `(event: Event) -> None`; repeated subscription changes nothing."""
    if handler not in _subscribers[event_name]:
        _subscribers[event_name].append(handler)


def subscribers(event_name: str) -> tuple[str, ...]:
    return tuple(_subscribers.get(event_name, ())) + tuple(_subscribers.get("*", ()))


def has_subscribers(event_name: str) -> bool:
    return event_name in _subscribers or "*" in _subscribers


def accompany(event_name: str, companion: Companion) -> None:
    """Call `companion` in the transaction that writes the event, for what must never be later than the change itself.

    It must be cheap and cannot refuse: an error undoes the change. Everything else subscribes.
    """
    if companion not in _companions[event_name]:
        _companions[event_name].append(companion)


def companions(event_name: str) -> Sequence[Companion]:
    return _companions.get(event_name, ())
