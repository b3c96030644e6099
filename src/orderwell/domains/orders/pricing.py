"""The money of a line: pure rules, computed once when an order is made or changed and copied ever after.

A line's base is quantity x unit price, rounded to the currency, less its discounts. Where prices include tax the base is
the gross amount and tax is taken out of it; where they exclude tax the base is net and tax is added. Rounding happens
per line, so an order's total is the plain sum of its lines on every document.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Protocol

import msgspec

from orderwell.kernel.money import allocate, round_amount, tax_in_gross, tax_on_net

ZERO = Decimal(0)


class Amounts(msgspec.Struct, frozen=True):
    """gross = net + tax, always."""

    net: Decimal
    tax: Decimal
    gross: Decimal

    def __add__(self, other: Amounts) -> Amounts:
        return Amounts(self.net + other.net, self.tax + other.tax, self.gross + other.gross)

    def __sub__(self, other: Amounts) -> Amounts:
        return Amounts(self.net - other.net, self.tax - other.tax, self.gross - other.gross)


NOTHING = Amounts(ZERO, ZERO, ZERO)


def add_up(amounts: Sequence[Amounts]) -> Amounts:
    net = tax = gross = ZERO
    for each in amounts:
        net, tax, gross = net + each.net, tax + each.tax, gross + each.gross
    return Amounts(net, tax, gross)


class PricedOrder(Protocol):
    currency: str
    prices_include_tax: bool


class CountedLine(Protocol):
    quantity: Decimal
    quantity_cancelled: Decimal
    quantity_unbilled: Decimal


class BilledLine(CountedLine, Protocol):
    quantity_invoiced: Decimal
    rounding_net: Decimal
    rounding_tax: Decimal


class PricedLine(Protocol):
    quantity: Decimal
    unit_price: Decimal
    line_discount: Decimal
    order_discount_share: Decimal
    tax_rate: Decimal


class WholeLine(PricedLine, BilledLine, Protocol):
    pass


def with_tax(base: Decimal, tax_rate: Decimal, currency: str, *, prices_include_tax: bool) -> Amounts:
    """Split a rounded base amount into net, tax and gross. `tax_rate` is a fraction."""
    if prices_include_tax:
        tax = tax_in_gross(base, tax_rate, currency) if tax_rate else ZERO
        return Amounts(base - tax, tax, base)
    tax = tax_on_net(base, tax_rate, currency) if tax_rate else ZERO
    return Amounts(base, tax, base + tax)


def goods_value(quantity: Decimal, unit_price: Decimal, currency: str) -> Decimal:
    """Quantity x unit price in whole minor units, before any discount."""
    return round_amount(quantity * unit_price, currency)


def spread_order_discount(discount: Decimal, values: Sequence[Decimal], currency: str) -> list[Decimal]:
    """The order's discount over its goods lines by their value; the shares add up to the discount exactly."""
    return allocate(discount, values, currency) if discount else [ZERO] * len(values)


def units_asked_for(line: CountedLine) -> Decimal:
    """Units that the order asks money for: neither cancelled, nor back without ever being billed."""
    return line.quantity - line.quantity_cancelled - line.quantity_unbilled


def amounts_of_units(order: PricedOrder, line: PricedLine, quantity: Decimal) -> Amounts:
    """The money of the first `quantity` units of a line.

    Cumulative on purpose: the money of units a+1 to b is amounts_of_units(b) - amounts_of_units(a), so that the parts of
    any sequence of partial invoices, returns or cancellations add up to the whole line to the cent.
    """
    if not quantity:
        return NOTHING
    discount = line.line_discount + line.order_discount_share
    if discount and quantity != line.quantity:
        discount = round_amount(discount * quantity / line.quantity, order.currency)
    base = goods_value(quantity, line.unit_price, order.currency) - discount
    return with_tax(base, line.tax_rate, order.currency, prices_include_tax=order.prices_include_tax)


def line_amounts(order: PricedOrder, line: WholeLine) -> Amounts:
    """The money of a line: that of the units it asks money for.

    Once they are all invoiced it is what they were charged, which may be a cent beside that after an invoice from the middle
    was taken back (`rounding`); until then the next invoice makes up for it.
    """
    asked = units_asked_for(line)
    amounts = amounts_of_units(order, line, asked)
    return amounts + rounding_of(line) if asked == line.quantity_invoiced else amounts


def rounding_of(line: BilledLine) -> Amounts:
    return Amounts(line.rounding_net, line.rounding_tax, line.rounding_net + line.rounding_tax)


def units_between(order: PricedOrder, line: PricedLine, start: Decimal, end: Decimal) -> Amounts:
    """The money of the units after the first `start` up to the `end`th."""
    return amounts_of_units(order, line, end) - amounts_of_units(order, line, start)
