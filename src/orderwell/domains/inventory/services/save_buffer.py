"""Channel buffers: stock that a channel may not promise."""

from __future__ import annotations

from datetime import datetime

from orderwell.domains.catalog.errors import UnknownChannel, UnknownSku
from orderwell.domains.catalog.models import Channel
from orderwell.domains.catalog.resolving import reference
from orderwell.domains.inventory.drafts import BufferDraft
from orderwell.domains.inventory.events import InventoryEvent
from orderwell.domains.inventory.goods import goods_by_sku, usable_warehouse
from orderwell.domains.inventory.models import ChannelBuffer
from orderwell.domains.inventory.resolving import forget_buffers
from orderwell.kernel.quantities import QUANTITY_SCALE, plain
from orderwell.kernel.refusals import quantity_problems
from orderwell.platform.accounts.actor import Actor
from orderwell.platform.coded_rows import refuse
from orderwell.platform.database import atomic
from orderwell.platform.events.recording import Fact, record
from orderwell.platform.events.versions import require_version
from orderwell.platform.permissions import Permission


def save_buffer(draft: BufferDraft, *, version: int | None = None, actor: Actor, now: datetime) -> ChannelBuffer | None:
    """Set, change or (with a quantity of None) remove a buffer. Zero is a buffer too: it exempts from a wider one."""
    actor.require(Permission.INVENTORY_WAREHOUSE_CHANGE)
    with atomic():
        # The channel's row is the lock: two first buffers of one kind would otherwise both be made.
        channel = Channel.objects.select_for_update(no_key=True).filter(code=draft.channel).first()
        if channel is None or (actor.channel_ids is not None and channel.pk not in actor.channel_ids):
            raise UnknownChannel(
                pointer="/channel", value=draft.channel[:40], expected=reference().codes_within(actor.channel_ids)
            )
        goods = goods_by_sku([draft.sku]).get(draft.sku) if draft.sku is not None else None
        if draft.sku is not None and goods is None:
            raise UnknownSku(pointer="/sku", value=draft.sku[:60])
        warehouse = usable_warehouse(draft.warehouse, actor) if draft.warehouse is not None else None
        if draft.quantity:
            refuse(quantity_problems(draft.quantity, "/quantity", sku=draft.sku or "*", places=QUANTITY_SCALE))
        of_channel = ChannelBuffer.objects.filter(channel=channel, warehouse=warehouse)
        found = (of_channel.filter(variant=goods.id) if goods else of_channel.filter(variant=None)).first()
        if found is not None:
            require_version(version, f"channel:{channel.pk}", kind="buffer", names=(InventoryEvent.BUFFER_CHANGED,))
        before = found.quantity if found else None
        if draft.quantity == before:
            return found
        buffer: ChannelBuffer | None = None
        if draft.quantity is not None:
            buffer = found or ChannelBuffer(
                channel=channel, variant_id=goods.id if goods else None, warehouse=warehouse
            )
            buffer.quantity = draft.quantity
            buffer.save()
        elif found is not None:
            found.delete()
        forget_buffers()
        data = {
            "channel": channel.code,
            "sku": draft.sku,
            "warehouse": draft.warehouse,
            "before": before if before is None else plain(before),
            "after": draft.quantity if draft.quantity is None else plain(draft.quantity),
        }
        record(
            Fact(InventoryEvent.BUFFER_CHANGED, f"channel:{channel.pk}", f"channel:{channel.pk}", data),
            actor=actor,
            now=now,
        )
    return buffer
