"""Giving back and taking anew what lines are promised: reservations and backorders. Shared by cancel, change, allocate.

Called inside a transaction with the orders locked.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal

from orderwell.domains.inventory.models import Reservation
from orderwell.domains.inventory.services.ledger import (
    NewReservation,
    add_to_reservations,
    lock_items,
    release,
    set_priority,
)
from orderwell.domains.orders.errors import PartlyShipped
from orderwell.domains.orders.models import Backorder, Order, OrderLine
from orderwell.domains.orders.sourcing import Demand

ZERO = Decimal(0)


def demand_of(line: OrderLine, quantity: Decimal) -> dict[int, Decimal]:
    """What `quantity` units of a line need of each stocked variant."""
    if line.is_bundle:
        return {part.variant_id: part.quantity * quantity for part in line.components.all()}
    return {line.variant_id: quantity} if line.variant_id is not None else {}


def give_back(quantities: Mapping[int, dict[int, Decimal]]) -> set[int]:
    """Withdraw promises, {line id: {variant id: quantity}}: backorders first, then the newest reservations.

    Returns the variants of which stock became free. Raises PartlyShipped when less is promised than is withdrawn.
    """
    left = {(line, variant): q for line, parts in quantities.items() for variant, q in parts.items() if q}
    for backorder in Backorder.objects.filter(line_id__in=list(quantities)).order_by("pk").select_for_update():
        key = (backorder.line_id, backorder.variant_id)
        taken = min(left.get(key, ZERO), backorder.quantity)
        if not taken:
            continue
        left[key] -= taken
        if taken == backorder.quantity:
            backorder.delete()
        else:
            backorder.quantity -= taken
            backorder.save(update_fields=["quantity"])
    reservations = list(
        Reservation.objects.filter(line_id__in=list(quantities))
        .order_by("-pk")
        .values_list("pk", "line_id", "stock_item_id", "stock_item__variant_id", "quantity")
    )
    lock_items({item for _, _, item, _, _ in reservations})
    giving: dict[int, Decimal] = {}
    freed = set()
    for pk, line, _, variant, quantity in reservations:
        taken = min(left.get((line, variant), ZERO), quantity)
        if taken:
            left[line, variant] -= taken
            giving[pk] = taken
            freed.add(variant)
    if any(left.values()):
        # Part of a bundle has left already: its other components can no longer be taken back unit by unit.
        raise PartlyShipped(count=len([quantity for quantity in left.values() if quantity]))
    release(giving)
    return freed


def follow_priority(order: Order) -> None:
    """What is reserved for the order and what it still waits for is as urgent as the order has become."""
    set_priority(list(OrderLine.objects.filter(order=order).values_list("pk", flat=True)), order.priority)
    Backorder.objects.filter(line__order=order).exclude(priority=order.priority).update(priority=order.priority)


def promise(line: OrderLine, demands: list[Demand], *, priority: int, now: datetime) -> None:
    """Write what sourcing decided for a line that may already hold promises."""
    reservations = [
        NewReservation(place.stock_item_id, line.pk, quantity, priority)
        for demand in demands
        for place, quantity in demand.taken
    ]
    if reservations:
        add_to_reservations(reservations, now=now)
    missing: dict[int, Decimal] = defaultdict(Decimal)
    for demand in demands:
        if demand.missing:
            missing[demand.variant_id] += demand.missing
    for variant_id, quantity in missing.items():
        backorder, made = Backorder.objects.get_or_create(
            line=line, variant_id=variant_id, defaults={"quantity": quantity, "priority": priority, "since": now}
        )
        if not made:
            backorder.quantity += quantity
            backorder.save(update_fields=["quantity"])
