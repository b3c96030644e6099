"""An order at one moment, in plain values: what a change is compared with, stored as, and undone to."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime
from decimal import Decimal
from typing import Any

import msgspec
from django.db.models import QuerySet

from orderwell.domains.inventory.models import Reservation
from orderwell.domains.orders.models import Backorder, LineComponent, Order, OrderLine
from orderwell.platform.prepared import prepared

ZERO = Decimal(0)
HEADER = (
    *("note", "priority", "requested_at", "promised_at", "custom", "order_discount"),
    *("ship_country", "ship_region", "ship_city", "ship_postcode"),
)
# Columns of a line that a change may write; the counters belong to shipping, returning, invoicing and cancelling.
OWN = ("quantity", "unit_price", "line_discount", "order_discount_share", "promised_at", "explanation")
MONEY = ("net_amount", "tax_amount", "gross_amount")
COUNTERS = (
    *("quantity_cancelled", "quantity_shipped", "quantity_returned", "quantity_invoiced"),
    "quantity_unbilled",
)
FIXED = ("position", "kind", "variant_id", "is_bundle", "sku", "name", "tax_rate")

LINE = ("id", *FIXED, *OWN, *MONEY, *COUNTERS)


class Waiting(msgspec.Struct, frozen=True):
    """A backorder: how much, how urgent, since when."""

    quantity: Decimal
    priority: int
    since: datetime


class LineState(msgspec.Struct, frozen=True):
    """A line with what is promised for it. `reserved`, and `since` when, is by stock item, `waiting` by variant."""

    id: int
    position: int
    kind: str
    variant_id: int | None
    is_bundle: bool
    sku: str
    name: str
    tax_rate: Decimal
    quantity: Decimal
    unit_price: Decimal
    line_discount: Decimal
    order_discount_share: Decimal
    promised_at: datetime | None
    explanation: dict[str, Any]
    net_amount: Decimal
    tax_amount: Decimal
    gross_amount: Decimal
    quantity_cancelled: Decimal
    quantity_shipped: Decimal
    quantity_returned: Decimal
    quantity_invoiced: Decimal
    quantity_unbilled: Decimal = ZERO
    components: dict[int, Decimal] = {}
    reserved: dict[int, Decimal] = {}
    waiting: dict[int, Waiting] = {}
    since: dict[int, datetime] = {}

    def demand(self, quantity: Decimal) -> dict[int, Decimal]:
        """What `quantity` units need of each stocked variant."""
        if self.is_bundle:
            return {variant: per_unit * quantity for variant, per_unit in self.components.items()}
        return {self.variant_id: quantity} if self.variant_id is not None else {}


class Header(msgspec.Struct, frozen=True):
    note: str
    priority: int
    requested_at: datetime | None
    promised_at: datetime | None
    custom: dict[str, Any]
    order_discount: Decimal
    ship_country: str
    ship_region: str
    ship_city: str
    ship_postcode: str


class Snapshot(msgspec.Struct, frozen=True):
    """`ship_to` is the opened address: it is kept sealed, apart from the rest. `places` names stock items."""

    header: Header
    net_amount: Decimal
    tax_amount: Decimal
    total_amount: Decimal
    due: Decimal
    ship_to: str
    lines: dict[int, LineState]
    places: dict[int, tuple[str, str, int]]


def take_snapshot(order_id: int) -> Snapshot:
    """A fixed number of queries, however many lines."""
    order = Order.objects.get(pk=order_id)
    lines = [dict(zip(LINE, row, strict=True)) for row in _lines_of(order_id)]
    bundles = [line["id"] for line in lines if line["is_bundle"]]
    components: dict[int, dict[int, Decimal]] = defaultdict(dict)
    if bundles:
        parts = LineComponent.objects.filter(line__in=bundles).values_list("line_id", "variant_id", "quantity")
        for line_id, variant, quantity in parts:
            components[line_id][variant] = quantity
    reserved: dict[int, dict[int, Decimal]] = defaultdict(dict)
    since: dict[int, dict[int, datetime]] = defaultdict(dict)
    places: dict[int, tuple[str, str, int]] = {}
    for line_id, quantity, reserved_at, item, variant, sku, warehouse in _reserved_for(order_id):
        reserved[line_id][item], since[line_id][item] = quantity, reserved_at
        places[item] = (sku, warehouse, variant)
    waiting: dict[int, dict[int, Waiting]] = defaultdict(dict)
    for row in Backorder.objects.filter(line__order_id=order_id):
        waiting[row.line_id][row.variant_id] = Waiting(row.quantity, row.priority, row.since)
    return Snapshot(
        header=Header(**{name: getattr(order, name) for name in HEADER}),
        net_amount=order.net_amount,
        tax_amount=order.tax_amount,
        total_amount=order.total_amount,
        due=order.total_amount - order.credited_amount - order.paid_amount,
        ship_to=order.ship_to,
        lines={
            pk: LineState(
                **line, components=components[pk], reserved=reserved[pk], waiting=waiting[pk], since=since[pk]
            )
            for line in lines
            for pk in (line["id"],)
        },
        places=places,
    )


@prepared(int)
def _lines_of(order_id: int) -> QuerySet[OrderLine, tuple[Any, ...]]:
    return OrderLine.objects.filter(order_id=order_id).order_by("position").values_list(*LINE)


@prepared(int)
def _reserved_for(order_id: int) -> QuerySet[Reservation, tuple[int, Decimal, datetime, int, int, str, str]]:
    rows = Reservation.objects.filter(line_id__in=OrderLine.objects.filter(order_id=order_id).values("pk"))
    return rows.values_list(
        *("line_id", "quantity", "reserved_at", "stock_item_id", "stock_item__variant_id"),
        *("stock_item__variant__sku", "stock_item__warehouse__code"),
    )


def plain(value: Any) -> Any:
    """As JSON knows it: numbers and moments as text, exactly."""
    return msgspec.to_builtins(value, str_keys=True)


def line_state_of(stored: Any) -> LineState:
    return msgspec.convert(stored, LineState, str_keys=True)


def header_of(stored: Any) -> dict[str, Any]:
    """Stored header values, typed."""
    kinds = {field.name: field.type for field in msgspec.structs.fields(Header)}
    return {name: msgspec.convert(value, kinds[name], str_keys=True) for name, value in stored.items()}
