"""What a screen offers to choose from."""

from __future__ import annotations

from orderwell.domains.inventory.models import ChannelBuffer, Warehouse
from orderwell.platform.accounts.actor import Actor


def visible_warehouses(actor: Actor, *, active_only: bool = True) -> list[Warehouse]:
    """The warehouses the actor may see, in their order of preference."""
    warehouses = Warehouse.objects.order_by("priority", "code")
    if active_only:
        warehouses = warehouses.filter(active=True)
    if actor.warehouse_ids is not None:
        warehouses = warehouses.filter(pk__in=actor.warehouse_ids)
    return list(warehouses)


def warehouse_names() -> dict[str, tuple[str, str]]:
    """Code -> name in Chinese and in English, of all warehouses: a name is no secret where its code is shown."""
    return {code: (zh, en) for code, zh, en in Warehouse.objects.values_list("code", "name_zh", "name_en")}


def every_warehouse() -> list[Warehouse]:
    """All of them, for those who set up who may see which."""
    return list(Warehouse.objects.order_by("priority", "code"))


def every_buffer(actor: Actor) -> list[ChannelBuffer]:
    """The buffers of the actor's channels, for those who set them up."""
    rows = ChannelBuffer.objects.select_related("channel", "variant", "warehouse").order_by("channel__code", "id")
    return list(rows if actor.channel_ids is None else rows.filter(channel__in=actor.channel_ids))
