"""A small cache inside one process, for things that may be a few seconds old."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Generic, TypeVar

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
