"""What waits for the bookkeeper, for the start page: a few rows each, from the beginning of an index."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal

from orderwell.domains.billing.accounts import accounts_of
from orderwell.domains.billing.charging import next_charge
from orderwell.domains.billing.models import Invoice
from orderwell.domains.billing.open_invoices import open_invoices
from orderwell.domains.billing.queries import visible_invoices
from orderwell.domains.orders.models import Order, OrderLine
from orderwell.domains.orders.queries import visible_orders
from orderwell.domains.orders.to_invoice import gone_uninvoiced, to_invoice, uninvoiced
from orderwell.platform.accounts.actor import Actor
from orderwell.platform.permissions import Permission

ZERO = Decimal(0)
CHUNK = 500
State = Order.FulfilmentState


def orders_to_invoice(actor: Actor, *, limit: int) -> list[Order]:
    """Orders of which something left that is not invoiced, the oldest first."""
    actor.require(Permission.BILLING_INVOICE_VIEW)
    return list(to_invoice(visible_orders(actor)).order_by("placed_at", "id")[:limit])


def shipped_uninvoiced(actor: Actor, orders: Sequence[Order]) -> dict[int, Decimal]:
    """Order -> what an invoice over all that left and is not invoiced would come to, with the charges that go along.

    None for orders of which nothing left, and nothing at all for those who may not see invoices.
    """
    if not actor.may(Permission.BILLING_INVOICE_VIEW):
        return {}
    states = {Order.State.PLACED, Order.State.COMPLETED}
    sold = [order for order in orders if order.state in states and not order.history]
    left = {State.SHIPPED, State.DELIVERED}
    found = {row.pk: max(row.total_amount - row.invoiced_amount, ZERO) for row in sold if row.fulfilment_state in left}
    partly = {order.pk: order for order in sold if order.fulfilment_state == State.PARTIAL}
    return found | _of_partly_shipped(partly) if partly else found


def shipped_uninvoiced_of(actor: Actor, order_ids: Sequence[int]) -> dict[int, Decimal]:
    """The same for a whole list, by the keys of its orders."""
    found: dict[int, Decimal] = {}
    for start in range(0, len(order_ids), CHUNK):
        found |= shipped_uninvoiced(actor, list(visible_orders(actor).filter(pk__in=order_ids[start : start + CHUNK])))
    return found


def _of_partly_shipped(orders: dict[int, Order]) -> dict[int, Decimal]:
    units: dict[OrderLine, Decimal] = {}
    waiting = set()
    for line in OrderLine.objects.filter(order_id__in=list(orders)):
        goods = line.kind == OrderLine.Kind.GOODS
        units[line] = gone_uninvoiced(line) if goods else uninvoiced(line)
        if goods and units[line]:
            waiting.add(line.order_id)
    due = {line: quantity for line, quantity in units.items() if quantity > ZERO and line.order_id in waiting}
    accounts = accounts_of([line.pk for line in due])
    found: dict[int, Decimal] = defaultdict(Decimal, dict.fromkeys(orders, ZERO))
    for line, quantity in due.items():
        found[line.order_id] += next_charge(orders[line.order_id], line, accounts[line.pk], quantity).gross
    return found


def overdue(actor: Actor, *, now: datetime, limit: int) -> list[Invoice]:
    """Invoices past their date of which something is open, the longest overdue first."""
    actor.require(Permission.BILLING_INVOICE_VIEW)
    rows = open_invoices(visible_invoices(actor), overdue_at=now).select_related("order", "customer")
    return list(rows.order_by("due_at", "id")[:limit])
