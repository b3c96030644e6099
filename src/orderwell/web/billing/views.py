"""Invoices and payments: lists, and an invoice as it stands."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from orderwell.domains.billing.queries import invoice_detail
from orderwell.platform.accounts.actor import Actor
from orderwell.platform.permissions import Permission
from orderwell.web.pages import page


@page(Permission.BILLING_INVOICE_VIEW)
def invoice(request: HttpRequest, actor: Actor, invoice_id: int) -> HttpResponse:
    return render(request, "billing/invoice.html", {"invoice": invoice_detail(actor, invoice_id)})
