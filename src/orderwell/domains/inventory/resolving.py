"""What sourcing reads beside the locked stock rows: warehouses and channel buffers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from orderwell.domains.inventory.models import ChannelBuffer, Warehouse
from orderwell.domains.inventory.promising import NOTHING, HeldBack
from orderwell.platform.caching import TimedCache

REFERENCE_SECONDS = 2.0
ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class WarehouseRef:
    id: int
    code: str
    priority: int


@dataclass(frozen=True)
class Buffers:
    """Channel buffers; the most specific row counts: variant and warehouse, then variant, then warehouse, then neither.

    One that names no warehouse is held back once over all warehouses that no row names.
    """

    rows: dict[tuple[int, int | None, int | None], Decimal]

    def of(self, channel_id: int, variant_id: int, warehouses: Mapping[int, str]) -> HeldBack:
        """What the channel leaves alone of a variant in `warehouses`, {id: code}."""
        if not self.rows:
            return NOTHING
        of_all = self.rows.get((channel_id, variant_id, None))
        shared = self.rows.get((channel_id, None, None), ZERO) if of_all is None else of_all
        own = {}
        for pk, code in warehouses.items():
            found = self.rows.get((channel_id, variant_id, pk))
            if found is None and of_all is None:
                found = self.rows.get((channel_id, None, pk))
            if found is not None:
                own[code] = found
        return HeldBack(own, shared)


_warehouses: TimedCache[str, dict[str, WarehouseRef]] = TimedCache(seconds=REFERENCE_SECONDS, most=1)
_buffers: TimedCache[str, Buffers] = TimedCache(seconds=REFERENCE_SECONDS, most=1)


def active_warehouses() -> dict[str, WarehouseRef]:
    """By code, in order of preference; at most `REFERENCE_SECONDS` old."""
    known = _warehouses.get("")
    if known is None:
        rows = Warehouse.objects.filter(active=True).order_by("priority", "id").values_list("id", "code", "priority")
        known = {code: WarehouseRef(pk, code, priority) for pk, code, priority in rows}
        _warehouses.put("", known)
    return known


def buffers() -> Buffers:
    """All channel buffers, at most `REFERENCE_SECONDS` old."""
    known = _buffers.get("")
    if known is None:
        rows = ChannelBuffer.objects.values_list("channel_id", "variant_id", "warehouse_id", "quantity")
        known = Buffers({(channel, variant, warehouse): quantity for channel, variant, warehouse, quantity in rows})
        _buffers.put("", known)
    return known


def forget_warehouses() -> None:
    """Read warehouses anew at the next use; called by the services that change them."""
    _warehouses.clear()


def forget_buffers() -> None:
    """Read channel buffers anew at the next use; called by the service that changes them."""
    _buffers.clear()
