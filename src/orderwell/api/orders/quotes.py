"""Quotes: stored drafts, priced like orders, until they are confirmed."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse

from orderwell.api.bodies import ApiRequest, Draft
from orderwell.api.orders.drafts import OrderDraft
from orderwell.api.orders.reading import detail
from orderwell.api.orders.shapes import OrderDetail
from orderwell.api.preconditions import expected_version
from orderwell.api.routing import Routes
from orderwell.api.shapes import Id
from orderwell.domains.orders.outcomes import Refused
from orderwell.domains.orders.services import quote
from orderwell.kernel.clock import utc_now
from orderwell.kernel.errors import Refusal
from orderwell.platform.permissions import Permission

routes = Routes("quotes")
PLACE, CHANGE = Permission.ORDERS_ORDER_PLACE, Permission.ORDERS_ORDER_CHANGE
BODY = Draft(OrderDraft)


@routes.write("POST", "/quotes", permission=PLACE, response=OrderDetail, status=201, body=BODY)
def save_quote(request: ApiRequest, response: HttpResponse) -> dict[str, Any]:
    """Store a quote: priced, but nothing is reserved."""
    stored = quote.save_quote(draft=request.draft, actor=request.actor, now=utc_now())
    return detail(request, response, stored.order_id)


@routes.write("PUT", "/quotes/{order_id}", permission=CHANGE, response=OrderDetail, versioned=True, body=BODY)
def update_quote(request: ApiRequest, response: HttpResponse, order_id: Id) -> dict[str, Any]:
    """Replace what a quote says.

    A version that is not current is refused with `differences`: which fields hold something else than what was sent, with
    `theirs` and `yours`, and by whom and when the quote was changed. Of personal data only the fields are named.
    """
    quote.update_quote(
        order_id=order_id, draft=request.draft, version=expected_version(request), actor=request.actor, now=utc_now()
    )
    return detail(request, response, order_id)


@routes.write("POST", "/quotes/{order_id}/confirm", permission=PLACE, response=OrderDetail)
def confirm_quote(request: ApiRequest, response: HttpResponse, order_id: Id) -> dict[str, Any]:
    """Place the quote as an order at the prices that were quoted."""
    outcome = quote.confirm_quote(order_id=order_id, actor=request.actor, now=utc_now())
    if isinstance(outcome, Refused):
        raise Refusal(outcome.errors)
    return detail(request, response, order_id)
