"""What a customer usually buys, and what was paid the last time: read from the newest orders, however many there are."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db.models import Count, F, OuterRef, QuerySet, Subquery, Sum

from orderwell.domains.catalog.models import Channel, Variant
from orderwell.domains.customers.lookup import known_customer
from orderwell.domains.orders.models import Order, OrderLine
from orderwell.domains.orders.queries import visible_orders
from orderwell.platform.accounts.actor import Actor
from orderwell.platform.permissions import Permission
from orderwell.platform.prepared import prepared

# Orders of one customer that are looked at: bounded work for the largest customer, and older habits say little.
NEWEST = 300


@dataclass(frozen=True, slots=True)
class LastSale:
    """The newest line of a product to a customer. `unit_price` is what was asked before discounts."""

    sku: str
    order_id: int
    order_number: str
    placed_at: datetime | None
    quantity: Decimal
    unit_price: Decimal
    line_discount: Decimal
    currency: str


@dataclass(frozen=True, slots=True)
class Favourite:
    """`times` counts orders, `quantity` all units of them; products no longer sold are left out."""

    sku: str
    name_zh: str
    name_en: str
    times: int
    quantity: Decimal


def last_sales(actor: Actor, customer_id: int, skus: Collection[str], *, currency: str = "") -> dict[str, LastSale]:
    """The last sale of each of `skus` to the customer, by SKU. Raises NotFound, PermissionDenied."""
    lines = _recent_lines(actor, customer_id).filter(variant__sku__in=list(skus))
    if currency:
        lines = lines.filter(order__currency=currency)
    rows = lines.order_by("order__placed_at", "order_id", "position").values_list(
        "variant__sku",
        "order_id",
        "order__number",
        "order__placed_at",
        "quantity",
        "unit_price",
        "line_discount",
        "order__currency",
    )
    return {row[0]: LastSale(*row) for row in rows}  # the newest row of a SKU comes last and stays


def favourites(actor: Actor, customer_id: int, *, limit: int = 12) -> list[Favourite]:
    """What the customer ordered most often, then most of. Raises NotFound, PermissionDenied."""
    found = list(
        _recent_lines(actor, customer_id)
        .filter(variant__active=True, variant__product__active=True)
        .order_by()
        .values("variant_id")
        .annotate(times=Count("order_id", distinct=True), units=Sum("quantity"))
        .order_by("-times", "-units", "variant_id")[: max(1, min(limit, 50))]
    )
    variants = Variant.objects.in_bulk([row["variant_id"] for row in found])
    return [
        Favourite(variant.sku, variant.name_zh, variant.name_en, row["times"], row["units"])
        for row in found
        for variant in [variants[row["variant_id"]]]
    ]


def usual_channel(actor: Actor, customer_id: int) -> str:
    """Code of the channel of the customer's newest order; empty without any."""
    actor.require(Permission.ORDERS_ORDER_VIEW)
    orders = visible_orders(actor).filter(customer_id=customer_id, placed_at__isnull=False)
    return orders.order_by("-placed_at", "-id").values_list("channel__code", flat=True).first() or ""


def channel_of_entry(actor: Actor) -> str:
    """Code of the channel through which orders are entered by hand: the one whose newest order was typed in, of several
    the latest; empty where nothing was. What shops and marketplaces send says nothing about it."""
    return next(iter(_channels_typed_in(actor)), "")


@prepared(Actor)
def _channels_typed_in(actor: Actor) -> QuerySet[Channel, str]:
    newest = visible_orders(actor).filter(channel=OuterRef("pk"), placed_at__isnull=False).order_by("-placed_at", "-id")
    channels = Channel.objects.filter(active=True).annotate(
        came_from=Subquery(newest.values("source")[:1]), latest=Subquery(newest.values("placed_at")[:1])
    )
    return channels.filter(came_from="web").order_by("-latest").values_list("code", flat=True)[:1]


def _recent_lines(actor: Actor, customer_id: int) -> QuerySet[OrderLine]:
    actor.require(Permission.ORDERS_ORDER_VIEW)
    known_customer(actor, customer_id)
    newest = (
        visible_orders(actor)
        .filter(customer_id=customer_id, placed_at__isnull=False)
        .exclude(state=Order.State.CANCELLED)
        .order_by("-placed_at", "-id")
        .values_list("pk", flat=True)[:NEWEST]
    )
    return OrderLine.objects.filter(
        order_id__in=list(newest), kind=OrderLine.Kind.GOODS, quantity__gt=F("quantity_cancelled")
    )
