"""The order page: state and next step, lines, money, people, files and everything that happened."""

from __future__ import annotations

from typing import Any

from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import render

from orderwell.domains.orders.models import Order
from orderwell.domains.orders.overview import OrderOverview, attachment_of, order_overview
from orderwell.domains.orders.queries import timeline
from orderwell.kernel.clock import utc_now
from orderwell.platform.accounts.actor import Actor
from orderwell.platform.permissions import Permission
from orderwell.web.components.timeline import timeline as told
from orderwell.web.orders.steps import documents_of, next_steps
from orderwell.web.pages import page

# Shown by the browser itself; anything else is downloaded, because it could act in the user's name.
SAFE_TO_SHOW = {"image/png", "image/jpeg", "image/webp", "image/gif", "application/pdf", "text/plain"}


@page(Permission.ORDERS_ORDER_VIEW)
def order_page(request: HttpRequest, actor: Actor, order_id: int) -> HttpResponse:
    found = order_overview(actor, order_id)
    return render(request, "orders/detail.html", context_of(found, actor))


def context_of(found: OrderOverview, actor: Actor) -> dict[str, Any]:
    order = found.order
    documents = documents_of(found, actor)
    return {
        "found": found,
        "order": order,
        "steps": next_steps(found, documents, actor),
        "documents": documents,
        "timeline": told(timeline(actor, order.pk)),
        "is_late": _is_late(order),
        "any_returned": any(view.line.quantity_returned for view in found.lines),
        "any_promised": any(view.reservations or view.backordered for view in found.lines),
    }


def _is_late(order: Order) -> bool:
    due = order.promised_at or order.requested_at
    waiting = {Order.FulfilmentState.BACKORDERED, Order.FulfilmentState.RESERVED, Order.FulfilmentState.PARTIAL}
    return order.state == Order.State.PLACED and order.fulfilment_state in waiting and bool(due and due < utc_now())


@page(Permission.ORDERS_ORDER_VIEW)
def attachment(request: HttpRequest, actor: Actor, order_id: int, attachment_id: int) -> HttpResponse:
    found = attachment_of(actor, order_id, attachment_id)
    response: Any = FileResponse(
        found.file.open("rb"), as_attachment=found.content_type not in SAFE_TO_SHOW, filename=found.name
    )
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    if found.content_type in SAFE_TO_SHOW:
        response["Content-Type"] = found.content_type
    return response  # type: ignore[no-any-return]
