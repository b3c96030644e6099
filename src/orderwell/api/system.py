"""Events and dead letters, jobs and schedules, settings, and whether the installation and its data are in order."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

from django.http import HttpResponse
from django_tasks_db.models import DBTaskResult
from pydantic import Field

from orderwell.api.asked import one_asked, timeline_asked
from orderwell.api.bodies import ApiRequest
from orderwell.api.orders.shapes import EventShape
from orderwell.api.paging import DEFAULT_LIMIT, Cursor, Limit, Page, page
from orderwell.api.preconditions import seen_version
from orderwell.api.routing import Routes
from orderwell.api.shapes import Id, Input, Moment, Shape
from orderwell.api.versions import Versioned, with_version, with_versions
from orderwell.kernel.clock import utc_now
from orderwell.platform import health
from orderwell.platform.configuration import services as configuration
from orderwell.platform.events.models import Delivery, Event
from orderwell.platform.events.queries import all_events, backlog, dead_letters, sentences
from orderwell.platform.events.recording import json_safe
from orderwell.platform.events.services import discard, replay
from orderwell.platform.events.versions import numbers_of
from orderwell.platform.jobs.models import Schedule
from orderwell.platform.jobs.queries import jobs
from orderwell.platform.jobs.services import change_schedule
from orderwell.platform.permissions import Permission
from orderwell.platform.verify import differences_in_words, laws, run_laws

routes = Routes("system")
VIEW, REPLAY = Permission.SYSTEM_EVENT_VIEW, Permission.SYSTEM_EVENT_REPLAY
SETTING = Permission.SYSTEM_SETTING_CHANGE


class StreamEventShape(EventShape):
    stream: str


class BacklogShape(Shape):
    waiting: int
    retrying: int
    dead: int
    oldest: Moment | None = Field(description="When the event happened that has waited longest")


class DeadLetterShape(Shape):
    id: int
    event_id: int
    event: str
    subscriber: str
    attempts: int
    last_error: str
    finished_at: Moment | None


class DeadLetters(Input):
    ids: list[Id] = Field(min_length=1, max_length=1000)


class DeadLettersOrAll(Input):
    ids: list[Id] | None = Field(default=None, min_length=1, max_length=1000, description="Without it, all of them")


class Count(Shape):
    count: int


class JobShape(Shape):
    id: str
    name: str
    status: str
    enqueued_at: Moment | None
    started_at: Moment | None
    finished_at: Moment | None
    error: str


class ScheduleShape(Versioned):
    name: str
    every_seconds: int
    at: str
    enabled: bool
    next_run_at: Moment
    last_run_at: Moment | None
    last_seconds: float | None
    last_error: str


class SettingShape(Versioned):
    key: str
    value: Any
    default: Any
    title: str
    help: str
    expected: str


class NewValue(Input):
    value: Any


class ScheduleChange(Input):
    """What is left out stays. `at` is a business time of day such as 02:30, empty for none."""

    enabled: bool | None = None
    at: str | None = Field(default=None, max_length=5)
    every_seconds: int | None = Field(default=None, ge=1, le=40_000_000)


class DifferenceShape(Shape):
    law: str
    document: str
    expected: Any
    actual: Any
    detail: str


class VerifyShape(Shape):
    ok: bool
    checked: dict[str, int] = Field(description="Rows looked at, by law")
    differences: list[DifferenceShape]


class CheckShape(Shape):
    name: str
    state: str
    found: str
    next_step: str


class DoctorShape(Shape):
    ok: bool
    checks: list[CheckShape]


def _event(event: Event) -> dict[str, Any]:
    return {name: getattr(event, name) for name in StreamEventShape.model_fields}


def _dead(delivery: Delivery) -> dict[str, Any]:
    plain = {name: getattr(delivery, name) for name in DeadLetterShape.model_fields if name != "event"}
    return {**plain, "event": delivery.event.name}


@routes.read("/events", permission=VIEW, response=Page[StreamEventShape])
def list_events(
    request: ApiRequest,
    response: HttpResponse,
    name: Annotated[str, Field(max_length=60)] = "",
    stream: Annotated[str, Field(max_length=40, description='Such as "order:12"')] = "",
    cursor: Cursor = None,
    limit: Limit = DEFAULT_LIMIT,
) -> dict[str, Any]:
    """What happened, newest first: the audit trail. A key that is limited to channels, warehouses or teams is told what
    happened to documents it may see, among the newest 100,000 events unless it names a stream."""
    named = one_asked(name, sentences(), "/name")
    rows = all_events(actor=request.actor, text=timeline_asked(stream), name=named)
    return page(rows, order=("-id",), cursor=cursor, limit=limit, show=_event, request=request, response=response)


@routes.read("/events/backlog", permission=VIEW, response=BacklogShape)
def get_event_backlog(request: ApiRequest) -> Any:
    """How much waits to be delivered."""
    return backlog()


@routes.read("/events/dead-letters", permission=VIEW, response=Page[DeadLetterShape])
def list_dead_letters(
    request: ApiRequest, response: HttpResponse, cursor: Cursor = None, limit: Limit = DEFAULT_LIMIT
) -> dict[str, Any]:
    """Deliveries that failed ten times, newest first."""
    rows = dead_letters(actor=request.actor)
    return page(rows, order=("-id",), cursor=cursor, limit=limit, show=_dead, request=request, response=response)


@routes.write("POST", "/events/dead-letters/replay", permission=REPLAY, response=Count)
def replay_dead_letters(request: ApiRequest, body: DeadLettersOrAll) -> dict[str, int]:
    """Try them again from the first attempt."""
    return {"count": replay(delivery_ids=body.ids, actor=request.actor, now=utc_now())}


@routes.write("POST", "/events/dead-letters/discard", permission=REPLAY, response=Count)
def discard_dead_letters(request: ApiRequest, body: DeadLetters) -> dict[str, int]:
    """Give them up for good."""
    return {"count": discard(delivery_ids=body.ids, actor=request.actor, now=utc_now())}


@routes.read("/jobs", permission=VIEW, response=Page[JobShape])
def list_jobs(
    request: ApiRequest, response: HttpResponse, cursor: Cursor = None, limit: Limit = DEFAULT_LIMIT
) -> dict[str, Any]:
    """What workers were asked to do, newest first. A key that is limited to channels, warehouses or teams sees none: whose
    documents a job is about is not known."""
    return page(
        jobs(actor=request.actor),
        order=("-enqueued_at", "-id"),
        cursor=cursor,
        limit=limit,
        show=_job,
        request=request,
        response=response,
    )


def _job(job: DBTaskResult[Any, Any]) -> dict[str, Any]:
    return {
        "id": str(job.pk),
        "name": job.task_path,
        "status": job.status.lower(),
        "enqueued_at": job.enqueued_at,
        "started_at": job.started_at,
        "finished_at": job.finished_at,
        "error": job.exception_class_path,
    }


def _schedule(row: Schedule) -> str:
    return f"schedule:{row.name}"[:40]


@routes.read("/schedules", permission=VIEW, response=list[ScheduleShape])
def list_schedules(request: ApiRequest) -> list[Schedule]:
    """What runs by itself, and how the last run went."""
    return with_versions(Schedule.objects.order_by("name"), _schedule)


@routes.write("PATCH", "/schedules/{name}", permission=SETTING, response=ScheduleShape, guarded=True)
def edit_schedule(request: ApiRequest, name: str, body: ScheduleChange) -> Schedule:
    version = seen_version(request)
    saved = change_schedule(name=name, **body.model_dump(), version=version, actor=request.actor, now=utc_now())
    return with_version(saved, _schedule)


@routes.read("/settings", permission=SETTING, response=list[SettingShape])
def list_settings(request: ApiRequest) -> list[dict[str, Any]]:
    options = configuration.options()
    numbers = numbers_of([configuration.stream_of(option.key) for option in options])
    return [_setting(option, numbers) for option in options]


@routes.write("PUT", "/settings/{key}", permission=SETTING, response=SettingShape, guarded=True)
def set_setting(request: ApiRequest, key: str, body: NewValue) -> dict[str, Any]:
    version = seen_version(request)
    configuration.set_value(key=key, value=body.value, version=version, actor=request.actor, now=utc_now())
    return _setting_of(key)


@routes.write("DELETE", "/settings/{key}", permission=SETTING, response=SettingShape)
def reset_setting(request: ApiRequest, key: str) -> dict[str, Any]:
    """Go back to the default."""
    configuration.reset(key=key, actor=request.actor, now=utc_now())
    return _setting_of(key)


def _setting_of(key: str) -> dict[str, Any]:
    option = next(option for option in configuration.options() if option.key == key)
    return _setting(option, numbers_of([configuration.stream_of(key)]))


def _setting(option: configuration.Option, numbers: Mapping[str, int]) -> dict[str, Any]:
    return {
        "version": numbers.get(configuration.stream_of(option.key), 0),
        "key": option.key,
        "value": json_safe(option.kind.stored(configuration.get(option.key))),
        "default": json_safe(option.kind.stored(option.default)),
        "title": option.title,
        "help": option.help,
        "expected": option.kind.expected,
    }


@routes.read("/verify", permission=VIEW, response=VerifyShape)
def verify(request: ApiRequest, law: Annotated[str, Field(max_length=100)] = "") -> dict[str, Any]:
    """Recompute every balance, or those of one law, from its causes; each difference names the document at fault. Not for keys
    that are limited to channels, warehouses or teams: a law holds for all documents or for none."""
    request.actor.require_every_row()
    verdicts = run_laws([one_asked(law, laws(), "/law")] if law else None)
    differences = differences_in_words(verdicts)
    checked = {verdict.law: verdict.result.rows_checked for verdict in verdicts}
    return {"ok": not differences, "checked": checked, "differences": differences}


@routes.read("/doctor", permission=VIEW, response=DoctorShape)
def doctor(request: ApiRequest) -> dict[str, Any]:
    """Whether database, migrations, disk, clock, keys, workers and events are in order, and what to do if not."""
    checks = health.examine(now=utc_now())
    return {"ok": all(check.state != health.PROBLEM for check in checks), "checks": checks}
