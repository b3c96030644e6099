"""Writing the money of lines and orders after a change; the rules are `pricing.py`."""

from __future__ import annotations

from collections.abc import Iterable

from orderwell.domains.orders.models import Order, OrderLine
from orderwell.domains.orders.pricing import NOTHING, Amounts, line_amounts


def write_line_amounts(line: OrderLine) -> None:
    """`line.order` must be loaded."""
    amounts = line_amounts(line.order, line)
    line.net_amount, line.tax_amount, line.gross_amount = amounts.net, amounts.tax, amounts.gross
    line.save()


def write_order_totals(order: Order, lines: Iterable[OrderLine]) -> Amounts:
    """The order is the sum of its lines."""
    total = NOTHING
    for line in lines:
        total += Amounts(line.net_amount, line.tax_amount, line.gross_amount)
    order.net_amount, order.tax_amount, order.total_amount = total.net, total.tax, total.gross
    order.save(update_fields=["net_amount", "tax_amount", "total_amount"])
    return total
