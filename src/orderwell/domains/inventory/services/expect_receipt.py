"""Announced goods: what dated availability counts on."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

from orderwell.domains.inventory import errors
from orderwell.domains.inventory.drafts import ExpectedReceiptDraft
from orderwell.domains.inventory.events import InventoryEvent
from orderwell.domains.inventory.goods import Goods, goods_by_sku, sku_problems, usable_warehouses
from orderwell.domains.inventory.models import ExpectedReceipt
from orderwell.kernel.errors import DomainError, ErrorDetail, NotFound, Refusal
from orderwell.kernel.quantities import plain
from orderwell.kernel.refusals import MissingTimeZone, quantity_problems, text_problems
from orderwell.platform.accounts.actor import Actor
from orderwell.platform.coded_rows import refuse
from orderwell.platform.database import atomic
from orderwell.platform.events.recording import Fact, record
from orderwell.platform.permissions import Permission


def expect_receipt(draft: ExpectedReceiptDraft, *, actor: Actor, now: datetime) -> ExpectedReceipt:
    """Announce goods, or change the quantity and date of what was announced under the same reference."""
    actor.require(Permission.INVENTORY_STOCK_ADJUST)
    with atomic():
        warehouse = usable_warehouses(actor).get(draft.warehouse)
        if warehouse is None:
            raise errors.UnknownWarehouse(pointer="/warehouse", value=draft.warehouse[:40])
        goods = goods_by_sku([draft.sku])
        refuse(_problems(draft, goods))
        variant = goods[draft.sku].id
        row = (
            ExpectedReceipt.objects.select_for_update(of=("self",))
            .filter(reference=draft.reference.strip(), variant=variant, warehouse=warehouse)
            .first()
        )
        created = row is None
        row = row or ExpectedReceipt(reference=draft.reference.strip(), variant_id=variant, warehouse=warehouse)
        if draft.quantity < row.quantity_received:
            raise errors.BelowReceived(
                pointer="/quantity",
                sku=draft.sku,
                reference=row.reference,
                received=plain(row.quantity_received),
                value=plain(draft.quantity),
            )
        before = None if created else [row.quantity, row.due_at, row.cancelled_at, row.supplier]
        row.quantity, row.due_at, row.cancelled_at = draft.quantity, draft.due_at, None
        row.supplier = draft.supplier.strip()
        if before != [row.quantity, row.due_at, row.cancelled_at, row.supplier]:
            row.save()
            name = InventoryEvent.RECEIPT_ANNOUNCED if created else InventoryEvent.RECEIPT_CHANGED
            record(_fact(name, row, draft.sku, warehouse.code, before), actor=actor, now=now)
    return row


def expect_receipts(drafts: Sequence[ExpectedReceiptDraft], *, actor: Actor, now: datetime) -> list[ExpectedReceipt]:
    """Announce several SKUs at once, all or none; what is wrong with one is told at its line."""
    actor.require(Permission.INVENTORY_STOCK_ADJUST)
    found: list[ExpectedReceipt] = []
    wrong: list[ErrorDetail] = []
    with atomic():
        for index, draft in enumerate(drafts):
            try:
                found.append(expect_receipt(draft, actor=actor, now=now))
            except DomainError as error:
                wrong += [detail for each in error.details if (detail := _at_line(index, each)) not in wrong]
        if wrong:
            raise Refusal(wrong)
    return found


def _at_line(index: int, detail: ErrorDetail) -> ErrorDetail:
    """SKU and quantity are a line's own; the rest is said once for all of them."""
    own = detail.pointer in {"/sku", "/quantity"}
    pointer = f"/lines/{index}{detail.pointer}" if own else detail.pointer
    return ErrorDetail(detail.code, detail.message, pointer, detail.data)


def cancel_expected_receipt(*, expected_receipt_id: int, actor: Actor, now: datetime) -> ExpectedReceipt:
    """What has not come will not come; what was received stays. Cancelling again changes nothing."""
    actor.require(Permission.INVENTORY_STOCK_ADJUST)
    with atomic():
        row = (
            ExpectedReceipt.objects.select_for_update(of=("self",))
            .select_related("variant", "warehouse")
            .filter(pk=expected_receipt_id)
            .first()
        )
        if row is None or row.warehouse.code not in usable_warehouses(actor):
            raise NotFound(kind="expected receipt", reference=expected_receipt_id)
        if row.cancelled_at is None:
            row.cancelled_at = now
            row.save(update_fields=["cancelled_at"])
            fact = _fact(InventoryEvent.RECEIPT_CANCELLED, row, row.variant.sku, row.warehouse.code, None)
            record(fact, actor=actor, now=now)
    return row


def _fact(name: InventoryEvent, row: ExpectedReceipt, sku: str, warehouse: str, before: list[object] | None) -> Fact:
    data = {
        "reference": row.reference,
        "sku": sku,
        "warehouse": warehouse,
        "quantity": plain(row.quantity),
        "due_at": row.due_at,
        "supplier": row.supplier,
        "before": before,
    }
    return Fact(name, f"expected_receipt:{row.pk}", f"expected_receipt:{row.pk}", data)


def _problems(draft: ExpectedReceiptDraft, goods: dict[str, Goods]) -> Iterator[DomainError]:
    yield from text_problems(draft.reference, "/reference", 80, needed=True)
    yield from text_problems(draft.supplier, "/supplier", 120)
    yield from sku_problems(draft.sku, goods, "/sku")
    places = goods[draft.sku].quantity_places if draft.sku in goods else 0
    yield from quantity_problems(draft.quantity, "/quantity", sku=draft.sku[:60], places=places)
    if draft.due_at.tzinfo is None:
        yield MissingTimeZone(pointer="/due_at", value=draft.due_at.isoformat())
