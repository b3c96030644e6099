"""Fulfilment and payment states, derived from lines and money: pure rules, never set by hand."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from orderwell.domains.orders.models import Order

if TYPE_CHECKING:
    from orderwell.domains.orders.placement.plan import Plan

ZERO = Decimal(0)
Fulfilment = Order.FulfilmentState
Payment = Order.PaymentState


@dataclass(frozen=True, slots=True)
class GoodsLine:
    """What the fulfilment state depends on, for one goods line."""

    quantity: Decimal
    cancelled: Decimal
    shipped: Decimal
    returned: Decimal
    backordered: bool


def fulfilment_state(lines: Iterable[GoodsLine], *, all_delivered: bool) -> Fulfilment:
    """`all_delivered`: every shipment of the order has arrived."""
    goods = list(lines)
    active = sum((line.quantity - line.cancelled for line in goods), ZERO)
    shipped = sum((line.shipped for line in goods), ZERO)
    returned = sum((line.returned for line in goods), ZERO)
    if not goods or not active:
        return Fulfilment.NONE
    if shipped and returned == shipped and shipped == active:
        return Fulfilment.RETURNED
    if shipped >= active:
        return Fulfilment.DELIVERED if all_delivered else Fulfilment.SHIPPED
    if shipped:
        return Fulfilment.PARTIAL
    return Fulfilment.BACKORDERED if any(line.backordered for line in goods) else Fulfilment.RESERVED


def payment_state(*, total: Decimal, credited: Decimal, paid: Decimal, received: bool) -> Payment:
    """`total` of the order, `credited` for what was returned, `paid` net of refunds; `received`: money ever came in."""
    due = total - credited
    if paid == ZERO and received and due <= ZERO:
        return Payment.REFUNDED
    if due <= ZERO and paid == ZERO:
        return Payment.NONE
    if paid <= ZERO:
        return Payment.UNPAID
    if paid < due:
        return Payment.PARTIAL
    return Payment.PAID if paid == due else Payment.OVERPAID


def initial_states(plan: Plan, *, as_quote: bool) -> tuple[Fulfilment, Payment]:
    """The states with which an order is written. Past orders were shipped and settled before Orderwell."""
    goods = [line for line in plan.lines if line.variant is not None]
    if as_quote:
        return Fulfilment.NONE, Payment.NONE
    if plan.past:
        return Fulfilment.DELIVERED if goods else Fulfilment.NONE, Payment.NONE
    missing = any(demand.missing for line in goods for demand in line.demands)
    fulfilment = Fulfilment.NONE if not goods else Fulfilment.BACKORDERED if missing else Fulfilment.RESERVED
    return fulfilment, Payment.UNPAID if plan.total.gross else Payment.NONE
