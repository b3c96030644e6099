"""What the order engine reads of customers: one query for a whole batch of orders."""

from __future__ import annotations

from collections.abc import Collection

import msgspec

from orderwell.domains.customers.models import Address, Contact
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


_USUAL = ("recipient", "phone", "street", "district", "city", "region", "postcode", "country")


def usual_addresses(customer_ids: Collection[int], known: Unchanged | None = None) -> dict[int, dict[str, str]]:
    """Where goods for these customers usually go, with the phone and e-mail of their first contact."""
    if not customer_ids:
        return {}
    if known is not None:
        return known.recall("usual addresses", customer_ids, usual_addresses)
    shipping = Address.objects.filter(customer_id__in=customer_ids, kind=Address.Kind.SHIPPING)
    # The last of each customer stays: the usual one or, where none is marked, the first.
    rows = {row.customer_id: row for row in shipping.order_by("is_default", "-pk")}
    contacts = Contact.objects.filter(customer_id__in=list(rows)).order_by("is_primary", "-pk")
    first = {row.customer_id: row for row in contacts}
    found = {}
    for pk, row in rows.items():
        found[pk] = {name: getattr(row, name) for name in _USUAL}
        if contact := first.get(pk):
            found[pk] |= {"phone": row.phone or contact.phone, "email": contact.email}
    return found


def _found(sql: str, numbers: Collection[str]) -> dict[str, CustomerRef]:
    return {row[0]: CustomerRef(*row[1:]) for row in fetch(sql, numbers)} if numbers else {}
