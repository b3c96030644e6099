"""Orders that a new one may be a repetition of: a warning with its reasons, never a refusal."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from django.db.models import Q

from orderwell.domains.orders.drafts import OrderDraft
from orderwell.domains.orders.models import Order, OrderLine
from orderwell.domains.orders.options import DUPLICATE_HOURS
from orderwell.domains.orders.queries import visible_orders
from orderwell.platform.accounts.actor import Actor
from orderwell.platform.configuration.services import get as setting
from orderwell.platform.crypto import phone_index
from orderwell.platform.permissions import Permission

MOST_COMPARED = 100
MOST_SHOWN = 5


@dataclass(frozen=True, slots=True)
class Similar:
    """`reasons`: "reference" (the same number of the customer), "goods" (the same goods), "amount" (the same total)."""

    order_id: int
    number: str
    placed_at: datetime | None
    total_amount: Decimal
    currency: str
    reasons: tuple[str, ...]


def similar_orders(
    actor: Actor, draft: OrderDraft, *, total: Decimal | None = None, except_order: int | None = None, now: datetime
) -> list[Similar]:
    """Orders of the same customer (or phone) within the hours of the setting, and any with the same reference."""
    actor.require(Permission.ORDERS_ORDER_VIEW)
    reasons: dict[int, list[str]] = defaultdict(list)
    orders: dict[int, Order] = {}
    alive = visible_orders(actor).exclude(state=Order.State.CANCELLED).exclude(pk=except_order or 0)
    if draft.external_id:
        for order in alive.filter(external_id=draft.external_id)[:MOST_SHOWN]:
            orders[order.pk] = order
            reasons[order.pk].append("reference")
    who = _same_buyer(draft)
    hours = int(setting(DUPLICATE_HOURS))
    if who is not None and hours and draft.lines:
        since = now - timedelta(hours=hours)
        recent = list(alive.filter(who, placed_at__gte=since).order_by("-placed_at", "-id")[:MOST_COMPARED])
        wanted = _added_up((line.sku, line.quantity) for line in draft.lines)
        for order, goods in _goods_of(recent):
            if goods == wanted:
                orders[order.pk] = order
                reasons[order.pk].append("goods")
            if total and order.total_amount == total and draft.currency in (None, order.currency):
                orders[order.pk] = order
                reasons[order.pk].append("amount")
    return [
        Similar(pk, order.number, order.placed_at, order.total_amount, order.currency, tuple(reasons[pk]))
        for pk, order in list(orders.items())[:MOST_SHOWN]
    ]


def _same_buyer(draft: OrderDraft) -> Q | None:
    if draft.customer:
        return Q(customer__number=draft.customer)
    phone = draft.ship_to.phone if draft.ship_to else ""
    return Q(phone_index=phone_index(phone)) if phone else None


def _goods_of(orders: list[Order]) -> Iterable[tuple[Order, Mapping[str, Decimal]]]:
    goods: dict[int, list[tuple[str, Decimal]]] = defaultdict(list)
    rows = OrderLine.objects.filter(order__in=orders, kind=OrderLine.Kind.GOODS)
    for order_id, sku, quantity, cancelled in rows.values_list("order_id", "sku", "quantity", "quantity_cancelled"):
        goods[order_id].append((sku, quantity - cancelled))
    return [(order, _added_up(goods[order.pk])) for order in orders]


def _added_up(lines: Iterable[tuple[str, Decimal]]) -> dict[str, Decimal]:
    total: dict[str, Decimal] = defaultdict(Decimal)
    for sku, quantity in lines:
        total[sku] += quantity
    return {sku: quantity for sku, quantity in total.items() if quantity}
