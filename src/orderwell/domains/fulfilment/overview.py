"""Shipments and returns of one order with their lines, as its page shows them."""

from __future__ import annotations

from django.db.models import QuerySet, prefetch_related_objects

from orderwell.domains.fulfilment.models import Return, Shipment
from orderwell.platform.accounts.actor import Actor
from orderwell.platform.permissions import Permission
from orderwell.platform.prepared import prepared


def shipments_of(actor: Actor, order_id: int) -> list[Shipment]:
    """The shipments of an order the caller has already looked up, with lines and warehouse."""
    if not actor.may(Permission.FULFILMENT_SHIPMENT_VIEW):
        return []
    found = _shipments_of(order_id)
    prefetch_related_objects(found, "lines__order_line", "lines__stock_item__variant")
    return found


@prepared(int)
def _shipments_of(order_id: int) -> QuerySet[Shipment]:
    return Shipment.objects.filter(order_id=order_id).select_related("warehouse").order_by("shipped_at", "pk")


def returns_of(actor: Actor, order_id: int) -> list[Return]:
    if not actor.may(Permission.FULFILMENT_RETURN_VIEW):
        return []
    found = _returns_of(order_id)
    prefetch_related_objects(found, "lines")
    return found


@prepared(int)
def _returns_of(order_id: int) -> QuerySet[Return]:
    return Return.objects.filter(order_id=order_id).order_by("received_at", "pk")
