"""Announced goods: what dated availability counts on."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from orderwell.domains.inventory import errors
from orderwell.domains.inventory.drafts import ExpectedReceiptDraft
from orderwell.domains.inventory.events import InventoryEvent
from orderwell.domains.inventory.goods import Goods, goods_by_sku, sku_problems, usable_warehouse, usable_warehouses
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
        warehouse = usable_warehouse(draft.warehouse, actor)
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
        before = {} if created else _said(row)
        row.quantity, row.due_at, row.cancelled_at = draft.quantity, draft.due_at, None
        row.supplier = draft.supplier.strip()
        after = _said(row)
        if before != after:
            row.save()
            name = InventoryEvent.RECEIPT_ANNOUNCED if created else InventoryEvent.RECEIPT_CHANGED
            changes = {key: [before[key], after[key]] for key in before if before[key] != after[key]}
            record(_fact(name, row, draft.sku, warehouse.code, changes), actor=actor, now=now)
    return row


def _said(row: ExpectedReceipt) -> dict[str, object]:
    """What an announcement says, as the event of a change tells it."""
    return {
        "quantity": plain(row.quantity),
        "due_at": row.due_at,
        "supplier": row.supplier,
        "state": "open" if row.cancelled_at is None else "cancelled",
    }


@dataclass(frozen=True, slots=True)
class Standing:
    """An announcement that is there, and the draft that would replace what it says."""

    row: ExpectedReceipt
    draft: ExpectedReceiptDraft


class AlreadyAnnounced(DomainError):
    """These would be changed; who has seen them sends `fingerprint` along."""

    code = "already_announced"
    message = "{reference} is announced already with {skus}."

    def __init__(self, standing: Sequence[Standing]) -> None:
        self.standing = list(standing)
        skus = [one.draft.sku for one in standing]
        super().__init__(pointer="/reference", reference=standing[0].row.reference, skus=skus)

    @property
    def fingerprint(self) -> str:
        told = [[one.row.pk, _said(one.row), plain(one.row.quantity_received)] for one in self.standing]
        return hashlib.sha256(repr(told).encode()).hexdigest()


def expect_receipts(
    drafts: Sequence[ExpectedReceiptDraft], *, seen: str = "", actor: Actor, now: datetime
) -> list[ExpectedReceipt]:
    """Announce several SKUs at once, all or none; what is wrong with one is told at its line.

    What is announced already is changed only for somebody who has `seen` it: the fingerprint of AlreadyAnnounced.
    """
    actor.require(Permission.INVENTORY_STOCK_ADJUST)
    found: list[ExpectedReceipt] = []
    with atomic():
        standing = _standing(drafts)
        wrong = [detail for index, error in _twice(drafts) for detail in [_at_line(index, error.detail())]]
        for index, draft in enumerate(drafts):
            try:
                found.append(expect_receipt(draft, actor=actor, now=now))
            except DomainError as error:
                wrong += [detail for each in error.details if (detail := _at_line(index, each)) not in wrong]
        if wrong:
            raise Refusal(wrong)
        if standing and (asked := AlreadyAnnounced(standing)).fingerprint != seen:
            raise asked
    return found


def _twice(drafts: Sequence[ExpectedReceiptDraft]) -> Iterator[tuple[int, DomainError]]:
    known: set[tuple[str, str, str]] = set()
    for index, draft in enumerate(drafts):
        key = (draft.reference.strip(), draft.sku, draft.warehouse)
        if key in known:
            yield index, errors.SkuGivenTwice(pointer="/sku", sku=draft.sku[:60])
        known.add(key)


def _standing(drafts: Sequence[ExpectedReceiptDraft]) -> list[Standing]:
    """What is announced already and says something else; locked, so that nobody changes it in between."""
    by_key = {(draft.reference.strip(), draft.sku, draft.warehouse): draft for draft in drafts}
    rows = (
        ExpectedReceipt.objects.select_for_update(of=("self",))
        .select_related("variant", "warehouse")
        .filter(reference__in={key[0] for key in by_key}, variant__sku__in={key[1] for key in by_key})
        .order_by("pk")
    )
    known = [(row, by_key.get((row.reference, row.variant.sku, row.warehouse.code))) for row in rows]
    return [Standing(row, draft) for row, draft in known if draft is not None and not _says(row, draft)]


def _says(row: ExpectedReceipt, draft: ExpectedReceiptDraft) -> bool:
    wanted = (draft.quantity, draft.due_at, draft.supplier.strip(), None)
    return wanted == (row.quantity, row.due_at, row.supplier, row.cancelled_at)


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
            fact = _fact(InventoryEvent.RECEIPT_CANCELLED, row, row.variant.sku, row.warehouse.code, {})
            record(fact, actor=actor, now=now)
    return row


def _fact(
    name: InventoryEvent, row: ExpectedReceipt, sku: str, warehouse: str, changes: dict[str, list[object]]
) -> Fact:
    data = {
        "reference": row.reference,
        "sku": sku,
        "warehouse": warehouse,
        "quantity": plain(row.quantity),
        "due_at": row.due_at,
        "supplier": row.supplier,
        "changes": changes,
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
