"""Prices made from other prices: a percentage up or down, then a whole multiple of a step. Pure."""

from __future__ import annotations

from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_UP, Decimal

from orderwell.kernel.money import UNIT_PRICE_SCALE

HUNDRED = Decimal(100)
WAYS = {"nearest": ROUND_HALF_UP, "up": ROUND_CEILING, "down": ROUND_FLOOR}
FINEST = Decimal(1).scaleb(-UNIT_PRICE_SCALE)


def changed(price: Decimal, percent: Decimal, *, step: Decimal, way: str) -> Decimal:
    """`price` with `percent` more (less, when negative) as a multiple of `step`. A price above zero stays above it."""
    exact = price * (HUNDRED + percent) / HUNDRED
    rounded = (exact / step).quantize(Decimal(1), rounding=WAYS[way]) * step
    if rounded == 0 and exact > 0:
        rounded = step
    return rounded.quantize(FINEST)
