"""The background worker: three loops, so that a long task holds up neither events nor schedules, and a pulse.

It runs as a process of its own (`orderwell worker`) or, on a small installation, as threads of the web server's process.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable

from django.db import Error, close_old_connections, connection

from orderwell.kernel.clock import utc_now
from orderwell.platform.events import dispatch
from orderwell.platform.jobs import heartbeats, schedules, tasks

logger = logging.getLogger("orderwell.jobs")

# How long a loop rests when it found nothing to do.
IDLE_SECONDS = 1.0
SCHEDULE_SECONDS = 5.0
# How long it rests when the database could not be reached.
TROUBLE_SECONDS = 5.0


class Worker:
    """`run` works until `stop` is called; what is being done then is finished first."""

    def __init__(self, *, kind: str = "worker") -> None:
        self.name = heartbeats.process_name()
        self.kind = kind
        self._stopping = threading.Event()

    def run(self) -> None:
        loops = [
            threading.Thread(target=self._loop, args=(work, rest), name=f"orderwell-{work.__name__}", daemon=True)
            for work, rest in (
                (self.events, IDLE_SECONDS),
                (self.tasks, IDLE_SECONDS),
                (self.schedules, SCHEDULE_SECONDS),
            )
        ]
        logger.info("worker %s started", self.name)
        self._beat()
        for loop in loops:
            loop.start()
        while not self._stopping.wait(heartbeats.EVERY.total_seconds()):
            self._beat()
        for loop in loops:
            while loop.is_alive():  # a task that is still running keeps its sign of life
                loop.join(heartbeats.EVERY.total_seconds())
                self._beat()
        self._guard(lambda: heartbeats.end(self.name))
        connection.close()
        logger.info("worker %s stopped", self.name)

    def stop(self) -> None:
        self._stopping.set()

    def events(self) -> bool:
        taken = dispatch.fan_out(now=utc_now())
        return bool(dispatch.deliver(now=utc_now()) or taken)

    def tasks(self) -> bool:
        return tasks.run_next_task(self.name)

    def schedules(self) -> bool:
        tasks.take_back_abandoned(now=utc_now(), patience=heartbeats.PATIENCE)
        schedules.run_due(now=utc_now())
        return False

    def _beat(self) -> None:
        self._guard(lambda: heartbeats.beat(self.name, self.kind, now=utc_now()))

    def _loop(self, work: Callable[[], bool], rest: float) -> None:
        while not self._stopping.is_set():
            busy = self._guard(work)
            if busy is None:
                self._stopping.wait(TROUBLE_SECONDS)
            elif not busy:
                self._stopping.wait(rest)
        connection.close()

    def _guard(self, work: Callable[[], object]) -> object | None:
        """Run `work`; None when it failed. A worker outlives a database that is restarted, and a defect of one loop."""
        try:
            close_old_connections()
            return work() or False
        except Error as error:
            logger.error("worker %s: the database refused: %s", self.name, error)
            connection.close()
        except Exception:
            logger.exception("worker %s: a defect", self.name)
        return None
