"""What can be promised: now, per warehouse, and by date."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db.models import F, QuerySet

from orderwell.domains.catalog.models import Channel
from orderwell.domains.inventory.models import ExpectedReceipt, StockItem, TransferLine, Warehouse
from orderwell.domains.inventory.promising import NOTHING, Incoming, Owed, Point, Step, promise_series
from orderwell.domains.inventory.resolving import buffers
from orderwell.kernel.errors import NotFound
from orderwell.platform.accounts.actor import Actor
from orderwell.platform.permissions import Permission
from orderwell.platform.prepared import prepared

ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class Availability:
    """`available` = on hand - reserved - buffer, nothing where more is reserved than lies there. `unlimited` warehouses may
    sell below zero. `buffer` is what is held back here: of a buffer over all warehouses the part that falls to this one.
    """

    variant_id: int
    warehouse: str
    on_hand: Decimal
    reserved: Decimal
    buffer: Decimal
    unlimited: bool

    @property
    def available(self) -> Decimal:
        return max(self.on_hand - self.reserved - self.buffer, ZERO)


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
    kept: dict[tuple[int, str], Decimal] = {}
    if channel is not None and buffers().rows:
        # A buffer over all warehouses is held back over those too that the actor doesn't see.
        everywhere = _used_by(channel)
        rows = _stock_at(list(variant_ids), list(everywhere))
        kept = _kept_back(channel.pk, list(rows), {pk: place.code for pk, place in everywhere.items()})
    else:
        rows = _stock_at(list(variant_ids), list(places))
    return [
        Availability(
            item.variant_id,
            places[item.warehouse_id].code,
            item.on_hand,
            item.reserved,
            kept.get((item.variant_id, places[item.warehouse_id].code), ZERO),
            item.allow_negative,
        )
        for item in rows
        if item.warehouse_id in places
    ]


def _kept_back(channel_id: int, rows: Sequence[StockItem], codes: Mapping[int, str]) -> dict[tuple[int, str], Decimal]:
    """(variant id, warehouse) -> what the channel leaves there. `codes` stand in the channel's order of preference."""
    here = {(row.variant_id, row.warehouse_id): row.on_hand - row.reserved for row in rows}
    found = {}
    for variant in {row.variant_id for row in rows}:
        free = {code: here[variant, pk] for pk, code in codes.items() if (variant, pk) in here}
        for code, quantity in buffers().of(channel_id, variant, codes).of(free).items():
            found[variant, code] = quantity
    return found


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
    codes = {pk: place.code for pk, place in places.items()}
    free = dict.fromkeys(codes.values(), ZERO)
    for item in _stock_at([variant_id], list(places)):
        free[codes[item.warehouse_id]] = item.on_hand - item.reserved
    # Goods may be on their way to a warehouse that never had any: the channel's buffer counts there too.
    held_back = buffers().of(channel.pk, variant_id, codes) if channel is not None else NOTHING
    # All that is known counts, also what lies behind `until`: a commitment there may need goods from before.
    series, steps = promise_series(free, _incoming(variant_id, places), owed, held_back=held_back, now=now)
    if until is not None:
        series = [point for point in series if point.moment <= until]
        steps = [step for step in steps if step.moment <= until]
    return Promise(variant_id, series, steps, unlimited=any(place.allow_negative for place in places.values()))


def _warehouses(actor: Actor, channel: Channel | None, warehouse_ids: Collection[int] | None) -> dict[int, Warehouse]:
    actor.require(Permission.INVENTORY_STOCK_VIEW)
    if channel is not None and actor.channel_ids is not None and channel.pk not in actor.channel_ids:
        raise NotFound(kind="channel", reference=channel.code)
    return {
        pk: place
        for pk, place in _used_by(channel).items()
        if all(limit is None or pk in limit for limit in (actor.warehouse_ids, warehouse_ids))
    }


def _used_by(channel: Channel | None) -> dict[int, Warehouse]:
    """Active warehouses that the channel sells from, best first; all of them by priority where it names none."""
    rows = {place.code: place for place in _active_warehouses()}
    codes = channel.warehouse_codes if channel is not None else None
    return {rows[code].pk: rows[code] for code in codes or rows if code in rows}


@prepared()
def _active_warehouses() -> QuerySet[Warehouse]:
    return Warehouse.objects.filter(active=True).order_by("priority", "pk")


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
