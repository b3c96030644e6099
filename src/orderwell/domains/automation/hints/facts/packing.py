"""How a quantity can be had in larger packs. Pure."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction


def packings(quantity: Decimal, units: Decimal, places: int) -> tuple[tuple[Decimal, Decimal], Decimal]:
    """Most whole packs with a rest of singles that can be sold, and fewest packs that hold everything without singles.

    A pack of 2.5 leaves 1.5 of 4 pieces, which nobody sells (`places` 0), so no pack goes with singles there; of 8 it is
    two packs and 3 pieces.

    >>> packings(Decimal(8), Decimal("2.5"), 0)
    ((Decimal('2'), Decimal('3.0')), Decimal('4'))
    """
    whole = quantity // units
    alone = whole if whole * units == quantity else whole + 1
    # Only every so many packs hold a number of units that can be sold.
    step = (Fraction(units) * 10**places).denominator
    packs = whole // step * step
    return (packs, quantity - packs * units), alone
