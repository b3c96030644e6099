"""Warehouses by the code people give."""

from __future__ import annotations

from orderwell.domains.fulfilment.errors import UnknownWarehouse
from orderwell.domains.inventory.models import Warehouse
from orderwell.kernel.errors import choices
from orderwell.platform.accounts.actor import Actor
from orderwell.platform.accounts.row_filters import rows_within


def warehouse_id_of(code: str, *, actor: Actor, pointer: str) -> int:
    """The id of an active warehouse the actor may see. Raises UnknownWarehouse."""
    rows = rows_within(Warehouse.objects.filter(active=True), actor, pk="warehouse")
    found = rows.filter(code=code).values_list("pk", flat=True).first()
    if found is None:
        expected = choices(rows.values_list("code", flat=True))
        raise UnknownWarehouse(pointer=pointer, value=code[:40], expected=expected)
    return found
