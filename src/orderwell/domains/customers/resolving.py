"""What the order engine reads of customers: one query for a whole batch of orders."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from orderwell.domains.customers.models import Customer


@dataclass(frozen=True, slots=True)
class CustomerRef:
    id: int
    number: str
    name: str
    language: str
    owner_id: int | None
    team_id: int | None


def customers_by_number(numbers: Collection[str]) -> dict[str, CustomerRef]:
    """Active customers."""
    if not numbers:
        return {}
    rows = Customer.objects.filter(number__in=list(numbers), active=True).values_list(
        "id", "number", "name", "language", "owner_id", "team_id"
    )
    return {row[1]: CustomerRef(*row) for row in rows}
