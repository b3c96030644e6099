"""What is to be taken from the shelves of one warehouse for which order."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db.models import OuterRef, Subquery, Sum

from orderwell.domains.catalog.models import Barcode, Variant
from orderwell.domains.fulfilment.components import Promise, complete_units, missing_for, take
from orderwell.domains.fulfilment.queries import bundles_ready, shipped_components
from orderwell.domains.inventory.choices import visible_warehouses
from orderwell.domains.inventory.models import Reservation, Warehouse
from orderwell.domains.orders.due import is_past_date
from orderwell.domains.orders.models import Order, OrderLine
from orderwell.domains.orders.services.promises import demand_of
from orderwell.domains.orders.waiting import ready_to_ship
from orderwell.kernel.errors import NotFound
from orderwell.platform.accounts.actor import Actor
from orderwell.platform.permissions import Permission

ONE = Decimal(1)
Sums = dict[str, Decimal]


@dataclass(frozen=True, slots=True)
class Item:
    """Goods as a scanner meets them. `codes` are all its barcodes with how many units one of them stands for."""

    variant_id: int
    sku: str
    name_zh: str
    name_en: str
    unit: str
    places: int
    codes: tuple[tuple[str, Decimal], ...] = ()


@dataclass(frozen=True, slots=True)
class Pick:
    """`quantity` of an item for one order line; `of` names the bundle it is part of."""

    line_id: int
    item: Item
    quantity: Decimal
    of: str = ""


@dataclass(frozen=True, slots=True)
class PickTask:
    order_id: int
    number: str
    due: datetime | None
    late: bool
    picks: tuple[Pick, ...]
    customer: str = ""
    city: str = ""


def warehouse_called(actor: Actor, code: str) -> Warehouse:
    """An active warehouse that the actor may see. Raises NotFound."""
    found = next((row for row in visible_warehouses(actor) if row.code == code), None)
    if found is None:
        raise NotFound(kind="warehouse", reference=code[:40])
    return found


def pick_tasks(actor: Actor, warehouse: Warehouse, *, now: datetime, limit: int = 60) -> list[PickTask]:
    """The orders that can leave from this warehouse, the most urgent first; a fixed number of queries."""
    actor.require(Permission.FULFILMENT_SHIPMENT_VIEW)
    orders = ready_to_ship(actor, warehouse_id=warehouse.pk, limit=limit)
    picks = _picks(orders, warehouse.pk)
    return [
        PickTask(
            order.pk,
            order.number,
            due,
            is_past_date(order, now),
            tuple(picks[order.pk]),
            customer=order.customer_name,
            city=order.ship_city,
        )
        for order in orders
        if picks[order.pk]
        for due in [order.promised_at or order.requested_at]
    ]


def units_to_ship(order_ids: Collection[int], warehouses: Collection[int] | None) -> dict[int, tuple[int, Sums]]:
    """{order id: (goods lines of which something can leave from `warehouses`, their quantities of each unit)}; None means
    from any.

    Of a bundle those units of which every component is reserved or has left. The caller has checked that the orders may be
    seen.
    """
    here = Reservation.objects.filter(line_id=OuterRef("pk"))
    if warehouses is not None:
        here = here.filter(stock_item__warehouse_id__in=warehouses)
    kept = here.order_by().values("line_id").annotate(sum=Sum("quantity")).values("sum")
    lines = OrderLine.objects.filter(order_id__in=list(order_ids), kind=OrderLine.Kind.GOODS)
    rows = lines.annotate(kept=Subquery(kept)).filter(kept__isnull=False).order_by()
    found = list(rows.values_list("pk", "order_id", "is_bundle", "kept", "variant__unit"))
    bundles = bundles_ready([line for line, _order, is_bundle, *_more in found if is_bundle])
    units: dict[int, tuple[int, Sums]] = {}
    for line, order, _is_bundle, reserved, unit in found:
        if leaving := bundles.get(line, reserved):
            count, sums = units.get(order, (0, {}))
            units[order] = (count + 1, {**sums, unit: sums.get(unit, Decimal(0)) + leaving})
    return units


def items_of(variant_ids: Collection[int]) -> dict[int, Item]:
    """What a scanner must know of these variants; two queries. The caller has checked that they may be seen."""
    codes: dict[int, list[tuple[str, Decimal]]] = defaultdict(list)
    rows = Barcode.objects.filter(variant__in=list(variant_ids)).order_by("code")
    for variant, code, pack in rows.values_list("variant_id", "code", "pack__quantity"):
        codes[variant].append((code, pack or ONE))
    variants = Variant.objects.filter(pk__in=list(variant_ids)).values_list(
        "pk", "sku", "name_zh", "name_en", "unit", "quantity_places"
    )
    return {row[0]: Item(*row, codes=tuple(codes[row[0]])) for row in variants}


def _picks(orders: Sequence[Order], warehouse_id: int) -> dict[int, list[Pick]]:
    lines = list(
        OrderLine.objects.filter(order__in=[order.pk for order in orders], kind=OrderLine.Kind.GOODS)
        .prefetch_related("components")
        .order_by("order_id", "position")
    )
    promises: dict[int, list[Promise]] = defaultdict(list)
    rows = Reservation.objects.filter(line_id__in=[line.pk for line in lines]).values_list(
        "pk", "line_id", "stock_item_id", "stock_item__variant_id", "stock_item__warehouse_id", "quantity"
    )
    for row in rows:
        promises[row[1]].append(Promise(*row))
    gone = shipped_components([line.pk for line in lines])
    items = items_of({promise.variant_id for listed in promises.values() for promise in listed})
    places = dict(
        Variant.objects.filter(pk__in=[line.variant_id for line in lines]).values_list("pk", "quantity_places")
    )
    found: dict[int, list[Pick]] = defaultdict(list)
    for line in lines:
        wanted = _wanted(line, promises[line.pk], gone[line.pk], places.get(line.variant_id or 0, 0), warehouse_id)
        of = line.sku if line.is_bundle else ""
        found[line.order_id] += [Pick(line.pk, items[variant], quantity, of) for variant, quantity in wanted.items()]
    return found


def _wanted(
    line: OrderLine, promises: Sequence[Promise], gone: dict[int, Decimal], places: int, warehouse_id: int
) -> dict[int, Decimal]:
    """{variant: quantity} here. Components whose bundle still waits for another component stay where they are."""
    per_unit = demand_of(line, ONE)
    reserved = defaultdict(Decimal, gone)
    for promise in promises:
        reserved[promise.variant_id] += promise.quantity
    units = complete_units(reserved, per_unit, places)
    here = [promise for promise in promises if promise.warehouse_id == warehouse_id]
    taken, _short = take(here, missing_for(units, per_unit, gone))
    sums: dict[int, Decimal] = defaultdict(Decimal)
    for promise in here:
        sums[promise.variant_id] += taken.get(promise.reservation_id, Decimal(0))
    return {variant: quantity for variant, quantity in sums.items() if quantity}
