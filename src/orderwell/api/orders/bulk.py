"""Many orders in one call: one transaction, one verdict each."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

import msgspec

from orderwell.api.bodies import ApiRequest, Rows, bad, good
from orderwell.api.orders.drafts import OrderDraft
from orderwell.api.orders.routes import routes
from orderwell.api.orders.shapes import BulkAnswer
from orderwell.api.problems import show_errors
from orderwell.domains.orders.outcomes import Duplicate, Outcome, Refused, Repeated
from orderwell.domains.orders.services.place import place_orders
from orderwell.kernel.clock import utc_now
from orderwell.kernel.errors import ErrorDetail
from orderwell.platform.permissions import Permission


@routes.write(
    "POST",
    "/orders/bulk",
    permission=Permission.ORDERS_ORDER_PLACE,
    response=BulkAnswer,
    body=Rows("orders", OrderDraft),
)
def place_orders_in_bulk(request: ApiRequest) -> dict[str, Any]:
    """Place up to 500 orders at once. A bad one gets its own refusal and never fails its neighbours."""
    drafts = good(request.rows)
    outcomes = place_orders(list(drafts.values()), actor=request.actor, now=utc_now()) if drafts else []
    results = {index: _refused(errors, index) for index, errors in bad(request.rows).items()}
    results |= {index: _result(outcome, index) for index, outcome in zip(drafts, outcomes, strict=True)}
    verdicts = Counter(result["verdict"] for result in results.values())
    return {
        **{verdict: verdicts[verdict] for verdict in ("placed", "duplicate", "refused")},
        "results": [results[index] for index in range(len(results))],
    }


def _refused(errors: Sequence[ErrorDetail], index: int) -> dict[str, Any]:
    return {"verdict": "refused", "errors": show_errors(errors, at=f"/orders/{index}")}


def _result(outcome: Outcome, index: int) -> dict[str, Any]:
    if isinstance(outcome, Refused):
        return _refused(outcome.errors, index)
    if isinstance(outcome, Repeated):
        raise TypeError("drafts of a bulk call carry no request keys of their own")
    return {
        "verdict": outcome.verdict,
        "id": outcome.order_id,
        "number": outcome.number,
        "state": outcome.state,
        "currency": outcome.currency,
        "net_amount": outcome.net_amount,
        "tax_amount": outcome.tax_amount,
        "total_amount": outcome.total_amount,
        "placed_at": outcome.placed_at,
        "lines": [msgspec.structs.asdict(line) for line in outcome.lines],
        **({"differs": outcome.differs} if isinstance(outcome, Duplicate) else {}),
    }
