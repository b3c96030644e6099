"""Stock corrections that happened before the ledger began.

They are recorded for what they say - what was damaged, lost or found, when and why - but must not change the stock of
today. So each movement is paired with an opposite `opening` movement: the goods that a write-off took away belonged to
the stock from before the ledger. Balances stay as they are, and the ledger still adds up.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from orderwell.domains.inventory.models import Adjustment, StockMovement, Warehouse
from orderwell.domains.inventory.resolving import forget_warehouses
from orderwell.domains.inventory.services.ledger import ensure_stock_items
from orderwell.platform.accounts.actor import Actor
from orderwell.platform.database import allocate_ids, atomic, bulk_insert
from orderwell.platform.permissions import Permission

_OPENING_NOTE = "stock from before the ledger"
_MOVEMENT = ("stock_item", "kind", "quantity", "cause", "reason", "note", "occurred_at", "actor_label")


@dataclass(frozen=True, slots=True)
class PastMovement:
    variant_id: int
    quantity: Decimal
    reason: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class PastAdjustment:
    """`external_id` is unique over all systems: a second one with the same is not recorded again."""

    external_id: str
    adjusted_at: datetime
    movements: Sequence[PastMovement]


def bring_in_warehouse(warehouse: Warehouse, *, actor: Actor) -> Warehouse:
    """Make the warehouse unless one with its code exists; the one that there is now."""
    actor.require(Permission.ORDERS_ORDER_IMPORT)
    with atomic():
        Warehouse.objects.bulk_create([warehouse], ignore_conflicts=True)
    forget_warehouses()
    return Warehouse.objects.get(code=warehouse.code)


def record_past_adjustments(
    adjustments: Sequence[PastAdjustment], *, warehouse: Warehouse, actor: Actor
) -> dict[str, int]:
    """Record them with a fixed handful of statements. External id -> id of the adjustment."""
    actor.require(Permission.ORDERS_ORDER_IMPORT)
    with atomic():
        ids = allocate_ids({Adjustment: len(adjustments)})[Adjustment]
        pairs = {(m.variant_id, warehouse.pk, warehouse.allow_negative) for a in adjustments for m in a.movements}
        items = ensure_stock_items(pairs) if pairs else {}
        bulk_insert(
            Adjustment,
            ("id", "warehouse", "reason", "note", "external_id", "adjusted_at", "actor_label"),
            [
                (
                    *(pk, warehouse.pk, a.movements[0].reason, a.movements[0].note[:240], a.external_id),
                    *(a.adjusted_at, actor.label),
                )
                for pk, a in zip(ids, adjustments, strict=True)
            ],
        )
        rows = []
        for pk, adjustment in zip(ids, adjustments, strict=True):
            cause = f"adjustment:{pk}"
            for m in adjustment.movements:
                item = items[m.variant_id, warehouse.pk]
                at, who = adjustment.adjusted_at, actor.label
                rows.append((item, StockMovement.Kind.OPENING, -m.quantity, cause, "opening", _OPENING_NOTE, at, who))
                rows.append((item, StockMovement.Kind.ADJUSTMENT, m.quantity, cause, m.reason, m.note[:240], at, who))
        bulk_insert(StockMovement, _MOVEMENT, rows)
    return {a.external_id: pk for pk, a in zip(ids, adjustments, strict=True)}


def reverse_past_adjustments(adjustment_ids: Sequence[int], *, actor: Actor, now: datetime, note: str) -> None:
    """Take them back with counter-movements. Their external ids become free, so that they can be brought in again."""
    actor.require(Permission.ORDERS_ORDER_IMPORT)
    with atomic():
        Adjustment.objects.filter(pk__in=adjustment_ids).update(external_id=None)
        movements = StockMovement.objects.filter(cause__in=[f"adjustment:{pk}" for pk in adjustment_ids])
        bulk_insert(
            StockMovement,
            _MOVEMENT,
            [
                (item, kind, -quantity, cause, reason, note[:240], now, actor.label)
                for item, kind, quantity, cause, reason in movements.order_by("id").values_list(
                    "stock_item_id", "kind", "quantity", "cause", "reason"
                )
            ],
        )
