"""Changing, cancelling, holding and annotating orders."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse

from orderwell.api.bodies import ApiRequest, Draft
from orderwell.api.orders.reading import detail
from orderwell.api.orders.routes import routes
from orderwell.api.orders.shapes import (
    Cancelling,
    HoldShape,
    NewHold,
    NewNote,
    NoteShape,
    OrderDetail,
    Releasing,
    show,
)
from orderwell.api.preconditions import expected_version
from orderwell.api.shapes import Id
from orderwell.domains.automation.services.call_off import cancel_and_credit
from orderwell.domains.orders.services.change import OrderChange
from orderwell.domains.orders.services.change import change_order as change
from orderwell.domains.orders.services.hold import place_hold, release_hold
from orderwell.domains.orders.services.note import add_note
from orderwell.kernel.clock import utc_now
from orderwell.platform.permissions import Permission

CHANGE = Permission.ORDERS_ORDER_CHANGE


@routes.write(
    "PATCH",
    "/orders/{order_id}",
    permission=CHANGE,
    response=OrderDetail,
    versioned=True,
    body=Draft(OrderChange),
)
def change_order(request: ApiRequest, response: HttpResponse, order_id: Id) -> dict[str, Any]:
    """Change a placed order; what is left out stays. Shipped units can't be changed, invoiced ones keep their price."""
    change(
        order_id=order_id, change=request.draft, version=expected_version(request), actor=request.actor, now=utc_now()
    )
    return detail(request, response, order_id)


@routes.write("POST", "/orders/{order_id}/cancel", permission=Permission.ORDERS_ORDER_CANCEL, response=OrderDetail)
def cancel_order(request: ApiRequest, response: HttpResponse, order_id: Id, body: Cancelling) -> dict[str, Any]:
    """Cancel some units, or all that is not shipped. Reservations, tax and totals follow, and credit notes where invoiced."""
    cancel_and_credit(order_id=order_id, lines=body.lines, reason=body.reason, actor=request.actor, now=utc_now())
    return detail(request, response, order_id)


@routes.write(
    "POST", "/orders/{order_id}/holds", permission=Permission.ORDERS_HOLD_PLACE, response=HoldShape, status=201
)
def hold_order(request: ApiRequest, order_id: Id, body: NewHold) -> dict[str, Any]:
    hold = place_hold(order_id=order_id, kind=body.kind, reason=body.reason, actor=request.actor, now=utc_now())
    return show(HoldShape, hold)


@routes.write("POST", "/holds/{hold_id}/release", permission=Permission.ORDERS_HOLD_RELEASE, response=HoldShape)
def release_order_hold(request: ApiRequest, hold_id: Id, body: Releasing) -> dict[str, Any]:
    hold = release_hold(hold_id=hold_id, reason=body.reason, actor=request.actor, now=utc_now())
    return show(HoldShape, hold)


@routes.write(
    "POST", "/orders/{order_id}/notes", permission=Permission.ORDERS_ORDER_VIEW, response=NoteShape, status=201
)
def add_order_note(request: ApiRequest, order_id: Id, body: NewNote) -> dict[str, Any]:
    note = add_note(order_id=order_id, body=body.body, actor=request.actor, now=utc_now())
    return show(NoteShape, note)
