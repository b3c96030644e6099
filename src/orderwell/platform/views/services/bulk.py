"""One action on many rows: some at a time, a verdict for each, and what is needed to take it back."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import IntegrityError
from django_tasks import task

from orderwell.kernel.clock import utc_now
from orderwell.kernel.errors import ErrorDetail
from orderwell.platform.accounts.actor import Actor, actor_as_json, actor_from_json
from orderwell.platform.database import atomic
from orderwell.platform.events.recording import Fact, json_safe, record
from orderwell.platform.jobs.progress import begin, following
from orderwell.platform.views.errors import NothingChosen, NotReversible, TooManyRows
from orderwell.platform.views.events import ViewEvent
from orderwell.platform.views.models import BulkRun
from orderwell.platform.views.queries import holder_of
from orderwell.platform.views.sources import RowVerdict, source_of

# Up to so many rows the person waits; beyond, a worker does it.
AT_ONCE = 100
MOST_ROWS = 10_000
CHUNK = 50


def start_run(
    *,
    list_name: str,
    action: str,
    ids: Sequence[int],
    data: Mapping[str, Any],
    token: str,
    actor: Actor,
    now: datetime,
    title: str = "",
    result: str = "",
    undoes: BulkRun | None = None,
) -> BulkRun:
    """Do `action` to the rows: few at once, many by a worker. The same `token` gives the same run again.

    Raises NothingChosen, TooManyRows, NotReversible, PermissionDenied. `result` is the address of the run, with `{id}`.
    """
    permission, _act, undo = source_of(list_name).act_of(action)
    actor.require(permission)
    known = BulkRun.objects.filter(token=token, holder=holder_of(actor)).first()
    if known is not None:
        return known
    ids = list(dict.fromkeys(ids))
    if not ids:
        raise NothingChosen
    if len(ids) > MOST_ROWS:
        raise TooManyRows(most=MOST_ROWS)
    run = BulkRun(
        token=token,
        list_name=list_name,
        action=action,
        data=json_safe(dict(data)),
        ids=ids,
        holder=holder_of(actor),
        actor_label=actor.label[:120],
        undoes=undoes,
        created_at=now,
    )
    try:
        with atomic():
            if undoes is not None:
                _claim_undo(undoes, undo is not None, now)
            run.save(force_insert=True)
    except IntegrityError:  # the same token at the same moment: the other one does it
        return BulkRun.objects.get(token=token, holder=holder_of(actor))
    if len(ids) <= AT_ONCE:
        return perform_run(run_id=run.pk, actor=actor)
    progress = begin(actor=actor, title=title or action, total=len(ids), now=now, result=result.format(id=run.pk))
    BulkRun.objects.filter(pk=run.pk).update(progress_id=progress)
    run_bulk.enqueue(run.pk, actor_as_json(actor))
    run.refresh_from_db()
    return run


def undo_run(*, run: BulkRun, token: str, actor: Actor, now: datetime, title: str = "", result: str = "") -> BulkRun:
    """Take back what `run` has done, row by row. Raises NotReversible."""
    done = [verdict["id"] for verdict in run.verdicts if verdict["outcome"] == "done"]
    return start_run(
        list_name=run.list_name,
        action=run.action,
        ids=done,
        data={},
        token=token,
        actor=actor,
        now=now,
        title=title,
        result=result,
        undoes=run,
    )


def _claim_undo(run: BulkRun, reversible: bool, now: datetime) -> None:
    mine = BulkRun.objects.filter(pk=run.pk, undone_at=None, undoes=None, finished_at__isnull=False)
    if not reversible or not mine.update(undone_at=now):
        raise NotReversible


@task()
def run_bulk(run_id: int, actor: dict[str, Any]) -> None:
    perform_run(run_id=run_id, actor=actor_from_json(actor))


def perform_run(*, run_id: int, actor: Actor) -> BulkRun:
    """Do what is left of the run: one that was broken off goes on with the first row that has no verdict."""
    run = BulkRun.objects.select_related("undoes").get(pk=run_id)
    if run.finished_at is not None:
        return run
    _permission, act, undo = source_of(run.list_name).act_of(run.action)
    memories = {item["id"]: item["memory"] for item in run.undoes.verdicts} if run.undoes else {}
    with following(run.progress_id) as steps:
        while len(run.verdicts) < len(run.ids):
            start = len(run.verdicts)
            ids, now = run.ids[start : start + CHUNK], utc_now()
            if run.undoes is not None and undo is not None:
                found = undo([(pk, memories.get(pk, {})) for pk in ids], actor=actor, now=now)
            else:
                found = act(ids, data=run.data, actor=actor, now=now)
            run.verdicts += [_as_json(verdict) for verdict in found]
            run.save(update_fields=["verdicts"])
            steps.step(len(ids))
        # While it runs the rows are counted that were looked at; what was refused is not done.
        steps.at(len(run.ids) - tally(run)["refused"])
    run.finished_at = utc_now()
    with atomic():
        run.save(update_fields=["finished_at"])
        subject = f"bulk:{run.pk}"
        counts = tally(run)
        data = {"action": run.action, "list": run.list_name, "undo": run.undoes_id, **counts}
        record(Fact(ViewEvent.ACTED, subject, subject, data), actor=actor, now=run.finished_at)
    return run


def tally(run: BulkRun) -> dict[str, int]:
    counts = Counter(verdict["outcome"] for verdict in run.verdicts)
    return {outcome: counts[outcome] for outcome in ("done", "unchanged", "refused")}


def errors_of(verdict: Mapping[str, Any]) -> list[ErrorDetail]:
    """The reasons of a refused row, ready to be said in any language."""
    return [ErrorDetail(item["code"], item["message"], data=item["data"]) for item in verdict["errors"]]


def _as_json(verdict: RowVerdict) -> dict[str, Any]:
    return {
        "id": verdict.id,
        "reference": verdict.reference,
        "outcome": verdict.outcome,
        "errors": [
            {"code": error.code, "message": str(error.message), "data": json_safe(error.data)}
            for error in verdict.errors
        ],
        "memory": json_safe(verdict.memory),
    }
