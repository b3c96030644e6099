"""Which warehouse gives what: pure rules on the locked snapshot of stock, each decision with its explanation.

Orders are served in arrival order. An order comes whole from the first preferred warehouse that holds all of it; failing
that, each line is filled from the preferred warehouses in turn. Where policy allows, what is missing is backordered.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

import msgspec

from orderwell.kernel.quantities import concise

ZERO = Decimal(0)


class Place(msgspec.Struct):
    """Free stock of one variant in one warehouse as this order's channel may use it; counts down while deciding."""

    stock_item_id: int
    warehouse: str
    free: Decimal
    unlimited: bool = False


class Demand(msgspec.Struct):
    """`quantity` units of one stocked variant for one line; bundles have one demand per component."""

    variant_id: int
    quantity: Decimal
    taken: list[tuple[Place, Decimal]] = []
    missing: Decimal = ZERO

    def __post_init__(self) -> None:
        self.missing = self.quantity
        for _, quantity in self.taken:
            self.missing -= quantity


def wanted_by_variant(demands: Sequence[Demand]) -> dict[int, Decimal]:
    """Demand summed over lines: two lines that share a component count together."""
    wanted: dict[int, Decimal] = {}
    for demand in demands:
        known = wanted.get(demand.variant_id)
        wanted[demand.variant_id] = demand.quantity if known is None else known + demand.quantity
    return wanted


def shortages(demands: Sequence[Demand], places: Mapping[int, Sequence[Place]]) -> dict[int, tuple[Decimal, Decimal]]:
    """Variants of which too little is free: {variant: (wanted, available)}."""
    short = {}
    for variant, quantity in wanted_by_variant(demands).items():
        available = ZERO
        for place in places.get(variant, ()):
            if place.unlimited:
                break
            if place.free > 0:
                available += place.free
        else:
            if available < quantity:
                short[variant] = (quantity, available)
    return short


def source(demands: Sequence[Demand], places: Mapping[int, Sequence[Place]]) -> str:
    """Fill `demands` from `places` (in order of preference), counting `free` down. Returns the name of the rule used.

    What cannot be filled stays in `Demand.missing`; the caller has decided beforehand whether that is allowed.
    """
    whole = _one_warehouse(demands, places)
    for demand in demands:
        usable = places.get(demand.variant_id, ())
        if whole is not None:
            usable = [place for place in usable if place.warehouse == whole]
        for place in usable:
            _take(demand, place, min(place.free, demand.missing))
        for place in usable:
            if place.unlimited:
                _take(demand, place, demand.missing)
    if whole is not None:
        return "one_warehouse"
    return "split" if all(not demand.missing for demand in demands) else "partial"


def _take(demand: Demand, place: Place, quantity: Decimal) -> None:
    if quantity <= 0:
        return
    place.free -= quantity
    demand.missing -= quantity
    for index, (known, taken) in enumerate(demand.taken):
        if known is place:
            demand.taken[index] = (place, taken + quantity)
            return
    demand.taken.append((place, quantity))


def _one_warehouse(demands: Sequence[Demand], places: Mapping[int, Sequence[Place]]) -> str | None:
    """The first warehouse, in order of preference, that holds everything."""
    wanted = wanted_by_variant(demands)
    if not wanted:
        return None
    (first, quantity), *others = wanted.items()
    for place in places.get(first, ()):
        if _holds(place, quantity) and all(
            any(_holds(other, much) for other in places.get(variant, ()) if other.warehouse == place.warehouse)
            for variant, much in others
        ):
            return place.warehouse
    return None


def _holds(place: Place, quantity: Decimal) -> bool:
    return place.unlimited or place.free >= quantity


def explain(rule: str, demand: Demand, before: Sequence[tuple[str, Decimal]], *, wish: str = "") -> dict[str, Any]:
    """What is stored beside the line: the rule, what was free in each warehouse, and what was taken where.

    `wish` is the warehouse that the customer prefers; it is told where it was one of those to choose from.
    """
    found: dict[str, Any] = {
        "rule": rule,
        "free": {warehouse: concise(free) for warehouse, free in before},
        "taken": {place.warehouse: concise(quantity) for place, quantity in demand.taken},
    }
    if wish and any(warehouse == wish for warehouse, _free in before):
        found["preferred"] = wish
    if demand.missing:
        found["backordered"] = concise(demand.missing)
    return found
