"""Taking back what a batch made, document by document.

Orders and returns of the past go as if they had never come, unless something refers to them. Stock corrections are
reversed by counter-movements, because the ledger is append-only. Live orders are cancelled with a reason, and their external
numbers are free for the mended file. Products and customers stay: other documents may use them by now.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from orderwell.domains.fulfilment.services.past_returns import remove_past_returns
from orderwell.domains.integrations.errors import CannotUndo
from orderwell.domains.integrations.events import ImportEvent
from orderwell.domains.integrations.models import ImportBatch, ImportRow
from orderwell.domains.integrations.queries import import_detail
from orderwell.domains.integrations.services.claim import advance, claim, release
from orderwell.domains.integrations.states import IMPORT_BATCH
from orderwell.domains.integrations.verdicts import as_data
from orderwell.domains.inventory.services.past import reverse_past_adjustments
from orderwell.domains.orders.models import Order
from orderwell.domains.orders.services.cancel import cancel_units
from orderwell.domains.orders.services.free_reference import free_reference
from orderwell.domains.orders.services.past import remove_past_orders
from orderwell.kernel.clock import Clock, utc_now
from orderwell.kernel.errors import Code, DomainError, Phrase
from orderwell.platform.accounts.actor import Actor
from orderwell.platform.database import atomic
from orderwell.platform.events.recording import Fact, record

_DOCUMENTS = 500
UNDONE = "undone"
REFERRED_TO = gettext_noop("other records refer to it")


@dataclass(frozen=True, slots=True)
class Kept:
    """A document that could not be taken back, and why."""

    document: str
    code: str
    message: str
    data: Mapping[str, Any]


@dataclass
class Undone:
    undone: int = 0
    kept: list[Kept] = field(default_factory=list)


def undo_batch(
    *, batch_id: int, actor: Actor, clock: Clock = utc_now, progress: Callable[[int, int], object] | None = None
) -> Undone:
    """Undo a finished or failed batch. Can be repeated when it was interrupted, or for documents that were kept.

    `progress` is told after each chunk how many documents were looked at, and of how many.

    Raises NotFound, IllegalTransition, BatchBusy.
    """
    import_detail(actor, batch_id)  # raises where the actor may not know of it
    batch = claim(batch_id, event="undo", now=clock())
    result = Undone()
    # Returns first: they refer to the orders.
    found = {kind: _documents(batch, kind) for kind in ("return", "adjustment", "order")}
    looked_at, total = 0, sum(map(len, found.values()))
    for kind, documents in found.items():
        for start in range(0, len(documents), _DOCUMENTS):
            chunk = documents[start : start + _DOCUMENTS]
            with atomic():
                kept = _take_back(batch, kind, chunk, actor, clock())
                gone = [f"{kind}:{pk}" for pk in chunk if pk not in {int(k.document.split(":")[1]) for k in kept}]
                # The line keeps its verdict; the code says that its document is gone.
                ImportRow.objects.filter(batch=batch, target__in=gone).update(code=UNDONE)
                _say_why(batch, kept)
                advance(batch, now=clock())
            result.undone += len(gone)
            result.kept += kept
            looked_at += len(chunk)
            if progress is not None:
                progress(looked_at, total)
    with atomic():
        now = clock()
        release(
            batch,
            state=IMPORT_BATCH.next(batch.state, "keep" if result.kept else "finish_undo", batch.pk),
            undone_at=now,
        )
        stream = f"import:{batch.pk}"
        data = {"undone": result.undone, "kept": len(result.kept)}
        record(Fact(ImportEvent.UNDONE, stream, stream, data), actor=actor, now=now)
    return result


def _documents(batch: ImportBatch, kind: str) -> list[int]:
    """What the batch itself made and was not taken back yet; a dry run has made nothing."""
    made = ImportRow.objects.filter(batch=batch, verdict=ImportRow.Verdict.DONE, target__startswith=f"{kind}:")
    targets = made.exclude(code=UNDONE).values_list("target", flat=True)
    return sorted({int(target.split(":")[1]) for target in targets.distinct()})


def _say_why(batch: ImportBatch, kept: Sequence[Kept]) -> None:
    """Each line of what is kept says so; the next undo tries it again."""
    why = {each.document: each for each in kept}
    rows = list(ImportRow.objects.filter(batch=batch, verdict=ImportRow.Verdict.DONE, target__in=why))
    for row in rows:
        each = why[row.target]
        row.code, row.data = each.code, row.data | as_data(each.data)
    ImportRow.objects.bulk_update(rows, ["code", "data"], batch_size=_DOCUMENTS)


def _take_back(batch: ImportBatch, kind: str, ids: Sequence[int], actor: Actor, now: datetime) -> list[Kept]:
    if kind == "return":
        remove_past_returns(ids, actor=actor, now=now)
        return []
    if kind == "adjustment":
        reverse_past_adjustments(ids, actor=actor, now=now, note=_("Import %(number)s undone") % {"number": batch.pk})
        return []
    if batch.mode == ImportBatch.Mode.HISTORY:
        return [
            _kept(f"order:{pk}", CannotUndo(reason=Phrase(REFERRED_TO)))
            for pk in sorted(remove_past_orders(ids, actor=actor, now=now))
        ]
    return [kept for pk in ids if (kept := _cancel(batch, pk, actor, now)) is not None]


def _cancel(batch: ImportBatch, order_id: int, actor: Actor, now: datetime) -> Kept | None:
    reason = _("Import %(number)s undone") % {"number": batch.pk}
    try:
        with atomic():
            # Somebody may have cancelled it by hand before: then only its number is in the way.
            if not Order.objects.filter(pk=order_id, state=Order.State.CANCELLED).exists():
                cancel_units(order_id=order_id, lines=None, reason=reason, actor=actor, now=now)
            if Order.objects.filter(pk=order_id, state=Order.State.CANCELLED).exists():
                free_reference(order_id=order_id, mark=reason, actor=actor, now=now)
    except DomainError as error:
        return _kept(f"order:{order_id}", error)
    return None


def _kept(document: str, error: DomainError) -> Kept:
    detail = error.detail()
    # What is done or what it is in, "cancel" or "shipped", is a word to translate, unlike the cells of a refused line.
    words = {
        name: Phrase(value) if isinstance(value, str) and not isinstance(value, Code | Phrase) else value
        for name, value in detail.data.items()
    }
    return Kept(document, error.code, detail.text(), words)
