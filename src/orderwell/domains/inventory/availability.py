"""What can be promised: now, per warehouse, and by date."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db.models import F, QuerySet

from orderwell.domains.catalog.models import Channel
from orderwell.domains.inventory.models import ExpectedReceipt, StockItem, TransferLine, Warehouse
from orderwell.domains.inventory.promising import Incoming, Owed, Point, Step, promise_series
from orderwell.domains.inventory.resolving import Buffers, buffers
from orderwell.kernel.errors import NotFound
from orderwell.platform.accounts.actor import Actor
from orderwell.platform.permissions import Permission
from orderwell.platform.prepared import prepared

ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class Availability:
    """`available` = on hand - reserved - buffer; it may be negative. `unlimited` warehouses may sell below zero."""

    variant_id: int
    warehouse: str
    on_hand: Decimal
    reserved: Decimal
    buffer: Decimal
    unlimited: bool

    @property
    def available(self) -> Decimal:
        return self.on_hand - self.reserved - self.buffer


@dataclass(frozen=True)
class Promise:
    """ATP of one variant: `series` says from when how much, `steps` what it was calculated from."""

    variant_id: int
    series: list[Point]
    steps: list[Step]
    unlimited: bool

    def at(self, moment: datetime) -> Decimal:
        """What can be promised for `moment`; nothing for the past."""
        fitting = [point.quantity for point in self.series if point.moment <= moment]
        return fitting[-1] if fitting else ZERO

    def when(self, quantity: Decimal) -> datetime | None:
        """The earliest moment at which `quantity` can be promised; None when no known goods suffice."""
        if self.unlimited:
            return self.series[0].moment
        return next((point.moment for point in self.series if point.quantity >= quantity), None)


def available(
    actor: Actor,
    variant_ids: Collection[int],
    *,
    channel: Channel | None = None,
    warehouse_ids: Collection[int] | None = None,
) -> list[Availability]:
    """Stock of these variants in the active warehouses that the actor sees and the channel uses."""
    places = _warehouses(actor, channel, warehouse_ids)
    held_back = buffers() if channel else Buffers({})
    rows = _stock_at(list(variant_ids), list(places))
    return [
        Availability(
            item.variant_id,
            places[item.warehouse_id].code,
            item.on_hand,
            item.reserved,
            held_back.of(channel.pk, item.variant_id, item.warehouse_id) if channel else ZERO,
            item.allow_negative,
        )
        for item in rows
    ]


@prepared([int], [int])
def _stock_at(variants: Sequence[int], warehouses: Sequence[int]) -> QuerySet[StockItem]:
    return StockItem.objects.filter(variant__in=variants, warehouse__in=warehouses).order_by("variant", "pk")


def atp(
    actor: Actor,
    variant_id: int,
    *,
    channel: Channel | None = None,
    until: datetime | None = None,
    owed: Iterable[Owed] = (),
    now: datetime,
) -> Promise:
    """Dated availability. Orders lie above the stock ledger, so the caller passes what they are `owed`: backorders."""
    places = _warehouses(actor, channel, None)
    stock = available(actor, [variant_id], channel=channel)
    free = {item.warehouse: item.available for item in stock}
    held_back = buffers() if channel else Buffers({})
    for place in places.values():
        # Goods may be on their way to a warehouse that never had any: the channel's buffer counts there too.
        if place.code not in free:
            free[place.code] = -held_back.of(channel.pk, variant_id, place.pk) if channel else ZERO
    # All that is known counts, also what lies behind `until`: a commitment there may need goods from before.
    series, steps = promise_series(free, _incoming(variant_id, places), owed, now=now)
    if until is not None:
        series = [point for point in series if point.moment <= until]
        steps = [step for step in steps if step.moment <= until]
    return Promise(variant_id, series, steps, unlimited=any(place.allow_negative for place in places.values()))


def _warehouses(actor: Actor, channel: Channel | None, warehouse_ids: Collection[int] | None) -> dict[int, Warehouse]:
    actor.require(Permission.INVENTORY_STOCK_VIEW)
    if channel is not None and actor.channel_ids is not None and channel.pk not in actor.channel_ids:
        raise NotFound(kind="channel", reference=channel.code)
    codes = channel.warehouse_codes if channel is not None else None
    return {
        warehouse.pk: warehouse
        for warehouse in _active_warehouses()
        if all(limit is None or warehouse.pk in limit for limit in (actor.warehouse_ids, warehouse_ids))
        and (not codes or warehouse.code in codes)
    }


@prepared()
def _active_warehouses() -> QuerySet[Warehouse]:
    return Warehouse.objects.filter(active=True)


def _incoming(variant_id: int, places: dict[int, Warehouse]) -> list[Incoming]:
    receipts = ExpectedReceipt.objects.filter(
        variant=variant_id, warehouse__in=places, cancelled_at=None, quantity__gt=F("quantity_received")
    )
    coming = [
        Incoming(
            places[row.warehouse_id].code,
            row.quantity - row.quantity_received,
            row.due_at,
            "expected_receipt",
            row.reference,
        )
        for row in receipts
    ]
    lines = TransferLine.objects.filter(
        variant=variant_id,
        transfer__state="dispatched",
        transfer__destination__in=places,
        quantity__gt=F("quantity_received") + F("quantity_lost"),
    ).select_related("transfer")
    coming += [
        Incoming(
            places[line.transfer.destination_id].code,
            line.quantity - line.quantity_received - line.quantity_lost,
            line.transfer.expected_at,
            "transfer",
            line.transfer.number,
        )
        for line in lines
    ]
    return coming
