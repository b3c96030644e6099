"""Reading what works in the background."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django_tasks_db.models import DBTaskResult

from orderwell.platform.accounts.actor import Actor
from orderwell.platform.jobs.models import Heartbeat, Schedule
from orderwell.platform.paging import Page, keyset_page
from orderwell.platform.permissions import Permission


def job_list(*, actor: Actor, cursor: str | None = None, limit: int = 50) -> Page[Any]:
    """Jobs, the newest first."""
    return keyset_page(jobs(actor=actor), order=("-enqueued_at", "-id"), cursor=cursor, limit=limit)


def jobs(*, actor: Actor, status: str = "") -> QuerySet[Any]:
    """None for those who see only some rows: whose documents a job is about is not known."""
    actor.require(Permission.SYSTEM_EVENT_VIEW)
    if actor.is_limited:
        return DBTaskResult.objects.none()
    return DBTaskResult.objects.filter(status=status) if status else DBTaskResult.objects.all()


def schedule_list(*, actor: Actor) -> list[Schedule]:
    actor.require(Permission.SYSTEM_EVENT_VIEW)
    return list(Schedule.objects.order_by("name"))


def processes(*, actor: Actor) -> list[Heartbeat]:
    """Processes that were alive in the last day."""
    actor.require(Permission.SYSTEM_EVENT_VIEW)
    return list(Heartbeat.objects.order_by("kind", "process"))


def planned_schedules(actor: Actor) -> list[Schedule]:
    """What runs by itself, for those who may change it."""
    actor.require(Permission.SYSTEM_SETTING_CHANGE)
    return list(Schedule.objects.order_by("name"))
