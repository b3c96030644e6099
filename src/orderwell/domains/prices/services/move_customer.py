"""Price lists made for one customer go along when that customer becomes part of another, and come back."""

from __future__ import annotations

from collections.abc import Sequence

from orderwell.domains.prices.models import PriceAssignment


def move_prices(*, source_id: int, target_id: int) -> list[int]:
    """Assignments of lists that the other customer has not got already; the ids of those that moved."""
    known = PriceAssignment.objects.filter(customer_id=target_id).values("price_list")
    rows = PriceAssignment.objects.filter(customer_id=source_id).exclude(price_list__in=known)
    ids = list(rows.order_by("pk").values_list("pk", flat=True))
    PriceAssignment.objects.filter(pk__in=ids).update(customer_id=target_id)
    return ids


def move_prices_back(ids: Sequence[int], *, source_id: int, target_id: int) -> None:
    PriceAssignment.objects.filter(pk__in=list(ids), customer_id=source_id).update(customer_id=target_id)
