"""Placing orders: the one route that a shop calls all day, so a plain view, decoded by msgspec and answered with bytes."""

from __future__ import annotations

from typing import Any

import msgspec
from django.http import HttpRequest, HttpResponse

from orderwell.api.decoding import decode, require_json
from orderwell.api.orders.drafts import OrderDraft
from orderwell.api.problems import CONTENT_TYPE as PROBLEM
from orderwell.api.problems import language_of
from orderwell.api.requests import (
    JSON,
    REPLAYED,
    authenticate,
    fingerprint,
    idempotency_key,
    refuse_unknown_parameters,
    scope_of,
)
from orderwell.domains.orders.drafts import RequestIdentity, Submission
from orderwell.domains.orders.gate import gate
from orderwell.domains.orders.outcomes import Outcome, Repeated
from orderwell.domains.orders.placement.answers import answer
from orderwell.platform.accounts.actor import Actor
from orderwell.platform.permissions import Permission

_decoder = msgspec.json.Decoder(OrderDraft)
FIRST_REFUSED_STATUS = 400


def submission_of(
    actor: Actor, *, address: str, content_type: str, key: str | None, language: str, body: bytes
) -> Submission:
    """What is to be placed, for whom, under which request key. Raises a DomainError for anything that is not as it should be."""
    actor.require(Permission.ORDERS_ORDER_PLACE)
    require_json(content_type)
    named = idempotency_key(key)
    identity = None if named is None else RequestIdentity(scope_of(actor), named, fingerprint("POST", address, body))
    return Submission(decode(body, _decoder), actor, identity, language)


def answer_of(outcome: Outcome, language: str) -> tuple[int, dict[str, str], bytes]:
    """Status, headers and body."""
    status, content = answer(outcome, language)
    headers = {"Content-Type": JSON if status < FIRST_REFUSED_STATUS else PROBLEM}
    return status, {**headers, REPLAYED: "true"} if isinstance(outcome, Repeated) else headers, content


def place_order(request: HttpRequest) -> HttpResponse:
    """POST /orders. The intake gate lets concurrent requests share a transaction."""
    submission = submission_of(
        authenticate(request),
        address=request.get_full_path(),
        content_type=request.META.get("CONTENT_TYPE", ""),
        key=request.META.get("HTTP_IDEMPOTENCY_KEY"),
        language=language_of(request),
        body=request.body,
    )
    refuse_unknown_parameters(request, frozenset())
    status, headers, content = answer_of(gate().submit(submission), submission.language)
    return HttpResponse(content, status=status, headers=headers)


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
