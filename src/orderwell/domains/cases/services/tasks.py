"""Tasks on orders, customers and cases."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from django.conf import settings

from orderwell.domains.cases.events import CaseEvent
from orderwell.domains.cases.models import Notice, Task
from orderwell.domains.cases.queries import find_document
from orderwell.domains.cases.services.loading import check_text, colleague, require_sight
from orderwell.domains.cases.services.notify import notify, notify_mentioned
from orderwell.kernel.errors import NotFound, refuse_together
from orderwell.kernel.refusals import day_problems, moment_problems
from orderwell.platform.accounts.actor import Actor
from orderwell.platform.database import atomic
from orderwell.platform.events.recording import Fact, record
from orderwell.platform.permissions import Permission

MOST_TEXT = 1000


def add_task(
    *, stream: str, text: str, assignee: str = "", due_at: datetime | None = None, actor: Actor, now: datetime
) -> Task:
    """Something to do about "order:12", "customer:5" or "case:7". It is due today or later.

    Raises NotFound, UnknownColleague, NotTheirsToSee, DayOver, Refusal.
    """
    actor.require(Permission.CASES_TASK_CHANGE)
    text = check_text(text, "/text", limit=MOST_TEXT)
    if due_at is not None:
        refuse_together(moment_problems(due_at, "/due_at"))
        refuse_together(day_problems(due_at, "/due_at", now=now, zone=ZoneInfo(settings.TIME_ZONE)))
    with atomic():
        find_document(actor, stream)
        user = colleague(assignee)
        if user is not None:
            require_sight(user, stream)
        task = Task.objects.create(
            stream=stream, text=text, assignee=user, due_at=due_at, created_at=now, author_label=actor.label[:120]
        )
        record(Fact(CaseEvent.TASK_CREATED, stream, f"task:{task.pk}"), actor=actor, now=now)
        subject = f"task:{task.pk}"
        if user is not None:
            notify([user], kind=Notice.Kind.TASK, stream=stream, subject=subject, text=text, actor=actor, now=now)
        notify_mentioned(text, stream=stream, subject=subject, actor=actor, now=now)
    return task


def finish_task(*, task_id: int, done: bool = True, actor: Actor, now: datetime) -> Task:
    """Tick a task off, or with done=False open it again. The second time changes nothing. Raises NotFound.

    Whoever it was given to may do it without a permission.
    """
    with atomic():
        task = Task.objects.select_for_update(of=("self",)).filter(pk=task_id).first()
        is_theirs = task is not None and (actor.kind, actor.id) == ("user", task.assignee_id)
        if not is_theirs:
            actor.require(Permission.CASES_TASK_CHANGE)
        if task is None:
            raise NotFound(kind="task", reference=str(task_id))
        if not is_theirs:
            find_document(actor, task.stream)
        if (task.done_at is not None) == done:
            return task
        task.done_at, task.done_label = (now, actor.label[:120]) if done else (None, "")
        task.save(update_fields=["done_at", "done_label"])
        name = CaseEvent.TASK_DONE if done else CaseEvent.TASK_REOPENED
        record(Fact(name, task.stream, f"task:{task.pk}"), actor=actor, now=now)
    return task
