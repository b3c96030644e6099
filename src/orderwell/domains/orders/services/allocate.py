"""Filling backorders from free stock, oldest and most urgent first."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from datetime import datetime
from decimal import Decimal

from django.db.models import QuerySet

from orderwell.domains.inventory.resolving import active_warehouses, buffers
from orderwell.domains.inventory.services.ledger import StockRow, lock_stock
from orderwell.domains.orders.events import OrderEvent
from orderwell.domains.orders.models import Backorder, Order
from orderwell.domains.orders.placement.reserve import count_down, places_for, preference
from orderwell.domains.orders.services.loading import lock_orders
from orderwell.domains.orders.services.progress import refresh_states
from orderwell.domains.orders.services.promises import promise
from orderwell.domains.orders.sourcing import Demand, source
from orderwell.kernel.quantities import plain
from orderwell.platform.accounts.actor import Actor
from orderwell.platform.database import atomic
from orderwell.platform.events.recording import Fact, record

ZERO = Decimal(0)
# Orders served in one transaction: small enough that no other writer waits long.
BATCH = 200
# A variant and a channel that wants it.
Served = tuple[int, int]


def allocate_backorders(*, variant_ids: Collection[int], actor: Actor, now: datetime) -> int:
    """Reserve free stock of these variants for what waits for it; returns how many backorders were touched.

    By priority, then by age. Running it again without new stock changes nothing.
    """
    served_out: set[Served] = set()
    while True:
        with atomic():
            queue = list(
                _waiting_beyond(variant_ids, served_out)
                .order_by("priority", "since", "pk")
                .values_list("pk", "line__order_id")[:BATCH]
            )
            if not queue:
                return 0
            orders = lock_orders({order_id for _, order_id in queue})
            waiting = (
                Backorder.objects.filter(pk__in=[pk for pk, _ in queue])
                .select_related("line", "line__order__channel", "variant")
                .order_by("priority", "since", "pk")
            )
            touched, lacking = _fill(list(waiting), orders, actor, now)
        if touched or not lacking - served_out:
            return touched
        # Nothing for those who come first: there may be something for who buys where they may not.
        served_out |= lacking


def _waiting_beyond(variant_ids: Collection[int], served_out: Collection[Served]) -> QuerySet[Backorder]:
    """What waits for these variants, without the channels that get nothing more of one."""
    waiting = Backorder.objects.filter(variant_id__in=list(variant_ids), line__order__state=Order.State.PLACED)
    for variant_id, channel_id in sorted(served_out):
        waiting = waiting.exclude(variant_id=variant_id, line__order__channel_id=channel_id)
    return waiting


def _fill(waiting: list[Backorder], orders: dict[int, Order], actor: Actor, now: datetime) -> tuple[int, set[Served]]:
    """How many were filled, at least in part, and whom the stock did not reach for."""
    warehouses = active_warehouses()
    stock: dict[int, list[StockRow]] = defaultdict(list)
    for row in lock_stock({b.variant_id for b in waiting}, [warehouse.id for warehouse in warehouses.values()]):
        stock[row.variant_id].append(row)
    held_back = buffers()
    facts, touched, lacking = [], set(), set()
    for backorder in waiting:
        line = backorder.line
        channel = line.order.channel
        ranks = preference(tuple(channel.warehouse_codes), warehouses)
        demand = Demand(backorder.variant_id, backorder.quantity)
        places = places_for(stock.get(backorder.variant_id, ()), ranks, channel.pk, held_back)
        source([demand], {backorder.variant_id: places})
        filled = backorder.quantity - demand.missing
        if demand.missing:
            lacking.add((backorder.variant_id, channel.pk))
        if not filled:
            continue
        count_down([demand], stock)
        if demand.missing:
            backorder.quantity = demand.missing
            backorder.save(update_fields=["quantity"])
        else:
            backorder.delete()
        # What is still missing already stands in the backorder, so only what was taken is promised here.
        taken = Demand(demand.variant_id, filled, demand.taken)
        promise(line, [taken], priority=backorder.priority, now=now)
        touched.add(line.order_id)
        taken_from = {place.warehouse: plain(quantity) for place, quantity in demand.taken}
        # Of a bundle it is the component that came, in its own quantity.
        data = {"sku": backorder.variant.sku, "quantity": plain(filled), "from": taken_from}
        facts.append(Fact(OrderEvent.BACKORDER_FILLED, f"order:{line.order_id}", f"line:{line.pk}", data))
    record(facts, actor=actor, now=now)
    if touched:
        refresh_states(touched, actor=actor, now=now)
    return len(facts), lacking
