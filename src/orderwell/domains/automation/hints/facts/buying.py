"""What the customers of orders bought before, and orders that one may repeat."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db import connection
from django.db.models import F, Q, QuerySet

from orderwell.domains.automation.hints.facts.values import OrderFacts, Past, Twin
from orderwell.domains.orders.models import Order, OrderLine
from orderwell.domains.orders.options import DUPLICATE_HOURS
from orderwell.domains.orders.queries import visible_orders
from orderwell.platform.accounts.actor import Actor
from orderwell.platform.configuration.services import get as setting
from orderwell.platform.permissions import Permission
from orderwell.platform.prepared import prepared

# Earlier orders of one customer that are looked at; older habits say little.
LATEST = 40
MOST_TWINS = 5
MOST_COMPARED = 5_000
# Customers in one statement: SQLite joins no more than 500 parts.
AT_ONCE = 200
Goods = Mapping[str, Decimal]


def fill_past(actor: Actor, facts: Sequence[OrderFacts]) -> None:
    """Earlier lines of the same customer for the same goods, in the same currency, the newest first. Two queries."""
    customers = {item.customer_id for item in facts if item.customer_id is not None}
    if not customers or not actor.may(Permission.ORDERS_ORDER_VIEW):
        return
    orders = _latest(actor, sorted(customers))
    variants = sorted({line.variant_id for item in facts for line in item.lines})
    lines: dict[tuple[int, str, int], list[tuple[int, Past]]] = defaultdict(list)
    rows = _bought(orders, variants)
    for customer, currency, variant, order_id, quantity, cancelled, price, number, placed_at in rows:
        past = Past(quantity - cancelled, price, number, placed_at)
        lines[customer, currency, variant].append((order_id, past))
    for item in facts:
        if item.customer_id is None:
            continue
        found: dict[int, list[Past]] = {}
        for variant in {line.variant_id for line in item.lines}:
            known = lines.get((item.customer_id, item.currency, variant), ())
            before = item.placed_at
            found[variant] = [
                past
                for order_id, past in known
                if order_id != item.order_id and (before is None or past.placed_at <= before)
            ]
        item.past = found


@prepared([int], [int])
def _bought(orders: Sequence[int], variants: Sequence[int]) -> QuerySet[Any, tuple[Any, ...]]:
    rows = OrderLine.objects.filter(
        order__in=orders, variant__in=variants, kind=OrderLine.Kind.GOODS, quantity__gt=F("quantity_cancelled")
    )
    return rows.order_by("-order__placed_at", "-order_id", "position").values_list(
        *("order__customer_id", "order__currency", "variant_id", "order_id"),
        *("quantity", "quantity_cancelled", "unit_price", "order__number", "order__placed_at"),
    )


def _latest(actor: Actor, customers: Sequence[int]) -> list[int]:
    """The newest orders of each customer, in statements whose work is bounded for the largest of them."""
    found: list[int] = []
    for start in range(0, len(customers), AT_ONCE):
        found += _latest_of(actor, customers[start : start + AT_ONCE])
    return found


def _latest_of(actor: Actor, customers: Sequence[int]) -> list[int]:
    if len(customers) == 1:
        return _latest_of_one(actor, customers[0])
    parts: list[str] = []
    values: list[Any] = []
    for customer in customers:
        sql, params = _newest(actor, customer).query.sql_with_params()
        parts.append(f"SELECT * FROM ({sql}) AS part{len(parts)}")  # noqa: S608  written by Django
        values += params
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(parts), values)
        return [row[0] for row in cursor.fetchall()]


def _newest(actor: Actor, customer: int) -> QuerySet[Any, int]:
    rows = visible_orders(actor).filter(customer_id=customer, placed_at__isnull=False)
    rows = rows.exclude(state=Order.State.CANCELLED).order_by("-placed_at", "-id")
    return rows.values_list("id", flat=True)[:LATEST]


_latest_of_one = prepared(Actor, int)(_newest)


def fill_twins(actor: Actor, facts: Sequence[OrderFacts], *, now: datetime) -> None:
    """Earlier orders with the same goods or amount within the hours of the setting, or with the same external number."""
    if not actor.may(Permission.ORDERS_ORDER_VIEW):
        return
    hours = timedelta(hours=int(setting(DUPLICATE_HOURS)))
    wanted = [item for item in facts if item.lines and (item.external_id or (hours and item.customer_id))]
    if not wanted:
        return
    candidates = _candidates(actor, wanted, hours, now)
    goods = _goods_of([order.pk for order in candidates])
    for item in wanted:
        mine = _added_up((line.sku, line.open) for line in item.lines)
        found = []
        for order in candidates:
            reasons = tuple(_same(item, order, mine, goods.get(order.pk, {}), hours, now))
            if reasons:
                found.append(Twin(order.pk, order.number, order.placed_at, reasons))
        item.twins = found[:MOST_TWINS]


def _candidates(actor: Actor, facts: Sequence[OrderFacts], hours: timedelta, now: datetime) -> list[Order]:
    numbers = sorted({item.external_id for item in facts if item.external_id})
    customers = sorted({item.customer_id for item in facts if item.customer_id is not None})
    if not hours or not customers:
        return _numbered(actor, numbers)
    first = min(item.placed_at or now for item in facts) - hours
    return _alike(actor, numbers, customers, first, max(item.placed_at or now for item in facts))


@prepared(Actor, [str])
def _numbered(actor: Actor, numbers: Sequence[str]) -> QuerySet[Order]:
    return _alive(actor, Q(external_id__in=numbers))


@prepared(Actor, [str], [int], datetime, datetime)
def _alike(
    actor: Actor, numbers: Sequence[str], customers: Sequence[int], first: datetime, last: datetime
) -> QuerySet[Order]:
    of_customers = Q(customer__in=customers, placed_at__gte=first, placed_at__lte=last)
    return _alive(actor, Q(external_id__in=numbers) | of_customers)


def _alive(actor: Actor, which: Q) -> QuerySet[Order]:
    rows = visible_orders(actor).exclude(state=Order.State.CANCELLED).filter(placed_at__isnull=False)
    return rows.filter(which).order_by("-placed_at", "-id")[:MOST_COMPARED]


def _same(item: OrderFacts, order: Order, mine: Goods, theirs: Goods, hours: timedelta, now: datetime) -> Iterable[str]:
    """Only the later of two is told, so that one of them stays."""
    placed = item.placed_at or now
    at = order.placed_at
    if order.pk == item.order_id or at is None or (at, order.pk) > (placed, item.order_id or order.pk):
        return
    if item.external_id and order.external_id == item.external_id:
        yield "reference"
    if item.customer_id is None or order.customer_id != item.customer_id or at < placed - hours:
        return
    if mine and mine == theirs:
        yield "goods"
        if order.total_amount == item.total and order.currency == item.currency:
            yield "amount"


def _goods_of(orders: Sequence[int]) -> dict[int, dict[str, Decimal]]:
    found: dict[int, list[tuple[str, Decimal]]] = defaultdict(list)
    for order_id, sku, quantity, cancelled in _goods(orders):
        found[order_id].append((sku, quantity - cancelled))
    return {order_id: _added_up(lines) for order_id, lines in found.items()}


@prepared([int])
def _goods(orders: Sequence[int]) -> QuerySet[Any, tuple[int, str, Decimal, Decimal]]:
    rows = OrderLine.objects.filter(order__in=orders, kind=OrderLine.Kind.GOODS)
    return rows.values_list("order_id", "sku", "quantity", "quantity_cancelled")


def _added_up(lines: Iterable[tuple[str, Decimal]]) -> dict[str, Decimal]:
    total: dict[str, Decimal] = defaultdict(Decimal)
    for sku, quantity in lines:
        total[sku] += quantity
    return {sku: quantity for sku, quantity in total.items() if quantity}
