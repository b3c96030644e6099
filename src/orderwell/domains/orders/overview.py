"""Everything of one order that its page shows, with a fixed number of queries however many lines it has."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.db.models import QuerySet, prefetch_related_objects

from orderwell.domains.inventory.choices import every_warehouse
from orderwell.domains.inventory.models import Reservation
from orderwell.domains.orders.holds import STEPS, blocking
from orderwell.domains.orders.models import Attachment, Backorder, Hold, Order, OrderLine, OrderNote
from orderwell.domains.orders.queries import order_detail, visible_orders
from orderwell.domains.orders.to_invoice import uninvoiced
from orderwell.kernel.errors import NotFound
from orderwell.platform.accounts.actor import Actor
from orderwell.platform.permissions import Permission
from orderwell.platform.prepared import prepared

ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class LineView:
    """A line with what is promised for it. Reservations and backorders of a bundle count its components."""

    line: OrderLine
    reservations: list[Reservation]
    backordered: Decimal

    @property
    def active(self) -> Decimal:
        left: Decimal = self.line.quantity - self.line.quantity_cancelled
        return left

    @property
    def to_ship(self) -> Decimal:
        return self.active - self.line.quantity_shipped if self.line.kind == OrderLine.Kind.GOODS else ZERO

    @property
    def to_invoice(self) -> Decimal:
        return uninvoiced(self.line)

    @property
    def cancellable(self) -> Decimal:
        """Units that did not leave; those that are invoiced are credited when they are cancelled."""
        units: Decimal = self.active - self.line.quantity_shipped
        return max(units, ZERO)

    @property
    def reserved(self) -> Decimal:
        return sum((reservation.quantity for reservation in self.reservations), ZERO)

    def within_reach(self, actor: Actor) -> list[Reservation]:
        """What is reserved in the warehouses that the actor works with."""
        places = actor.warehouse_ids
        return [row for row in self.reservations if places is None or row.stock_item.warehouse_id in places]

    @property
    def sourcing(self) -> list[dict[str, Any]]:
        """How each stock item was chosen when the order was placed."""
        found = self.line.explanation.get("sourcing", [])
        return found if isinstance(found, list) else [found]


@dataclass(frozen=True, slots=True)
class OrderOverview:
    order: Order
    lines: list[LineView]
    holds: list[Hold]
    notes: list[OrderNote]
    attachments: list[Attachment]
    ship_to: dict[str, str] = field(default_factory=dict)

    @property
    def has_address(self) -> bool:
        order = self.order
        return bool(order.ship_to or order.ship_city or order.ship_region or order.ship_postcode)

    @property
    def goods(self) -> list[LineView]:
        return [view for view in self.lines if view.line.kind == OrderLine.Kind.GOODS]

    @property
    def due(self) -> Decimal:
        due: Decimal = self.order.total_amount - self.order.credited_amount - self.order.paid_amount
        return due

    @property
    def active_holds(self) -> list[Hold]:
        """None of a cancelled order: it stops nothing any more."""
        if self.order.state == Order.State.CANCELLED:
            return []
        return [hold for hold in self.holds if hold.released_at is None]

    @property
    def blocked(self) -> set[str]:
        """Steps that a hold forbids now."""
        kinds = [hold.kind for hold in self.active_holds]
        return {step for step in STEPS if blocking(kinds, step)}


def order_overview(actor: Actor, order_id: int, *, with_stock: bool = True) -> OrderOverview:
    """Raises NotFound when there is no such order or the actor may not know of it. `with_stock` False leaves out what is
    reserved and backordered."""
    order = order_detail(actor, order_id)
    if order is None:
        raise NotFound(kind="order", reference=str(order_id))
    lines = _lines_of(order_id)
    waiting = set(_waiting_of(order_id)) if with_stock else set()
    # Only for lines that have some: of a thousand others each would get a query set of its own, empty and costly.
    prefetch_related_objects([line for line in lines if line.is_bundle], "components__variant")
    prefetch_related_objects([line for line in lines if line.pk in waiting], "backorders")
    reservations: Mapping[int, list[Reservation]] = {}
    if with_stock and order.state == Order.State.PLACED:
        reservations = _reserved_for(order_id, lines)
    views = []
    for line in lines:
        line.order = order
        missing = sum((row.quantity for row in line.backorders.all()), ZERO) if line.pk in waiting else ZERO
        views.append(LineView(line, reservations.get(line.pk, []), missing))
    address: dict[str, str] = {}
    if order.ship_to and actor.may(Permission.CUSTOMERS_PERSONAL_DATA_VIEW):
        address = json.loads(order.ship_to)
    return OrderOverview(
        order=order,
        lines=views,
        holds=_holds_of(order_id),
        notes=_notes_of(order_id),
        attachments=_attachments_of(order_id),
        ship_to=address,
    )


@prepared(int)
def _lines_of(order_id: int) -> QuerySet[OrderLine]:
    return OrderLine.objects.filter(order_id=order_id).order_by("position").select_related("variant")


@prepared(int)
def _waiting_of(order_id: int) -> QuerySet[Any, int]:
    return Backorder.objects.filter(line__order_id=order_id).values_list("line_id", flat=True)


def _reserved_for(order_id: int, lines: Sequence[OrderLine]) -> Mapping[int, list[Reservation]]:
    """By line, each with its stock item, warehouse and variant. Of a thousand lines the warehouses are a few, and the
    variants are those of the lines and their components: none of them is read a thousand times."""
    found: dict[int, list[Reservation]] = defaultdict(list)
    warehouses = {warehouse.pk: warehouse for warehouse in every_warehouse()}
    variants = {line.variant_id: line.variant for line in lines}
    variants |= {part.variant_id: part.variant for line in lines if line.is_bundle for part in line.components.all()}
    for row in _reservations_of(order_id):
        item = row.stock_item
        item.warehouse = warehouses[item.warehouse_id]
        if variant := variants.get(item.variant_id):
            item.variant = variant
        found[row.line_id].append(row)
    return found


@prepared(int)
def _reservations_of(order_id: int) -> QuerySet[Reservation]:
    rows = Reservation.objects.filter(line_id__in=OrderLine.objects.filter(order_id=order_id).values("pk"))
    return rows.select_related("stock_item").order_by("stock_item__warehouse__priority", "pk")


@prepared(int)
def _holds_of(order_id: int) -> QuerySet[Hold]:
    return Hold.objects.filter(order_id=order_id).order_by("-placed_at")


@prepared(int)
def _notes_of(order_id: int) -> QuerySet[OrderNote]:
    return OrderNote.objects.filter(order_id=order_id, removed_at=None).order_by("-created_at")


@prepared(int)
def _attachments_of(order_id: int) -> QuerySet[Attachment]:
    return Attachment.objects.filter(order_id=order_id).order_by("-created_at")


def attachment_of(actor: Actor, order_id: int, attachment_id: int) -> Attachment:
    """A file of an order the actor may see."""
    if order_detail(actor, order_id) is None:
        raise NotFound(kind="order", reference=str(order_id))
    found = Attachment.objects.filter(order_id=order_id, pk=attachment_id).first()
    if found is None:
        raise NotFound(kind="file", reference=str(attachment_id))
    return found


def attachments_of_customer(actor: Actor, customer_id: int, *, limit: int = 100) -> list[Attachment]:
    """Files of the orders of one customer that the actor may see, the newest first."""
    orders = visible_orders(actor).filter(customer_id=customer_id).values("pk")
    return list(Attachment.objects.filter(order__in=orders).select_related("order").order_by("-pk")[:limit])
