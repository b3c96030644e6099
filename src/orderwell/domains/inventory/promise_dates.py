"""Promise dates of many products at once: the calculation of `promising.py` with a fixed number of queries."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from decimal import Decimal

from django.db.models import F

from orderwell.domains.inventory.models import ExpectedReceipt, StockItem, TransferLine, Warehouse
from orderwell.domains.inventory.promising import NOTHING, HeldBack, Incoming, Owed, promise_series
from orderwell.domains.inventory.resolving import buffers
from orderwell.platform.accounts.actor import Actor
from orderwell.platform.accounts.row_filters import rows_within
from orderwell.platform.permissions import Permission

ZERO = Decimal(0)


def promise_dates(
    actor: Actor,
    wanted: Mapping[int, Decimal],
    *,
    channel_id: int,
    warehouse_codes: Collection[str] = (),
    owed: Mapping[int, Sequence[Owed]],
    now: datetime,
) -> dict[int, datetime | None]:
    """Variant id -> the earliest moment at which the wanted quantity can be promised; None when no known goods suffice."""
    actor.require(Permission.INVENTORY_STOCK_VIEW)
    places = _places(actor, warehouse_codes)
    free, unlimited = _free(wanted, places)
    incoming = _incoming(wanted, places)
    found: dict[int, datetime | None] = {}
    for variant, quantity in wanted.items():
        if variant in unlimited:
            found[variant] = now
            continue
        held_back = _held_back(channel_id, variant, places)
        series, _ = promise_series(
            free[variant], incoming[variant], owed.get(variant, ()), held_back=held_back, now=now
        )
        found[variant] = next((point.moment for point in series if point.quantity >= quantity), None)
    return found


def promise_quantities(
    actor: Actor,
    variant_ids: Collection[int],
    *,
    channel_id: int | None,
    warehouse_codes: Collection[str] = (),
    owed: Mapping[int, Sequence[Owed]],
    on: datetime,
    now: datetime,
) -> dict[int, Decimal | None]:
    """Variant id -> what can be promised for `on` without taking what a later commitment counts on; None: any quantity."""
    actor.require(Permission.INVENTORY_STOCK_VIEW)
    places = _places(actor, warehouse_codes)
    free, unlimited = _free(variant_ids, places)
    incoming = _incoming(variant_ids, places)
    found: dict[int, Decimal | None] = {}
    for variant in variant_ids:
        held_back = _held_back(channel_id, variant, places)
        series, _ = promise_series(
            free[variant], incoming[variant], owed.get(variant, ()), held_back=held_back, now=now
        )
        fitting = [point.quantity for point in series if point.moment <= on]
        found[variant] = None if variant in unlimited else fitting[-1] if fitting else ZERO
    return found


def _held_back(channel_id: int | None, variant_id: int, places: Mapping[int, str]) -> HeldBack:
    return buffers().of(channel_id, variant_id, places) if channel_id is not None else NOTHING


def _free(variant_ids: Collection[int], places: Mapping[int, str]) -> tuple[dict[int, dict[str, Decimal]], set[int]]:
    """What each warehouse has left of each variant after reservations, and of which there is no end."""
    free: dict[int, dict[str, Decimal]] = {variant: dict.fromkeys(places.values(), ZERO) for variant in variant_ids}
    unlimited = set()
    rows = StockItem.objects.filter(variant__in=list(variant_ids), warehouse__in=list(places))
    for variant, place, on_hand, reserved, negative in rows.values_list(
        "variant_id", "warehouse_id", "on_hand", "reserved", "allow_negative"
    ):
        free[variant][places[place]] += on_hand - reserved
        if negative:
            unlimited.add(variant)
    return free, unlimited


def _places(actor: Actor, codes: Collection[str]) -> dict[int, str]:
    rows = rows_within(Warehouse.objects.filter(active=True), actor, pk="warehouse")
    if codes:
        rows = rows.filter(code__in=codes)
    return dict(rows.values_list("id", "code"))


def _incoming(wanted: Collection[int], places: Mapping[int, str]) -> dict[int, list[Incoming]]:
    coming: dict[int, list[Incoming]] = defaultdict(list)
    receipts = ExpectedReceipt.objects.filter(
        variant__in=list(wanted), warehouse__in=list(places), cancelled_at=None, quantity__gt=F("quantity_received")
    )
    for row in receipts:
        left = row.quantity - row.quantity_received
        place = places[row.warehouse_id]
        coming[row.variant_id].append(Incoming(place, left, row.due_at, "expected_receipt", row.reference))
    lines = TransferLine.objects.filter(
        variant__in=list(wanted),
        transfer__state="dispatched",
        transfer__destination__in=list(places),
        quantity__gt=F("quantity_received") + F("quantity_lost"),
    ).select_related("transfer")
    for line in lines:
        left = line.quantity - line.quantity_received - line.quantity_lost
        transfer = line.transfer
        place = places[transfer.destination_id]
        coming[line.variant_id].append(Incoming(place, left, transfer.expected_at, "transfer", transfer.number))
    return coming
