"""What was on its way between warehouses at a past moment."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import datetime
from decimal import Decimal

from django.db.models import Q, Sum

from orderwell.domains.inventory.events import InventoryEvent
from orderwell.domains.inventory.models import StockItem, StockMovement, TransferLine
from orderwell.platform.events.models import Event

ZERO = Decimal(0)


def sent_by(items: Sequence[StockItem], moment: datetime) -> dict[int, Decimal]:
    """Stock item -> what had left it for another warehouse and had neither arrived nor been lost at the end of `moment`."""
    left = left_for_another(
        moment, variants={item.variant_id for item in items}, warehouses={item.warehouse_id for item in items}
    )
    return {item.pk: left.get((item.variant_id, item.warehouse_id), ZERO) for item in items}


def left_for_another(
    moment: datetime, *, variants: Collection[int] | None, warehouses: Collection[int]
) -> dict[tuple[int, int], Decimal]:
    """(variant, the warehouse it had left) -> what was on its way at the end of `moment`."""
    under_way = Q(transfer__received_at=None) | Q(transfer__received_at__gt=moment)
    rows = TransferLine.objects.filter(under_way, transfer__origin__in=warehouses, transfer__dispatched_at__lte=moment)
    if variants is not None:
        rows = rows.filter(variant__in=variants)
    lines = list(rows.select_related("transfer", "variant"))
    arrived = _arrived({line.transfer_id for line in lines if line.quantity_received}, moment)
    lost = _lost({line.transfer_id for line in lines if line.quantity_lost}, moment)
    left: dict[tuple[int, int], Decimal] = defaultdict(Decimal)
    for line in lines:
        came = arrived.get((line.transfer_id, line.variant_id), ZERO)
        gone = lost.get((line.transfer_id, line.variant.sku), ZERO)
        left[line.variant_id, line.transfer.origin_id] += line.quantity - came - gone
    return left


def _arrived(transfers: Collection[int], moment: datetime) -> dict[tuple[int, int], Decimal]:
    """(transfer, variant) -> what the ledger says had come."""
    if not transfers:
        return {}
    sums = (
        StockMovement.objects.filter(
            kind=StockMovement.Kind.TRANSFER_IN, cause__in=_streams(transfers), occurred_at__lte=moment
        )
        .order_by()
        .values_list("cause", "stock_item__variant_id")
        .annotate(total=Sum("quantity"))
    )
    return {(int(cause.partition(":")[2]), variant): total for cause, variant, total in sums}


def _lost(transfers: Collection[int], moment: datetime) -> dict[tuple[int, str], Decimal]:
    """(transfer, SKU) -> what had been reported lost. Nothing moves in a warehouse then: when it was, the event says."""
    if not transfers:
        return {}
    told = Event.objects.filter(
        stream__in=_streams(transfers), name=InventoryEvent.TRANSFER_RECEIVED, occurred_at__lte=moment
    )
    found: dict[tuple[int, str], Decimal] = defaultdict(Decimal)
    for stream, data in told.values_list("stream", "data"):
        for sku, quantity in data.get("lost", {}).items():
            found[int(stream.partition(":")[2]), sku] += Decimal(quantity)
    return found


def _streams(transfers: Collection[int]) -> list[str]:
    return [f"transfer:{pk}" for pk in sorted(transfers)]
