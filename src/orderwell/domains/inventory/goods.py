"""What every stock service looks up and refuses: warehouses the actor may use, stocked SKUs, free stock."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from orderwell.domains.catalog.errors import UnknownSku
from orderwell.domains.catalog.models import BundleComponent, Variant
from orderwell.domains.inventory import errors
from orderwell.domains.inventory.models import Reservation, Warehouse
from orderwell.domains.inventory.services.ledger import StockRow
from orderwell.kernel.errors import DomainError, ErrorDetail, Named, choices
from orderwell.kernel.quantities import plain
from orderwell.platform.accounts.actor import Actor
from orderwell.platform.accounts.row_filters import rows_within

MAX_LINES = 2_000
ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class Goods:
    """A SKU that can be stocked. Archived ones too: what is there can be counted and moved."""

    id: int
    sku: str
    quantity_places: int
    is_bundle: bool


def goods_by_sku(skus: Collection[str]) -> dict[str, Goods]:
    rows = Variant.objects.filter(sku__in=set(skus)).values_list("id", "sku", "quantity_places", "is_bundle")
    return {row[1]: Goods(*row) for row in rows}


def usable_warehouses(actor: Actor) -> dict[str, Warehouse]:
    """Warehouses by code that the actor's row filter leaves, inactive ones too."""
    return {warehouse.code: warehouse for warehouse in rows_within(Warehouse.objects.all(), actor, pk="warehouse")}


def usable_warehouse(code: str, actor: Actor, pointer: str = "/warehouse") -> Warehouse:
    """One of them by its code. Raises UnknownWarehouse, which names those that there are."""
    usable = usable_warehouses(actor)
    if code not in usable:
        raise errors.UnknownWarehouse(pointer=pointer, value=code[:40], expected=choices(usable))
    return usable[code]


def sku_problems(sku: str, known: Mapping[str, Goods], pointer: str) -> Iterator[DomainError]:
    goods = known.get(sku)
    if goods is None:
        yield UnknownSku(pointer=pointer, value=sku[:60])
    elif goods.is_bundle:
        parts = BundleComponent.objects.filter(bundle=goods.id).values_list("component__sku", flat=True)
        yield errors.StockOfBundle(pointer=pointer, sku=sku, components=", ".join(sorted(parts)[:5]))


def named(warehouse: Warehouse) -> Named:
    """How a refusal calls a warehouse: by its name in the reader's language, for programs by its code."""
    return Named(warehouse.code, name_zh=warehouse.name_zh, name_en=warehouse.name_en)


def what_is_reserved(row: StockRow, sku: str, warehouse: Warehouse) -> dict[str, Any]:
    """The data of StockReserved and StockNotFree: how much is reserved, and for which order lines."""
    lines = list(Reservation.objects.filter(stock_item=row.id).order_by("line_id").values_list("line_id", flat=True))
    return {
        "sku": sku,
        "warehouse": named(warehouse),
        "on_hand": plain(row.on_hand),
        "reserved": plain(row.reserved),
        "free": plain(max(row.free, ZERO)),
        "lines": len(lines),
        "line_ids": lines[:20],
    }


@dataclass(frozen=True, slots=True)
class Short:
    """A correction leaves `units` fewer on hand than are promised to orders. The stock item is locked."""

    row: StockRow
    sku: str
    warehouse: Warehouse
    units: Decimal
    pointer: str

    def refusal(self, **more: Any) -> ErrorDetail:
        data = {**what_is_reserved(self.row, self.sku, self.warehouse), **more}
        return errors.StockReserved(pointer=self.pointer, **data).detail()


# Who may give promised units back. What comes back stands against it; when nothing does, the units are no longer reserved.
MakeRoom = Callable[[Sequence[Short]], Sequence[ErrorDetail]]


def keep_promises(shorts: Sequence[Short]) -> list[ErrorDetail]:
    """Orders are not known here: nothing that is promised is given up."""
    return [short.refusal() for short in shorts]


def shortfall(row: StockRow, change: Decimal) -> Decimal:
    """How many of the promised units would no longer be there."""
    if row.allow_negative or change >= 0:
        return ZERO
    return max(row.reserved - (row.on_hand + change), ZERO)


def make_way(shorts: Sequence[Short], make_room: MakeRoom) -> list[ErrorDetail]:
    """What stands against a correction that is short of what is promised; the rows say what is reserved afterwards."""
    wrong = [
        errors.MoreThanThere(
            pointer=short.pointer,
            sku=short.sku,
            warehouse=named(short.warehouse),
            on_hand=plain(short.row.on_hand),
            taken=plain(short.row.on_hand - short.row.reserved + short.units),
        ).detail()
        for short in shorts
        if short.units > short.row.reserved
    ]
    wrong = wrong or (list(make_room(shorts)) if shorts else [])
    if not wrong:
        for short in shorts:
            short.row.reserved -= short.units
    return wrong
