"""Warehouses and their policy on negative stock."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from django.db.models import F
from msgspec import UNSET

from orderwell.domains.inventory.drafts import WarehouseDraft
from orderwell.domains.inventory.errors import BelowReserved
from orderwell.domains.inventory.events import InventoryEvent
from orderwell.domains.inventory.goods import named
from orderwell.domains.inventory.models import StockItem, Warehouse
from orderwell.domains.inventory.resolving import forget_warehouses
from orderwell.kernel.errors import DomainError, InvalidValue, Phrase
from orderwell.kernel.refusals import text_problems
from orderwell.platform.accounts.actor import Actor
from orderwell.platform.batches import find_if_taken
from orderwell.platform.coded_rows import apply, code_and_name_problems, complete_names, refuse
from orderwell.platform.database import atomic
from orderwell.platform.events.recording import Fact, record
from orderwell.platform.events.versions import require_version
from orderwell.platform.permissions import Permission

MAX_PRIORITY = 9_999
_COLUMNS = {name: name for name in WarehouseDraft.__struct_fields__ if name != "code"}


@find_if_taken
def save_warehouse(draft: WarehouseDraft, *, version: int | None = None, actor: Actor, now: datetime) -> Warehouse:
    """Create or change the warehouse `draft.code`.

    Negative stock can only be forbidden once nothing is below what is reserved; raises BelowReserved with what is.
    """
    actor.require(Permission.INVENTORY_WAREHOUSE_CHANGE)
    with atomic():
        # A full lock: whoever makes a stock item here meanwhile waits, and then reads the new policy.
        warehouse = Warehouse.objects.select_for_update().filter(code=draft.code).first()
        actor.require_row("warehouse", warehouse.pk if warehouse else None)
        if warehouse is not None:
            require_version(version, f"warehouse:{warehouse.pk}", kind="warehouse")
        refuse(_problems(draft))
        created = warehouse is None
        warehouse = warehouse or Warehouse(code=draft.code)
        changes = apply(warehouse, draft, _COLUMNS)
        complete_names(warehouse)
        if created or changes:
            warehouse.save()
            if "allow_negative" in changes and not created:
                _change_policy(warehouse)
            name = InventoryEvent.WAREHOUSE_CREATED if created else InventoryEvent.WAREHOUSE_CHANGED
            subject = f"warehouse:{warehouse.pk}"
            record(Fact(name, subject, subject, {"code": warehouse.code, "changes": changes}), actor=actor, now=now)
    forget_warehouses()
    return warehouse


def _change_policy(warehouse: Warehouse) -> None:
    items = StockItem.objects.filter(warehouse=warehouse)
    # In key order, like everybody who locks stock.
    list(items.select_for_update().order_by("pk").values_list("pk", flat=True))
    if not warehouse.allow_negative:
        below = items.filter(on_hand__lt=F("reserved")).order_by("variant__sku")
        count = below.count()
        if count:
            skus = ", ".join(below.values_list("variant__sku", flat=True)[:5])
            raise BelowReserved(pointer="/allow_negative", warehouse=named(warehouse), count=count, skus=skus)
    items.update(allow_negative=warehouse.allow_negative)


def _problems(draft: WarehouseDraft) -> Iterator[DomainError]:
    yield from code_and_name_problems(draft, limit=40)
    for name in ("region", "city"):
        value = getattr(draft, name)
        if value is not UNSET:
            yield from text_problems(value, f"/{name}", 80)
    country = draft.country
    if country is not UNSET and (len(country) != 2 or not country.isascii() or not country.isupper()):
        yield InvalidValue(pointer="/country", value=country[:20], expected="an ISO 3166 country code such as CN")
    if draft.priority is not UNSET and not 0 <= draft.priority <= MAX_PRIORITY:
        yield InvalidValue(
            pointer="/priority", value=draft.priority, expected=Phrase("{low} to {high}", low=0, high=MAX_PRIORITY)
        )
