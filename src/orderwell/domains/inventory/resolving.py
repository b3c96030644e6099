"""What sourcing reads beside the locked stock rows: warehouses and channel buffers."""

from __future__ import annotations

import time
from collections.abc import Collection
from dataclasses import dataclass
from decimal import Decimal

from orderwell.domains.inventory.models import ChannelBuffer, Warehouse

REFERENCE_SECONDS = 2.0
ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class WarehouseRef:
    id: int
    code: str
    priority: int


@dataclass(frozen=True)
class Buffers:
    """Channel buffers; the most specific row counts: variant and warehouse, then variant, then warehouse, then neither."""

    rows: dict[tuple[int, int | None, int | None], Decimal]

    def of(self, channel_id: int, variant_id: int, warehouse_id: int) -> Decimal:
        if not self.rows:
            return ZERO
        for variant, warehouse in ((variant_id, warehouse_id), (variant_id, None), (None, warehouse_id), (None, None)):
            found = self.rows.get((channel_id, variant, warehouse))
            if found is not None:
                return found
        return ZERO


_warehouses: tuple[float, dict[str, WarehouseRef]] | None = None


def active_warehouses() -> dict[str, WarehouseRef]:
    """By code, in order of preference; at most `REFERENCE_SECONDS` old."""
    global _warehouses
    if _warehouses is None or time.monotonic() - _warehouses[0] > REFERENCE_SECONDS:
        rows = Warehouse.objects.filter(active=True).order_by("priority", "id").values_list("id", "code", "priority")
        _warehouses = (time.monotonic(), {code: WarehouseRef(pk, code, priority) for pk, code, priority in rows})
    return _warehouses[1]


def forget_warehouses() -> None:
    """Read warehouses anew at the next use; called by the services that change them."""
    global _warehouses
    _warehouses = None


def buffers(channel_ids: Collection[int]) -> Buffers:
    rows = ChannelBuffer.objects.filter(channel_id__in=list(channel_ids)).values_list(
        "channel_id", "variant_id", "warehouse_id", "quantity"
    )
    return Buffers({(channel, variant, warehouse): quantity for channel, variant, warehouse, quantity in rows})
