"""What the units of an order line are charged and credited: pure rules on top of the line's own price.

Two sums stand beside each line: what it was charged for the units that are invoiced, and what was credited for units that
came back. Both are always the worth of the first so many units, so that any sequence of partial invoices and credit notes
ends at the line's own amounts, to the cent. Each part is the new worth less the sum so far: should a change of the order
have altered the worth of units already charged, the next part makes up for it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from orderwell.domains.orders.pricing import NOTHING, Amounts, PricedLine, PricedOrder, amounts_of_units

ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class Account:
    """Of one order line: units invoiced and not reversed, their charge; units credited without reversal, their credit."""

    invoiced: Decimal = ZERO
    charged: Amounts = NOTHING
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
    order: PricedOrder, line: PricedLine, account: Account, units: Sequence[tuple[int, Decimal]], *, reverses: bool
) -> list[Part]:
    """The money of crediting these (invoice line id, units), one after the other."""
    parts = []
    invoiced, charged, taken_back, credited = account.invoiced, account.charged, account.taken_back, account.credited
    for pk, quantity in units:
        if reverses:
            invoiced -= quantity
            amounts = charged - amounts_of_units(order, line, invoiced)
            charged -= amounts
        else:
            taken_back += quantity
            amounts = amounts_of_units(order, line, taken_back) - credited
            credited += amounts
        parts.append(Part(pk, quantity, amounts))
    return parts
