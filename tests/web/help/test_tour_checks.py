"""A step of a tour ticks for what it asks, and for nothing that is only like it."""

from __future__ import annotations

from typing import Any

import pytest

from orderwell.web.help.tours.catalogue import TOURS


def event(name: str, stream: str = "order:1", **data: Any) -> Any:
    from orderwell.platform.events.models import Event

    return Event(name=name, stream=stream, data=data)


PARCEL = {"carrier": "SF", "tracking_number": "SF-1"}
SHIPPED, HELD, CHANGED = "fulfilment.shipment.shipped", "orders.hold.placed", "orders.order.changed"
ADJUSTED, CUSTOMER = "inventory.stock.adjusted", "customers.customer.changed"
ENTERED = event("orders.order.placed", "order:5")


@pytest.mark.parametrize(
    ("tour", "task", "other", "asked"),
    [
        ("warehouse", "ship", [event(SHIPPED, "order:2", **PARCEL)], [event(SHIPPED, **PARCEL)]),
        ("warehouse", "ship", [event(SHIPPED, **PARCEL | {"tracking_number": ""})], [event(SHIPPED, **PARCEL)]),
        ("handheld", "ship", [event(SHIPPED, "order:2", **PARCEL)], [event(SHIPPED, **PARCEL)]),
        ("bookkeeper", "invoice", [event("billing.invoice.issued", "order:2")], [event("billing.invoice.issued")]),
        ("manager", "hold", [event(HELD, "order:2", kind="price")], [event(HELD, kind="price")]),
        ("manager", "hold", [event(HELD, kind="address")], [event(HELD, kind="price")]),
        (
            "manager",
            "terms",
            [event(CUSTOMER, "customer:1", changes={"name": ["a", "b"]})],
            [event(CUSTOMER, "customer:1", changes={"name": ["a", "b"], "payment_terms_days": [0, 30]})],
        ),
        (
            "clerk",
            "change",
            [ENTERED, event(CHANGED, "order:5", changes={"note": {"old": "", "new": "x"}})],
            [ENTERED, event(CHANGED, "order:5", changes={"CUP.quantity": {"old": 1, "new": 2}})],
        ),
        (
            "warehouse",
            "count",
            [event(ADJUSTED, "adjustment:1", reason="damaged")],
            [event(ADJUSTED, "adjustment:1", reason="count")],
        ),
    ],
    ids=lambda part: part if isinstance(part, str) else "",
)
def test_only_what_a_step_asks_for_counts(tour: str, task: str, other: list[Any], asked: list[Any]) -> None:
    from orderwell.web.help.tours.checks import Seen

    found = TOURS[tour].task(task)
    assert found is not None

    def ticks(deeds: list[Any]) -> bool:
        return found.check.done(Seen(deeds, frozenset({"handheld-act"}), frozenset(), {"order_id": 1}), task)

    assert not ticks(other)
    assert ticks(asked)
