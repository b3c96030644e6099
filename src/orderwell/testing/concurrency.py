"""Many threads at once against the real database, each with a connection of its own."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import TypeVar

from django.db import connection

R = TypeVar("R")


def in_threads(work: Callable[[int], R], count: int) -> list[R | BaseException]:
    """Run `work(0)` ... `work(count - 1)` at the same moment; what each returned or raised, in this order."""
    results: list[R | BaseException] = [RuntimeError("did not run")] * count
    start = threading.Barrier(count)

    def run(index: int) -> None:
        try:
            start.wait()
            results[index] = work(index)
        except BaseException as error:  # noqa: BLE001  the caller decides what is expected
            results[index] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(index,)) for index in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results
