"""What stock looks like from outside."""

from __future__ import annotations

from typing import Any

from pydantic import Field

from orderwell.api.shapes import Exact, Moment, Shape, columns
from orderwell.api.versions import Versioned
from orderwell.domains.inventory.models import (
    Adjustment,
    ChannelBuffer,
    ExpectedReceipt,
    StockItem,
    StockMovement,
    Transfer,
)


class WarehouseShape(Versioned):
    id: int
    code: str
    name_zh: str
    name_en: str
    country: str
    region: str
    city: str
    priority: int
    allow_negative: bool
    active: bool


class StockItemShape(Shape):
    id: int
    variant_id: int
    sku: str
    name_zh: str
    name_en: str
    warehouse: str
    on_hand: Exact
    reserved: Exact
    free: Exact = Field(description="On hand less reserved; channel buffers are not taken off")


class AvailabilityShape(Shape):
    variant_id: int
    warehouse: str
    on_hand: Exact
    reserved: Exact
    buffer: Exact = Field(
        description="What the channel holds back here. A buffer without a warehouse counts once over all of the channel's"
        " warehouses and is taken from the least preferred ones first."
    )
    available: Exact = Field(description="Free, less the channel's buffer; never below 0")
    unlimited: bool


class PointShape(Shape):
    moment: Moment
    quantity: Exact


class StepShape(Shape):
    moment: Moment
    kind: str = Field(description="free, buffer, expected_receipt, transfer or backorder")
    quantity: Exact
    reference: str
    counted: bool
    reason: str


class PromiseShape(Shape):
    """ATP: from which moment how much can be promised, and from what that was calculated."""

    variant_id: int
    unlimited: bool
    series: list[PointShape]
    steps: list[StepShape]


class PastStockShape(Shape):
    stock_item_id: int
    variant_id: int
    sku: str
    warehouse: str
    on_hand: Exact
    in_transit: Exact = Field(
        description="Had left this warehouse for another, and had neither arrived nor been reported lost"
    )


class MovementShape(Shape):
    id: int
    stock_item_id: int
    sku: str
    warehouse: str
    kind: str
    quantity: Exact
    cause: str
    reason: str
    note: str
    occurred_at: Moment
    actor_label: str


class AdjustmentShape(Shape):
    id: int
    warehouse: str
    reason: str
    note: str
    external_id: str | None
    adjusted_at: Moment
    actor_label: str


class ReceivedShape(Shape):
    warehouse: str
    variant_ids: list[int]
    document: str | None = Field(description="The cause of the movements of goods that nobody had announced")


class ExpectedReceiptShape(Shape):
    id: int
    reference: str
    sku: str
    warehouse: str
    quantity: Exact
    quantity_received: Exact
    due_at: Moment
    supplier: str
    cancelled_at: Moment | None


class TransferLineShape(Shape):
    id: int
    sku: str
    quantity: Exact
    quantity_received: Exact
    quantity_lost: Exact


class TransferShape(Shape):
    id: int
    number: str
    version: int
    origin: str
    destination: str
    state: str
    expected_at: Moment | None
    dispatched_at: Moment | None
    received_at: Moment | None
    note: str
    created_at: Moment
    lines: list[TransferLineShape]


class BufferShape(Shape):
    id: int
    version: int = Field(
        description="Of the buffers of the channel. Sent back as If-Match, a change is refused where somebody was faster"
    )
    channel: str
    sku: str | None
    warehouse: str | None
    quantity: Exact


def show_item(item: StockItem) -> dict[str, Any]:
    variant = item.variant
    return columns(
        StockItemShape,
        item,
        sku=variant.sku,
        name_zh=variant.name_zh,
        name_en=variant.name_en,
        warehouse=item.warehouse.code,
        free=item.on_hand - item.reserved,
    )


def show_movement(movement: StockMovement) -> dict[str, Any]:
    item = movement.stock_item
    return columns(MovementShape, movement, sku=item.variant.sku, warehouse=item.warehouse.code)


def show_adjustment(adjustment: Adjustment) -> dict[str, Any]:
    return columns(AdjustmentShape, adjustment, warehouse=adjustment.warehouse.code)


def show_expected(row: ExpectedReceipt) -> dict[str, Any]:
    return columns(ExpectedReceiptShape, row, sku=row.variant.sku, warehouse=row.warehouse.code)


def show_transfer(transfer: Transfer) -> dict[str, Any]:
    lines = [columns(TransferLineShape, line, sku=line.variant.sku) for line in transfer.lines.all()]
    return columns(
        TransferShape,
        transfer,
        origin=transfer.origin.code,
        destination=transfer.destination.code,
        lines=lines,
    )


def show_buffer(row: ChannelBuffer) -> dict[str, Any]:
    return columns(
        BufferShape,
        row,
        channel=row.channel.code,
        sku=row.variant.sku if row.variant is not None else None,
        warehouse=row.warehouse.code if row.warehouse is not None else None,
    )
