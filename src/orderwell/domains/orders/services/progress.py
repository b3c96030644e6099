"""What shipping, returning and billing report back to the order: counters, money, and the states derived from them.

Called by the fulfilment and billing domains inside their transactions, with the order locked. Every counter update is
conditional through the table's CHECKs, so that no sum can pass what it is a part of.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from datetime import datetime
from decimal import Decimal

from django.db.models import F

from orderwell.domains.orders.derivation import GoodsLine, fulfilment_state, payment_state
from orderwell.domains.orders.events import OrderEvent
from orderwell.domains.orders.models import Backorder, Order, OrderLine
from orderwell.domains.orders.pricing import NOTHING, Amounts, rounding_of, units_between
from orderwell.domains.orders.services.loading import lock_orders
from orderwell.domains.orders.services.totals import write_line_amounts, write_order_totals
from orderwell.domains.orders.states import ORDER
from orderwell.platform.accounts.actor import Actor
from orderwell.platform.events.recording import Fact, record
from orderwell.platform.fields import amount_value, quantity_value

ZERO = Decimal(0)
_SETTLED = {Order.PaymentState.PAID, Order.PaymentState.NONE, Order.PaymentState.REFUNDED}
_FULFILLED = {
    Order.FulfilmentState.SHIPPED,
    Order.FulfilmentState.DELIVERED,
    Order.FulfilmentState.RETURNED,
    Order.FulfilmentState.NONE,
}


def record_shipped(quantities: Mapping[int, Decimal]) -> None:
    """Add to `quantity_shipped` of lines: {line id: units of the line}."""
    _add("quantity_shipped", quantities)


def record_returned(quantities: Mapping[int, Decimal]) -> None:
    """Add to `quantity_returned` of lines: {line id: units of the line}."""
    _add("quantity_returned", quantities)


def record_invoiced(order: Order, charged: Mapping[int, tuple[Decimal, Amounts]]) -> None:
    """Add to `quantity_invoiced` of lines of a locked order: {line id: units and their money}, both negative where an
    invoice of them was reversed. What they were charged beside their worth by price stays with the line as its rounding.
    """
    rounded = False
    for line in OrderLine.objects.filter(pk__in=list(charged)).order_by("pk"):
        quantity, amounts = charged[line.pk]
        line.order, before = order, rounding_of(line)
        worth = units_between(order, line, line.quantity_invoiced, line.quantity_invoiced + quantity)
        line.quantity_invoiced += quantity
        rounding = before + amounts - worth
        line.rounding_net, line.rounding_tax = rounding.net, rounding.tax
        line.save(update_fields=["quantity_invoiced", "rounding_net", "rounding_tax"])
        if before != NOTHING or rounding != NOTHING:
            write_line_amounts(line)
            rounded = True
    if rounded:
        write_order_totals(order, OrderLine.objects.filter(order=order))


def _add(counter: str, quantities: Mapping[int, Decimal]) -> None:
    for line_id, quantity in sorted(quantities.items()):
        if quantity:
            OrderLine.objects.filter(pk=line_id).update(**{counter: F(counter) + quantity_value(quantity)})


def record_money(order_id: int, *, invoiced: Decimal = ZERO, credited: Decimal = ZERO, paid: Decimal = ZERO) -> None:
    """Add to the order's sums over invoices, credit notes, and payments less refunds. Amounts in its currency."""
    Order.objects.filter(pk=order_id).update(
        invoiced_amount=F("invoiced_amount") + amount_value(invoiced),
        credited_amount=F("credited_amount") + amount_value(credited),
        paid_amount=F("paid_amount") + amount_value(paid),
    )


def refresh_states(
    order_ids: Collection[int],
    *,
    actor: Actor,
    now: datetime,
    delivered: Mapping[int, bool] | None = None,
    received: Mapping[int, bool] | None = None,
) -> None:
    """Derive fulfilment and payment state and whether the order is completed, cancelled or open again.

    `delivered` and `received` say for an order whether every shipment arrived and whether money ever came in; orders left
    out keep what their present state says of it.
    """
    orders = lock_orders(order_ids)
    lines: dict[int, list[GoodsLine]] = defaultdict(list)
    waiting = set(Backorder.objects.filter(line__order__in=orders).values_list("line_id", flat=True))
    open_units: dict[int, Decimal] = defaultdict(Decimal)
    rows = OrderLine.objects.filter(order__in=orders).values_list(
        "id", "order_id", "kind", "quantity", "quantity_cancelled", "quantity_shipped", "quantity_returned"
    )
    for pk, order_id, kind, quantity, cancelled, shipped, returned in rows:
        open_units[order_id] += quantity - cancelled
        if kind == OrderLine.Kind.GOODS:
            lines[order_id].append(GoodsLine(quantity, cancelled, shipped, returned, pk in waiting))
    for order in orders.values():
        if order.history or order.state == Order.State.DRAFT:
            continue
        arrived = (delivered or {}).get(
            order.pk, order.fulfilment_state in (Order.FulfilmentState.DELIVERED, Order.FulfilmentState.RETURNED)
        )
        came_in = (received or {}).get(
            order.pk, order.paid_amount > 0 or order.payment_state == Order.PaymentState.REFUNDED
        )
        order.fulfilment_state = fulfilment_state(lines[order.pk], all_delivered=arrived)
        order.payment_state = payment_state(
            total=order.total_amount, credited=order.credited_amount, paid=order.paid_amount, received=came_in
        )
        before = order.state
        order.state = _state(order, nothing_left=not open_units[order.pk])
        order.updated_at = now
        order.version = order.version + 1
        order.save(update_fields=["fulfilment_state", "payment_state", "state", "updated_at", "version"])
        if order.state != before:
            _tell(order, before, actor, now)


def _state(order: Order, *, nothing_left: bool) -> str:
    done = order.fulfilment_state in _FULFILLED and order.payment_state in _SETTLED
    if order.state == Order.State.PLACED and nothing_left:
        return ORDER.next(order.state, "cancel", order.number)
    if order.state == Order.State.PLACED and done:
        return ORDER.next(order.state, "complete", order.number)
    if order.state == Order.State.COMPLETED and not done:
        return ORDER.next(order.state, "reopen", order.number)
    if order.state == Order.State.CANCELLED and not nothing_left:
        return ORDER.next(order.state, "reinstate", order.number)
    return order.state


def _tell(order: Order, before: str, actor: Actor, now: datetime) -> None:
    names = {
        Order.State.COMPLETED: OrderEvent.COMPLETED,
        Order.State.PLACED: OrderEvent.REOPENED,
        Order.State.CANCELLED: OrderEvent.CANCELLED,
    }
    stream = f"order:{order.pk}"
    data = {"number": order.number, "state": {"old": before, "new": order.state}, "reason": ""}
    record(Fact(names[Order.State(order.state)], stream, stream, data), actor=actor, now=now)
