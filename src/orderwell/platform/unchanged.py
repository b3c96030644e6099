"""What a connection has read and nobody has changed since.

SQLite says at next to no cost whether anything was committed by others (https://www.sqlite.org/pragma.html#pragma_data_version)
and how many rows a connection has changed itself. As long as neither has moved, what was read is what is stored, and
needs no reading again. PostgreSQL cannot tell, and reads anew each time.
"""

from __future__ import annotations

import threading
from collections import defaultdict
from collections.abc import Callable, Collection, Hashable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, TypeVar

from django.db import DEFAULT_DB_ALIAS, connections

from orderwell.platform.database import atomic, is_postgresql

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")
# Values of one kind; more are read anew from time to time.
MOST = 10_000


class Unchanged:
    """`None` stands for what was looked for and is not there."""

    def __init__(self) -> None:
        self._values: dict[Hashable, dict[Any, Any]] = defaultdict(dict)
        self._seen: tuple[object, int, int] | None = None

    def forget(self) -> None:
        self._values.clear()
        self._seen = None

    def look(self) -> None:
        """Forget everything unless it is still as it was. Inside a transaction."""
        if self._seen != (now := self._stamp()):
            self._values.clear()
            self._seen = now

    def keep(self) -> None:
        """What this connection wrote since `look` was nothing of what is kept here."""
        if self._seen is not None:
            raw: Any = connections[DEFAULT_DB_ALIAS].connection
            self._seen = (raw, self._seen[1], raw.total_changes)

    def recall(self, kind: Hashable, keys: Collection[K], read: Callable[[Collection[K]], Mapping[K, V]]) -> dict[K, V]:
        """The values of `keys`; `read` is asked for those not known yet."""
        known = self._values[kind]
        missing = [key for key in keys if key not in known]
        if missing:
            if len(known) + len(missing) > MOST:
                known.clear()
                missing = list(keys)
            found = read(missing)
            for key in missing:
                known[key] = found.get(key)
        return {key: value for key in keys if (value := known[key]) is not None}

    @staticmethod
    def _stamp() -> tuple[object, int, int]:
        raw: Any = connections[DEFAULT_DB_ALIAS].connection
        return raw, raw.execute("PRAGMA data_version").fetchone()[0], raw.total_changes


_threads = threading.local()


@contextmanager
def unchanged() -> Iterator[Unchanged | None]:
    """A transaction, with what this connection knows and may go on using in it.

    The caller must write nothing of what it recalls. None on PostgreSQL, and inside somebody else's transaction: what
    was read there may never come to be.
    """
    known = None if is_postgresql() or connections[DEFAULT_DB_ALIAS].in_atomic_block else _of_this_thread()
    try:
        with atomic():
            if known is not None:
                known.look()
            yield known
            if known is not None:
                known.keep()
    except BaseException:
        # What was to be written is counted here already, and never came to be; nothing else may tell that it did not.
        if known is not None:
            known.forget()
        raise


def _of_this_thread() -> Unchanged:
    known: Unchanged | None = getattr(_threads, "known", None)
    if known is None:
        known = _threads.known = Unchanged()
    return known
