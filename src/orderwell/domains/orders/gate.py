"""The intake gate: concurrent requests share a transaction.

A request thread puts its submission in a queue and waits. The gate's thread takes all that is waiting, up to a limit,
calls `place_submissions` once and answers each. When nothing else waits a request goes through at once, alone; under
load many orders cost one lock round and one fsync, so a product that everybody wants is no bottleneck.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from datetime import datetime
from queue import Empty, SimpleQueue

from django.conf import settings
from django.db import close_old_connections, connection

from orderwell.domains.orders.drafts import Submission
from orderwell.domains.orders.outcomes import Outcome
from orderwell.domains.orders.services.place import place_submissions
from orderwell.kernel.clock import utc_now
from orderwell.kernel.errors import DomainError
from orderwell.platform.database import is_postgresql
from orderwell.platform.permissions import Permission

WAIT_SECONDS = 60.0
# Longest wait for callers to come back, about half of what a batch of that size takes. Measured at 32 clients on
# PostgreSQL: 0.44 of the reference with 2 ms, 0.49 with 5, 0.59 with 10.
LINGER_SECONDS = 0.010
PlaceBatch = Callable[..., Sequence[Outcome]]
_Entry = tuple[Submission, "Future[Outcome]"]


class IntakeBusy(DomainError):
    """The order was not answered in time. It may still be placed: repeat the request with the same key to learn."""

    code = "intake_busy"
    message = "The order was not answered within {seconds} seconds. Repeat the request with the same request key."


class IntakeGate:
    """`place` is what turns a batch into outcomes; tests may pass another."""

    def __init__(
        self, *, place: PlaceBatch = place_submissions, clock: Callable[[], datetime] = utc_now, limit: int = 64
    ):
        self._queue: SimpleQueue[_Entry] = SimpleQueue()
        self._place = place
        self._clock = clock
        self._limit = limit
        self._last = 0
        self._thread: threading.Thread | None = None
        self._starting = threading.Lock()

    def submit(self, submission: Submission) -> Outcome:
        """Place one order together with whatever else is waiting; blocks until its transaction is committed.

        Raises PermissionDenied, IntakeBusy after a minute, or whatever the whole batch failed with.
        """
        submission.actor.require(Permission.ORDERS_ORDER_PLACE)
        if self._thread is None:
            self._start()
        give_back_connection()
        answer: Future[Outcome] = Future()
        self._queue.put((submission, answer))
        try:
            return answer.result(timeout=WAIT_SECONDS)
        except TimeoutError:
            raise IntakeBusy(seconds=int(WAIT_SECONDS)) from None

    def _start(self) -> None:
        with self._starting:
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="intake-gate", daemon=True)
                self._thread.start()

    def _run(self) -> None:
        while True:
            batch = self._take()
            try:
                close_old_connections()
                outcomes = self._place([submission for submission, _ in batch], now=self._clock())
            except BaseException as error:  # noqa: BLE001  every waiting request must hear of it, whatever it is
                for _, answer in batch:
                    answer.set_exception(error)
                continue
            for (_, answer), outcome in zip(batch, outcomes, strict=True):
                answer.set_result(outcome)

    def _take(self) -> list[_Entry]:
        """Wait for one submission, then take what else is there.

        Callers that were answered together come back together, a moment apart. So under load the gate waits that moment,
        until as many have come as last time; after a batch of one it does not wait at all.
        """
        batch = [self._queue.get()]
        deadline = time.monotonic() + (LINGER_SECONDS if self._last > 1 else 0)
        while len(batch) < self._limit:
            try:
                # What is there is taken at once; only the missing ones are waited for.
                wait = deadline - time.monotonic() if len(batch) < self._last else 0
                batch.append(self._queue.get(timeout=wait) if wait > 0 else self._queue.get_nowait())
            except Empty:
                break
        self._last = len(batch)
        return batch


def give_back_connection() -> None:
    """Return this thread's pooled connection before it waits: the gate needs one of the same pool to answer anybody.

    Without this, as many waiting requests as the pool has connections stop each other for good. SQLite has no pool.
    """
    if is_postgresql() and not connection.in_atomic_block:
        connection.close()


_gate: IntakeGate | None = None


def gate() -> IntakeGate:
    """The gate of this process."""
    global _gate
    if _gate is None:
        _gate = IntakeGate(limit=settings.GATE_BATCH)
    return _gate
