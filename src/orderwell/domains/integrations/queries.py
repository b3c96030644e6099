"""Reading imports: lists, progress, results and verdicts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from itertools import islice
from typing import Any

from django.db.models import CharField, Exists, OuterRef, QuerySet, Value
from django.db.models.functions import Cast, Concat
from django.utils.translation import gettext
from django_tasks import TaskResultStatus
from django_tasks_db.models import DBTaskResult

from orderwell.domains.integrations.events import ImportEvent
from orderwell.domains.integrations.layouts.registry import ORDER_LINES
from orderwell.domains.integrations.mapping import unmapped
from orderwell.domains.integrations.models import ImportBatch, ImportMapping, ImportRow
from orderwell.domains.integrations.reading import SourceInfo, read_rows
from orderwell.domains.integrations.storing import present_file
from orderwell.domains.integrations.verdicts import SUMS, told
from orderwell.kernel.errors import DomainError, NotFound, Phrase, fill
from orderwell.platform.accounts.actor import Actor
from orderwell.platform.events.models import Event
from orderwell.platform.paging import Page, keyset_page
from orderwell.platform.permissions import Permission
from orderwell.platform.wording import shown


def import_list(actor: Actor, *, cursor: str | None = None, limit: int = 50) -> Page[ImportBatch]:
    return keyset_page(imports(actor), order=("-created_at", "-id"), cursor=cursor, limit=limit)


def imports(
    actor: Actor, *, state: str = "", mode: str = "", since: datetime | None = None, until: datetime | None = None
) -> QuerySet[ImportBatch]:
    """Import batches that the actor may see; handed in from `since` on and before `until`."""
    actor.require(Permission.ORDERS_ORDER_IMPORT)
    wanted = {"state": state or None, "mode": mode or None, "created_at__gte": since, "created_at__lt": until}
    rows = ImportBatch.objects.filter(**{column: value for column, value in wanted.items() if value is not None})
    return _own(rows, actor) if actor.is_limited else rows


def _own(rows: QuerySet[ImportBatch], actor: Actor) -> QuerySet[ImportBatch]:
    """Who sees only some rows sees only the files that it handed in itself: others may be of other rows."""
    stream = Concat(Value("import:"), Cast(OuterRef("pk"), CharField()))
    handed_in = Event.objects.filter(name=ImportEvent.CREATED, actor_kind=actor.kind, actor_id=actor.id)
    return rows.filter(Exists(handed_in.filter(stream=stream)))


def import_detail(actor: Actor, batch_id: int) -> ImportBatch:
    batch = imports(actor).filter(pk=batch_id).first()
    if batch is None:
        raise NotFound(kind="import", reference=str(batch_id))
    return batch


def import_rows(
    actor: Actor, batch_id: int, *, verdict: str = "", cursor: str | None = None, limit: int = 50
) -> Page[ImportRow]:
    """The verdicts of a batch by row; with `verdict` only those."""
    batch = import_detail(actor, batch_id)
    rows = ImportRow.objects.filter(batch=batch)
    if verdict:
        rows = rows.filter(verdict=verdict)
    return keyset_page(rows, order=("row_number", "id"), cursor=cursor, limit=limit)


def mappings(actor: Actor) -> list[ImportMapping]:
    actor.require(Permission.ORDERS_ORDER_IMPORT)
    return list(ImportMapping.objects.order_by("name"))


def explain(row: ImportRow) -> str:
    """Why a line was refused, as a sentence in the language of the reader; "" for other lines."""
    return _explained(row.code, row.data) if row.code else ""


def why_stopped(batch: ImportBatch) -> str:
    """What stopped an import, as a sentence; "" when nothing did."""
    if not batch.error:
        return ""
    if batch.error["code"] == "internal_failure":
        return fill(gettext(batch.error["message"]), batch.error["data"])
    return _explained(batch.error["code"], batch.error["data"])


def _explained(code: str, data: Mapping[str, Any]) -> str:
    """Cells of the file stay as they are; only what the refusal itself says is said in the reader's language."""
    message, filled = told(code, data)
    return fill(gettext(message), {k: shown(v) if isinstance(v, Phrase) else v for k, v in filled.items()})


def was_rehearsed(batch: ImportBatch) -> bool:
    """Whether it is a dry run that has ended: then what its columns mean can be said anew, and tried again."""
    return batch.dry_run and batch.state in ("finished", "failed")


def missing_meanings(batch: ImportBatch) -> list[str]:
    """The fields that a column must be named for before the batch can run."""
    if batch.preset != ORDER_LINES:
        return []
    history = batch.mode == ImportBatch.Mode.HISTORY
    header = batch.source.get("header", [])
    return unmapped(
        batch.mapping.get("columns", {}),
        header,
        channel=batch.mapping.get("options", {}).get("channel", ""),
        history=history,
    )


def first_rows(batch: ImportBatch, *, limit: int = 3) -> list[Sequence[str]]:
    """The first rows of the file below its header, as far as it can be read."""
    try:
        return [row.cells for row in islice(_source(batch), limit)]
    except DomainError:
        return []  # the run says what is wrong with the file


def refused_rows(actor: Actor, batch_id: int) -> Iterator[tuple[ImportRow, Sequence[str]]]:
    """Every refused row with its cells as the file has them."""
    batch = import_detail(actor, batch_id)
    rows = ImportRow.objects.filter(batch=batch, verdict=ImportRow.Verdict.REFUSED).order_by("row_number").iterator()
    source = _source(batch)
    for row in rows:
        yield row, next((found.cells for found in source if found.number == row.row_number), ())


def _source(batch: ImportBatch) -> Iterator[Any]:
    return read_rows(present_file(batch), batch.file_name, SourceInfo.from_json(batch.source))


def decimal_text(value: Decimal) -> str:
    """Exactly, without zeros that say nothing: 5761931.382."""
    return format(value.normalize(), "f") if value else "0"


def is_under_way(batch: ImportBatch) -> bool:
    """Whether the batch is being worked on, or a worker has been asked to."""
    jobs = DBTaskResult.objects.filter(
        status__in=[TaskResultStatus.READY, TaskResultStatus.RUNNING],
        task_path__startswith="orderwell.domains.integrations.",
    )
    return batch.state in ("running", "undoing") or any(
        args["args"][:1] == [batch.pk] for args in jobs.values_list("args_kwargs", flat=True)
    )


def sums_by_currency(batch: ImportBatch) -> dict[str, dict[str, str]]:
    """Currency -> its totals, exactly; {} where no line has an amount, or it is not known which currencies there were."""
    return {code: {name: sums[name] for name in SUMS} for code, sums in sorted((batch.by_currency or {}).items())}


def result(batch: ImportBatch) -> dict[str, Any]:
    """What the command line and the API answer when a batch has run.

    Several currencies have no sum: then the totals are None, and those of each currency are in `by_currency`.
    """
    by_currency = sums_by_currency(batch)
    one = len(by_currency) < 2
    return {
        "lines": batch.lines,
        "done": batch.done,
        "duplicate": batch.duplicate,
        "refused": batch.refused,
        "orders": batch.orders,
        "returns": batch.returns,
        "adjustments": batch.adjustments,
        "charges": batch.charges,
        "source_total": decimal_text(batch.source_total) if one else None,
        "accounted_total": decimal_text(batch.accounted_total) if one else None,
        "rounding": decimal_text(batch.rounding) if one else None,
        "seconds": round(batch.seconds, 3),
        **({} if one else {"by_currency": by_currency}),
    }


def progress(batch: ImportBatch, *, now: datetime) -> dict[str, Any]:
    """How far a batch is: lines read of all, lines per second and seconds left (None while they cannot be told)."""
    rate = left = None
    if batch.state == "running" and batch.resumed_at is not None:
        elapsed = (now - batch.resumed_at).total_seconds()
        read = batch.lines_read - batch.resumed_lines
        if elapsed > 0 and read > 0:
            rate = read / elapsed
            left = max(batch.lines - batch.lines_read, 0) / rate
    return {
        "id": batch.pk,
        "state": batch.state,
        "lines": batch.lines,
        "lines_read": batch.lines_read,
        "share": batch.lines_read / batch.lines if batch.lines else 0.0,
        "rate": None if rate is None else round(rate, 1),
        "seconds_left": None if left is None else round(left, 1),
    }
