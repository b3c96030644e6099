"""A past order as the beginning of a new one: at today's prices, and what is different today said line by line."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from orderwell.domains.catalog.resolving import variants_by_sku
from orderwell.domains.orders.models import OrderLine
from orderwell.domains.orders.overview import OrderOverview, order_overview
from orderwell.domains.orders.todays_prices import todays_prices
from orderwell.domains.prices.rule import Buyer
from orderwell.platform.accounts.actor import Actor

ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class ReorderLine:
    """`price_now` None: the product has no list price in the currency, or `sold` says that it is not sold any more."""

    sku: str
    name: str
    quantity: Decimal
    price_then: Decimal
    price_now: Decimal | None
    sold: bool

    @property
    def dearer(self) -> bool:
        return self.price_now is not None and self.price_now > self.price_then

    @property
    def changed(self) -> bool:
        return not self.sold or self.price_now != self.price_then


@dataclass(frozen=True, slots=True)
class Reorder:
    source: OrderOverview
    lines: tuple[ReorderLine, ...]


def reorder(actor: Actor, order_id: int, *, now: datetime) -> Reorder:
    """Lines of the same product become one; cancelled units are left out. Raises NotFound, PermissionDenied."""
    source = order_overview(actor, order_id)
    wanted: dict[str, Decimal] = defaultdict(Decimal)
    first: dict[str, OrderLine] = {}
    for view in source.goods:
        if view.active:
            wanted[view.line.sku] += view.active
            first.setdefault(view.line.sku, view.line)
    variants = variants_by_sku(set(wanted))
    order, currency = source.order, source.order.currency
    group = order.customer.group_id if order.customer else None
    buyer = Buyer(order.customer_id, group, order.channel_id, order.prices_include_tax)
    units = {variants[sku].id: quantity for sku, quantity in wanted.items() if sku in variants}
    prices = todays_prices(units, buyer, currency, now=now)
    return Reorder(
        source,
        tuple(
            ReorderLine(
                sku,
                first[sku].name,
                quantity,
                first[sku].unit_price,
                prices.get(variants[sku].id) if sku in variants else None,
                sku in variants,
            )
            for sku, quantity in wanted.items()
        ),
    )
