"""Reading orders: list, one order, its timeline."""

from __future__ import annotations

from typing import Annotated, Any

from django.http import HttpResponse
from pydantic import Field

from orderwell.api.asked import channel_asked, customer_asked
from orderwell.api.bodies import ApiRequest
from orderwell.api.orders.routes import routes
from orderwell.api.orders.shapes import EventShape, OrderDetail, OrderSummary, show, show_detail, show_summary
from orderwell.api.paging import DEFAULT_LIMIT, Cursor, Limit, Page, page, shown
from orderwell.api.preconditions import etag
from orderwell.api.shapes import Id, Moment
from orderwell.domains.orders import queries
from orderwell.domains.orders.models import Order
from orderwell.domains.orders.queries import OrderFilters
from orderwell.kernel.clock import utc_now
from orderwell.kernel.errors import NotFound
from orderwell.platform.events.models import Event
from orderwell.platform.permissions import Permission

VIEW = Permission.ORDERS_ORDER_VIEW
Search = Annotated[
    str, Field(max_length=120, description="Number, external id, phone, its last four digits, e-mail, customer")
]


def find(request: ApiRequest, order_id: int) -> Order:
    """The order, if the caller may know of it. The route has checked the permission, which after a write is another."""
    related = ("channel", "customer", "owner", "team")
    order = queries.visible_orders(request.actor).select_related(*related).filter(pk=order_id).first()
    if order is None:
        raise NotFound(kind="order", reference=str(order_id))
    return order


def detail(request: ApiRequest, response: HttpResponse, order_id: int) -> dict[str, Any]:
    """The order as it is now, with its version as ETag."""
    order = find(request, order_id)
    response["ETag"] = etag(order.version)
    return show_detail(order, list(queries.lines_with_promises(order_id)), request.actor)


@routes.read("/orders", permission=VIEW, response=Page[OrderSummary])
def list_orders(
    request: ApiRequest,
    response: HttpResponse,
    state: Order.State | None = None,
    fulfilment_state: Order.FulfilmentState | None = None,
    payment_state: Order.PaymentState | None = None,
    channel: Annotated[str, Field(max_length=40)] = "",
    customer_id: Id | None = None,
    on_hold: bool | None = None,
    history: bool | None = None,
    late: bool | None = None,
    to_invoice: bool = False,
    since: Moment | None = None,
    until: Moment | None = None,
    search: Search = "",
    cursor: Cursor = None,
    limit: Limit = DEFAULT_LIMIT,
) -> dict[str, Any]:
    """Newest first. `since` is inclusive, `until` exclusive. Drafts appear when asked for by `state`.

    `to_invoice` asks for orders of which something left that is not invoiced.
    """
    filters = OrderFilters(
        state=state or "",
        fulfilment_state=fulfilment_state or "",
        payment_state=payment_state or "",
        channel=channel_asked(request.actor, channel),
        customer_id=customer_asked(request.actor, customer_id),
        on_hold=on_hold,
        history=history,
        late=late,
        to_invoice=to_invoice,
        since=since,
        until=until,
        text=search,
    )
    found = queries.order_list(request.actor, filters, cursor=cursor or "", limit=limit, now=utc_now())
    return shown(found, show=show_summary, request=request, response=response)


@routes.read("/orders/{order_id}", permission=VIEW, response=OrderDetail)
def get_order(request: ApiRequest, response: HttpResponse, order_id: Id) -> dict[str, Any]:
    return detail(request, response, order_id)


@routes.read("/orders/{order_id}/timeline", permission=VIEW, response=Page[EventShape])
def get_order_timeline(
    request: ApiRequest, response: HttpResponse, order_id: Id, cursor: Cursor = None, limit: Limit = DEFAULT_LIMIT
) -> dict[str, Any]:
    """What happened to the order, newest first: who, when, from where, and what changed."""
    find(request, order_id)
    return page(
        Event.objects.filter(stream=f"order:{order_id}"),
        order=("-id",),
        cursor=cursor,
        limit=limit,
        show=lambda event: show(EventShape, event),
        request=request,
        response=response,
    )
