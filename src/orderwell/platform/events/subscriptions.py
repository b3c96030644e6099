"""Which handler hears which event. Filled by wiring.py at start, read when events are written and dispatched."""

from __future__ import annotations

from collections import defaultdict

_subscribers: dict[str, list[str]] = defaultdict(list)


def subscribe(event_name: str, handler: str) -> None:
    """`handler` is the dotted path of a function `(event: Event) -> None`; repeated subscription changes nothing."""
    if handler not in _subscribers[event_name]:
        _subscribers[event_name].append(handler)


def subscribers(event_name: str) -> tuple[str, ...]:
    return tuple(_subscribers.get(event_name, ())) + tuple(_subscribers.get("*", ()))


def has_subscribers(event_name: str) -> bool:
    return event_name in _subscribers or "*" in _subscribers
