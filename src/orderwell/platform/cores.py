"""Which core the threads of a web process run on: those that hand orders to each other stay on one.

The event loop, the server's threads under it and the intake gate share one interpreter, of which only one runs at a time.
Spread over the cores they gain nothing and have to wake each other across them for every order (docs/adr/0007). What works
on its own, the threads of pages and of the worker, runs anywhere.

Only Linux lets a thread be placed; elsewhere nothing of this does anything.
"""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

_everywhere: frozenset[int] = frozenset()
_home: frozenset[int] = frozenset()


def keep_together() -> None:
    """Keep the threads that this process has, and all that they start, on the core that this one is running on.

    The scheduler has chosen it, so it is one of the fast ones where they differ.
    """
    global _everywhere, _home
    if not hasattr(os, "sched_setaffinity") or len(everywhere := os.sched_getaffinity(0)) < 2:
        return
    with suppress(OSError, ValueError, IndexError):
        # https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html: `processor` is the 39th, after a name in brackets.
        home = int(Path("/proc/thread-self/stat").read_text().rpartition(")")[2].split()[36])
        if home in everywhere:
            _everywhere, _home = frozenset(everywhere), frozenset({home})
            for thread in Path("/proc/self/task").iterdir():
                _place(int(thread.name), _home)


def come_home() -> None:
    """The calling thread works with the event loop."""
    if _home:
        _place(0, _home)


def go_anywhere() -> None:
    """The calling thread, and those it starts, work on their own."""
    if _everywhere:
        _place(0, _everywhere)


def _place(thread: int, cores: frozenset[int]) -> None:
    with suppress(OSError):  # it has ended, or a container's cores were changed meanwhile: it runs on as before
        os.sched_setaffinity(thread, cores)
