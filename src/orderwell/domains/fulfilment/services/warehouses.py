"""Warehouses by the code people give."""

from __future__ import annotations

from orderwell.domains.fulfilment.errors import UnknownWarehouse
from orderwell.domains.inventory.models import Warehouse
from orderwell.platform.accounts.actor import Actor


def warehouse_id_of(code: str, *, actor: Actor, pointer: str) -> int:
    """The id of an active warehouse the actor may see. Raises UnknownWarehouse."""
    found = Warehouse.objects.filter(code=code, active=True).values_list("pk", flat=True).first()
    if found is None or (actor.warehouse_ids is not None and found not in actor.warehouse_ids):
        raise UnknownWarehouse(pointer=pointer, value=code[:40])
    return found
