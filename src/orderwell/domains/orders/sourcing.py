"""Which warehouse gives what: pure rules on the locked snapshot of stock, each decision with its explanation.

Orders are served in arrival order. An order comes whole from the first preferred warehouse that holds all of it; failing
that, each line is filled from the preferred warehouses in turn. Where policy allows, what is missing is backordered.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

ZERO = Decimal(0)


@dataclass(slots=True)
class Place:
    """Free stock of one variant in one warehouse as this order's channel may use it; counts down while deciding."""

    stock_item_id: int
    warehouse: str
    free: Decimal
    unlimited: bool = False


@dataclass(slots=True)
class Demand:
    """`quantity` units of one stocked variant for one line; bundles have one demand per component."""

    variant_id: int
    quantity: Decimal
    taken: list[tuple[Place, Decimal]] = field(default_factory=list)
    missing: Decimal = field(init=False)

    def __post_init__(self) -> None:
        self.missing = self.quantity - sum((quantity for _, quantity in self.taken), ZERO)


def wanted_by_variant(demands: Sequence[Demand]) -> dict[int, Decimal]:
    """Demand summed over lines: two lines that share a component count together."""
    wanted: dict[int, Decimal] = defaultdict(Decimal)
    for demand in demands:
        wanted[demand.variant_id] += demand.quantity
    return wanted


def shortages(demands: Sequence[Demand], places: Mapping[int, Sequence[Place]]) -> dict[int, tuple[Decimal, Decimal]]:
    """Variants of which too little is free: {variant: (wanted, available)}."""
    short = {}
    for variant, quantity in wanted_by_variant(demands).items():
        candidates = places.get(variant, ())
        if any(place.unlimited for place in candidates):
            continue
        available = sum((max(place.free, ZERO) for place in candidates), ZERO)
        if available < quantity:
            short[variant] = (quantity, available)
    return short


def source(demands: Sequence[Demand], places: Mapping[int, Sequence[Place]]) -> str:
    """Fill `demands` from `places` (in order of preference), counting `free` down. Returns the name of the rule used.

    What cannot be filled stays in `Demand.missing`; the caller has decided beforehand whether that is allowed.
    """
    whole = _one_warehouse(demands, places)
    for demand in demands:
        for place in places.get(demand.variant_id, ()):
            if whole is not None and place.warehouse != whole:
                continue
            _take(demand, place, min(max(place.free, ZERO), demand.missing))
        for place in places.get(demand.variant_id, ()):
            if place.unlimited and (whole is None or place.warehouse == whole):
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
    if len(demands) == 1:
        quantity = demands[0].quantity
        for place in places.get(demands[0].variant_id, ()):
            if place.unlimited or place.free >= quantity:
                return place.warehouse
        return None
    holders: set[str] | None = None
    preference: Sequence[Place] = ()
    for variant, quantity in wanted_by_variant(demands).items():
        preference = places.get(variant, ())
        able = {place.warehouse for place in preference if place.unlimited or place.free >= quantity}
        holders = able if holders is None else holders & able
        if not holders:
            return None
    return next((place.warehouse for place in preference if holders and place.warehouse in holders), None)


def explain(rule: str, demand: Demand, before: Sequence[tuple[str, Decimal]]) -> dict[str, Any]:
    """What is stored beside the line: the rule, what was free in each warehouse, and what was taken where."""
    found: dict[str, Any] = {
        "rule": rule,
        "free": {warehouse: format(free, "f") for warehouse, free in before},
        "taken": {place.warehouse: format(quantity, "f") for place, quantity in demand.taken},
    }
    if demand.missing:
        found["backordered"] = format(demand.missing, "f")
    return found
