"""Giving free the external number of a cancelled order, so that the order it was meant to be can come in under it."""

from __future__ import annotations

from datetime import datetime

from orderwell.domains.orders.events import OrderEvent
from orderwell.domains.orders.models import Order
from orderwell.domains.orders.services.loading import lock_order, require_state
from orderwell.platform.accounts.actor import Actor
from orderwell.platform.database import atomic
from orderwell.platform.events.recording import Fact, record
from orderwell.platform.permissions import Permission

LONGEST = Order._meta.get_field("external_id").max_length or 0


def free_reference(*, order_id: int, mark: str, actor: Actor, now: datetime) -> None:
    """`mark` is put behind the number, which stays to be found. Raises NotFound, OrderStateForbids."""
    with atomic():
        order = lock_order(order_id, actor=actor, permission=Permission.ORDERS_ORDER_CANCEL)
        require_state(order, Order.State.CANCELLED)
        if not order.external_id:
            return
        old, end = order.external_id, f" ({mark})"
        order.external_id = f"{old[: LONGEST - len(end)]}{end}"
        order.updated_at = now
        order.version += 1
        order.save(update_fields=["external_id", "updated_at", "version"])
        stream = f"order:{order.pk}"
        data = {"number": order.number, "external_id": {"old": old, "new": order.external_id}, "version": order.version}
        record(Fact(OrderEvent.REFERENCE_FREED, stream, stream, data), actor=actor, now=now)
