"""Invoices and payments: lists, and an invoice as it stands."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from orderwell.domains.billing.overview import money_of
from orderwell.domains.billing.queries import invoice_detail
from orderwell.domains.orders.overview import order_overview
from orderwell.kernel.clock import utc_now
from orderwell.platform.accounts.actor import Actor
from orderwell.platform.permissions import Permission
from orderwell.web.pages import page


@page(Permission.BILLING_INVOICE_VIEW)
def invoice(request: HttpRequest, actor: Actor, invoice_id: int) -> HttpResponse:
    found = invoice_detail(actor, invoice_id)
    order = order_overview(actor, found.order_id) if actor.may(Permission.ORDERS_ORDER_VIEW) else None
    payments = money_of(actor, found.order_id).payments if order is not None else []
    context = {"invoice": found, "found": order, "payments": payments, "late": found.due_at < utc_now()}
    return render(request, "billing/invoice.html", context)
