"""Goods come in: announced ones or not."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db.models import F

from orderwell.domains.inventory import errors
from orderwell.domains.inventory.drafts import ReceiptDraft
from orderwell.domains.inventory.events import InventoryEvent
from orderwell.domains.inventory.goods import MAX_LINES, Goods, goods_by_sku, named, sku_problems, usable_warehouse
from orderwell.domains.inventory.models import Adjustment, ExpectedReceipt, StockMovement, Warehouse
from orderwell.domains.inventory.services.ledger import NewMovement, ensure_stock_items, lock_items, post_movements
from orderwell.kernel.errors import DomainError, InvalidValue, Phrase
from orderwell.kernel.quantities import plain
from orderwell.kernel.refusals import ValueMissing, quantity_problems, text_problems
from orderwell.platform.accounts.actor import Actor
from orderwell.platform.coded_rows import refuse
from orderwell.platform.database import atomic
from orderwell.platform.events.recording import Fact, record
from orderwell.platform.fields import quantity_value
from orderwell.platform.permissions import Permission


@dataclass(frozen=True, slots=True)
class Received:
    """`document` is the cause of the movements of goods that nobody had announced, None when there were none."""

    warehouse_id: int
    variant_ids: tuple[int, ...]
    document: str | None


def receive_stock(draft: ReceiptDraft, *, actor: Actor, now: datetime) -> Received:
    """Put goods on hand. Backorders are served from them as soon as the worker hears of it."""
    actor.require(Permission.INVENTORY_STOCK_ADJUST)
    with atomic():
        warehouse = usable_warehouse(draft.warehouse, actor)
        goods = goods_by_sku([line.sku for line in draft.lines])
        wanted = {line.expected_receipt for line in draft.lines if line.expected_receipt is not None}
        expected = {
            row.pk: row
            for row in ExpectedReceipt.objects.select_for_update(of=("self",))
            .filter(pk__in=wanted, warehouse=warehouse, cancelled_at=None)
            .order_by("pk")
        }
        refuse(_problems(draft, warehouse, goods, expected))
        items = ensure_stock_items((goods[line.sku].id, warehouse.pk, warehouse.allow_negative) for line in draft.lines)
        lock_items(items.values())
        document = _document(draft, warehouse, actor, now)
        post_movements(
            [
                NewMovement(
                    items[goods[line.sku].id, warehouse.pk],
                    StockMovement.Kind.RECEIPT,
                    line.quantity,
                    document if line.expected_receipt is None else f"expected_receipt:{line.expected_receipt}",
                    reason=Adjustment.Reason.RECEIPT,
                    note=draft.reference,
                )
                for line in draft.lines
            ],
            actor_label=actor.label[:120],
            now=now,
        )
        for key, quantity in _by_expected(draft).items():
            ExpectedReceipt.objects.filter(pk=key).update(
                quantity_received=F("quantity_received") + quantity_value(quantity)
            )
        variants = tuple(sorted({goods[line.sku].id for line in draft.lines}))
        record(_fact(draft, warehouse, variants, document), actor=actor, now=now)
    return Received(warehouse.pk, variants, document or None)


def _document(draft: ReceiptDraft, warehouse: Warehouse, actor: Actor, now: datetime) -> str:
    """The cause of what was not announced; announced goods have their announcement as cause."""
    if all(line.expected_receipt is not None for line in draft.lines):
        return ""
    adjustment = Adjustment.objects.create(
        warehouse=warehouse,
        reason=Adjustment.Reason.RECEIPT,
        note=draft.reference,
        adjusted_at=now,
        actor_label=actor.label[:120],
    )
    return f"adjustment:{adjustment.pk}"


def _fact(draft: ReceiptDraft, warehouse: Warehouse, variants: tuple[int, ...], document: str) -> Fact:
    cause = document or f"expected_receipt:{draft.lines[0].expected_receipt}"
    data = {
        "warehouse": warehouse.code,
        "warehouse_id": warehouse.pk,
        "variant_ids": variants,
        "cause": cause,
        "reference": draft.reference,
    }
    return Fact(InventoryEvent.STOCK_RECEIVED, cause, cause, data)


def _by_expected(draft: ReceiptDraft) -> dict[int, Decimal]:
    sums: dict[int, Decimal] = {}
    for line in draft.lines:
        if line.expected_receipt is not None:
            sums[line.expected_receipt] = sums.get(line.expected_receipt, Decimal(0)) + line.quantity
    return sums


def _problems(
    draft: ReceiptDraft, warehouse: Warehouse, goods: Mapping[str, Goods], expected: Mapping[int, ExpectedReceipt]
) -> Iterator[DomainError]:
    yield from text_problems(draft.reference, "/reference", 80)
    if not draft.lines:
        yield ValueMissing(pointer="/lines")
    if len(draft.lines) > MAX_LINES:
        yield InvalidValue(
            pointer="/lines", value=len(draft.lines), expected=Phrase("at most {count} lines", count=MAX_LINES)
        )
        return
    sound = True
    for index, line in enumerate(draft.lines):
        wrong = list(sku_problems(line.sku, goods, f"/lines/{index}/sku"))
        places = goods[line.sku].quantity_places if line.sku in goods else 0
        wrong += quantity_problems(line.quantity, f"/lines/{index}/quantity", sku=line.sku[:60], places=places)
        announced = expected.get(line.expected_receipt) if line.expected_receipt is not None else None
        mismatch = announced is None or (line.sku in goods and announced.variant_id != goods[line.sku].id)
        if line.expected_receipt is not None and mismatch:
            wrong.append(
                errors.UnknownExpectedReceipt(
                    pointer=f"/lines/{index}/expected_receipt",
                    value=line.expected_receipt,
                    sku=line.sku[:60],
                    warehouse=named(warehouse),
                )
            )
        sound = sound and not wrong
        yield from wrong
    if sound:
        yield from _surplus(draft, expected)


def _surplus(draft: ReceiptDraft, expected: Mapping[int, ExpectedReceipt]) -> Iterator[DomainError]:
    for key, quantity in _by_expected(draft).items():
        row = expected[key]
        still = row.quantity - row.quantity_received
        if quantity > still:
            index = next(i for i, line in enumerate(draft.lines) if line.expected_receipt == key)
            yield errors.AboveExpected(
                pointer=f"/lines/{index}/quantity",
                sku=draft.lines[index].sku,
                open=plain(still),
                reference=row.reference,
                surplus=plain(quantity - still),
            )
