"""Orders of which something left that is not invoiced: what waits for the bookkeeper."""

from __future__ import annotations

from decimal import Decimal

from django.db.models import Exists, F, OuterRef, Q, QuerySet

from orderwell.domains.orders.due import UninvoicedSince
from orderwell.domains.orders.models import Order, OrderLine
from orderwell.domains.orders.pricing import units_asked_for

ZERO = Decimal(0)


def to_invoice(orders: QuerySet[Order]) -> QuerySet[Order]:
    """Those of `orders` that left, in whole or part, and are not invoiced in full; an index has few others.

    Of an order that left in part, something that left must be not invoiced: what is still here can wait.
    """
    done = F("quantity_invoiced") + F("quantity_unbilled")
    gone = OrderLine.objects.filter(order_id=OuterRef("pk"), quantity_shipped__gt=done)
    whole = ~Q(fulfilment_state=Order.FulfilmentState.PARTIAL)
    return orders.alias(uninvoiced_since=UninvoicedSince()).filter(whole | Exists(gone), uninvoiced_since__isnull=False)


def uninvoiced(line: OrderLine) -> Decimal:
    """Units of a line that can still be invoiced."""
    left: Decimal = units_asked_for(line) - line.quantity_invoiced
    return max(left, ZERO)


def gone_uninvoiced(line: OrderLine) -> Decimal:
    """Units of a line of goods that left and are not invoiced, nor came back unbilled."""
    units: Decimal = line.quantity_shipped - line.quantity_invoiced - line.quantity_unbilled
    return max(units, ZERO)
