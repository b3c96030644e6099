"""Levels, availability and movements of stock; warehouses, corrections, receipts and buffers."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, Any, Literal

from django.http import HttpResponse
from pydantic import Field

from orderwell.api.asked import cause_asked, channel_asked, stock_item_asked, variant_asked, warehouse_asked
from orderwell.api.bodies import ApiRequest, Draft, Rows
from orderwell.api.paging import DEFAULT_LIMIT, Cursor, Limit, Page, page, shown
from orderwell.api.preconditions import seen_version
from orderwell.api.requests import may_also
from orderwell.api.routing import Routes
from orderwell.api.shapes import Id, Moment
from orderwell.api.stock.shapes import (
    AdjustmentShape,
    AvailabilityShape,
    BufferShape,
    ExpectedReceiptShape,
    MovementShape,
    PastStockShape,
    PromiseShape,
    ReceivedShape,
    StockItemShape,
    WarehouseShape,
    show_adjustment,
    show_buffer,
    show_expected,
    show_item,
    show_movement,
)
from orderwell.api.verdicts import Verdicts, save_rows
from orderwell.api.versions import with_version, with_versions
from orderwell.domains.catalog.models import Channel
from orderwell.domains.inventory import availability, queries
from orderwell.domains.inventory.drafts import (
    AdjustmentDraft,
    BufferDraft,
    ExpectedReceiptDraft,
    ReceiptDraft,
    WarehouseDraft,
)
from orderwell.domains.inventory.events import InventoryEvent
from orderwell.domains.inventory.models import ChannelBuffer, StockMovement, Warehouse
from orderwell.domains.inventory.queries import MovementFilters, PastStock, StockFilters
from orderwell.domains.inventory.services import expect_receipt, save_buffer, save_warehouse
from orderwell.domains.inventory.services.receive_stock import receive_stock
from orderwell.domains.orders.queries import owed_to_backorders
from orderwell.domains.orders.services.displace import correct_stock, correct_stocks
from orderwell.kernel.clock import utc_now
from orderwell.platform.accounts.actor import Actor
from orderwell.platform.permissions import Permission

routes = Routes("stock")
VIEW, ADJUST = Permission.INVENTORY_STOCK_VIEW, Permission.INVENTORY_STOCK_ADJUST
WAREHOUSE = Permission.INVENTORY_WAREHOUSE_CHANGE
Code = Annotated[str, Field(max_length=40)]
Search = Annotated[str, Field(max_length=120)]


def _channel(actor: Actor, code: str) -> Channel | None:
    """Raises UnknownChannel."""
    return Channel.objects.get(code=channel_asked(actor, code)) if code else None


def _warehouse(row: Warehouse) -> str:
    return f"warehouse:{row.pk}"


@routes.read("/warehouses", permission=VIEW, response=list[WarehouseShape])
def list_warehouses(request: ApiRequest, active: bool | None = None) -> list[Warehouse]:
    return with_versions(queries.warehouses(request.actor, active=active), _warehouse)


@routes.write(
    "POST", "/warehouses", permission=WAREHOUSE, response=WarehouseShape, guarded=True, body=Draft(WarehouseDraft)
)
def save_stock_warehouse(request: ApiRequest) -> Warehouse:
    """Create the warehouse `code`, or change it when it exists."""
    version = seen_version(request)
    saved = save_warehouse.save_warehouse(request.draft, version=version, actor=request.actor, now=utc_now())
    return with_version(saved, _warehouse)


@routes.read("/stock", permission=VIEW, response=Page[StockItemShape])
def list_stock(
    request: ApiRequest,
    response: HttpResponse,
    search: Search = "",
    warehouse: Code = "",
    variant_id: Id | None = None,
    state: Literal["", "low", "negative", "available", "reserved"] = "",
    cursor: Cursor = None,
    limit: Limit = DEFAULT_LIMIT,
) -> dict[str, Any]:
    """Levels by SKU and warehouse."""
    filters = StockFilters(
        text=search,
        warehouse=warehouse_asked(request.actor, warehouse),
        variant_id=variant_asked(variant_id),
        state=state,
    )
    found = queries.stock_list(request.actor, filters, cursor, limit)
    return shown(found, show=show_item, request=request, response=response)


@routes.read("/stock/available", permission=VIEW, response=list[AvailabilityShape])
def get_available(request: ApiRequest, variant_id: Id, channel: Code = "") -> list[availability.Availability]:
    """What can be sold now, by warehouse: on hand less reserved less the channel's buffer."""
    variant_asked(variant_id)
    return availability.available(request.actor, [variant_id], channel=_channel(request.actor, channel))


@routes.read("/stock/atp", permission=VIEW, response=PromiseShape)
def get_atp(
    request: ApiRequest, variant_id: Id, channel: Code = "", until: Moment | None = None
) -> availability.Promise:
    """What can be promised from when, with goods on their way and customers who wait already."""
    variant_asked(variant_id)
    return availability.atp(
        request.actor,
        variant_id,
        channel=_channel(request.actor, channel),
        until=until,
        owed=owed_to_backorders(variant_id),
        now=utc_now(),
    )


@routes.read("/stock/as-of", permission=VIEW, response=list[PastStockShape])
def get_stock_as_of(request: ApiRequest, moment: Moment, variant_id: Id) -> list[PastStock]:
    """What was on hand at `moment`, recomputed from the movements, and what was on its way to another warehouse."""
    variant_asked(variant_id)
    return queries.stock_as_of(request.actor, moment, variant_ids=[variant_id])


@routes.read("/stock/movements", permission=VIEW, response=Page[MovementShape])
def list_movements(
    request: ApiRequest,
    response: HttpResponse,
    variant_id: Id | None = None,
    warehouse: Code = "",
    stock_item_id: Id | None = None,
    kind: StockMovement.Kind | None = None,
    cause: Annotated[str, Field(max_length=40, description='Such as "shipment:12"')] = "",
    since: Moment | None = None,
    until: Moment | None = None,
    cursor: Cursor = None,
    limit: Limit = DEFAULT_LIMIT,
) -> dict[str, Any]:
    """The ledger, newest first. `since` is inclusive, `until` exclusive."""
    filters = MovementFilters(
        variant_id=variant_asked(variant_id),
        warehouse=warehouse_asked(request.actor, warehouse),
        stock_item_id=stock_item_asked(request.actor, stock_item_id),
        kind=kind or "",
        cause=cause_asked(cause),
        since=since,
        until=until,
    )
    found = queries.movement_list(request.actor, filters, cursor, limit)
    return shown(found, show=show_movement, request=request, response=response)


@routes.read("/adjustments", permission=VIEW, response=Page[AdjustmentShape])
def list_adjustments(
    request: ApiRequest, response: HttpResponse, cursor: Cursor = None, limit: Limit = DEFAULT_LIMIT
) -> dict[str, Any]:
    rows = queries.adjustments(request.actor)
    return page(
        rows, order=("-id",), cursor=cursor, limit=limit, show=show_adjustment, request=request, response=response
    )


@routes.write(
    "POST", "/adjustments", permission=ADJUST, response=AdjustmentShape, status=201, body=Draft(AdjustmentDraft)
)
def adjust(request: ApiRequest) -> dict[str, Any]:
    """Correct stock by a `change` or to what was `counted`, with the reason.

    Below what is reserved it is refused (`stock_reserved`), and `data.orders` names who would lose how much. With `displace`
    these orders go back to backorder; that takes the permission to put orders on hold.
    """
    return show_adjustment(correct_stock(request.draft, actor=request.actor, now=utc_now()))


@routes.write(
    "POST", "/adjustments/bulk", permission=ADJUST, response=Verdicts, body=Rows("adjustments", AdjustmentDraft)
)
def adjust_in_bulk(request: ApiRequest) -> dict[str, Any]:
    """Up to 500 corrections, each done wholly or not at all."""
    return save_rows(
        request.rows,
        "adjustments",
        lambda drafts: correct_stocks(drafts, actor=request.actor, now=utc_now()),
    )


@routes.write("POST", "/receipts", permission=ADJUST, response=ReceivedShape, status=201, body=Draft(ReceiptDraft))
def receive(request: ApiRequest) -> dict[str, Any]:
    """Goods came in. Backorders are served from them as soon as a worker hears of it."""
    received = receive_stock(request.draft, actor=request.actor, now=utc_now())
    return {
        "warehouse": request.draft.warehouse,
        "variant_ids": list(received.variant_ids),
        "document": received.document,
    }


@routes.read("/expected-receipts", permission=VIEW, response=Page[ExpectedReceiptShape])
def list_expected_receipts(
    request: ApiRequest,
    response: HttpResponse,
    only_open: bool = True,
    cursor: Cursor = None,
    limit: Limit = DEFAULT_LIMIT,
) -> dict[str, Any]:
    """Announced goods, the next due first."""
    return page(
        queries.expected_receipts(request.actor, only_open=only_open),
        order=("due_at", "id"),
        cursor=cursor,
        limit=limit,
        show=show_expected,
        request=request,
        response=response,
    )


@routes.write(
    "POST", "/expected-receipts", permission=ADJUST, response=ExpectedReceiptShape, body=Draft(ExpectedReceiptDraft)
)
def expect(request: ApiRequest) -> dict[str, Any]:
    """Announce goods, or change what was announced under the same reference, SKU and warehouse."""
    return show_expected(expect_receipt.expect_receipt(request.draft, actor=request.actor, now=utc_now()))


@routes.write("POST", "/expected-receipts/{receipt_id}/cancel", permission=ADJUST, response=ExpectedReceiptShape)
def cancel_expected(request: ApiRequest, receipt_id: Id) -> dict[str, Any]:
    """What has not come will not come; what was received stays."""
    row = expect_receipt.cancel_expected_receipt(expected_receipt_id=receipt_id, actor=request.actor, now=utc_now())
    return show_expected(row)


@routes.read("/buffers", permission=VIEW, response=list[BufferShape])
def list_buffers(request: ApiRequest) -> list[dict[str, Any]]:
    """Stock that channels may not promise."""
    return _buffers(queries.channel_buffers(request.actor))


def _buffers(rows: Iterable[ChannelBuffer]) -> list[dict[str, Any]]:
    return [
        show_buffer(row)
        for row in with_versions(rows, lambda row: f"channel:{row.channel_id}", names=[InventoryEvent.BUFFER_CHANGED])
    ]


@routes.write(
    "POST", "/buffers", permission=WAREHOUSE, response=list[BufferShape], guarded=True, body=Draft(BufferDraft)
)
def save_channel_buffer(request: ApiRequest) -> list[dict[str, Any]]:
    """Set a buffer, or remove it with a `quantity` of null; the channel's buffers as they are then."""
    save_buffer.save_buffer(request.draft, version=seen_version(request), actor=request.actor, now=utc_now())
    return _buffers(queries.channel_buffers(may_also(request.actor, VIEW)).filter(channel__code=request.draft.channel))
