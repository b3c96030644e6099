"""Invoices and payments: lists, and an invoice as it stands."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from orderwell.domains.billing.queries import invoice_detail, invoice_list, payment_list
from orderwell.platform.accounts.actor import Actor
from orderwell.platform.permissions import Permission
from orderwell.web.components.listing import ROWS, cursor, listing
from orderwell.web.pages import page


@page(Permission.BILLING_INVOICE_VIEW)
def invoices(request: HttpRequest, actor: Actor) -> HttpResponse:
    text = request.GET.get("q", "")[:80]
    found = invoice_list(actor, text=text, cursor=cursor(request), limit=ROWS)
    return render(request, "billing/invoices.html", {"listing": listing(request, found), "filtered": bool(text)})


@page(Permission.BILLING_INVOICE_VIEW)
def invoice(request: HttpRequest, actor: Actor, invoice_id: int) -> HttpResponse:
    return render(request, "billing/invoice.html", {"invoice": invoice_detail(actor, invoice_id)})


@page(Permission.BILLING_PAYMENT_VIEW)
def payments(request: HttpRequest, actor: Actor) -> HttpResponse:
    text = request.GET.get("q", "")[:120]
    found = payment_list(actor, reference=text, cursor=cursor(request), limit=ROWS)
    return render(request, "billing/payments.html", {"listing": listing(request, found), "filtered": bool(text)})
