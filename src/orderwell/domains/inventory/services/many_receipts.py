"""Announced receipts that are received or called off from a list: a transaction and a verdict for each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from orderwell.domains.inventory.drafts import ExpectedReceiptDraft, ReceiptDraft, ReceiptLineDraft
from orderwell.domains.inventory.models import ExpectedReceipt
from orderwell.domains.inventory.queries import expected_receipts
from orderwell.domains.inventory.services.expect_receipt import cancel_expected_receipt, expect_receipt
from orderwell.domains.inventory.services.receive_stock import receive_stock
from orderwell.kernel.errors import NotFound
from orderwell.platform.accounts.actor import Actor
from orderwell.platform.views.sources import RowVerdict, one_at_a_time

Memory = Mapping[str, Any]


def receive_receipts(ids: Sequence[int], *, data: Memory, actor: Actor, now: datetime) -> list[RowVerdict]:
    """All that is still to come is there."""
    rows = _known(ids, actor)

    def do(pk: int) -> Memory | None:
        row = _of(rows, pk)
        if row.quantity_received >= row.quantity:
            return None
        line = ReceiptLineDraft(
            sku=row.variant.sku, quantity=row.quantity - row.quantity_received, expected_receipt=row.pk
        )
        receive_stock(
            ReceiptDraft(warehouse=row.warehouse.code, lines=(line,), reference=row.reference), actor=actor, now=now
        )
        return {}

    return one_at_a_time(ids, _names(rows), do)


def cancel_receipts(ids: Sequence[int], *, data: Memory, actor: Actor, now: datetime) -> list[RowVerdict]:
    rows = _known(ids, actor)

    def do(pk: int) -> Memory | None:
        row = _of(rows, pk)
        if row.cancelled_at is not None or row.quantity_received >= row.quantity:
            return None
        cancel_expected_receipt(expected_receipt_id=pk, actor=actor, now=now)
        return {}

    return one_at_a_time(ids, _names(rows), do)


def expect_again(rows: Sequence[tuple[int, Memory]], *, actor: Actor, now: datetime) -> list[RowVerdict]:
    known = _known([pk for pk, _memory in rows], actor)

    def do(pk: int) -> Memory:
        row = _of(known, pk)
        draft = ExpectedReceiptDraft(
            reference=row.reference,
            sku=row.variant.sku,
            warehouse=row.warehouse.code,
            quantity=row.quantity,
            due_at=row.due_at,
            supplier=row.supplier,
        )
        expect_receipt(draft, actor=actor, now=now)
        return {}

    return one_at_a_time([pk for pk, _memory in rows], _names(known), do)


def _known(ids: Sequence[int], actor: Actor) -> dict[int, ExpectedReceipt]:
    return {row.pk: row for row in expected_receipts(actor, only_open=False).filter(pk__in=ids)}


def _names(rows: Mapping[int, ExpectedReceipt]) -> dict[int, str]:
    return {pk: f"{row.reference} · {row.variant.sku}" for pk, row in rows.items()}


def _of(rows: Mapping[int, ExpectedReceipt], pk: int) -> ExpectedReceipt:
    if pk not in rows:
        raise NotFound(kind="expected receipt", reference=pk)
    return rows[pk]
