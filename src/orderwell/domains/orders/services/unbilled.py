"""Units that came back without ever being billed, and for which nothing more is asked: the order is worth less by them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal

from orderwell.domains.orders.models import Order
from orderwell.domains.orders.services.loading import lines_of
from orderwell.domains.orders.services.progress import refresh_states
from orderwell.domains.orders.services.totals import write_line_amounts, write_order_totals
from orderwell.platform.accounts.actor import Actor


def leave_unbilled(order: Order, *, quantities: Mapping[int, Decimal], actor: Actor, now: datetime) -> None:
    """Add to `quantity_unbilled` of lines of a locked order; negative for units that are to be billed again."""
    lines = lines_of(order)
    for line in lines:
        if quantity := quantities.get(line.pk):
            line.quantity_unbilled += quantity
            write_line_amounts(line)
    write_order_totals(order, lines)
    refresh_states([order.pk], actor=actor, now=now)
