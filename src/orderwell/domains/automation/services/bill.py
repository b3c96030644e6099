"""Billing what was shipped: each one use case in one transaction."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal

from orderwell.domains.billing.models import Invoice
from orderwell.domains.billing.services.invoice import issue_invoice
from orderwell.domains.fulfilment.models import Shipment
from orderwell.domains.fulfilment.queries import units_completed_by, visible_shipments
from orderwell.domains.fulfilment.services.ship import ship
from orderwell.domains.orders.errors import NothingToDo
from orderwell.domains.orders.models import OrderLine
from orderwell.domains.orders.services.loading import lock_order
from orderwell.domains.orders.to_invoice import uninvoiced
from orderwell.kernel.errors import NotFound
from orderwell.platform.accounts.actor import Actor
from orderwell.platform.database import atomic
from orderwell.platform.permissions import Permission


def invoice_shipment(*, shipment_id: int, actor: Actor, now: datetime) -> Invoice:
    """Invoice what became complete with a shipment and is not invoiced yet.

    Raises NotFound, AlreadyInvoiced, NothingToDo and what `issue_invoice` raises.
    """
    actor.require(Permission.BILLING_INVOICE_CREATE)
    with atomic():
        order_id = visible_shipments(actor).filter(pk=shipment_id).values_list("order_id", flat=True).first()
        if order_id is None:
            raise NotFound(kind="shipment", reference=str(shipment_id))
        order = lock_order(order_id, actor=actor, permission=Permission.BILLING_INVOICE_CREATE)
        units = units_completed_by(shipment_id)
        lines = OrderLine.objects.filter(pk__in=list(units))
        quantities = {line.pk: min(units[line.pk], uninvoiced(line)) for line in lines if uninvoiced(line)}
        if not quantities:
            raise NothingToDo(step="invoice", number=order.number)
        return issue_invoice(
            order_id=order_id, quantities=quantities, cause=f"shipment:{shipment_id}", actor=actor, now=now
        )


def ship_and_invoice(
    *,
    order_id: int,
    lines: Mapping[int, Decimal] | None = None,
    warehouse: str | None = None,
    carrier: str = "",
    tracking_number: str = "",
    actor: Actor,
    now: datetime,
) -> tuple[list[Shipment], list[Invoice]]:
    """Ship, and invoice what each shipment completes. Neither happens when one of them cannot."""
    actor.require(Permission.BILLING_INVOICE_CREATE)
    with atomic():
        shipments = ship(
            order_id=order_id,
            lines=lines,
            warehouse=warehouse,
            carrier=carrier,
            tracking_number=tracking_number,
            actor=actor,
            now=now,
        )
        invoices = []
        for shipment in shipments:
            try:
                invoices.append(invoice_shipment(shipment_id=shipment.pk, actor=actor, now=now))
            except NothingToDo:
                continue  # invoiced in advance, or part of a bundle that the next shipment completes
    return shipments, invoices
