"""Shipments and returns."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from django.http import HttpResponse
from pydantic import Field

from orderwell.api.asked import order_asked, state_asked, warehouse_asked
from orderwell.api.bodies import ApiRequest
from orderwell.api.paging import DEFAULT_LIMIT, Cursor, Limit, Page, shown
from orderwell.api.preconditions import etag, expected_version
from orderwell.api.requests import may_also
from orderwell.api.routing import Routes
from orderwell.api.shapes import Amount, Exact, Id, InCurrency, Input, Moment, QuantityIn, Reason, Shape, columns
from orderwell.domains.automation.services.no_credit import settle_without, undo_settlement
from orderwell.domains.automation.services.undo_return import undo_return
from orderwell.domains.fulfilment import queries
from orderwell.domains.fulfilment.models import Return, Shipment
from orderwell.domains.fulfilment.services.record_return import ReturnedUnits, record_return
from orderwell.domains.fulfilment.services.ship import ship
from orderwell.domains.fulfilment.services.track import deliver, set_tracking
from orderwell.domains.fulfilment.states import SHIPMENT
from orderwell.kernel.clock import utc_now
from orderwell.platform.permissions import Permission

routes = Routes("fulfilment")
VIEW, SHIP = Permission.FULFILMENT_SHIPMENT_VIEW, Permission.FULFILMENT_SHIPMENT_CREATE
RETURNS, RETURN = Permission.FULFILMENT_RETURN_VIEW, Permission.FULFILMENT_RETURN_CREATE
Units = Annotated[
    dict[Id, QuantityIn] | None,
    Field(max_length=2000, description="Units by order line id; without it, all that can be"),
]
Search = Annotated[str, Field(max_length=80)]
# Checked, with the better messages, by the service.
Carrier = Annotated[str, Field(max_length=400)]


class ShipmentLineShape(Shape):
    id: int
    order_line_id: int
    sku: str = Field(description="Of what was shipped: for a bundle, its component")
    quantity: Exact
    quantity_returned: Exact


class ShipmentShape(Shape):
    id: int
    number: str
    version: int
    order_id: int
    order: str
    warehouse: str
    state: str
    carrier: str
    tracking_number: str
    shipped_at: Moment
    delivered_at: Moment | None
    actor_label: str


class ShipmentDetailShape(ShipmentShape):
    lines: list[ShipmentLineShape]


class Shipping(Input):
    lines: Units = None
    warehouse: str | None = Field(default=None, max_length=40)
    carrier: Carrier = ""
    tracking_number: Carrier = ""


class Tracking(Input):
    carrier: Carrier
    tracking_number: Carrier


class Delivered(Input):
    delivered_at: Moment | None = None


class ReturnedLine(Input):
    line_id: Id
    quantity: QuantityIn
    disposition: Literal["restock", "scrap"] = "restock"
    warehouse: str | None = Field(default=None, max_length=40)
    shipment_id: Id | None = None


class NewReturn(Input):
    lines: list[ReturnedLine] = Field(min_length=1, max_length=2000)
    reason: Reason


class UndoingReturn(Input):
    reason: Reason


class SettlingReturn(Input):
    reason: Reason


class ReturnShape(InCurrency):
    id: int
    number: str
    order_id: int | None
    order: str | None
    customer: str | None
    channel: str
    external_id: str | None
    history: bool
    reason: str
    currency: str
    net_amount: Amount
    tax_amount: Amount
    gross_amount: Amount
    received_at: Moment
    actor_label: str
    settled_without: str = Field(description="Why nothing is to be credited for it; empty where nobody said so")
    undone_at: Moment | None = Field(
        description="When it was undone because it was a mistake; then it counts no longer"
    )
    undone_by: str
    undone_reason: str


class ReturnLineShape(Shape):
    id: int
    order_line_id: int | None
    sku: str
    name: str
    quantity: Exact
    quantity_unbilled: Exact = Field(description="Never invoiced, and not billed as nothing is to be credited")
    disposition: str
    tax_rate: Exact
    net_amount: Amount
    tax_amount: Amount
    gross_amount: Amount


class ReturnDetailShape(ReturnShape):
    lines: list[ReturnLineShape]


def _shipment(shipment: Shipment) -> dict[str, Any]:
    return columns(ShipmentShape, shipment, order=shipment.order.number, warehouse=shipment.warehouse.code)


def _shipment_detail(request: ApiRequest, response: HttpResponse | None, shipment_id: int) -> dict[str, Any]:
    shipment = queries.shipment_detail(may_also(request.actor, VIEW), shipment_id)
    if response is not None:
        response["ETag"] = etag(shipment.version)
    lines = [columns(ShipmentLineShape, line, sku=line.stock_item.variant.sku) for line in shipment.lines.all()]
    return {**_shipment(shipment), "lines": lines}


def _return(document: Return) -> dict[str, Any]:
    return columns(
        ReturnShape,
        document,
        order=document.order.number if document.order is not None else None,
        customer=document.customer.number if document.customer is not None else None,
        channel=document.channel.code,
    )


def _return_detail(request: ApiRequest, return_id: int) -> dict[str, Any]:
    document = queries.return_detail(may_also(request.actor, RETURNS), return_id)
    return {**_return(document), "lines": [columns(ReturnLineShape, line) for line in document.lines.all()]}


@routes.read("/shipments", permission=VIEW, response=Page[ShipmentShape])
def list_shipments(
    request: ApiRequest,
    response: HttpResponse,
    order_id: Id | None = None,
    state: Annotated[str, Field(max_length=10)] = "",
    warehouse: Annotated[str, Field(max_length=40)] = "",
    search: Search = "",
    cursor: Cursor = None,
    limit: Limit = DEFAULT_LIMIT,
) -> dict[str, Any]:
    """Newest first. `search` is a number or its beginning, a tracking number, or the number or customer of the order."""
    found = queries.shipment_list(
        request.actor,
        order_id=order_asked(request.actor, order_id),
        state=state_asked(SHIPMENT, state),
        warehouse=warehouse_asked(request.actor, warehouse),
        text=search,
        cursor=cursor,
        limit=limit,
    )
    return shown(found, show=_shipment, request=request, response=response)


@routes.read("/shipments/{shipment_id}", permission=VIEW, response=ShipmentDetailShape)
def get_shipment(request: ApiRequest, response: HttpResponse, shipment_id: Id) -> dict[str, Any]:
    return _shipment_detail(request, response, shipment_id)


@routes.write("POST", "/orders/{order_id}/shipments", permission=SHIP, response=list[ShipmentDetailShape], status=201)
def ship_order(request: ApiRequest, order_id: Id, body: Shipping) -> list[dict[str, Any]]:
    """Ship some units, or all that is reserved: one shipment for each warehouse that has some of it."""
    shipments = ship(order_id=order_id, **dict(body), actor=request.actor, now=utc_now())
    return [_shipment_detail(request, None, shipment.pk) for shipment in shipments]


@routes.write("PATCH", "/shipments/{shipment_id}", permission=SHIP, response=ShipmentDetailShape, versioned=True)
def set_shipment_tracking(
    request: ApiRequest, response: HttpResponse, shipment_id: Id, body: Tracking
) -> dict[str, Any]:
    """Give or correct carrier and tracking number."""
    set_tracking(
        shipment_id=shipment_id, **dict(body), version=expected_version(request), actor=request.actor, now=utc_now()
    )
    return _shipment_detail(request, response, shipment_id)


@routes.write("POST", "/shipments/{shipment_id}/deliver", permission=SHIP, response=ShipmentDetailShape)
def deliver_shipment(request: ApiRequest, response: HttpResponse, shipment_id: Id, body: Delivered) -> dict[str, Any]:
    """The shipment arrived. Saying it again changes nothing."""
    deliver(shipment_id=shipment_id, delivered_at=body.delivered_at, actor=request.actor, now=utc_now())
    return _shipment_detail(request, response, shipment_id)


@routes.read("/returns", permission=RETURNS, response=Page[ReturnShape])
def list_returns(
    request: ApiRequest,
    response: HttpResponse,
    order_id: Id | None = None,
    search: Search = "",
    cursor: Cursor = None,
    limit: Limit = DEFAULT_LIMIT,
) -> dict[str, Any]:
    """Newest first. `search` is a number or its beginning, or the number or customer of the order."""
    order = order_asked(request.actor, order_id)
    found = queries.return_list(request.actor, order_id=order, text=search, cursor=cursor, limit=limit)
    return shown(found, show=_return, request=request, response=response)


@routes.read("/returns/{return_id}", permission=RETURNS, response=ReturnDetailShape)
def get_return(request: ApiRequest, return_id: Id) -> dict[str, Any]:
    return _return_detail(request, return_id)


@routes.write("POST", "/orders/{order_id}/returns", permission=RETURN, response=ReturnDetailShape, status=201)
def return_goods(request: ApiRequest, order_id: Id, body: NewReturn) -> dict[str, Any]:
    """Goods came back, never more than were shipped: restocked where they came from or in `warehouse`, or scrapped."""
    lines = [ReturnedUnits(**dict(line)) for line in body.lines]
    document = record_return(order_id=order_id, lines=lines, reason=body.reason, actor=request.actor, now=utc_now())
    return _return_detail(request, document.pk)


@routes.write("POST", "/returns/{return_id}/undo", permission=RETURN, response=ReturnDetailShape)
def undo_return_of_goods(request: ApiRequest, return_id: Id, body: UndoingReturn) -> dict[str, Any]:
    """Take back a return that was booked by mistake: the goods are with the customer again, and what was restocked is
    taken out of stock. Refused once it has a credit note or was settled without one, and where the restocked goods are
    no longer free.
    """
    undo_return(return_id=return_id, reason=body.reason, actor=request.actor, now=utc_now())
    return _return_detail(request, return_id)


@routes.write(
    "POST",
    "/returns/{return_id}/settlement",
    permission=Permission.BILLING_CREDIT_NOTE_CREATE,
    response=ReturnDetailShape,
)
def settle_without_credit_note(request: ApiRequest, return_id: Id, body: SettlingReturn) -> dict[str, Any]:
    """Say that nothing is to be credited for a return, and why: exchanged, repaired, agreed otherwise. Refused once it has a
    credit note, and with another reason once it is settled: undo that first. Units of it that were never invoiced are
    then not billed: `quantity_unbilled`.
    """
    settle_without(return_id=return_id, reason=body.reason, actor=request.actor, now=utc_now())
    return _return_detail(request, return_id)


@routes.write(
    "POST",
    "/returns/{return_id}/settlement/undo",
    permission=Permission.BILLING_CREDIT_NOTE_CREATE,
    response=ReturnDetailShape,
)
def undo_settlement_without_credit_note(request: ApiRequest, return_id: Id, body: UndoingReturn) -> dict[str, Any]:
    """Take back that nothing is to be credited for a return: it waits for its credit note again, and what was left
    unbilled is to be invoiced.
    """
    undo_settlement(return_id=return_id, reason=body.reason, actor=request.actor, now=utc_now())
    return _return_detail(request, return_id)
