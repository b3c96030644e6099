"""Placing orders: the one route that a shop calls all day, so a plain view, decoded by msgspec and answered with bytes."""

from __future__ import annotations

from typing import Any

import msgspec
from django.http import HttpRequest, HttpResponse

from orderwell.api.decoding import body_of, decode
from orderwell.api.problems import CONTENT_TYPE as PROBLEM
from orderwell.api.requests import JSON, REPLAYED, authenticate, fingerprint, idempotency_key, scope_of
from orderwell.domains.orders.drafts import OrderDraft, RequestIdentity, Submission
from orderwell.domains.orders.gate import gate
from orderwell.domains.orders.outcomes import Repeated
from orderwell.domains.orders.placement.answers import answer
from orderwell.platform.permissions import Permission

_decoder = msgspec.json.Decoder(OrderDraft)
FIRST_REFUSED_STATUS = 400


def place_order(request: HttpRequest) -> HttpResponse:
    """POST /orders. The intake gate lets concurrent requests share a transaction."""
    actor = authenticate(request)
    actor.require(Permission.ORDERS_ORDER_PLACE)
    body = body_of(request)
    key = idempotency_key(request)
    draft = decode(body, _decoder)
    identity = None if key is None else RequestIdentity(scope_of(actor), key, fingerprint(request, body))
    outcome = gate().submit(Submission(draft, actor, identity))
    status, content = answer(outcome)
    response = HttpResponse(content, status=status, content_type=JSON if status < FIRST_REFUSED_STATUS else PROBLEM)
    if isinstance(outcome, Repeated):
        response[REPLAYED] = "true"
    return response


# How the route is described; it is not one of django-ninja's.
OPERATION: dict[str, Any] = {
    "operationId": "place_order",
    "summary": "Place order",
    "description": "Place one order: 201 when it was placed, 200 with the order that exists when channel and external_id "
    "were given before, 422 when it is refused and nothing was written.",
    "tags": ["orders"],
    "parameters": [],
    "requestBody": {
        "required": True,
        "content": {"application/json": {"schema": {"$ref": "#/components/schemas/OrderDraft"}}},
    },
    "responses": {
        "200": {
            "description": "The order existed before",
            "content": {"application/json": {"schema": {"$ref": "#/components/schemas/DuplicateOrder"}}},
        },
        "201": {
            "description": "Placed",
            "content": {"application/json": {"schema": {"$ref": "#/components/schemas/PlacedOrder"}}},
        },
    },
    "x-permission": str(Permission.ORDERS_ORDER_PLACE),
}
