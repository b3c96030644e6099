"""What waits for the bookkeeper, for the start page: a few rows each, from the beginning of an index."""

from __future__ import annotations

from datetime import datetime

from orderwell.domains.billing.models import Invoice
from orderwell.domains.billing.open_invoices import open_invoices
from orderwell.domains.billing.queries import visible_invoices
from orderwell.domains.orders.models import Order
from orderwell.domains.orders.queries import visible_orders
from orderwell.domains.orders.to_invoice import to_invoice
from orderwell.platform.accounts.actor import Actor
from orderwell.platform.permissions import Permission


def uninvoiced(actor: Actor, *, limit: int) -> list[Order]:
    """Orders of which something left that is not invoiced, the oldest first."""
    actor.require(Permission.BILLING_INVOICE_VIEW)
    return list(to_invoice(visible_orders(actor)).order_by("placed_at", "id")[:limit])


def overdue(actor: Actor, *, now: datetime, limit: int) -> list[Invoice]:
    """Invoices past their date of which something is open, the longest overdue first."""
    actor.require(Permission.BILLING_INVOICE_VIEW)
    rows = open_invoices(visible_invoices(actor), overdue_at=now).select_related("order", "customer")
    return list(rows.order_by("due_at", "id")[:limit])
