"""Orders whose customer became part of another, and back. Only whose they are changes, never what they say."""

from __future__ import annotations

from collections.abc import Sequence

from orderwell.domains.orders.models import Order


def lock_orders_of(customer_id: int) -> None:
    """Wait for whoever writes a document of one of these orders. Call it before the customers are locked."""
    rows = Order.objects.filter(customer_id=customer_id).order_by("pk").select_for_update(of=("self",))
    list(rows.values_list("pk", flat=True))


def move_orders(*, source_id: int, target_id: int) -> list[int]:
    """All orders of one customer to another; their ids. The caller holds both customers, and a transaction."""
    ids = list(Order.objects.filter(customer_id=source_id).order_by("pk").values_list("pk", flat=True))
    Order.objects.filter(customer_id=source_id).update(customer_id=target_id)
    return ids


def move_orders_back(order_ids: Sequence[int], *, source_id: int, target_id: int) -> None:
    """Those of the orders that are still where they were moved to."""
    for start in range(0, len(order_ids), 500):
        rows = Order.objects.filter(pk__in=order_ids[start : start + 500], customer_id=source_id)
        list(rows.order_by("pk").select_for_update(of=("self",)).values_list("pk", flat=True))
        rows.update(customer_id=target_id)
