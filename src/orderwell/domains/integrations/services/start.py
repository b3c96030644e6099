"""Run and undo imports in a worker: whoever asked over the network doesn't wait for a file of half a million lines."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django_tasks import task

from orderwell.domains.integrations.layouts import layout_for
from orderwell.domains.integrations.queries import import_detail
from orderwell.domains.integrations.services.run import run_batch
from orderwell.domains.integrations.services.undo import undo_batch
from orderwell.domains.integrations.states import IMPORT_BATCH
from orderwell.kernel.transitions import IllegalTransition
from orderwell.platform.accounts.actor import Actor, actor_as_json, actor_from_json
from orderwell.platform.jobs.progress import begin, following


def start_import(*, batch_id: int, actor: Actor, now: datetime, title: str = "", result: str = "") -> str:
    """Have a worker run the batch; the job's id. `title` and `result` are what a person's tray of progress says of it and
    leads to. Raises NotFound, IllegalTransition, MissingColumns."""
    batch = import_detail(actor, batch_id)
    IMPORT_BATCH.next(batch.state, "run", batch_id)
    layout_for(batch)  # raises while something that is needed has no column
    progress = begin(actor=actor, title=title or batch.file_name, total=None, now=now, result=result)
    return str(run_import.enqueue(batch_id, actor_as_json(actor), progress).id)


def start_undo(*, batch_id: int, actor: Actor) -> str:
    """Have a worker undo the batch; the job's id. Raises NotFound, IllegalTransition."""
    IMPORT_BATCH.next(import_detail(actor, batch_id).state, "undo", batch_id)
    return str(undo_import.enqueue(batch_id, actor_as_json(actor)).id)


@task()
def run_import(batch_id: int, actor: dict[str, Any], progress_id: int | None = None) -> None:
    with following(progress_id) as steps:

        def work(**given: Any) -> None:
            run_batch(**given, progress=lambda batch: steps.at(batch.lines_read, batch.lines or None))

        _unless_done(work, batch_id, actor)


@task()
def undo_import(batch_id: int, actor: dict[str, Any]) -> None:
    _unless_done(undo_batch, batch_id, actor)


def _unless_done(work: Any, batch_id: int, actor: dict[str, Any]) -> None:
    """A job may run twice, when its worker died just after the end: the second time there is nothing to do."""
    try:
        work(batch_id=batch_id, actor=actor_from_json(actor))
    except IllegalTransition:
        return
