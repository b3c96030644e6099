"""Turns between processes of one machine, by the kernel's lock of a file."""

from __future__ import annotations

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def file_lock(path: Path, *, taken: Exception | None = None) -> Iterator[None]:
    """Held by one process at a time; others wait, or meet `taken`. It is given back whatever becomes of its holder."""
    with path.open("wb") as turn:
        try:
            fcntl.flock(turn, fcntl.LOCK_EX | (fcntl.LOCK_NB if taken else 0))
        except BlockingIOError:
            assert taken is not None  # noqa: S101 - who waits is never told that it is taken
            raise taken from None
        yield
