"""What is on its way: announced receipts and transfers that have left, of some variants or of all."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db.models import F, QuerySet

from orderwell.domains.inventory.models import ExpectedReceipt, TransferLine, Warehouse
from orderwell.platform.accounts.actor import Actor
from orderwell.platform.accounts.row_filters import rows_within
from orderwell.platform.permissions import Permission
from orderwell.platform.prepared import prepared


@dataclass(frozen=True, slots=True)
class Coming:
    """`kind` is "receipt" or "transfer", `key` the id of the document; `due_at` is None where nobody said."""

    kind: str
    key: int
    reference: str
    variant_id: int
    sku: str
    warehouse: Warehouse
    quantity: Decimal
    due_at: datetime | None


def coming(actor: Actor, variant_ids: Collection[int]) -> list[Coming]:
    """What is still to come of these variants into warehouses the actor may see, the earliest first."""
    actor.require(Permission.INVENTORY_STOCK_VIEW)
    receipts, lines = _receipts(actor, list(variant_ids)), _under_way(actor, list(variant_ids))
    found = [
        Coming(
            *("receipt", row.pk, row.reference, row.variant_id, row.variant.sku, row.warehouse),
            quantity=row.quantity - row.quantity_received,
            due_at=row.due_at,
        )
        for row in receipts
    ]
    for line in lines:
        transfer = line.transfer
        found.append(
            Coming(
                *("transfer", transfer.pk, transfer.number, line.variant_id, line.variant.sku, transfer.destination),
                quantity=line.quantity - line.quantity_received - line.quantity_lost,
                due_at=transfer.expected_at,
            )
        )
    # What has no date comes last: nobody can count on it.
    return sorted(found, key=lambda row: (row.due_at is None, row.due_at, row.kind, row.key))


@prepared(Actor, [int])
def _receipts(actor: Actor, variant_ids: Sequence[int]) -> QuerySet[ExpectedReceipt]:
    rows = ExpectedReceipt.objects.filter(
        variant__in=variant_ids, cancelled_at=None, quantity__gt=F("quantity_received")
    ).select_related("variant", "warehouse")
    return rows_within(rows, actor, warehouse="warehouse")


@prepared(Actor, [int])
def _under_way(actor: Actor, variant_ids: Sequence[int]) -> QuerySet[TransferLine]:
    rows = TransferLine.objects.filter(
        variant__in=variant_ids,
        transfer__state="dispatched",
        quantity__gt=F("quantity_received") + F("quantity_lost"),
    ).select_related("variant", "transfer__destination")
    return rows_within(rows, actor, transfer__destination="warehouse")


def coming_by_item(actor: Actor, variant_ids: Collection[int]) -> dict[tuple[int, int], Decimal]:
    """(variant id, warehouse id) -> how much is still to come."""
    sums: dict[tuple[int, int], Decimal] = defaultdict(Decimal)
    for row in coming(actor, variant_ids):
        sums[row.variant_id, row.warehouse.pk] += row.quantity
    return dict(sums)
