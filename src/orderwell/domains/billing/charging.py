"""What the units of an order line are charged and credited: pure rules on top of the line's own price.

An invoice charges the worth of the first so many units of the order line less what stands charged so far, so that any
sequence of partial invoices ends at the line's own amounts, to the cent.

A credit note takes back what its invoice charged and nothing else. Of a line of the invoice it credits the worth of the first
so many units, within what the line charged, less what was credited of it so far; the last units take what is left. So all
of an invoice credited is exactly that invoice, and all invoices of an order credited are exactly what they charged. What a reversed invoice leaves charged beside the worth of the
other units, a cent at most times, the next invoice makes up for; if none comes, the order line is worth what it was charged
(`pricing.line_amounts`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from orderwell.domains.orders.pricing import (
    NOTHING,
    Amounts,
    PricedLine,
    PricedOrder,
    amounts_of_units,
)

ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class Account:
    """Of one order line: units invoiced and not reversed, their charge; units credited without reversal, their credit."""

    invoiced: Decimal = ZERO
    charged: Amounts = NOTHING
    taken_back: Decimal = ZERO
    credited: Amounts = NOTHING


@dataclass(frozen=True, slots=True)
class Billed:
    """An invoice line: its units and their charge; units credited of it in any way, and their credit."""

    quantity: Decimal
    charged: Amounts
    taken_back: Decimal = ZERO
    credited: Amounts = NOTHING


@dataclass(frozen=True, slots=True)
class Part:
    """`quantity` units of an invoice line, and their money."""

    invoice_line_id: int
    quantity: Decimal
    amounts: Amounts


def next_charge(order: PricedOrder, line: PricedLine, account: Account, quantity: Decimal) -> Amounts:
    """What the next `quantity` units are invoiced at."""
    return amounts_of_units(order, line, account.invoiced + quantity) - account.charged


def spread_units(
    quantity: Decimal, open_lines: Sequence[tuple[int, Decimal]]
) -> tuple[list[tuple[int, Decimal]], Decimal]:
    """Take units from (invoice line id, units not credited), first come first; also returns what found no place."""
    taken = []
    for pk, units in open_lines:
        part = min(quantity, units)
        if part > 0:
            taken.append((pk, part))
            quantity -= part
    return taken, quantity


def credit_parts(
    order: PricedOrder, line: PricedLine, billed: Mapping[int, Billed], units: Sequence[tuple[int, Decimal]]
) -> list[Part]:
    """The money of crediting these (invoice line id, units); `billed` are all the invoice lines of one order line.

    The very last units take what is left of them all, so that the order line ends exactly even where an earlier credit note
    followed another rule: before, it could differ by a cent from the invoice it named.
    """
    parts = []
    left = sum((row.quantity - row.taken_back for row in billed.values()), ZERO)
    rest = sum((row.charged - row.credited for row in billed.values()), NOTHING)
    for pk, quantity in units:
        left -= quantity
        worth = _worth(order, line, billed[pk], billed[pk].taken_back + quantity)
        amounts = worth - billed[pk].credited if left else rest
        rest -= amounts
        parts.append(Part(pk, quantity, amounts))
    return parts


def _worth(order: PricedOrder, line: PricedLine, billed: Billed, units: Decimal) -> Amounts:
    """The money of the first `units` of an invoice line."""
    if units == billed.quantity:
        return billed.charged
    worth = amounts_of_units(order, line, units)
    net, tax = _within(worth.net, billed.charged.net), _within(worth.tax, billed.charged.tax)
    return Amounts(net, tax, net + tax)


def _within(amount: Decimal, whole: Decimal) -> Decimal:
    """Between nothing and `whole`, which is negative for a rebate."""
    return min(max(amount, min(whole, ZERO)), max(whole, ZERO))
