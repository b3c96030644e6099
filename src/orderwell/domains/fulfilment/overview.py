"""Shipments and returns as pages show them: those of one order with their lines, and the list of all shipments."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Q, QuerySet

from orderwell.domains.fulfilment.models import Return, Shipment, ShipmentLine
from orderwell.domains.orders.queries import visible_orders
from orderwell.kernel.errors import NotFound
from orderwell.platform.accounts.actor import Actor
from orderwell.platform.paging import Page, keyset_page
from orderwell.platform.permissions import Permission


@dataclass(frozen=True, slots=True)
class ShipmentFilters:
    """`text` is a shipment number or a tracking number."""

    text: str = ""
    state: str = ""
    warehouse: str = ""


def visible_shipments(actor: Actor) -> QuerySet[Shipment]:
    """Shipments of orders, and from warehouses, that the actor may see."""
    actor.require(Permission.FULFILMENT_SHIPMENT_VIEW)
    rows = Shipment.objects.all()
    if actor.channel_ids is not None or actor.team_ids is not None:
        rows = rows.filter(order__in=visible_orders(actor))
    if actor.warehouse_ids is not None:
        rows = rows.filter(warehouse_id__in=actor.warehouse_ids)
    return rows


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


def returnable_lines(order_id: int) -> list[ShipmentLine]:
    """What has left for an order and has not come back yet."""
    lines = ShipmentLine.objects.filter(shipment__order_id=order_id).select_related("order_line", "shipment")
    return [line for line in lines.order_by("pk") if line.quantity > line.quantity_returned]


def shipment_page(
    actor: Actor, filters: ShipmentFilters, *, cursor: str | None = None, limit: int = 50
) -> Page[Shipment]:
    """Newest first."""
    rows = visible_shipments(actor).select_related("order", "order__channel", "warehouse")
    if filters.state:
        rows = rows.filter(state=filters.state)
    if filters.warehouse:
        rows = rows.filter(warehouse__code=filters.warehouse)
    if text := filters.text.strip():
        rows = rows.filter(Q(number=text.upper()) | Q(tracking_number=text) | Q(order__number=text.upper()))
    return keyset_page(rows, order=("-shipped_at", "-id"), cursor=cursor, limit=limit)


def shipment_of(actor: Actor, shipment_id: int) -> Shipment:
    found = visible_shipments(actor).select_related("order", "warehouse").filter(pk=shipment_id).first()
    if found is None:
        raise NotFound(kind="shipment", reference=str(shipment_id))
    return found


