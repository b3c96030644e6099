"""The one search box: orders, customers, products and pages, as one types; Enter opens the best hit."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from orderwell.domains.billing.queries import invoice_list
from orderwell.domains.catalog.queries import ProductFilters, product_list
from orderwell.domains.customers.queries import find_customers
from orderwell.domains.fulfilment.queries import shipment_list
from orderwell.domains.orders.queries import OrderFilters, order_list
from orderwell.kernel.clock import utc_now
from orderwell.platform.accounts.actor import Actor
from orderwell.platform.permissions import Permission
from orderwell.platform.search.keys import normalise
from orderwell.web.components.words import word
from orderwell.web.context import navigation
from orderwell.web.pages import page
from orderwell.web.templatetags.orderwell import localname, money_text, price_range

P = Permission
MOST = 6


@dataclass(frozen=True, slots=True)
class Hit:
    icon: str
    title: str
    note: str
    url: str


@dataclass(frozen=True, slots=True)
class Group:
    title: str
    hits: list[Hit]


@page()
def search(request: HttpRequest, actor: Actor) -> HttpResponse:
    text = request.GET.get("q", "").strip()[:120]
    groups = [group for group in _groups(actor, text, request.path) if group.hits] if text else []
    if request.headers.get("HX-Request"):
        return render(request, "search/box.html", {"groups": groups, "text": text})
    hits = [hit for group in groups for hit in group.hits]
    if len(hits) == 1:
        return HttpResponseRedirect(hits[0].url)
    return render(request, "search/page.html", {"groups": groups, "text": text})


def _groups(actor: Actor, text: str, path: str) -> list[Group]:
    found = [Group(_("Pages"), _pages(actor, text, path))]
    if actor.may(P.ORDERS_ORDER_VIEW):
        found.append(Group(_("Orders"), _orders(actor, text)))
    if actor.may(P.CUSTOMERS_CUSTOMER_VIEW):
        found.append(Group(_("Customers"), _customers(actor, text)))
    if actor.may(P.CATALOG_PRODUCT_VIEW):
        found.append(Group(_("Products"), _products(actor, text)))
    if actor.may(P.FULFILMENT_SHIPMENT_VIEW):
        found.append(Group(_("Shipments"), _shipments(actor, text)))
    if actor.may(P.BILLING_INVOICE_VIEW):
        found.append(Group(_("Invoices"), _invoices(actor, text)))
    return found


def _pages(actor: Actor, text: str, path: str) -> list[Hit]:
    wanted = normalise(text)
    entries = [entry for group in navigation(actor, path) for entry in group["entries"]]
    return [
        Hit(entry["icon"], str(entry["title"]), "", entry["url"])
        for entry in entries
        if normalise(str(entry["title"])).startswith(wanted)
    ]


def _orders(actor: Actor, text: str) -> list[Hit]:
    rows = order_list(actor, OrderFilters(text=text), limit=MOST, now=utc_now()).rows
    return [
        Hit(
            "shopping-cart",
            f"{order.number} {order.customer_name}",
            f"{word('fulfilment' if order.state == 'placed' else 'order', order.fulfilment_state if order.state == 'placed' else order.state)} · "
            f"{money_text(order.total_amount, order.currency)}",
            reverse("order-detail", args=[order.pk]),
        )
        for order in rows
    ]


def _customers(actor: Actor, text: str) -> list[Hit]:
    return [
        Hit("user", hit.name, f"{hit.number} {hit.phone}", reverse("customer-detail", args=[hit.id]))
        for hit in find_customers(actor, text, limit=MOST)
    ]


def _products(actor: Actor, text: str) -> list[Hit]:
    rows = product_list(actor, ProductFilters(text=text), limit=MOST).rows
    return [
        Hit(
            "tag",
            f"{localname(product)} {product.code}",
            price_range(product.variants.all()),
            reverse("product-detail", args=[product.pk]),
        )
        for product in rows
    ]


def _shipments(actor: Actor, text: str) -> list[Hit]:
    return [
        Hit("truck", shipment.number, shipment.tracking_number, reverse("order-detail", args=[shipment.order_id]))
        for shipment in shipment_list(actor, text=text, limit=MOST).rows
    ]


def _invoices(actor: Actor, text: str) -> list[Hit]:
    return [
        Hit(
            "file-invoice",
            invoice.number,
            money_text(invoice.gross_amount, invoice.currency),
            reverse("invoice-detail", args=[invoice.pk]),
        )
        for invoice in invoice_list(actor, text=text, limit=MOST).rows
    ]
