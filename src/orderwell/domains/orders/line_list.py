"""Lines of orders as rows of their own: what was sold of a product, and what is reserved and can leave."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Exists, OuterRef, QuerySet

from orderwell.domains.catalog.models import Variant
from orderwell.domains.inventory.models import Reservation
from orderwell.domains.orders.models import Backorder, Order, OrderLine
from orderwell.domains.orders.queries import visible_orders
from orderwell.platform.accounts.actor import Actor
from orderwell.platform.accounts.row_filters import rows_within
from orderwell.platform.permissions import Permission
from orderwell.platform.prepared import prepared

# Lines that wait for one product: more are counted by nobody.
MOST_WAITING = 20
SOLD = (Order.State.PLACED, Order.State.COMPLETED)


@dataclass(frozen=True)
class LineFilters:
    """Empty means all. `sold` leaves cancelled orders out; `since` is inclusive, `until` exclusive."""

    product_id: int | None = None
    sku: str = ""
    customer_id: int | None = None
    currency: str = ""
    channel: str = ""
    sold: bool = False
    since: datetime | None = None
    until: datetime | None = None


def goods_lines(actor: Actor, filters: LineFilters) -> list[QuerySet[OrderLine]]:
    """Goods lines of placed orders as disjoint parts, one for each SKU of a product: an index serves each by id."""
    actor.require(Permission.ORDERS_ORDER_VIEW)
    lines = OrderLine.objects.filter(kind=OrderLine.Kind.GOODS, order__placed_at__isnull=False)
    lines = lines.select_related("order", "variant")
    if _is_limited(actor):
        lines = lines.filter(order__in=visible_orders(actor).values("pk"))
    wanted = {
        "order__customer": filters.customer_id,
        "order__currency": filters.currency or None,
        "order__channel__code": filters.channel or None,
        "order__state__in": SOLD if filters.sold else None,
        "order__placed_at__gte": filters.since,
        "order__placed_at__lt": filters.until,
    }
    lines = lines.filter(**{column: value for column, value in wanted.items() if value is not None})
    variants = _variants(filters)
    return [lines] if variants is None else [lines.filter(variant=pk) for pk in variants]


def _variants(filters: LineFilters) -> list[int] | None:
    rows = Variant.objects.order_by("id")
    if filters.product_id is not None:
        rows = rows.filter(product=filters.product_id)
    if filters.sku:
        rows = rows.filter(sku=filters.sku)
    elif filters.product_id is None:
        return None
    return list(rows.values_list("pk", flat=True))


def reserved_lines(
    actor: Actor,
    *,
    product_id: int | None = None,
    warehouse: str = "",
    sku: str = "",
    ready: bool = True,
) -> QuerySet[Reservation]:
    """Reservations for orders the actor may know of, in warehouses it may see; `ready` leaves out orders on hold."""
    actor.require(Permission.ORDERS_ORDER_VIEW)
    rows = Reservation.objects.select_related("stock_item__variant", "stock_item__warehouse")
    rows = rows_within(rows, actor, stock_item__warehouse="warehouse")
    orders = visible_orders(actor) if _is_limited(actor) else Order.objects.all()
    if ready:
        orders = orders.filter(on_hold=False, state=Order.State.PLACED)
    if ready or _is_limited(actor):
        rows = rows.filter(Exists(OrderLine.objects.filter(pk=OuterRef("line_id"), order__in=orders.values("pk"))))
    if product_id is not None:
        rows = rows.filter(stock_item__variant__product=product_id)
    if warehouse:
        rows = rows.filter(stock_item__warehouse__code=warehouse)
    return rows.filter(stock_item__variant__sku=sku) if sku else rows


def lines_of_reservations(rows: Sequence[Reservation]) -> dict[int, OrderLine]:
    """Line id -> the line with its order, for reservations that the actor may see."""
    return {line.pk: line for line in _with_order([row.line_id for row in rows])}


@prepared([int])
def _with_order(lines: Sequence[int]) -> QuerySet[OrderLine]:
    return OrderLine.objects.filter(pk__in=lines).select_related("order")


def missing_lines(actor: Actor, variant_ids: Collection[int], *, limit: int) -> list[Backorder]:
    """What waits for goods of these variants, the most urgent first."""
    actor.require(Permission.ORDERS_ORDER_VIEW)
    return _waiting(actor, list(variant_ids))[:limit]


@prepared(Actor, [int])
def _waiting(actor: Actor, variant_ids: Sequence[int]) -> QuerySet[Backorder]:
    rows = Backorder.objects.filter(variant__in=variant_ids).select_related("line__order", "variant")
    if _is_limited(actor):
        rows = rows.filter(line__order__in=visible_orders(actor).values("pk"))
    return rows.order_by("priority", "since", "id")[:MOST_WAITING]


def _is_limited(actor: Actor) -> bool:
    return actor.channel_ids is not None or actor.team_ids is not None
