"""Subscribers that tests watch."""

from __future__ import annotations

import threading
from typing import Any

from orderwell.platform.events.models import Event

heard: Any = None
lock = threading.Lock()


def _hear(name: str, event: Event) -> None:
    with lock:
        heard.events.append((name, event.stream, event.subject))
        failing = name in heard.failing or event.subject in heard.failing
    if failing:
        raise ConnectionError(f"no answer for {event.subject}")


def first(event: Event) -> None:
    _hear("first", event)


def second(event: Event) -> None:
    _hear("second", event)
