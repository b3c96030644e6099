"""Invoices and payments: lists, and an invoice as it stands."""

from __future__ import annotations

from decimal import Decimal

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from orderwell.domains.billing.models import Invoice
from orderwell.domains.billing.open_invoices import open_amounts
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
    still_open = open_amounts([found.pk]).get(found.pk, ZERO)
    late = found.due_at < utc_now()
    context = {
        "still_open": still_open,
        "state": _state(found, still_open, late=late),
        "invoice": found,
        "order": found.order if shown else None,
        "due": due_amount(found.order),
        "payments": money_of(actor, found.order_id).payments if shown else [],
        "late": late,
        "creditable": any(line.quantity > line.quantity_credited for line in found.lines.all()),
    }
    return render(request, "billing/invoice.html", context)


def _state(invoice: Invoice, still_open: Decimal, *, late: bool) -> str:
    """A word of the kind "invoice"; the payments of its order are taken to pay the oldest invoice first."""
    asked = invoice.gross_amount - sum((note.gross_amount for note in invoice.credit_notes.all()), ZERO)
    if invoice.gross_amount and not asked:
        return "credited"
    if not still_open:
        return "paid"
    if late:
        return "overdue"
    return "partial" if still_open < asked else "open"
