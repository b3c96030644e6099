"""What a screen offers to choose from."""

from __future__ import annotations

from django.db.models import QuerySet

from orderwell.domains.inventory.models import ChannelBuffer, Warehouse
from orderwell.platform.accounts.actor import Actor
from orderwell.platform.accounts.row_filters import rows_within
from orderwell.platform.prepared import prepared


def visible_warehouses(actor: Actor, *, active_only: bool = True) -> list[Warehouse]:
    """The warehouses the actor may see, in their order of preference."""
    allowed = actor.warehouse_ids
    return [
        warehouse
        for warehouse in every_warehouse()
        if (warehouse.active or not active_only) and (allowed is None or warehouse.pk in allowed)
    ]


def warehouse_names() -> dict[str, tuple[str, str]]:
    """Code -> name in Chinese and in English, of all warehouses: a name is no secret where its code is shown."""
    return {code: (zh, en) for code, zh, en in Warehouse.objects.values_list("code", "name_zh", "name_en")}


@prepared()
def every_warehouse() -> QuerySet[Warehouse]:
    """All of them, for those who set up who may see which."""
    return Warehouse.objects.order_by("priority", "code")


def every_buffer(actor: Actor) -> list[ChannelBuffer]:
    """The buffers of the actor's channels, for those who set them up."""
    rows = ChannelBuffer.objects.select_related("channel", "variant", "warehouse").order_by("channel__code", "id")
    return list(rows_within(rows, actor, channel="channel"))
