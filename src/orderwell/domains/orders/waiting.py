"""What waits for somebody, for start pages: a few rows each, oldest first where age is what matters.

Every function reads a bounded part of an index; none counts without a cap.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Exists, F, OuterRef, Value
from django.db.models.functions import Coalesce, Concat

from orderwell.domains.inventory.models import StockItem
from orderwell.domains.orders.due import MOST_URGENT_FIRST, past_date
from orderwell.domains.orders.models import Backorder, Hold, Order
from orderwell.domains.orders.queries import WAITING, ready_orders, visible_orders
from orderwell.platform.accounts.actor import Actor
from orderwell.platform.permissions import Permission

# Backorders that are looked at for stock that would cover them: the most urgent.
LOOKED_AT = 300


@dataclass(frozen=True, slots=True)
class Held:
    """An order and the hold that has stood longest."""

    order: Order
    hold: Hold


def any_order(actor: Actor) -> bool:
    """Whether there is anything at all to work with."""
    actor.require(Permission.ORDERS_ORDER_VIEW)
    return visible_orders(actor).exists()


def my_quotes(actor: Actor, *, limit: int) -> list[Order]:
    """Drafts the actor made or owns, the oldest first."""
    actor.require(Permission.ORDERS_ORDER_VIEW)
    drafts = visible_orders(actor).filter(state=Order.State.DRAFT, owner_id=actor.id)
    return list(drafts.select_related("customer").order_by("created_at", "id")[:limit])


def held_orders(actor: Actor, *, limit: int) -> list[Held]:
    """Orders that somebody must decide about, those held longest first."""
    actor.require(Permission.ORDERS_ORDER_VIEW)
    orders = visible_orders(actor).filter(on_hold=True).exclude(state=Order.State.CANCELLED)
    ids = list(orders.order_by("placed_at", "id").values_list("pk", flat=True)[: limit * 4])
    holds = Hold.objects.filter(order_id__in=ids, released_at=None).select_related("order").order_by("placed_at")
    found: dict[int, Held] = {}
    for hold in holds:
        found.setdefault(hold.order_id, Held(hold.order, hold))
    return list(found.values())[:limit]


def late(actor: Actor, *, now: datetime, limit: int) -> list[Order]:
    """Past their promise, the longest overdue first."""
    actor.require(Permission.ORDERS_ORDER_VIEW)
    # Of what waits an index has all that is asked for the keys; asked for the state as the column itself, every order
    # that is placed would be read.
    waiting = visible_orders(actor).filter(past_date(now), fulfilment_state__in=WAITING)
    found = waiting.alias(now_is=Concat("state", Value(""))).filter(now_is=Order.State.PLACED)
    found = found.order_by(Coalesce("promised_at", "requested_at"), "id")
    ids = list(found.values_list("pk", flat=True)[:limit])
    rows = {order.pk: order for order in Order.objects.filter(pk__in=ids).select_related("channel")}
    return [rows[pk] for pk in ids if pk in rows]


def coverable(actor: Actor, *, limit: int) -> list[Order]:
    """Orders with a backorder that free stock would cover now."""
    actor.require(Permission.ORDERS_ORDER_VIEW)
    free = StockItem.objects.filter(variant_id=OuterRef("variant_id"), on_hand__gt=F("reserved"))
    urgent = Backorder.objects.order_by("id").values("pk")[:LOOKED_AT]
    lines = Backorder.objects.filter(pk__in=list(urgent.values_list("pk", flat=True))).filter(Exists(free))
    orders = visible_orders(actor).filter(pk__in=lines.values("line__order_id"), state=Order.State.PLACED)
    return list(orders.order_by("placed_at", "id")[:limit])


def ready_to_ship(actor: Actor, *, warehouse_id: int | None = None, limit: int) -> list[Order]:
    """What can leave and is not on hold, the most urgent first; from one warehouse, or from those the actor may see."""
    actor.require(Permission.ORDERS_ORDER_VIEW)
    warehouses = actor.warehouse_ids if warehouse_id is None else {warehouse_id}
    rows = ready_orders(visible_orders(actor), warehouses)
    return list(rows.select_related("customer").order_by(*MOST_URGENT_FIRST)[:limit])


def overpaid(actor: Actor, *, limit: int) -> list[Order]:
    """Orders that were paid more than they cost, the oldest first: money that belongs to something else."""
    actor.require(Permission.ORDERS_ORDER_VIEW)
    orders = visible_orders(actor).filter(payment_state=Order.PaymentState.OVERPAID)
    return list(orders.order_by("placed_at", "id")[:limit])
