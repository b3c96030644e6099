"""What the order engine reads of customers: one query for a whole batch of orders."""

from __future__ import annotations

from collections.abc import Collection

import msgspec

from orderwell.platform.statements import fetch
from orderwell.platform.unchanged import Unchanged


class CustomerRef(msgspec.Struct, frozen=True):
    id: int
    number: str
    name: str
    language: str
    owner_id: int | None
    team_id: int | None
    group_id: int | None
    # Code of the warehouse this customer prefers; blank without one.
    warehouse: str = ""


# A customer that was merged into another stands for that one. The shared lock keeps a merge from happening between
# looking up a customer and writing the order: one of the two waits for the other.
_CUSTOMERS = """
SELECT asked.number, who.id, who.number, who.name, who.language, who.owner_id, who.team_id, who.group_id,
       COALESCE(who.preferences ->> 'warehouse', '')
FROM customers_customer asked JOIN customers_customer who ON who.id = COALESCE(asked.merged_into_id, asked.id)
WHERE asked.number IN (%s) AND who.active ORDER BY who.id, asked.id /* share */
"""


_LOOKED_AT = _CUSTOMERS.replace("/* share */", "")


def customers_by_number(
    numbers: Collection[str], known: Unchanged | None = None, *, look_only: bool = False
) -> dict[str, CustomerRef]:
    """Active customers by the number that was asked for. `look_only` is for those who write nothing, and lock nothing."""
    if known is not None:
        return known.recall("customers", numbers, customers_by_number)
    if look_only:
        return _found(_LOOKED_AT, numbers)
    found = _found(_CUSTOMERS, numbers)
    if missing := set(numbers) - found.keys():
        # PostgreSQL drops a row that waited for a merge and no longer fits its join; a new look sees the survivor.
        found |= _found(_CUSTOMERS, missing)
    return found


def _found(sql: str, numbers: Collection[str]) -> dict[str, CustomerRef]:
    return {row[0]: CustomerRef(*row[1:]) for row in fetch(sql, numbers)} if numbers else {}
