"""The order list: tabs, filters, search, keyset pages; counts come after the page and stop at a thousand."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.urls import reverse

from orderwell.domains.catalog.choices import visible_channels
from orderwell.domains.customers.queries import customer_detail
from orderwell.domains.inventory.choices import visible_warehouses
from orderwell.domains.orders.queries import order_count, order_list
from orderwell.kernel.clock import utc_now
from orderwell.platform.accounts.actor import Actor
from orderwell.platform.permissions import Permission
from orderwell.web.components.listing import ROWS, capped, cursor, listing
from orderwell.web.orders.filters import (
    FULFILMENT_CHOICES,
    PAYMENT_CHOICES,
    STATE_CHOICES,
    VIEWS,
    any_filter,
    filters_from,
    tabs,
)
from orderwell.web.pages import page


@page(Permission.ORDERS_ORDER_VIEW)
def order_list_page(request: HttpRequest, actor: Actor) -> HttpResponse:
    filters, now = filters_from(request.GET, actor), utc_now()
    found = order_list(actor, filters, cursor=cursor(request), limit=ROWS, now=now)
    if request.GET.get("go") and len(found.rows) == 1 and filters.text:
        return HttpResponseRedirect(reverse("order-detail", args=[found.rows[0].pk]))
    customer = None
    if filters.customer_id is not None and actor.may(Permission.CUSTOMERS_CUSTOMER_VIEW):
        customer = customer_detail(actor, filters.customer_id).customer
    context = {
        "listing": listing(request, found),
        "tabs": tabs(request.GET),
        "filtered": any_filter(request.GET),
        "customer": customer,
        "states": STATE_CHOICES,
        "fulfilments": FULFILMENT_CHOICES,
        "payments": PAYMENT_CHOICES,
        "channels": visible_channels(actor),
        "warehouses": visible_warehouses(actor) if actor.may(Permission.INVENTORY_STOCK_VIEW) else [],
        "now": now,
    }
    return render(request, "orders/list.html", context)


@page(Permission.ORDERS_ORDER_VIEW)
def order_counts(request: HttpRequest, actor: Actor) -> HttpResponse:
    """How many orders stand behind each tab, asked for when the page already stands."""
    now = utc_now()
    counts = {
        view.key: capped(order_count(actor, filters_from(view.params, actor), now=now)) for view in VIEWS if view.params
    }
    return JsonResponse(counts)
