"""Exports: a file of exactly what a list shows, made at once or by a worker, and kept for a week."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils import translation
from django_tasks import task

from orderwell.kernel.clock import utc_now
from orderwell.platform.accounts.actor import Actor, actor_as_json, actor_from_json
from orderwell.platform.database import atomic
from orderwell.platform.events.recording import Fact, record
from orderwell.platform.exporting import FORMATS, write
from orderwell.platform.jobs.progress import Steps, begin, following
from orderwell.platform.views.errors import ExportNotReady, UnknownFormat
from orderwell.platform.views.events import ViewEvent
from orderwell.platform.views.models import Export
from orderwell.platform.views.queries import holder_of
from orderwell.platform.views.sources import check, source_of

# Up to so many rows the person waits for the file itself; beyond, a worker makes it.
AT_ONCE = 5_000
KEPT = timedelta(days=7)
State = Export.State


def ask_for_export(
    *,
    list_name: str,
    file_format: str,
    columns: Sequence[str],
    filters: Mapping[str, str],
    sort: str,
    language: str,
    token: str,
    actor: Actor,
    now: datetime,
    options: Mapping[str, Any] | None = None,
    title: str = "",
    result: str = "",
) -> Export:
    """Make the export of a list; few rows at once, many by a worker. The same `token` gives the same export again.

    Raises UnknownList, UnknownColumn, UnknownFilter, UnknownSort, UnknownFormat, PermissionDenied. `result` is the
    address that a person follows when the file is ready, with `{id}` in it.
    """
    source = source_of(list_name)
    actor.require(source.permission)
    if file_format not in FORMATS:
        raise UnknownFormat(pointer="/format", value=file_format[:20], expected=", ".join(FORMATS))
    check(source, actor=actor, columns=columns, filters=filters, sort=sort)
    known = Export.objects.filter(token=token, holder=holder_of(actor)).first()
    if known is not None:
        return known
    total = source.count(actor, filters, now, AT_ONCE)
    export = Export.objects.create(
        token=token,
        list_name=list_name,
        format=file_format,
        columns=list(columns) or source.default_keys(actor),
        filters=dict(filters),
        sort=sort,
        options=dict(options or {}),
        language=language,
        holder=holder_of(actor),
        actor_label=actor.label[:120],
        file_name=f"{list_name}-{now.astimezone(_zone()):%Y%m%d-%H%M}.{file_format}",
        created_at=now,
    )
    if total <= AT_ONCE:
        return make_export(export_id=export.pk, actor=actor)
    progress = begin(actor=actor, title=title or list_name, total=None, now=now, result=result.format(id=export.pk))
    Export.objects.filter(pk=export.pk).update(progress_id=progress)
    run_export.enqueue(export.pk, actor_as_json(actor))
    export.refresh_from_db()
    return export


@task()
def run_export(export_id: int, actor: dict[str, Any]) -> None:
    make_export(export_id=export_id, actor=actor_from_json(actor))


def make_export(*, export_id: int, actor: Actor) -> Export:
    """Write the file and say so. A file that was begun is begun anew; one that is done stays."""
    export = Export.objects.get(pk=export_id)
    if export.state == State.DONE:
        return export
    Export.objects.filter(pk=export_id).update(state=State.RUNNING)
    path = Path("exports") / f"{export.pk}-{secrets.token_urlsafe(12)}.{export.format}"
    target = Path(settings.MEDIA_ROOT) / path
    target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    target.touch(mode=0o600)
    try:
        with following(export.progress_id) as steps, translation.override(export.language):
            _write(export, target, actor, steps)
    except BaseException:
        target.unlink(missing_ok=True)
        Export.objects.filter(pk=export_id).update(state=State.FAILED, finished_at=utc_now())
        raise
    now = utc_now()
    with atomic():
        export.state, export.rows, export.size = State.DONE, steps.done, target.stat().st_size
        export.file_path, export.finished_at = str(path), now
        export.save(update_fields=["state", "rows", "size", "file_path", "finished_at"])
        subject = f"export:{export.pk}"
        data = {
            "list": export.list_name,
            "format": export.format,
            "rows": export.rows,
            "columns": ", ".join(export.columns),
            # By name alone: what was looked for may be somebody's phone number, and an event stays for ever.
            "filters": ", ".join(sorted(export.filters)),
        }
        record(Fact(ViewEvent.EXPORTED, subject, subject, data), actor=actor, now=now)
    return export


def _write(export: Export, target: Path, actor: Actor, steps: Steps) -> None:
    source = source_of(export.list_name)
    keys = [key for key in export.columns if key in source.column_keys(actor)]
    chunks = source.export_chunks(actor, keys, export.filters, export.sort, export.created_at)
    write(
        export.format,
        target,
        source.export_columns(actor, keys),
        _counted(chunks, steps),
        zone=_zone(),
        options=export.options,
        sheet=source.spoken_title(),
    )


def _counted(chunks: Iterable[list[tuple[Any, ...]]], steps: Steps) -> Iterator[list[tuple[Any, ...]]]:
    for rows in chunks:
        yield rows
        steps.step(len(rows))


def _zone() -> ZoneInfo:
    return ZoneInfo(settings.TIME_ZONE)


def file_of(export: Export) -> Path:
    """The finished file. Raises ExportNotReady."""
    path = Path(settings.MEDIA_ROOT) / export.file_path if export.file_path else None
    if export.state != State.DONE or path is None or not path.exists():
        raise ExportNotReady
    return path


def forget_old(*, now: datetime) -> int:
    """Delete exports of more than a week ago with their files; the number deleted."""
    old = list(Export.objects.filter(created_at__lt=now - KEPT).order_by("pk")[:1000])
    for export in old:
        if export.file_path:
            (Path(settings.MEDIA_ROOT) / export.file_path).unlink(missing_ok=True)
    return Export.objects.filter(pk__in=[export.pk for export in old]).delete()[0]
