"""Changing, cancelling, holding and annotating orders."""

from __future__ import annotations

from typing import Annotated, Any

from django.http import HttpResponse
from pydantic import Field

from orderwell.api.bodies import ApiRequest, Draft
from orderwell.api.orders.reading import detail, find
from orderwell.api.orders.routes import routes
from orderwell.api.orders.shapes import (
    Cancelling,
    ChangeMade,
    ChangeShape,
    HoldShape,
    NewHold,
    NewNote,
    NoteShape,
    OrderDetail,
    OrderDifferenceShape,
    Releasing,
    show,
    show_change,
)
from orderwell.api.paging import DEFAULT_LIMIT, Cursor, Limit, Page, page
from orderwell.api.preconditions import etag, expected_version
from orderwell.api.shapes import Id
from orderwell.domains.automation.services.call_off import cancel_and_credit
from orderwell.domains.orders.changes import OrderChange
from orderwell.domains.orders.models import Amendment
from orderwell.domains.orders.services.change import amend_order, preview_change
from orderwell.domains.orders.services.change import change_order as change
from orderwell.domains.orders.services.hold import place_hold, release_hold
from orderwell.domains.orders.services.note import add_note
from orderwell.domains.orders.services.undo import undo_change
from orderwell.domains.orders.snapshots import plain
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


@routes.write(
    "POST",
    "/orders/{order_id}/changes/preview",
    permission=CHANGE,
    response=OrderDifferenceShape,
    body=Draft(OrderChange),
)
def preview_order_change(request: ApiRequest, order_id: Id) -> dict[str, Any]:
    """What a change would do to money, tax, stock and dates; nothing is changed. Refused for what the change would be."""
    found = preview_change(order_id=order_id, change=request.draft, actor=request.actor, now=utc_now())
    return {**plain(found), "currency": find(request, order_id).currency}


@routes.write(
    "POST",
    "/orders/{order_id}/changes",
    permission=CHANGE,
    response=ChangeMade,
    status=201,
    versioned=True,
    body=Draft(OrderChange),
)
def make_order_change(
    request: ApiRequest,
    response: HttpResponse,
    order_id: Id,
    agreed: Annotated[str | None, Field(max_length=64)] = None,
) -> dict[str, Any]:
    """Change a placed order and get the document of the change.

    With `agreed`, the fingerprint of a preview, the change is made only if it does exactly what was shown. `change` is
    null where nothing was different. A version that is not current is refused with what was changed since.
    """
    made = amend_order(
        order_id=order_id,
        change=request.draft,
        version=expected_version(request),
        agreed=agreed,
        actor=request.actor,
        now=utc_now(),
    )
    response["ETag"] = etag(made.order.version)
    return {
        "version": made.order.version,
        "change": show_change(made.amendment) if made.amendment else None,
        "difference": {**plain(made.difference), "currency": made.order.currency},
    }


@routes.read("/orders/{order_id}/changes", permission=Permission.ORDERS_ORDER_VIEW, response=Page[ChangeShape])
def list_order_changes(
    request: ApiRequest, response: HttpResponse, order_id: Id, cursor: Cursor = None, limit: Limit = DEFAULT_LIMIT
) -> dict[str, Any]:
    """Changes and cancellations of an order, newest first, with what they changed."""
    find(request, order_id)
    return page(
        Amendment.objects.filter(order_id=order_id).select_related("order"),
        order=("-number",),
        cursor=cursor,
        limit=limit,
        show=show_change,
        request=request,
        response=response,
    )


@routes.write("POST", "/orders/{order_id}/changes/{number}/undo", permission=CHANGE, response=ChangeShape)
def undo_order_change(request: ApiRequest, order_id: Id, number: Id) -> dict[str, Any]:
    """Undo a change or a cancellation, until something it concerns is shipped, invoiced or changed again."""
    return show_change(undo_change(order_id=order_id, number=number, actor=request.actor, now=utc_now()))


@routes.write("POST", "/orders/{order_id}/cancel", permission=Permission.ORDERS_ORDER_CANCEL, response=OrderDetail)
def cancel_order(request: ApiRequest, response: HttpResponse, order_id: Id, body: Cancelling) -> dict[str, Any]:
    """Cancel some units, or all that is not shipped. Reservations, tax and totals follow, and credit notes where invoiced:
    those need `billing:credit-note:create`, else `credit_note_needed` says what is invoiced and with which invoice.
    """
    cancel_and_credit(
        order_id=order_id,
        lines=body.lines,
        reason=body.reason,
        charges=body.charges,
        actor=request.actor,
        now=utc_now(),
    )
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
