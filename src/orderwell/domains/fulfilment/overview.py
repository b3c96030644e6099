"""Shipments and returns of one order with their lines, as its page shows them."""

from __future__ import annotations

from orderwell.domains.fulfilment.models import Return, Shipment
from orderwell.platform.accounts.actor import Actor
from orderwell.platform.permissions import Permission


def shipments_of(actor: Actor, order_id: int) -> list[Shipment]:
    """The shipments of an order the caller has already looked up, with lines and warehouse."""
    if not actor.may(Permission.FULFILMENT_SHIPMENT_VIEW):
        return []
    return list(
        Shipment.objects.filter(order_id=order_id)
        .select_related("warehouse")
        .prefetch_related("lines__order_line", "lines__stock_item__variant")
        .order_by("shipped_at", "pk")
    )


def returns_of(actor: Actor, order_id: int) -> list[Return]:
    if not actor.may(Permission.FULFILMENT_RETURN_VIEW):
        return []
    return list(Return.objects.filter(order_id=order_id).prefetch_related("lines").order_by("received_at", "pk"))
