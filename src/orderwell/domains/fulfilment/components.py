"""Lines and what leaves the warehouse for them: pure rules.

A plain line is the special case of a bundle with one component, one of it for each unit.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import ROUND_DOWN, Decimal

ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class Promise:
    """A reservation as shipping sees it; `variant_id` is the stocked variant."""

    reservation_id: int
    line_id: int
    stock_item_id: int
    variant_id: int
    warehouse_id: int
    quantity: Decimal


def complete_units(units: Mapping[int, Decimal], per_unit: Mapping[int, Decimal], places: int) -> Decimal:
    """How many whole units of a line `units` of its components make; a unit is divisible to `places` decimals."""
    if not per_unit:
        return ZERO
    step = Decimal(1).scaleb(-places)
    made = min(units.get(variant, ZERO) / each for variant, each in per_unit.items())
    return made.quantize(step, rounding=ROUND_DOWN)


def missing_for(total: Decimal, per_unit: Mapping[int, Decimal], gone: Mapping[int, Decimal]) -> dict[int, Decimal]:
    """The components still to go so that `total` units of the line have gone altogether."""
    return {
        variant: open_quantity
        for variant, each in per_unit.items()
        if (open_quantity := each * total - gone.get(variant, ZERO)) > 0
    }


def take(promises: Iterable[Promise], wanted: Mapping[int, Decimal]) -> tuple[dict[int, Decimal], dict[int, Decimal]]:
    """Take {variant: quantity} from the reservations of one line, oldest first.

    Returns what is taken of each reservation, and what no reservation covers.
    """
    left = {variant: quantity for variant, quantity in wanted.items() if quantity > 0}
    taken: dict[int, Decimal] = {}
    for promise in sorted(promises, key=lambda promise: promise.reservation_id):
        quantity = min(left.get(promise.variant_id, ZERO), promise.quantity)
        if quantity:
            taken[promise.reservation_id] = quantity
            left[promise.variant_id] -= quantity
    return taken, {variant: quantity for variant, quantity in left.items() if quantity}
