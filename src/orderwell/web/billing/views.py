"""Invoices and payments: lists, and an invoice as it stands."""

from __future__ import annotations

from decimal import Decimal

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from orderwell.domains.billing.models import Invoice
from orderwell.domains.billing.overview import money_of
from orderwell.domains.billing.queries import due_amount, invoice_detail
from orderwell.kernel.clock import utc_now
from orderwell.platform.accounts.actor import Actor
from orderwell.platform.permissions import Permission
from orderwell.web.pages import page

ZERO = Decimal(0)


@page(Permission.BILLING_INVOICE_VIEW)
def invoice(request: HttpRequest, actor: Actor, invoice_id: int) -> HttpResponse:
    found = invoice_detail(actor, invoice_id)
    shown = actor.may(Permission.ORDERS_ORDER_VIEW)
    late = found.due_at < utc_now()
    credited = sum((note.gross_amount for note in found.credit_notes.all()), ZERO)
    asked = max(found.gross_amount - credited, ZERO)
    context = {
        "state": _state(found, asked, late=late),
        "invoice": found,
        "settled": asked - found.open_amount,
        "order": found.order if shown else None,
        "due": due_amount(found.order),
        "payments": money_of(actor, found.order_id).payments if shown else [],
        "late": late,
        "creditable": any(line.quantity > line.quantity_credited for line in found.lines.all()),
    }
    return render(request, "billing/invoice.html", context)


def _state(invoice: Invoice, asked: Decimal, *, late: bool) -> str:
    """A word of the kind "invoice"; `asked` is its amount without its credit notes."""
    if invoice.gross_amount and not asked:
        return "credited"
    if not invoice.open_amount:
        return "paid"
    if late:
        return "overdue"
    return "partial" if invoice.open_amount < asked else "open"
