"""Prints that take longer than somebody waits: a worker sets them, and the file is kept for a day."""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils import translation
from django_tasks import task

from orderwell.kernel.clock import utc_now
from orderwell.kernel.errors import DomainError
from orderwell.platform.accounts.actor import Actor, actor_as_json, actor_from_json
from orderwell.platform.jobs.progress import begin, following
from orderwell.platform.printing.errors import PrintNotReady
from orderwell.platform.printing.kinds import kind_of
from orderwell.platform.printing.models import IssuedDocument, PrintRun
from orderwell.platform.printing.queries import holder_of
from orderwell.platform.printing.services import joined, kind_for, parts_of

State = PrintRun.State
# About two seconds: so many documents are set in one go; one that is issued is set by itself, and so many lines take as
# long as another document.
AT_ONCE, WEIGHT_OF_ISSUED, LINES = 20, 8, 40
# Set in one go by a worker, so that it can say how far it is.
TOGETHER = 25
KEPT = timedelta(days=1)
# A worker that was stopped begins again; what hasn't ended by now won't.
LOST = timedelta(hours=1)


def takes_long(kind: str, ids: Sequence[int]) -> bool:
    found = kind_of(kind)
    fresh, work = list(ids), len(ids)
    if found.issued:
        subjects = {f"{found.source}:{pk}": pk for pk in ids}
        stored = set(IssuedDocument.objects.filter(subject__in=subjects).values_list("subject", flat=True))
        fresh = [pk for subject, pk in subjects.items() if subject not in stored]
        work = len(fresh) * WEIGHT_OF_ISSUED + len(stored) // 4
    return work > AT_ONCE or work + found.lines(fresh) // LINES > AT_ONCE


def ask_to_print(
    *, kind: str, ids: Sequence[int], language: str, title: str, result: str, actor: Actor, now: datetime
) -> PrintRun:
    """Have a worker print them. Asked again before it is done, it is the same print.

    `result` is the address that a person follows to the file, with `{id}` in it. Raises what `print_documents` raises
    where that is known beforehand.
    """
    kind_for(kind, ids, actor)
    asked = hashlib.sha256(json.dumps([kind, language, list(ids)]).encode()).hexdigest()
    unfinished = PrintRun.objects.filter(holder=holder_of(actor), asked=asked, finished_at=None)
    if (known := unfinished.filter(created_at__gt=now - LOST).order_by("-pk").first()) is not None:
        return known
    run = PrintRun.objects.create(
        kind=kind, ids=list(ids), language=language, asked=asked, holder=holder_of(actor), created_at=now
    )
    run.progress_id = begin(actor=actor, title=title, total=len(ids), now=now, result=result.format(id=run.pk))
    run.save(update_fields=["progress"])
    run_print.enqueue(run.pk, actor_as_json(actor), translation.get_language() or "en")
    run.refresh_from_db()
    return run


@task()
def run_print(run_id: int, actor: dict[str, Any], language: str) -> None:
    with translation.override(language):
        make_print(run_id=run_id, actor=actor_from_json(actor))


def make_print(*, run_id: int, actor: Actor) -> None:
    """Set the documents and keep the file. One that is done stays."""
    run = PrintRun.objects.get(pk=run_id)
    if run.state == State.DONE:
        return
    PrintRun.objects.filter(pk=run_id).update(state=State.RUNNING)
    try:
        with following(run.progress_id) as steps:
            kind = kind_for(run.kind, run.ids, actor)
            parts = []
            for part, count in parts_of(kind, run.ids, actor, run.language, utc_now(), most=TOGETHER):
                parts.append(part)
                steps.step(count)
            path = _stored(run, parts[0] if len(parts) == 1 else joined(parts))
            PrintRun.objects.filter(pk=run_id).update(state=State.DONE, file_path=str(path), finished_at=utc_now())
    except BaseException as error:
        told = error.detail().text() if isinstance(error, DomainError) else ""
        PrintRun.objects.filter(pk=run_id).update(state=State.FAILED, failed=told[:500], finished_at=utc_now())
        raise


def _stored(run: PrintRun, content: bytes) -> Path:
    path = Path("prints") / f"{run.pk}-{secrets.token_urlsafe(12)}.pdf"
    target = Path(settings.MEDIA_ROOT) / path
    target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    target.touch(mode=0o600)
    target.write_bytes(content)
    return path


def file_of(run: PrintRun) -> Path:
    """The finished file. Raises PrintNotReady."""
    path = Path(settings.MEDIA_ROOT) / run.file_path if run.file_path else None
    if run.state != State.DONE or path is None or not path.exists():
        raise PrintNotReady
    return path


def forget_old(*, now: datetime) -> int:
    """Delete prints of more than a day ago with their files; the number deleted."""
    old = list(PrintRun.objects.filter(created_at__lt=now - KEPT).order_by("pk")[:1000])
    for run in old:
        if run.file_path:
            (Path(settings.MEDIA_ROOT) / run.file_path).unlink(missing_ok=True)
    return PrintRun.objects.filter(pk__in=[run.pk for run in old]).delete()[0]
