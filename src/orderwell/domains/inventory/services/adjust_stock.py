"""Corrections of stock: counted, damaged, lost, found - always with a reason."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from functools import partial

from orderwell.domains.inventory import errors
from orderwell.domains.inventory.drafts import AdjustmentDraft, AdjustmentLineDraft
from orderwell.domains.inventory.events import InventoryEvent
from orderwell.domains.inventory.goods import (
    MAX_LINES,
    Goods,
    MakeRoom,
    Short,
    goods_by_sku,
    keep_promises,
    make_way,
    shortfall,
    sku_problems,
    usable_warehouses,
)
from orderwell.domains.inventory.models import Adjustment, StockMovement, Warehouse
from orderwell.domains.inventory.services.ledger import (
    NewMovement,
    StockRow,
    ensure_stock_items,
    lock_items,
    moved_since,
    post_movements,
)
from orderwell.kernel.errors import DomainError, ErrorDetail, InvalidValue, Phrase, choices
from orderwell.kernel.quantities import plain
from orderwell.kernel.refusals import UsedElsewhere, ValueMissing, quantity_problems, text_problems
from orderwell.platform.accounts.actor import Actor
from orderwell.platform.batches import Verdict, refused, save_in_batches
from orderwell.platform.database import allocate_ids, bulk_insert
from orderwell.platform.events.recording import Fact, record
from orderwell.platform.permissions import Permission

_KINDS = {
    Adjustment.Reason.OPENING: StockMovement.Kind.OPENING,
    Adjustment.Reason.RECEIPT: StockMovement.Kind.RECEIPT,
}


def adjust_stock(
    draft: AdjustmentDraft, *, actor: Actor, now: datetime, make_room: MakeRoom = keep_promises
) -> Adjustment:
    """Correct the stock of one warehouse. Raises Refusal; nothing is changed then, not even the lines that were right.

    `make_room` is asked, with the stock locked, where less would be left than is promised.
    """
    verdict = adjust_stocks([draft], actor=actor, now=now, make_room=make_room)[0]
    return Adjustment.objects.get(pk=verdict.or_raise())


def adjust_stocks(
    drafts: Sequence[AdjustmentDraft],
    *,
    actor: Actor,
    now: datetime,
    make_room: MakeRoom = keep_promises,
    shown_at: datetime | None = None,
) -> list[Verdict]:
    """Many corrections, each done wholly or not at all; "unchanged" is one whose external id was there already.

    `shown_at` is when the form for them was opened: what was counted for it is refused where it has moved since, as nobody
    knows whether it was counted before or after.
    """
    actor.require(Permission.INVENTORY_STOCK_ADJUST)
    return save_in_batches(
        drafts,
        save=partial(_save, actor=actor, now=now, make_room=make_room, shown_at=shown_at),
        reference=lambda draft: draft.external_id or draft.warehouse,
    )


@dataclass
class _Batch:
    """`stock` counts down as drafts are decided, so that later drafts see earlier ones. `moved`: the stock items that moved
    since the form was opened. `known`: the external ids that were there before, `elsewhere` those of warehouses that the
    actor may not see."""

    warehouses: Mapping[str, Warehouse]
    goods: Mapping[str, Goods]
    stock: Mapping[tuple[int, int], StockRow] = field(default_factory=dict)
    moved: Collection[int] = ()
    known: dict[str, int] = field(default_factory=dict)
    elsewhere: set[str] = field(default_factory=set)


def _save(
    drafts: Sequence[AdjustmentDraft], *, actor: Actor, now: datetime, make_room: MakeRoom, shown_at: datetime | None
) -> list[Verdict]:
    known, elsewhere = _recorded({draft.external_id for draft in drafts if draft.external_id}, actor)
    batch = _Batch(
        usable_warehouses(actor),
        goods_by_sku([line.sku for draft in drafts for line in draft.lines]),
        known=known,
        elsewhere=elsewhere,
    )
    wrong = [_problems(draft, batch) for draft in drafts]
    batch.stock = _locked([draft for draft, errors_ in zip(drafts, wrong, strict=True) if not errors_], batch)
    batch.moved = moved_since([row.id for row in batch.stock.values()], shown_at)
    ids = iter(allocate_ids({Adjustment: len(drafts)})[Adjustment])
    documents: list[tuple[object, ...]] = []
    movements: list[NewMovement] = []
    facts: list[Fact] = []
    verdicts: list[Verdict] = []
    for draft, problems in zip(drafts, wrong, strict=True):
        reference = draft.external_id or draft.warehouse
        if draft.external_id in batch.known:
            verdicts.append(Verdict(reference, "unchanged", batch.known[draft.external_id]))
            continue
        if draft.external_id in batch.elsewhere:
            problems = [UsedElsewhere(pointer="/external_id", value=draft.external_id).detail()]
        if problems:
            verdicts.append(refused(reference, problems))
            continue
        changes, short = _decide(draft, batch, make_room)
        if short:
            verdicts.append(refused(reference, short))
            continue
        adjustment = next(ids)
        warehouse = batch.warehouses[draft.warehouse]
        documents.append(
            (adjustment, warehouse.pk, draft.reason, draft.note, draft.external_id, now, actor.label[:120])
        )
        if draft.external_id:
            batch.known[draft.external_id] = adjustment
        movements += _movements(draft, changes, f"adjustment:{adjustment}")
        facts += _facts(draft, warehouse, changes, adjustment)
        verdicts.append(Verdict(reference, "created", adjustment))
    columns = ("id", "warehouse", "reason", "note", "external_id", "adjusted_at", "actor_label")
    bulk_insert(Adjustment, columns, documents)
    post_movements(movements, actor_label=actor.label[:120], now=now)
    record(facts, actor=actor, now=now)
    return verdicts


def _recorded(external_ids: set[str], actor: Actor) -> tuple[dict[str, int], set[str]]:
    """Adjustments that were made before, by external id; and the ids that warehouses outside of the actor's rows used."""
    if not external_ids:
        return {}, set()
    known, elsewhere = {}, set()
    rows = Adjustment.objects.filter(external_id__in=external_ids).values_list("external_id", "id", "warehouse_id")
    for external_id, key, warehouse_id in rows:
        if actor.warehouse_ids is None or warehouse_id in actor.warehouse_ids:
            known[external_id or ""] = key
        else:
            elsewhere.add(external_id or "")
    return known, elsewhere


def _locked(drafts: Sequence[AdjustmentDraft], batch: _Batch) -> dict[tuple[int, int], StockRow]:
    pairs = {
        (batch.goods[line.sku].id, warehouse.pk, warehouse.allow_negative)
        for draft in drafts
        for line in draft.lines
        for warehouse in [batch.warehouses[draft.warehouse]]
    }
    if not pairs:
        return {}
    return {(row.variant_id, row.warehouse_id): row for row in lock_items(ensure_stock_items(pairs).values())}


def _decide(
    draft: AdjustmentDraft, batch: _Batch, make_room: MakeRoom
) -> tuple[dict[str, tuple[StockRow, Decimal]], list[ErrorDetail]]:
    """{sku: (stock item, change)}, or what stands against it; the stock of the batch is counted only when all is right."""
    warehouse = batch.warehouses[draft.warehouse]
    changes: dict[str, tuple[StockRow, Decimal]] = {}
    short: list[Short] = []
    doubtful: list[ErrorDetail] = []
    for index, line in enumerate(draft.lines):
        row = batch.stock[batch.goods[line.sku].id, warehouse.pk]
        if line.counted is not None and row.id in batch.moved:
            doubtful.append(errors.MovedSinceShown(pointer=f"/lines/{index}/counted", sku=line.sku).detail())
        change = line.change if line.change is not None else (line.counted or Decimal(0)) - row.on_hand
        if units := shortfall(row, change):
            field_ = "change" if line.change is not None else "counted"
            short.append(Short(row, line.sku, warehouse, units, f"/lines/{index}/{field_}"))
        changes[line.sku] = (row, change)
    wrong = doubtful or make_way(short, make_room)
    if not wrong:
        for row, change in changes.values():
            row.on_hand += change
    return changes, wrong


def _movements(
    draft: AdjustmentDraft, changes: Mapping[str, tuple[StockRow, Decimal]], cause: str
) -> Iterator[NewMovement]:
    """A count that confirms what was known moves nothing."""
    kind = _KINDS.get(Adjustment.Reason(draft.reason), StockMovement.Kind.ADJUSTMENT)
    for row, change in changes.values():
        if change:
            yield NewMovement(row.id, kind, change, cause, reason=draft.reason, note=draft.note)


def _facts(
    draft: AdjustmentDraft, warehouse: Warehouse, changes: Mapping[str, tuple[StockRow, Decimal]], adjustment: int
) -> Iterator[Fact]:
    stream = f"adjustment:{adjustment}"
    moved = {sku: plain(change) for sku, (_, change) in changes.items()}
    what = {"warehouse": warehouse.code, "reason": draft.reason, "note": draft.note, "changes": moved}
    yield Fact(InventoryEvent.STOCK_ADJUSTED, stream, stream, what)
    more = sorted(row.variant_id for row, change in changes.values() if change > 0)
    if more:
        data = {"warehouse": warehouse.code, "warehouse_id": warehouse.pk, "variant_ids": more, "cause": stream}
        yield Fact(InventoryEvent.STOCK_RECEIVED, stream, stream, data)


def _problems(draft: AdjustmentDraft, batch: _Batch) -> list[ErrorDetail]:
    found: list[DomainError] = []
    if draft.warehouse not in batch.warehouses:
        found.append(
            errors.UnknownWarehouse(
                pointer="/warehouse", value=draft.warehouse[:40], expected=choices(batch.warehouses)
            )
        )
    if draft.reason not in Adjustment.Reason.values:
        expected = ", ".join(Adjustment.Reason.values)
        found.append(InvalidValue(pointer="/reason", value=draft.reason[:20], expected=expected))
    found += text_problems(draft.note, "/note", 240, lines=True)
    if draft.external_id is not None:
        found += text_problems(draft.external_id, "/external_id", 120, needed=True)
    if not draft.lines:
        found.append(ValueMissing(pointer="/lines"))
    if len(draft.lines) > MAX_LINES:
        found.append(
            InvalidValue(
                pointer="/lines", value=len(draft.lines), expected=Phrase("at most {count} lines", count=MAX_LINES)
            )
        )
        return [error.detail() for error in found]
    seen: set[str] = set()
    for index, line in enumerate(draft.lines):
        found += _line_problems(line, f"/lines/{index}", batch.goods, seen)
        seen.add(line.sku)
    return [error.detail() for error in found]


def _line_problems(
    line: AdjustmentLineDraft, pointer: str, goods: Mapping[str, Goods], seen: set[str]
) -> Iterator[DomainError]:
    yield from sku_problems(line.sku, goods, f"{pointer}/sku")
    if line.sku in seen:
        yield errors.SkuGivenTwice(pointer=f"{pointer}/sku", sku=line.sku[:60])
    places = goods[line.sku].quantity_places if line.sku in goods else 0
    if (line.change is None) == (line.counted is None):
        yield errors.ChangeOrCount(pointer=f"{pointer}/change", sku=line.sku[:60])
    elif line.change is not None and line.change == 0:
        yield errors.NothingChanges(pointer=f"{pointer}/change")
    elif line.change is not None:
        size = line.change.copy_abs()
        yield from quantity_problems(size, f"{pointer}/change", sku=line.sku[:60], places=places)
    elif line.counted:
        yield from quantity_problems(line.counted, f"{pointer}/counted", sku=line.sku[:60], places=places)
