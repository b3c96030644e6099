"""Running a batch: chunk by chunk, each in one transaction with its verdicts and the place to go on from.

Whatever kills the process, the database holds whole chunks only; the next run goes on with the first line that has no
verdict. A dry run takes the same way as a rehearsal that is undone in the end; its verdicts stay.
"""

from __future__ import annotations

import gc
import json
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime
from decimal import Decimal, localcontext
from typing import IO, Any

from orderwell.domains.catalog.resolving import forget_reference
from orderwell.domains.integrations.errors import FileChanged
from orderwell.domains.integrations.events import ImportEvent
from orderwell.domains.integrations.grouping import Group, group_rows
from orderwell.domains.integrations.layouts import layout_for
from orderwell.domains.integrations.models import ImportBatch, ImportRow
from orderwell.domains.integrations.queries import decimal_text, import_detail
from orderwell.domains.integrations.reading import SourceInfo, SourceRow, read_rows
from orderwell.domains.integrations.services.claim import advance, claim, release
from orderwell.domains.integrations.services.create import fingerprint
from orderwell.domains.integrations.states import IMPORT_BATCH
from orderwell.domains.integrations.storing import stored_file
from orderwell.domains.integrations.verdicts import DONE, DUPLICATE, REFUSED, ROW_FIELDS, SUMS, Written, row_of
from orderwell.domains.integrations.writing import ChunkWriter
from orderwell.domains.inventory.resolving import forget_warehouses
from orderwell.kernel.clock import Clock, utc_now
from orderwell.kernel.errors import DomainError
from orderwell.platform.accounts.actor import Actor
from orderwell.platform.database import atomic, bulk_insert
from orderwell.platform.events.recording import Fact, record
from orderwell.platform.permissions import Permission
from orderwell.platform.rehearsal import rehearsal

# Large enough that statements are few, small enough that a chunk is a fraction of a second.
CHUNK_LINES = 5_000
# Digits that sums are kept with: a sum over the whole file must not be rounded, however long it is.
_PRECISION = 60
Progress = Callable[[ImportBatch], None]
COUNTERS = (
    *("lines_read", "done", "duplicate", "refused", "orders", "returns", "adjustments", "charges"),
    *("source_total", "accounted_total", "rounding", "created_total"),
)
DRY_RUN_FIELDS = (*COUNTERS, "by_kind", "by_currency", "cursor", "seconds", "lines")


def run_batch(*, batch_id: int, actor: Actor, clock: Clock = utc_now, progress: Progress | None = None) -> ImportBatch:
    """Run a waiting, failed or interrupted batch to its end. `progress` is called after every chunk.

    Raises BatchBusy while another process runs it, and what is wrong with the file; the batch then is `failed` and says
    why, and can be run again.
    """
    actor.require(Permission.ORDERS_ORDER_IMPORT)
    layout_for(import_detail(actor, batch_id))  # before anybody holds it: its columns may have no meaning yet
    batch = claim(batch_id, event="run", now=clock())
    run = _Run(batch, actor, clock, progress or (lambda _: None))
    try:
        with _rare_collections(), localcontext(prec=_PRECISION):
            run.rehearse() if batch.dry_run else run.perform()
    except Exception as error:
        _fail(batch, error, actor, clock())
        raise
    return batch


@contextmanager
def _rare_collections() -> Iterator[None]:
    """The collector of reference cycles looks at every object of a chunk again and again, and there are no cycles."""
    usual = gc.get_threshold()
    gc.set_threshold(100_000, 20, 20)
    try:
        yield
    finally:
        gc.set_threshold(*usual)


def _fail(batch: ImportBatch, error: Exception, actor: Actor, now: datetime) -> None:
    if isinstance(error, DomainError):
        detail = error.detail()
        told = {"code": detail.code, "message": detail.message, "data": {k: str(v) for k, v in detail.data.items()}}
    else:
        told = {"code": "internal_failure", "message": "{error}", "data": {"error": type(error).__name__}}
    if told["code"] == "import_taken_over":
        return
    with atomic():
        release(batch, state=IMPORT_BATCH.next("running", "fail"), error=told)
        stream = f"import:{batch.pk}"
        record(Fact(ImportEvent.FAILED, stream, stream, {"message": str(error)}), actor=actor, now=now)


class _Run:
    def __init__(self, batch: ImportBatch, actor: Actor, clock: Clock, progress: Progress) -> None:
        self.batch, self.actor, self.clock, self.progress = batch, actor, clock, progress
        self.info = SourceInfo.from_json(batch.source)
        self.path = stored_file(batch)
        self.layout = layout_for(batch)
        self.waiting: dict[int, None] = {}  # rows that were read and have no verdict yet
        self.last_read = 0
        self.measured = time.monotonic()

    def perform(self) -> None:
        now = self.clock()
        self._check_file()
        advance(
            self.batch,
            now=now,
            started_at=self.batch.started_at or now,
            resumed_at=now,
            resumed_lines=self.batch.lines_read,
            lines=self.layout.survey(self._rows()),
            error={},
        )
        self.layout.prepare(actor=self.actor, now=now)
        for groups in self._chunks():
            with atomic():
                written = self._write(groups)
                bulk_insert(ImportRow, ROW_FIELDS, [row_of(self.batch.pk, item) for item in written.verdicts])
                advance(self.batch, now=self.clock(), **self._counted(written))
            self.progress(self.batch)
        self._finish()

    def rehearse(self) -> None:
        """The same, but what it writes is undone; the verdicts wait in a temporary file for the rehearsal's end."""
        now = self.clock()
        self._check_file()
        self.batch.cursor, self.batch.by_kind, self.batch.by_currency = 0, {}, {}
        for name in COUNTERS:
            setattr(self.batch, name, 0)
        with tempfile.TemporaryFile("w+", encoding="utf-8") as spool:
            try:
                with rehearsal() as aside:
                    self.batch.lines = self.layout.survey(self._rows())
                    self.layout.prepare(actor=self.actor, now=now)
                    for groups in self._chunks():
                        self._spool(spool, self._write(groups))
                        aside(self._still_at_it)
            finally:
                forget_reference()
                forget_warehouses()
            with atomic():
                ImportRow.objects.filter(batch=self.batch).delete()
                for rows in _spooled(spool, self.batch.pk):
                    bulk_insert(ImportRow, ROW_FIELDS, rows)
                counted = {name: getattr(self.batch, name) for name in DRY_RUN_FIELDS}
                advance(self.batch, now=self.clock(), started_at=now, resumed_at=now, error={}, **counted)
        self._finish()

    def _still_at_it(self) -> None:
        advance(self.batch, now=self.clock())
        self.progress(self.batch)

    def _check_file(self) -> None:
        if not self.path.exists() or fingerprint(self.path) != self.batch.sha256:
            raise FileChanged(batch=self.batch.pk)

    def _rows(self) -> Iterator[SourceRow]:
        return read_rows(self.path, self.batch.file_name, self.info)

    def _open_rows(self) -> Iterator[SourceRow]:
        """The rows that have no verdict yet."""
        cursor = self.batch.cursor
        settled = set(
            ImportRow.objects.filter(batch=self.batch, row_number__gte=cursor).values_list("row_number", flat=True)
        )
        for row in self._rows():
            self.last_read = row.number
            if row.number >= cursor and row.number not in settled:
                self.waiting[row.number] = None
                yield row

    def _chunks(self) -> Iterator[list[Group]]:
        chunk: list[Group] = []
        size = 0
        for group in group_rows(self._open_rows(), self.layout.key):
            chunk.append(group)
            size += len(group.rows)
            if size >= CHUNK_LINES:
                yield chunk
                chunk, size = [], 0
        if chunk:
            yield chunk

    def _write(self, groups: Iterable[Group]) -> Written:
        writer = ChunkWriter(self.layout, history=self.batch.mode == ImportBatch.Mode.HISTORY, actor=self.actor)
        written = writer.write([self.layout.plan(group) for group in groups], now=self.clock())
        for item in written.verdicts:
            del self.waiting[item.number]
        return written

    def _counted(self, written: Written) -> dict[str, Any]:
        batch = self.batch
        measured, self.measured = self.measured, time.monotonic()
        return {
            "lines_read": batch.lines_read + len(written.verdicts),
            "done": batch.done + written.count(DONE),
            "duplicate": batch.duplicate + written.count(DUPLICATE),
            "refused": batch.refused + written.count(REFUSED),
            "orders": batch.orders + written.orders,
            "returns": batch.returns + written.returns,
            "adjustments": batch.adjustments + written.adjustments,
            "charges": batch.charges + written.charges,
            "source_total": batch.source_total + written.source_total,
            "accounted_total": batch.accounted_total + written.accounted_total,
            "rounding": batch.rounding + written.rounding,
            "created_total": batch.created_total + written.created_total,
            "by_kind": {
                kind: [lines + before[0], decimal_text(amount + Decimal(before[1]))]
                for kind, (lines, amount) in written.by_kind.items()
                for before in [batch.by_kind.get(kind, (0, "0"))]
            },
            "by_currency": _by_currency(batch.by_currency if batch.lines_read else {}, written),
            "cursor": next(iter(self.waiting), self.last_read + 1),
            "seconds": batch.seconds + self.measured - measured,
        }

    def _spool(self, spool: IO[str], written: Written) -> None:
        for name, value in self._counted(written).items():
            setattr(self.batch, name, value)
        # The documents do not exist: their numbers would mislead.
        rows = [
            (*row[1:3], row[3].partition(":")[0], *row[4:])
            for row in (row_of(self.batch.pk, item) for item in written.verdicts)
        ]
        spool.write(json.dumps(rows, default=str) + "\n")

    def _finish(self) -> None:
        now = self.clock()
        with atomic():
            release(self.batch, state=IMPORT_BATCH.next("running", "finish"), finished_at=now)
            stream = f"import:{self.batch.pk}"
            data = {name: getattr(self.batch, name) for name in ("done", "duplicate", "refused", "dry_run")}
            record(Fact(ImportEvent.FINISHED, stream, stream, data), actor=self.actor, now=now)


def _by_currency(before: dict[str, Any] | None, written: Written) -> dict[str, Any] | None:
    """The totals of each currency with those of a chunk; not known of the beginning, they are not known at all."""
    if before is None:
        return None
    after = dict(before)
    for currency, sums in written.by_currency.items():
        known = before.get(currency, {})
        after[currency] = {name: decimal_text(getattr(sums, name) + Decimal(known.get(name, "0"))) for name in SUMS}
    return after


def _spooled(spool: IO[str], batch_id: int) -> Iterator[list[tuple[Any, ...]]]:
    spool.seek(0)
    for line in spool:
        yield [
            (batch_id, number, verdict, target, None if amount is None else Decimal(amount), *rest)
            for number, verdict, target, amount, *rest in json.loads(line)
        ]
