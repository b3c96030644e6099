"""What waits for the bookkeeper, for the start page: bounded looks at the newest shipments and the oldest debts."""

from __future__ import annotations

from datetime import datetime

from django.db.models import F

from orderwell.domains.billing.models import Invoice
from orderwell.domains.billing.open_invoices import open_invoices
from orderwell.domains.billing.queries import visible_invoices
from orderwell.domains.orders.models import Order
from orderwell.domains.orders.queries import visible_orders
from orderwell.platform.accounts.actor import Actor
from orderwell.platform.permissions import Permission

# How many of the newest shipped orders, and of the oldest unpaid ones, are looked at.
LOOKED_AT = 500
GONE = (Order.FulfilmentState.SHIPPED, Order.FulfilmentState.PARTIAL, Order.FulfilmentState.DELIVERED)


def to_invoice(actor: Actor, *, limit: int) -> list[Order]:
    """Shipped and not invoiced in full, the oldest first, among the newest of each state."""
    actor.require(Permission.BILLING_INVOICE_VIEW)
    ids: list[int] = []
    for state in GONE:
        rows = visible_orders(actor).filter(fulfilment_state=state).order_by("-placed_at", "-id")
        ids += rows.values_list("pk", flat=True)[:LOOKED_AT]
    orders = visible_orders(actor).filter(pk__in=ids, history=False, total_amount__gt=F("invoiced_amount"))
    return list(orders.exclude(state=Order.State.CANCELLED).order_by("placed_at", "id")[:limit])


def overdue(actor: Actor, *, now: datetime, limit: int) -> list[Invoice]:
    """Invoices past their date of which something is open, the longest overdue first."""
    actor.require(Permission.BILLING_INVOICE_VIEW)
    rows = open_invoices(visible_invoices(actor), overdue_at=now).select_related("order", "customer")
    return list(rows.order_by("due_at", "id")[:limit])
