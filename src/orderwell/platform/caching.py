"""A small cache inside one process, for things that may be a few seconds old."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Generic, TypeVar

from orderwell.kernel.clock import utc_now

K = TypeVar("K")
V = TypeVar("V")

_forgetting: list[Callable[[], None]] = []


def forget_everything() -> None:
    """Empty every cache of this process. Tests need it: they take back what others have already read."""
    for clear in _forgetting:
        clear()


def forget_with(clear: Callable[[], None]) -> None:
    """Have `clear` called whenever everything is to be forgotten."""
    _forgetting.append(clear)


class TimedCache(Generic[K, V]):
    """Keeps values for `seconds`, at most `most` of them; made once per module, never per call. Single dictionary operations need no lock."""

    def __init__(self, *, seconds: float, most: int) -> None:
        self._seconds, self._most = seconds, most
        self._values: dict[K, tuple[float, V]] = {}
        _forgetting.append(self.clear)

    def get(self, key: K) -> V | None:
        entry = self._values.get(key)
        return entry[1] if entry is not None and time.monotonic() < entry[0] else None

    def put(self, key: K, value: V) -> None:
        if len(self._values) >= self._most:
            self._values.clear()
        self._values[key] = (time.monotonic() + self._seconds, value)

    def clear(self) -> None:
        self._values.clear()


@dataclass(frozen=True, slots=True)
class Found(Generic[V]):
    """`at` is the moment the value was found; None when that is now."""

    value: V
    at: datetime | None = None


class PacedCache(Generic[K, V]):
    """Keeps what took long to find for a multiple of the time it took, so that it never costs more than that share.

    What is found quickly is never kept: a small installation sees everything as it is now, a large one sees its costly
    figures with the moment they are of. Made once per module.
    """

    def __init__(self, *, times: float = 30.0, quick: float = 0.1, most: int = 200) -> None:
        self._times, self._quick, self._most = times, quick, most
        self._values: dict[K, tuple[float, Found[V]]] = {}
        _forgetting.append(self._values.clear)

    def get(self, key: K, find: Callable[[], V]) -> Found[V]:
        known = self._values.get(key)
        began = time.monotonic()
        if known is not None and began < known[0]:
            return known[1]
        moment = utc_now()
        value = find()
        took = time.monotonic() - began
        if took >= self._quick:
            if len(self._values) >= self._most:
                self._values.clear()
            self._values[key] = (time.monotonic() + took * self._times, Found(value, moment))
        return Found(value)
