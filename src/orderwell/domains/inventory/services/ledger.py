"""The stock ledger's own writes. Every change of `on_hand` or `reserved` goes through here, with its cause.

All functions must be called inside the transaction of the use case, after `lock_stock` for the rows concerned. The
locking law: take every row that becomes scarcer, once, in primary-key order, before the check. The balance update is
conditional all the same, so that the database has the last word even where the lock was forgotten.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

import msgspec
from django.db.models import F, Max, OuterRef, Subquery

from orderwell.domains.inventory.errors import StockChanged
from orderwell.domains.inventory.models import Reservation, StockItem, StockMovement, Warehouse
from orderwell.kernel.quantities import QUANTITY_SCALE
from orderwell.platform.database import bulk_insert, is_postgresql
from orderwell.platform.fields import QuantityField, quantity_value
from orderwell.platform.statements import change, change_many, fetch, unscaled

ZERO = Decimal(0)
_SCALED = QuantityField(name="quantity").scaled


class StockRow(msgspec.Struct):
    """A locked stock item. `free` counts down while a batch decides; nothing is written by changing it."""

    id: int
    variant_id: int
    warehouse_id: int
    on_hand: Decimal
    reserved: Decimal
    allow_negative: bool

    @property
    def free(self) -> Decimal:
        return self.on_hand - self.reserved


class NewReservation(msgspec.Struct, frozen=True):
    stock_item_id: int
    line_id: int
    quantity: Decimal
    priority: int = 100


@dataclass(frozen=True, slots=True)
class NewMovement:
    """`quantity` is signed; `cause` names the document."""

    stock_item_id: int
    kind: StockMovement.Kind
    quantity: Decimal
    cause: str
    reason: str = ""
    note: str = ""


_COLUMNS = "SELECT id, variant_id, warehouse_id, on_hand, reserved, allow_negative FROM inventory_stockitem"
_LOCK_STOCK = f"{_COLUMNS} WHERE variant_id IN (%s) AND warehouse_id IN (%s) ORDER BY id /* lock */"
_READ_STOCK = f"{_COLUMNS} WHERE variant_id IN (%s) AND warehouse_id IN (%s) ORDER BY id"
_LOCK_VARIANTS = f"{_COLUMNS} WHERE variant_id IN (%s) ORDER BY id /* lock */"
_LOCK_ITEMS = f"{_COLUMNS} WHERE id IN (%s) ORDER BY id /* lock */"


def lock_stock(variant_ids: Collection[int], warehouse_ids: Collection[int] | None = None) -> list[StockRow]:
    """Lock and read the stock items of these variants (in these warehouses), in primary-key order."""
    if warehouse_ids is None:
        return _rows(fetch(_LOCK_VARIANTS, variant_ids))
    return _rows(fetch(_LOCK_STOCK, variant_ids, warehouse_ids))


def read_stock(variant_ids: Collection[int], warehouse_ids: Collection[int]) -> list[StockRow]:
    """The same without a lock, for what only looks and decides nothing."""
    return _rows(fetch(_READ_STOCK, variant_ids, warehouse_ids))


def lock_items(item_ids: Collection[int]) -> list[StockRow]:
    """Lock and read these stock items, in primary-key order."""
    return _rows(fetch(_LOCK_ITEMS, item_ids))


def moved_since(item_ids: Collection[int], moment: datetime | None) -> set[int]:
    """Those of `item_ids`, which are locked, that moved after `moment`; without a moment none."""
    if moment is None:
        return set()
    moved = StockMovement.objects.filter(stock_item__in=list(item_ids), occurred_at__gt=moment)
    return set(moved.values_list("stock_item_id", flat=True))


def moved_after(moments: Mapping[int, datetime]) -> set[int]:
    """Those of these locked items ({id: moment}) that moved after the moment of their own."""
    if not moments:
        return set()
    moved = StockMovement.objects.filter(stock_item__in=list(moments), occurred_at__gt=min(moments.values()))
    last = moved.order_by().values_list("stock_item_id").annotate(last=Max("occurred_at"))
    return {item for item, moment in last if moment > moments[item]}


def _rows(found: list[tuple[Any, ...]]) -> list[StockRow]:
    return [
        StockRow(
            item, variant, warehouse, unscaled(on_hand, QUANTITY_SCALE), unscaled(kept, QUANTITY_SCALE), bool(negative)
        )
        for item, variant, warehouse, on_hand, kept, negative in found
    ]


def ensure_stock_items(pairs: Iterable[tuple[int, int, bool]]) -> dict[tuple[int, int], int]:
    """Make the missing stock items of (variant_id, warehouse_id, allow_negative); returns the id of each pair."""
    wanted = {(variant, warehouse): negative for variant, warehouse, negative in pairs}
    found = _item_ids(wanted)
    missing = sorted(set(wanted) - set(found))
    if missing:
        StockItem.objects.bulk_create(
            [StockItem(variant_id=v, warehouse_id=w, allow_negative=wanted[v, w]) for v, w in missing],
            ignore_conflicts=True,
        )
        found = _item_ids(wanted)
        _copy_policy([found[pair] for pair in missing])
    return found


def _item_ids(pairs: Collection[tuple[int, int]]) -> dict[tuple[int, int], int]:
    rows = StockItem.objects.filter(
        variant_id__in={variant for variant, _ in pairs}, warehouse_id__in={warehouse for _, warehouse in pairs}
    ).values_list("variant_id", "warehouse_id", "id")
    return {(variant, warehouse): item for variant, warehouse, item in rows if (variant, warehouse) in pairs}


def _copy_policy(item_ids: Collection[int]) -> None:
    """The caller may have read the policy before somebody changed it; the insert has waited for that change."""
    policy = Warehouse.objects.filter(pk=OuterRef("warehouse")).values("allow_negative")
    StockItem.objects.filter(pk__in=item_ids).exclude(allow_negative=F("warehouse__allow_negative")).update(
        allow_negative=Subquery(policy)
    )


def reserve(rows: Sequence[NewReservation], *, now: datetime) -> None:
    """Write reservations and count them into the balances. Raises StockChanged when stock does not cover them."""
    bulk_insert(
        Reservation,
        ("stock_item", "line_id", "quantity", "priority", "reserved_at"),
        [(r.stock_item_id, r.line_id, r.quantity, r.priority, now) for r in rows],
    )
    changes: dict[int, Decimal] = {}
    for row in rows:
        changes[row.stock_item_id] = changes.get(row.stock_item_id, ZERO) + row.quantity
    _change_balances({item: (ZERO, quantity) for item, quantity in changes.items()})


def add_to_reservations(rows: Sequence[NewReservation], *, now: datetime) -> None:
    """Like `reserve`, but a line that already has a reservation on the stock item gets a larger one."""
    existing = {
        (line, item): pk
        for line, item, pk in Reservation.objects.filter(line_id__in={row.line_id for row in rows}).values_list(
            "line_id", "stock_item_id", "id"
        )
    }
    fresh = [row for row in rows if (row.line_id, row.stock_item_id) not in existing]
    if fresh:
        reserve(fresh, now=now)
    changes: dict[int, Decimal] = defaultdict(Decimal)
    for row in rows:
        if (pk := existing.get((row.line_id, row.stock_item_id))) is not None:
            Reservation.objects.filter(pk=pk).update(quantity=F("quantity") + quantity_value(row.quantity))
            changes[row.stock_item_id] += row.quantity
    _change_balances({item: (ZERO, quantity) for item, quantity in changes.items()})


def set_priority(line_ids: Collection[int], priority: int) -> None:
    """What is reserved for these lines is as urgent as their order now; the caller has locked the order."""
    Reservation.objects.filter(line_id__in=line_ids).exclude(priority=priority).update(priority=priority)


def release(taken: Mapping[int, Decimal]) -> None:
    """Give back part or all of reservations ({reservation id: quantity}) to free stock."""
    _change_balances({item: (ZERO, -quantity) for item, quantity in _shrink(taken).items()})


def consume(taken: Mapping[int, Decimal], *, cause: str, actor_label: str, now: datetime) -> None:
    """Goods leave: reservations shrink, stock goes down, and a shipment movement says why."""
    items = _shrink(taken)
    _insert_movements(
        [NewMovement(item, StockMovement.Kind.SHIPMENT, -quantity, cause) for item, quantity in sorted(items.items())],
        actor_label=actor_label,
        now=now,
    )
    _change_balances({item: (-quantity, -quantity) for item, quantity in items.items()})


def post_movements(rows: Sequence[NewMovement], *, actor_label: str, now: datetime) -> None:
    """Stock comes or goes without a reservation. Raises StockChanged when reserved stock would no longer be covered."""
    _insert_movements(rows, actor_label=actor_label, now=now)
    changes: dict[int, Decimal] = defaultdict(Decimal)
    for row in rows:
        changes[row.stock_item_id] += row.quantity
    _change_balances({item: (quantity, ZERO) for item, quantity in changes.items()})


def _shrink(taken: Mapping[int, Decimal]) -> dict[int, Decimal]:
    """Take quantities off reservations; returns the sum by stock item. Raises StockChanged when one holds too little."""
    by_item: dict[int, Decimal] = defaultdict(Decimal)
    rows = Reservation.objects.filter(pk__in=list(taken)).values_list("id", "stock_item_id", "quantity")
    emptied = []
    for pk, item, quantity in rows:
        by_item[item] += taken[pk]
        if quantity == taken[pk]:
            emptied.append(pk)
    if len(rows) != len(taken):
        raise StockChanged(expected=len(taken), found=len(rows))
    for pk in sorted(set(taken) - set(emptied)):
        changed = Reservation.objects.filter(pk=pk, quantity__gt=quantity_value(taken[pk])).update(
            quantity=F("quantity") - quantity_value(taken[pk])
        )
        if not changed:
            raise StockChanged(expected=1, found=0)
    if emptied:
        Reservation.objects.filter(pk__in=emptied).delete()
    return by_item


def _insert_movements(rows: Sequence[NewMovement], *, actor_label: str, now: datetime) -> None:
    bulk_insert(
        StockMovement,
        ("stock_item", "kind", "quantity", "cause", "reason", "note", "occurred_at", "actor_label"),
        [(r.stock_item_id, str(r.kind), r.quantity, r.cause, r.reason, r.note, now, actor_label) for r in rows],
    )


_UPDATE_POSTGRESQL = (
    "UPDATE inventory_stockitem SET on_hand = on_hand + d.h, reserved = reserved + d.r "
    "FROM unnest(%s::bigint[], %s::bigint[], %s::bigint[]) AS d(item, h, r) WHERE id = d.item AND "
    "reserved + d.r >= 0 AND (allow_negative OR on_hand + d.h >= reserved + d.r)"
)
_UPDATE_SQLITE = (
    "UPDATE inventory_stockitem SET on_hand = on_hand + %s, reserved = reserved + %s WHERE id = %s AND "
    "reserved + %s >= 0 AND (allow_negative OR on_hand + %s >= reserved + %s)"
)


def _change_balances(changes: Mapping[int, tuple[Decimal, Decimal]]) -> None:
    """Add (on hand, reserved) to balances, unless that would oversell: then nothing is right and StockChanged is raised."""
    rows = [(item, _SCALED(h) or 0, _SCALED(r) or 0) for item, (h, r) in sorted(changes.items()) if h or r]
    if not rows:
        return
    if is_postgresql():
        changed = change(_UPDATE_POSTGRESQL, *zip(*rows, strict=True))
    else:
        changed = change_many(_UPDATE_SQLITE, [(h, r, item, r, h, r) for item, h, r in rows])
    if changed != len(rows):
        raise StockChanged(expected=len(rows), found=changed)
