"""Orders of the past that were recorded by mistake: they go as if they had never been brought in."""

from __future__ import annotations

from collections.abc import Collection
from datetime import UTC, datetime
from typing import Any

from django.db.models import Exists, OuterRef
from django.db.models.deletion import ProtectedError

from orderwell.domains.orders.events import OrderEvent
from orderwell.domains.orders.models import Attachment, Hold, Order, OrderNote
from orderwell.platform.accounts.actor import Actor
from orderwell.platform.database import atomic
from orderwell.platform.events.recording import Fact, record
from orderwell.platform.permissions import Permission


def remove_past_orders(order_ids: Collection[int], *, actor: Actor, now: datetime) -> set[int]:
    """Remove history orders that nothing refers to; the ids of those that had to stay.

    A note, a file, a hold, a return or an invoice means that somebody has worked with the order.
    """
    actor.require(Permission.ORDERS_ORDER_IMPORT)
    with atomic():
        wanted = Order.objects.filter(pk__in=list(order_ids), history=True)
        touched = [
            Exists(model._default_manager.filter(order=OuterRef("pk"))) for model in (OrderNote, Attachment, Hold)
        ]
        found: Any = wanted.exclude(touched[0] | touched[1] | touched[2]).values_list("pk", "placed_at")
        free: dict[int, datetime] = dict(found)
        removed = _remove(list(free))
        if removed:
            days = sorted({free[pk].astimezone(UTC).date().isoformat() for pk in removed})
            # They have no timeline any more, so one event tells of all of them and of the days they were placed on.
            data = {"count": len(removed), "days": days}
            record(Fact(OrderEvent.REMOVED, "orders:removed", "orders:removed", data), actor=actor, now=now)
    return set(order_ids) - removed


def _remove(order_ids: list[int]) -> set[int]:
    """All at once; where a row of another domain protects one of them, in halves until it is found."""
    if not order_ids:
        return set()
    try:
        with atomic():
            Order.objects.filter(pk__in=order_ids).delete()
    except ProtectedError:
        if len(order_ids) == 1:
            return set()
        middle = len(order_ids) // 2
        return _remove(order_ids[:middle]) | _remove(order_ids[middle:])
    return set(order_ids)
