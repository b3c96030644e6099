"""Schedules as an administrator changes them: on or off, how often, and at what time of day."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, time, timedelta

from orderwell.kernel.errors import DomainError, InvalidValue, NotFound, Phrase
from orderwell.platform.accounts.actor import Actor
from orderwell.platform.coded_rows import refuse
from orderwell.platform.database import atomic
from orderwell.platform.events.recording import Fact, record
from orderwell.platform.events.versions import require_version
from orderwell.platform.jobs.events import JobEvent
from orderwell.platform.jobs.models import Schedule
from orderwell.platform.jobs.schedules import first_run
from orderwell.platform.permissions import Permission

MOST_SECONDS = 366 * 86_400


def change_schedule(
    *,
    name: str,
    enabled: bool | None = None,
    at: str | None = None,
    every_seconds: int | None = None,
    version: int | None = None,
    actor: Actor,
    now: datetime,
) -> Schedule:
    """Change what is given; the next run is planned anew where the time or the interval changed. Raises StaleVersion."""
    actor.require(Permission.SYSTEM_SETTING_CHANGE)
    at = at.strip() if at is not None else None
    refuse(_problems(at, every_seconds))
    with atomic():
        row = Schedule.objects.select_for_update().filter(pk=name).first()
        if row is None:
            raise NotFound(kind="schedule", reference=name)
        require_version(version, f"schedule:{name}", kind="schedule")
        changes: dict[str, list[object]] = {}
        for column, value in (("enabled", enabled), ("at", at), ("every_seconds", every_seconds)):
            before = getattr(row, column)
            if value is not None and value != before:
                changes[column] = [before, value]
                setattr(row, column, value)
        if changes:
            if "at" in changes or "every_seconds" in changes:
                row.next_run_at = first_run(row.at, now) if row.at else now + timedelta(seconds=row.every_seconds)
            row.save(update_fields=["enabled", "at", "every_seconds", "next_run_at"])
            subject = f"schedule:{name}"[:40]
            fact = Fact(JobEvent.SCHEDULE_CHANGED, subject, subject, {"schedule": name, "changes": changes})
            record(fact, actor=actor, now=now)
    return row


def _problems(at: str | None, every_seconds: int | None) -> Iterator[DomainError]:
    if at:
        try:
            fits = time.fromisoformat(at).strftime("%H:%M") == at
        except ValueError:
            fits = False
        if not fits:
            yield InvalidValue(pointer="/at", value=at[:20], expected="a time of day such as 02:30")
    if every_seconds is not None and not 10 <= every_seconds <= MOST_SECONDS:
        yield InvalidValue(
            pointer="/every_seconds",
            value=every_seconds,
            expected=Phrase("{low} to {high} seconds", low=10, high=MOST_SECONDS),
        )
