"""What happens when: a queue of things to do, each at its moment, done in the order of time."""

from __future__ import annotations

import heapq
from collections.abc import Callable
from datetime import datetime
from itertools import count

Deed = Callable[[datetime], object]


class Diary:
    """Deeds may note further deeds. What lies after the end is never done: that is how open work comes about."""

    def __init__(self, end: datetime) -> None:
        self.end = end
        self._queue: list[tuple[datetime, int, Deed]] = []
        self._count = count()
        self.done = 0

    def note(self, moment: datetime, deed: Deed) -> None:
        if moment < self.end:
            heapq.heappush(self._queue, (moment, next(self._count), deed))

    def live(self) -> None:
        while self._queue:
            moment, _, deed = heapq.heappop(self._queue)
            deed(moment)
            self.done += 1
