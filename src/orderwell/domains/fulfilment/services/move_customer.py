"""Returns follow their orders to another customer; those without an order are remembered for the way back."""

from __future__ import annotations

from collections.abc import Sequence

from orderwell.domains.fulfilment.models import Return


def move_returns(*, source_id: int, target_id: int) -> list[int]:
    """All of one customer; the ids of those without an order. The caller holds both customers, and a transaction."""
    rows = Return.objects.filter(customer_id=source_id)
    ids = list(rows.filter(order=None).order_by("pk").values_list("pk", flat=True))
    rows.update(customer_id=target_id)
    return ids


def move_returns_of(order_ids: Sequence[int], return_ids: Sequence[int], *, source_id: int, target_id: int) -> None:
    Return.objects.filter(pk__in=list(return_ids), customer_id=source_id).update(customer_id=target_id)
    for start in range(0, len(order_ids), 500):
        part = list(order_ids[start : start + 500])
        Return.objects.filter(order_id__in=part, customer_id=source_id).update(customer_id=target_id)
