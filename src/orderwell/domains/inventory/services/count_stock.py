"""Counting stock: a document of what is really there, whose differences are posted together.

Work goes on while people count. What the ledger says is noted at the moment each line is counted, under the lock of its
stock item; the difference of that moment is what is posted, however much has moved since.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from datetime import datetime
from decimal import Decimal

from orderwell.domains.catalog.models import Barcode, Variant
from orderwell.domains.catalog.queries import with_descendants
from orderwell.domains.inventory import errors
from orderwell.domains.inventory.drafts import CountDraft, CountEntry
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
    usable_warehouse,
)
from orderwell.domains.inventory.models import (
    Adjustment,
    StockCount,
    StockCountLine,
    StockItem,
    StockMovement,
    Warehouse,
)
from orderwell.domains.inventory.options import COUNT_NUMBER
from orderwell.domains.inventory.services.ledger import (
    NewMovement,
    StockRow,
    ensure_stock_items,
    lock_items,
    moved_after,
    moved_since,
    post_movements,
)
from orderwell.domains.inventory.states import COUNT
from orderwell.kernel.errors import DomainError, InvalidValue, NotFound, Phrase, Refusal
from orderwell.kernel.quantities import plain
from orderwell.kernel.refusals import ValueMissing, quantity_problems, text_problems
from orderwell.platform.accounts.actor import Actor
from orderwell.platform.coded_rows import refuse
from orderwell.platform.database import allocate_ids, atomic, bulk_insert
from orderwell.platform.events.recording import Fact, record
from orderwell.platform.numbering.services import numbers_of_keys
from orderwell.platform.permissions import Permission

MAX_COUNT_LINES = 50_000
ZERO = Decimal(0)


def open_count(draft: CountDraft, *, actor: Actor, now: datetime) -> StockCount:
    """Begin to count a warehouse, a category in it or some SKUs. Nothing is moved or blocked."""
    actor.require(Permission.INVENTORY_STOCK_ADJUST)
    with atomic():
        warehouse = usable_warehouse(draft.warehouse, actor)
        goods = goods_by_sku(draft.skus)
        refuse(_draft_problems(draft, goods))
        items = _items(draft, goods, warehouse)
        key = allocate_ids({StockCount: 1})[StockCount][0]
        count = StockCount.objects.create(
            pk=key,
            number=numbers_of_keys(COUNT_NUMBER, [key], now=now)[0],
            warehouse=warehouse,
            state=COUNT.initial,
            blind=draft.blind,
            note=draft.note.strip(),
            created_at=now,
            actor_label=actor.label[:120],
        )
        columns = ("count", "stock_item", "counted", "expected", "disturbed", "counted_at", "counted_by")
        bulk_insert(StockCountLine, columns, [(key, item, None, None, False, None, "") for item in items])
        _record(InventoryEvent.COUNT_OPENED, count, actor, now, lines=len(items))
    return count


def enter_counts(
    *,
    count_id: int,
    entries: Sequence[CountEntry],
    counted_at: datetime | None = None,
    shown_at: datetime | None = None,
    actor: Actor,
    now: datetime,
) -> list[StockCountLine]:
    """Write down what was counted. `add` puts to what was counted before; otherwise the line is counted anew.

    Entries of one count follow one another, so two people who count the same goods both count. `counted_at` is when it was
    counted, where the entry comes later: what has moved since must be counted again. `shown_at` is when a form for it was
    opened: nobody knows whether it was counted before or after what has moved since, so they are asked.
    """
    actor.require(Permission.INVENTORY_STOCK_ADJUST)
    with atomic():
        count = _locked(count_id, actor, "enter")
        skus, factors = _codes(entries)
        goods = goods_by_sku(skus.values())
        refuse(_entry_problems(entries, skus, factors, goods))
        warehouse = count.warehouse
        ids = ensure_stock_items((goods[sku].id, warehouse.pk, warehouse.allow_negative) for sku in skus.values())
        stock = {row.variant_id: row for row in lock_items(ids.values())}
        lines = {
            line.stock_item_id: line
            for line in StockCountLine.objects.filter(count=count, stock_item__in=list(ids.values()))
        }
        moved = moved_since(ids.values(), counted_at)
        doubtful = moved_since(ids.values(), shown_at)
        refuse(
            errors.MovedSinceShown(pointer=f"/entries/{index}/quantity", sku=skus[entry.code])
            for index, entry in enumerate(entries)
            if stock[goods[skus[entry.code]].id].id in doubtful
        )
        # What came and went again leaves the balance as it was.
        between = moved_after({item: line.counted_at for item, line in lines.items() if line.counted_at is not None})
        for entry in entries:
            row = stock[goods[skus[entry.code]].id]
            line = lines.setdefault(row.id, StockCountLine(count=count, stock_item_id=row.id))
            _enter(line, entry, row, entry.quantity * factors[entry.code], between)
            line.disturbed = line.disturbed or row.id in moved
            line.counted_at, line.counted_by = now, actor.label[:120]
        for line in lines.values():
            line.save()
    return list(lines.values())


def _enter(line: StockCountLine, entry: CountEntry, row: StockRow, quantity: Decimal, between: set[int]) -> None:
    if entry.add and line.counted is not None:
        # Counted in parts: when goods moved in between, nobody knows on which side of the count they were.
        line.disturbed = line.disturbed or line.expected != row.on_hand or row.id in between
        line.counted += quantity
    else:
        between.discard(row.id)
        line.counted, line.expected, line.disturbed = quantity, row.on_hand, False


def post_count(*, count_id: int, actor: Actor, now: datetime, make_room: MakeRoom = keep_promises) -> StockCount:
    """Bring the ledger to what was counted, in one correction. Lines that nobody counted stay as they are.

    `make_room` is asked, with the stock locked, where less would be left than is promised.
    """
    actor.require(Permission.INVENTORY_STOCK_ADJUST)
    with atomic():
        count = _locked(count_id, actor, "post")
        lines = list(
            StockCountLine.objects.filter(count=count, counted__isnull=False)
            .select_related("stock_item__variant")
            .order_by("stock_item_id")
        )
        if not lines:
            raise errors.NothingCounted(number=count.number)
        stock = {row.id: row for row in lock_items([line.stock_item_id for line in lines])}
        changes = {line.stock_item_id: line.counted - (line.expected or ZERO) for line in lines}
        _check(lines, stock, changes, count.warehouse, make_room)
        adjustment = Adjustment.objects.create(
            warehouse=count.warehouse,
            reason=Adjustment.Reason.COUNT,
            note=count.number,
            adjusted_at=now,
            actor_label=actor.label[:120],
        )
        cause = f"adjustment:{adjustment.pk}"
        post_movements(
            [
                NewMovement(item, StockMovement.Kind.ADJUSTMENT, change, cause, reason="count", note=count.number)
                for item, change in changes.items()
                if change
            ],
            actor_label=actor.label[:120],
            now=now,
        )
        count.state, count.closed_at = COUNT.next(count.state, "post", count.number), now
        count.adjustment = adjustment
        count.save(update_fields=["state", "closed_at", "adjustment"])
        _record(InventoryEvent.COUNT_POSTED, count, actor, now, counted=len(lines))
        more = sorted(stock[item].variant_id for item, change in changes.items() if change > 0)
        moved = {line.stock_item.variant.sku: plain(changes[line.stock_item_id]) for line in lines}
        facts = [
            Fact(
                InventoryEvent.STOCK_ADJUSTED,
                cause,
                cause,
                {
                    "warehouse": count.warehouse.code,
                    "reason": "count",
                    "note": count.number,
                    "changes": {sku: change for sku, change in moved.items() if change != "0"},
                },
            )
        ]
        if more:
            data = {"warehouse": count.warehouse.code, "warehouse_id": count.warehouse_id, "variant_ids": more}
            facts.append(Fact(InventoryEvent.STOCK_RECEIVED, cause, cause, {**data, "cause": cause}))
        record(facts, actor=actor, now=now)
    return count


def cancel_count(*, count_id: int, actor: Actor, now: datetime) -> StockCount:
    """Give the count up; stock stays as the ledger has it. Giving it up twice changes nothing."""
    actor.require(Permission.INVENTORY_STOCK_ADJUST)
    with atomic():
        count = _locked(count_id, actor, None)
        if count.state != "cancelled":
            count.state, count.closed_at = COUNT.next(count.state, "cancel", count.number), now
            count.save(update_fields=["state", "closed_at"])
            _record(InventoryEvent.COUNT_CANCELLED, count, actor, now)
    return count


def _locked(count_id: int, actor: Actor, step: str | None) -> StockCount:
    count = StockCount.objects.select_for_update(of=("self",)).select_related("warehouse").filter(pk=count_id).first()
    hidden = count is not None and actor.warehouse_ids is not None and count.warehouse_id not in actor.warehouse_ids
    if count is None or hidden:
        raise NotFound(kind="stock count", reference=count_id)
    if step is not None:
        COUNT.next(count.state, step, count.number)
    return count


def _items(draft: CountDraft, goods: dict[str, Goods], warehouse: Warehouse) -> list[int]:
    """The stock items to be counted; SKUs that were named get one even where there was never any stock."""
    if draft.skus:
        found = ensure_stock_items((one.id, warehouse.pk, warehouse.allow_negative) for one in goods.values())
        return sorted(found.values())
    rows = StockItem.objects.filter(warehouse=warehouse)
    if draft.category:
        rows = rows.filter(variant__product__category__in=with_descendants(draft.category))
    items = list(rows.order_by("pk").values_list("pk", flat=True)[: MAX_COUNT_LINES + 1])
    if len(items) > MAX_COUNT_LINES:
        raise InvalidValue(
            pointer="/category",
            value=len(items),
            expected=Phrase("at most {count} lines", count=MAX_COUNT_LINES),
        )
    return items


def _codes(entries: Sequence[CountEntry]) -> tuple[dict[str, str], dict[str, Decimal]]:
    """What was typed or scanned -> its SKU, and how many units one of it is: the code of a box counts the box."""
    codes = {entry.code for entry in entries}
    skus = dict.fromkeys(codes, "")
    factors = dict.fromkeys(codes, Decimal(1))
    for code, sku, pack in Barcode.objects.filter(code__in=codes).values_list("code", "variant__sku", "pack__quantity"):
        skus[code], factors[code] = sku, pack or Decimal(1)
    for sku in Variant.objects.filter(sku__in=codes).values_list("sku", flat=True):
        skus[sku], factors[sku] = sku, Decimal(1)
    return {code: sku or code for code, sku in skus.items()}, factors


def _draft_problems(draft: CountDraft, goods: dict[str, Goods]) -> Iterator[DomainError]:
    yield from text_problems(draft.note, "/note", 240, lines=True)
    if len(draft.skus) > MAX_LINES:
        expected = Phrase("at most {count} lines", count=MAX_LINES)
        yield InvalidValue(pointer="/skus", value=len(draft.skus), expected=expected)
        return
    for index, sku in enumerate(draft.skus):
        yield from sku_problems(sku, goods, f"/skus/{index}")


def _entry_problems(
    entries: Sequence[CountEntry], skus: dict[str, str], factors: dict[str, Decimal], goods: dict[str, Goods]
) -> Iterator[DomainError]:
    if not entries:
        yield ValueMissing(pointer="/entries")
    if len(entries) > MAX_LINES:
        expected = Phrase("at most {count} lines", count=MAX_LINES)
        raise Refusal([InvalidValue(pointer="/entries", value=len(entries), expected=expected).detail()])
    for index, entry in enumerate(entries):
        sku = skus[entry.code]
        yield from sku_problems(sku, goods, f"/entries/{index}/code")
        if entry.quantity:
            places = goods[sku].quantity_places if sku in goods else 0
            amount = entry.quantity * factors[entry.code]
            yield from quantity_problems(amount, f"/entries/{index}/quantity", sku=sku[:60], places=places)


def _check(
    lines: Collection[StockCountLine],
    stock: dict[int, StockRow],
    changes: dict[int, Decimal],
    warehouse: Warehouse,
    make_room: MakeRoom,
) -> None:
    disturbed = [
        errors.MovedWhileCounted(pointer=f"/lines/{index}", sku=line.stock_item.variant.sku).detail()
        for index, line in enumerate(lines)
        if line.disturbed
    ]
    shorts = [
        Short(stock[line.stock_item_id], line.stock_item.variant.sku, warehouse, units, f"/lines/{index}/counted")
        for index, line in enumerate(lines)
        if not line.disturbed and (units := shortfall(stock[line.stock_item_id], changes[line.stock_item_id]))
    ]
    # What must be counted again is not posted in any case, so nobody gives anything up for it.
    if wrong := [*disturbed, *make_way(shorts, keep_promises if disturbed else make_room)]:
        raise Refusal(wrong)


def _record(name: InventoryEvent, count: StockCount, actor: Actor, now: datetime, **data: object) -> None:
    subject = f"count:{count.pk}"
    facts = {"number": count.number, "warehouse": count.warehouse.code, **data}
    record(Fact(name, subject, subject, facts), actor=actor, now=now)
