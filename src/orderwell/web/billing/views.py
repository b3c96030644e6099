"""Invoices and payments: lists, and an invoice as it stands."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from orderwell.domains.billing.overview import money_of
from orderwell.domains.billing.queries import due_amount, invoice_detail
from orderwell.kernel.clock import utc_now
from orderwell.platform.accounts.actor import Actor
from orderwell.platform.permissions import Permission
from orderwell.web.pages import page


@page(Permission.BILLING_INVOICE_VIEW)
def invoice(request: HttpRequest, actor: Actor, invoice_id: int) -> HttpResponse:
    found = invoice_detail(actor, invoice_id)
    shown = actor.may(Permission.ORDERS_ORDER_VIEW)
    context = {
        "invoice": found,
        "order": found.order if shown else None,
        "due": due_amount(found.order),
        "payments": money_of(actor, found.order_id).payments if shown else [],
        "late": found.due_at < utc_now(),
        "creditable": any(line.quantity > line.quantity_credited for line in found.lines.all()),
    }
    return render(request, "billing/invoice.html", context)
