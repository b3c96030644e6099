"""What the order engine reads of customers: one query for a whole batch of orders."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from orderwell.platform.statements import fetch


@dataclass(frozen=True, slots=True)
class CustomerRef:
    id: int
    number: str
    name: str
    language: str
    owner_id: int | None
    team_id: int | None
    group_id: int | None


_CUSTOMERS = """
SELECT id, number, name, language, owner_id, team_id, group_id FROM customers_customer WHERE number IN (%s) AND active
"""


def customers_by_number(numbers: Collection[str]) -> dict[str, CustomerRef]:
    """Active customers."""
    return {row[1]: CustomerRef(*row) for row in fetch(_CUSTOMERS, numbers)} if numbers else {}
