"""Long work that people can follow from any page: a row with done and total, written about once a second.

    with following(begin(actor=actor, title=..., total=n, now=now)) as progress:
        for part in parts:
            ...
            progress.step(len(part))

Steps are written outside of the work's own transactions, or nobody would see them before the end.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import F

from orderwell.kernel.clock import utc_now
from orderwell.kernel.errors import DomainError
from orderwell.platform.accounts.actor import Actor
from orderwell.platform.jobs.models import Progress

EVERY_SECONDS = 0.5
# What was finished this long ago leaves the tray by itself; work that hasn't moved for a day is over.
KEPT, LOST = timedelta(hours=12), timedelta(days=1)
SHOWN = 12


class Steps:
    """The running end of a progress: counts, and writes now and then."""

    def __init__(self, progress_id: int | None, done: int = 0) -> None:
        self.progress_id = progress_id
        self.done = done
        self._written = time.monotonic()

    def step(self, count: int = 1) -> None:
        self.done += count
        if time.monotonic() - self._written >= EVERY_SECONDS:
            self.write()

    def at(self, done: int, total: int | None = None) -> None:
        """So much of it is done, however much that is more than before."""
        self.done = done
        if total is not None:
            self.write(total=total)
        else:
            self.step(0)

    def write(self, **changes: object) -> None:
        self._written = time.monotonic()
        if self.progress_id is not None:
            Progress.objects.filter(pk=self.progress_id).update(done=self.done, updated_at=utc_now(), **changes)


def begin(*, actor: Actor, title: str, total: int | None, now: datetime, result: str = "") -> int | None:
    """Make the row, at once visible to the person. None for actors that have no screen: keys and the system."""
    if actor.kind != "user":
        return None
    row = Progress.objects.create(
        user_id=actor.id, title=title[:200], total=total, result=result, created_at=now, updated_at=now
    )
    return row.pk


@contextmanager
def following(progress_id: int | None) -> Iterator[Steps]:
    """Do the work inside: its end is noted, and so is its failure, in words where there are any."""
    steps = Steps(progress_id)
    steps.write(started_at=utc_now())
    try:
        yield steps
    except Exception as error:
        text = error.detail().text() if isinstance(error, DomainError) else type(error).__name__
        steps.write(finished_at=utc_now(), failed=text[:500])
        raise
    steps.write(finished_at=utc_now())


@contextmanager
def progress(actor: Actor, title: str, total: int | None, *, result: str = "") -> Iterator[Steps]:
    """Both at once, for work that begins where it is asked for."""
    with following(begin(actor=actor, title=title, total=total, now=utc_now(), result=result)) as steps:
        yield steps


def catch_up(*, result: str, done: int, over: bool, failed: str = "", now: datetime) -> None:
    """How far work is that another program does, for everybody who follows it: what leads to `result` and isn't over."""
    rows = Progress.objects.filter(result=result, finished_at=None)
    rows.filter(started_at=None).update(started_at=now)
    if not over:
        rows.update(done=done, updated_at=now)
    elif failed:
        rows.update(failed=failed[:500], updated_at=now, finished_at=now)
    else:
        rows.update(done=F("total"), updated_at=now, finished_at=now)


@dataclass(frozen=True, slots=True)
class Shown:
    """A row of the tray. `percent` and `seconds_left` are None while nobody can know."""

    row: Progress
    percent: int | None
    per_second: float | None
    seconds_left: int | None

    @property
    def is_over(self) -> bool:
        return self.row.finished_at is not None


def tray(actor: Actor, *, now: datetime) -> list[Shown]:
    """What the person has under way or has not taken note of, the newest first."""
    rows = Progress.objects.filter(user_id=actor.id or 0, seen_at=None, updated_at__gt=now - LOST).order_by("-id")[
        :SHOWN
    ]
    return [shown(row, now=now) for row in rows if row.finished_at is None or row.finished_at > now - KEPT]


def shown(row: Progress, *, now: datetime) -> Shown:
    percent = min(100, row.done * 100 // row.total) if row.total else 100 if row.finished_at else None
    seconds = (row.updated_at - row.started_at).total_seconds() if row.started_at else 0
    rate = row.done / seconds if seconds > 0 and row.done else None
    left = int((row.total - row.done) / rate) + 1 if rate and row.total and row.finished_at is None else None
    return Shown(row, percent, rate, left)


def take_note(*, actor: Actor, progress_id: int, now: datetime) -> None:
    """Take a finished row off the tray."""
    Progress.objects.filter(pk=progress_id, user_id=actor.id or 0, finished_at__isnull=False).update(seen_at=now)


def forget_old(*, now: datetime) -> int:
    """Delete what ended or stood still more than a week ago; the number deleted."""
    return Progress.objects.filter(updated_at__lt=now - timedelta(days=7)).delete()[0]
