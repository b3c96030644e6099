"""Many orders in one call: one transaction, one verdict each."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

from orderwell.api.decoding import convert
from orderwell.api.errors import MissingField, TooManyRows, UnknownField, WrongType
from orderwell.api.orders.routes import routes
from orderwell.api.orders.shapes import BulkAnswer
from orderwell.api.problems import show_error
from orderwell.api.requests import ApiRequest
from orderwell.domains.orders.drafts import OrderDraft
from orderwell.domains.orders.outcomes import Outcome, Refused, Repeated
from orderwell.domains.orders.services.place import place_orders
from orderwell.kernel.clock import utc_now
from orderwell.kernel.errors import ErrorDetail, Refusal
from orderwell.platform.permissions import Permission

MOST = 500
_BODY = {
    "requestBody": {
        "required": True,
        "content": {
            "application/json": {
                "schema": {
                    "type": "object",
                    "required": ["orders"],
                    "additionalProperties": False,
                    "properties": {
                        "orders": {
                            "type": "array",
                            "minItems": 1,
                            "maxItems": MOST,
                            "items": {"$ref": "#/components/schemas/OrderDraft"},
                        }
                    },
                }
            }
        },
    }
}


@routes.write("POST", "/orders/bulk", permission=Permission.ORDERS_ORDER_PLACE, response=BulkAnswer, extra=_BODY)
def place_orders_in_bulk(request: ApiRequest) -> dict[str, Any]:
    """Place up to 500 orders at once. A bad one gets its own refusal and never fails its neighbours."""
    rows = _rows(request.json)
    drafts: dict[int, OrderDraft] = {}
    results: list[dict[str, Any]] = [{} for _ in rows]
    for index, row in enumerate(rows):
        try:
            drafts[index] = convert(row, OrderDraft)
        except Refusal as refusal:
            results[index] = _refused(refusal.details, index)
    outcomes = place_orders(list(drafts.values()), actor=request.actor, now=utc_now()) if drafts else []
    for index, outcome in zip(drafts, outcomes, strict=True):
        results[index] = _result(outcome, index)
    verdicts = Counter(result["verdict"] for result in results)
    return {**{verdict: verdicts[verdict] for verdict in ("placed", "duplicate", "refused")}, "results": results}


def _rows(body: Any) -> list[Any]:
    if not isinstance(body, dict):
        raise Refusal([WrongType(reason="expected an object with the field orders", pointer="").detail()])
    if unknown := sorted(set(body) - {"orders"}):
        raise Refusal([UnknownField(field=unknown[0][:80], expected="orders", pointer=f"/{unknown[0][:80]}").detail()])
    if "orders" not in body:
        raise Refusal([MissingField(field="orders", pointer="/orders").detail()])
    rows = body["orders"]
    if not isinstance(rows, list) or not rows:
        raise Refusal([WrongType(reason="expected a list of orders, at least one", pointer="/orders").detail()])
    if len(rows) > MOST:
        raise TooManyRows(count=len(rows), limit=MOST, pointer="/orders")
    return rows


def _refused(errors: Sequence[ErrorDetail], index: int) -> dict[str, Any]:
    return {"verdict": "refused", "errors": [show_error(error.at(f"/orders/{index}")) for error in errors]}


def _result(outcome: Outcome, index: int) -> dict[str, Any]:
    if isinstance(outcome, Refused):
        return _refused(outcome.errors, index)
    if isinstance(outcome, Repeated):
        raise TypeError("drafts of a bulk call carry no request keys of their own")
    return {
        "verdict": outcome.verdict,
        "id": outcome.order_id,
        "number": outcome.number,
        "currency": outcome.currency,
        "total_amount": outcome.total_amount,
    }
