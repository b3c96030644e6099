"""Step 4: lock what becomes scarcer, decide in arrival order. The decision itself is `sourcing.py`, pure."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from decimal import Decimal
from operator import itemgetter

from orderwell.domains.catalog.models import Variant
from orderwell.domains.inventory.promising import HeldBack
from orderwell.domains.inventory.resolving import Buffers, WarehouseRef, active_warehouses, buffers
from orderwell.domains.inventory.services.ledger import StockRow, lock_stock
from orderwell.domains.orders import errors
from orderwell.domains.orders.placement.plan import Plan
from orderwell.domains.orders.sourcing import Demand, Place, explain, shortages, source
from orderwell.kernel.quantities import plain
from orderwell.platform.unchanged import Unchanged

ReadStock = Callable[[Collection[int], Collection[int]], list[StockRow]]


def reserve_in_arrival_order(
    plans: list[Plan], *, known: Unchanged | None = None, read: ReadStock | None = None
) -> None:
    """Lock the stock of every demanded variant once, in primary-key order, then serve the plans one after the other.

    What only looks at stock hands in a `read` that takes no lock. Rows that are `known` were counted down by the orders
    before; the ledger compares them with what is stored in any case.
    """
    variants = {demand.variant_id for plan in plans for line in plan.lines for demand in line.demands}
    if not variants:
        return
    warehouses = active_warehouses()
    warehouse_ids = [warehouse.id for warehouse in warehouses.values()]

    def rows_of(variants: Collection[int]) -> dict[int, list[StockRow]]:
        found: dict[int, list[StockRow]] = {variant: [] for variant in variants}
        for row in (read or lock_stock)(variants, warehouse_ids):
            found[row.variant_id].append(row)
        return found

    stock = known.recall(("stock", *warehouse_ids), variants, rows_of) if known is not None else rows_of(variants)
    held_back = buffers()
    ranks: dict[tuple[int, str], dict[int, tuple[int, str]]] = {}
    for plan in plans:
        if plan.channel is None:
            continue
        channel_id, wish = plan.channel.id, plan.customer.warehouse if plan.customer else ""
        if (channel_id, wish) not in ranks:
            ranks[channel_id, wish] = preference(plan.channel.warehouse_codes, warehouses, first=wish)
        rank = ranks[channel_id, wish]
        demands = [demand for line in plan.lines for demand in line.demands]
        places = {
            variant: places_for(stock.get(variant, ()), rank, channel_id, held_back)
            for variant in {demand.variant_id for demand in demands}
        }
        _serve(plan, demands, places)
        if plan.outcome is None:
            count_down(demands, stock)


def places_for(
    rows: Sequence[StockRow], rank: dict[int, tuple[int, str]], channel_id: int, held_back: Buffers
) -> list[Place]:
    """The stock of one variant as the channel may use it, best warehouse first."""
    usable = [(rank[row.warehouse_id], row) for row in rows if row.warehouse_id in rank]
    if len(usable) > 1:
        usable.sort(key=itemgetter(0))
    found = [Place(row.id, code, row.on_hand - row.reserved, row.allow_negative) for (_, code), row in usable]
    if held_back.rows and found:
        warehouses = {row.warehouse_id: code for (_, code), row in usable}
        _hold_back(found, held_back.of(channel_id, usable[0][1].variant_id, warehouses))
    return found


def _hold_back(places: list[Place], held: HeldBack) -> None:
    kept = held.of({place.warehouse: place.free for place in places})
    for place in places:
        place.free -= kept[place.warehouse]


def count_down(demands: list[Demand], stock: dict[int, list[StockRow]]) -> None:
    """What this order took is no longer free for the next in the batch."""
    for demand in demands:
        for place, quantity in demand.taken:
            row = next(row for row in stock[demand.variant_id] if row.id == place.stock_item_id)
            row.reserved += quantity


def preference(
    codes: tuple[str, ...], warehouses: dict[str, WarehouseRef], *, first: str = ""
) -> dict[int, tuple[int, str]]:
    """Warehouse id -> (rank, code): the channel's own list, or all active warehouses by their priority.

    `first` is the one that the customer prefers; it goes first if the channel may use it.
    """
    chosen = [warehouses[code] for code in codes if code in warehouses] if codes else list(warehouses.values())
    if first:
        chosen.sort(key=lambda warehouse: warehouse.code != first)
    return {warehouse.id: (rank, warehouse.code) for rank, warehouse in enumerate(chosen)}


def _serve(plan: Plan, demands: list[Demand], places: dict[int, list[Place]]) -> None:
    backorder = plan.channel is not None and plan.channel.backorder
    if not backorder:
        short = shortages(demands, places)
        if short:
            plan.refuse(*_out_of_stock(plan, short))
            return
    before = {variant: [(place.warehouse, place.free) for place in found] for variant, found in places.items()}
    rule = source(demands, places)
    wish = plan.customer.warehouse if plan.customer else ""
    shared = len(demands) > len(before)
    for line in plan.lines:
        if line.demands:
            line.explanation["sourcing"] = [
                explain(rule, demand, before[demand.variant_id], wish=wish) for demand in line.demands
            ]
            if shared:
                _take_from(before, line.demands)


def _take_from(free: dict[int, list[tuple[str, Decimal]]], demands: Sequence[Demand]) -> None:
    """What a line took was not free for those that come after it."""
    for demand in demands:
        taken = {place.warehouse: quantity for place, quantity in demand.taken}
        free[demand.variant_id] = [
            (warehouse, much - taken.get(warehouse, Decimal(0))) for warehouse, much in free[demand.variant_id]
        ]


def _out_of_stock(plan: Plan, short: dict[int, tuple[Decimal, Decimal]]) -> Iterator[errors.OutOfStock]:
    """Each line that needs what is short; one that sells it under another SKU, as bundles do, names the product."""
    needs = [
        (index, line, demand.variant_id)
        for index, line in enumerate(plan.lines)
        for demand in line.demands
        if demand.variant_id in short
    ]
    foreign = {pk for _index, line, pk in needs if line.variant is None or line.variant.id != pk}
    skus = dict(Variant.objects.filter(pk__in=foreign).values_list("pk", "sku")) if foreign else {}
    for index, line, pk in needs:
        component = skus.get(pk, line.sku)
        wanted, available = short[pk]
        yield errors.OutOfStock(
            pointer=f"/lines/{index}",
            sku=line.sku,
            component="" if component == line.sku else component,
            wanted=plain(wanted),
            available=plain(available),
        )
