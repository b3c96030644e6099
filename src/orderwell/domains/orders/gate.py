"""The intake gate: concurrent requests share a transaction.

Whoever wants an order placed puts it in a queue and waits: a thread with `submit`, a coroutine with `place`. The gate's
thread takes all that is waiting, up to a limit, calls `place_submissions` once and answers each. When nothing else waits
an order goes through at once, alone; under load many orders cost one lock round and one fsync, so a product that
everybody wants is no bottleneck.
"""

from __future__ import annotations

import asyncio
import threading
from collections import defaultdict, deque
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Future
from contextlib import suppress
from datetime import datetime

from django.conf import settings
from django.db import close_old_connections, connection

from orderwell.domains.orders.drafts import Submission
from orderwell.domains.orders.outcomes import Outcome
from orderwell.domains.orders.services.place import place_submissions
from orderwell.kernel.clock import utc_now
from orderwell.kernel.errors import DomainError
from orderwell.platform.cores import come_home
from orderwell.platform.database import is_postgresql, make_room, writing_turn
from orderwell.platform.permissions import Permission

WAIT_SECONDS = 60.0
# Longest wait for callers to come back, about half of what a batch of that size takes. Measured at 32 clients on
# PostgreSQL: 0.44 of the reference with 2 ms, 0.49 with 5, 0.59 with 10.
LINGER_SECONDS = 0.010
PlaceBatch = Callable[..., Sequence[Outcome]]
# Where an answer goes: to a waiting thread, or to a coroutine on its event loop.
_Answer = Future[Outcome] | asyncio.Future[Outcome]
_Entry = tuple[Submission, _Answer]
_Settled = tuple[asyncio.Future[Outcome], Outcome | BaseException]


class IntakeBusy(DomainError):
    """The order was not answered in time. It may still be placed: repeat the request with the same key to learn."""

    code = "intake_busy"
    message = "The order was not answered within {seconds} seconds. Repeat the request with the same request key."


def _place_batch(submissions: Sequence[Submission], *, now: datetime) -> Sequence[Outcome]:
    make_room()
    return place_submissions(submissions, now=now)


class IntakeGate:
    """`place` is what turns a batch into outcomes; tests may pass another."""

    def __init__(self, *, place: PlaceBatch = _place_batch, clock: Callable[[], datetime] = utc_now, limit: int = 64):
        self._line = _WaitingLine()
        self._place = place
        self._clock = clock
        self._limit = limit
        self._last = 0
        self._thread: threading.Thread | None = None
        self._patience: _Patience | None = None
        self._starting = threading.Lock()

    def submit(self, submission: Submission) -> Outcome:
        """Place one order together with whatever else is waiting; blocks until its transaction is committed.

        Raises PermissionDenied, IntakeBusy after a minute, or whatever the whole batch failed with.
        """
        answer: Future[Outcome] = Future()
        self._put(submission, answer)
        give_back_connection()
        try:
            return answer.result(timeout=WAIT_SECONDS)
        except TimeoutError:
            raise IntakeBusy(seconds=int(WAIT_SECONDS)) from None

    async def place(self, submission: Submission) -> Outcome:
        """Like `submit`, for a coroutine: no thread waits."""
        loop = asyncio.get_running_loop()
        answer: asyncio.Future[Outcome] = loop.create_future()
        self._put(submission, answer)
        if self._patience is None or self._patience.loop is not loop:
            self._patience = _Patience(loop)
        self._patience.watch(answer)
        return await answer

    def _put(self, submission: Submission, answer: _Answer) -> None:
        submission.actor.require(Permission.ORDERS_ORDER_PLACE)
        if self._thread is None:
            self._start()
        self._line.join((submission, answer))

    def _start(self) -> None:
        with self._starting:
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="intake-gate", daemon=True)
                self._thread.start()

    def _run(self) -> None:
        come_home()
        while True:
            batch = self._take()
            try:
                with writing_turn():
                    self._take_more(batch)
                    close_old_connections()
                    outcomes = self._place([submission for submission, _ in batch], now=self._clock())
            except BaseException as error:  # noqa: BLE001  every waiting request must hear of it, whatever it is
                _answer(batch, [error] * len(batch))
            else:
                _answer(batch, outcomes)

    def _take(self) -> list[_Entry]:
        """Wait for one submission, then take what else is there.

        Callers that were answered together come back together, a moment apart. So under load the gate waits that moment,
        until as many have come as last time; after a batch of one it does not wait at all.
        """
        self._line.wait(until=1)
        if self._last > 1:
            self._line.wait(until=min(self._last, self._limit), seconds=LINGER_SECONDS)
        return self._line.take(self._limit)

    def _take_more(self, batch: list[_Entry]) -> None:
        """What came while another process had its turn."""
        batch += self._line.take(self._limit - len(batch))
        self._last = len(batch)


class _WaitingLine:
    """Many join it, one thread takes. That one is woken once, when as many have come as it waits for: to wake it for
    each of them cost as much as reading their requests."""

    def __init__(self) -> None:
        self._entries: deque[_Entry] = deque()
        self._until = 1
        self._enough = threading.Event()

    def __len__(self) -> int:
        return len(self._entries)

    def join(self, entry: _Entry) -> None:
        self._entries.append(entry)
        if len(self._entries) >= self._until:
            self._enough.set()

    def wait(self, *, until: int, seconds: float | None = None) -> None:
        """Until that many have come, or the time is up."""
        self._until = until
        self._enough.clear()
        # Who joins from here on sees the new number; who joined before is counted here.
        if len(self._entries) < until:
            self._enough.wait(seconds)

    def take(self, most: int) -> list[_Entry]:
        return [self._entries.popleft() for _ in range(min(most, len(self._entries)))]


class _Patience:
    """Tells those who have waited too long on an event loop. One timer for all: to set and cancel one for each cost as much
    as reading the request."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self.loop = loop
        self._waiting: deque[tuple[float, asyncio.Future[Outcome]]] = deque()
        self._timer: asyncio.TimerHandle | None = None

    def watch(self, answer: asyncio.Future[Outcome]) -> None:
        waiting = self._waiting
        while waiting and waiting[0][1].done():
            waiting.popleft()
        waiting.append((self.loop.time() + WAIT_SECONDS, answer))
        if self._timer is None:
            self._timer = self.loop.call_at(waiting[0][0], self._time_is_up)

    def _time_is_up(self) -> None:
        now, waiting = self.loop.time(), self._waiting
        while waiting and (waiting[0][0] <= now or waiting[0][1].done()):
            _, answer = waiting.popleft()
            _settle(((answer, IntakeBusy(seconds=int(WAIT_SECONDS))),))
        self._timer = self.loop.call_at(waiting[0][0], self._time_is_up) if waiting else None


def _answer(batch: Sequence[_Entry], outcomes: Sequence[Outcome | BaseException]) -> None:
    """Wake every thread with its outcome; an event loop is woken once, with all that is meant for it."""
    elsewhere: dict[asyncio.AbstractEventLoop, list[_Settled]] = defaultdict(list)
    for (_, answer), outcome in zip(batch, outcomes, strict=True):
        if isinstance(answer, asyncio.Future):
            elsewhere[answer.get_loop()].append((answer, outcome))
        elif isinstance(outcome, BaseException):
            answer.set_exception(outcome)
        else:
            answer.set_result(outcome)
    for loop, settled in elsewhere.items():
        with suppress(RuntimeError):  # the loop has ended meanwhile: the server is stopping
            loop.call_soon_threadsafe(_settle, settled)


def _settle(settled: Iterable[_Settled]) -> None:
    """Runs on the event loop. Who gave up waiting needs no answer any more."""
    for answer, outcome in settled:
        if answer.done():
            continue
        if isinstance(outcome, BaseException):
            answer.set_exception(outcome)
        else:
            answer.set_result(outcome)


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
