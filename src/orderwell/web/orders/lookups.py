"""What the order entry looks up while one types."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse

from orderwell.domains.billing.overview import balances_of
from orderwell.domains.catalog.choices import visible_channels
from orderwell.domains.catalog.queries import find_variants
from orderwell.domains.customers.queries import customer_by_number, find_customers
from orderwell.domains.inventory.queries import available_by_variant
from orderwell.platform.accounts.actor import Actor
from orderwell.platform.permissions import Permission
from orderwell.web.components.sentences import plain_number
from orderwell.web.pages import page
from orderwell.web.templatetags.orderwell import localname, money_text, price

ADDRESS_FIELDS = ("recipient", "phone", "street", "district", "city", "region", "postcode", "country")


@page(Permission.ORDERS_ORDER_PLACE)
def products(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Variants for the type-ahead, with price in the channel's currency and what is free to promise."""
    text = request.GET.get("q", "")[:80]
    code = request.GET.get("channel", "")
    channel = next((item for item in visible_channels(actor) if item.code == code), None)
    currency = channel.currency if channel else "CNY"
    found = find_variants(actor, text, currency=currency, limit=15)
    may_stock = actor.may(Permission.INVENTORY_STOCK_VIEW)
    free = available_by_variant(actor, [hit.id for hit in found if not hit.is_bundle]) if may_stock else {}
    hits = [
        {
            "sku": hit.sku,
            "name": localname(hit),
            "unit": hit.unit,
            "price": "" if hit.price is None else price(hit.price, currency),
            "quantity": plain_number(hit.pack_quantity) if hit.pack_quantity else "1",
            "free": plain_number(free[hit.id]) if hit.id in free else None,
            "bundle": hit.is_bundle,
        }
        for hit in found
    ]
    return JsonResponse({"hits": hits})


@page(Permission.ORDERS_ORDER_PLACE)
def customers(request: HttpRequest, actor: Actor) -> HttpResponse:
    found = find_customers(actor, request.GET.get("q", "")[:80], limit=15)
    return JsonResponse({"hits": [{"number": hit.number, "name": hit.name, "kind": hit.kind} for hit in found]})


@page(Permission.ORDERS_ORDER_PLACE)
def customer(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Where goods of a customer go and how the account stands, when one is chosen."""
    return JsonResponse(customer_card(actor, request.GET.get("number", "")[:40]) or {})


def customer_card(actor: Actor, number: str) -> dict[str, Any] | None:
    if not actor.may(Permission.CUSTOMERS_CUSTOMER_VIEW):
        return None
    found = customer_by_number(actor, number)
    if found is None:
        return None
    card: dict[str, Any] = {"number": found.number, "name": found.name, "id": found.pk}
    card["owed"] = [money_text(owed, currency) for currency, owed in balances_of(actor, found.pk) if owed > 0]
    if found.credit_limit is not None:
        card["limit"] = money_text(found.credit_limit, found.currency)
    if found.note:
        card["note"] = found.note
    if actor.may(Permission.CUSTOMERS_PERSONAL_DATA_VIEW):
        address = found.addresses.filter(kind="shipping").order_by("-is_default", "pk").first()
        contact = found.contacts.order_by("-is_primary", "pk").first()
        if address is not None:
            card["address"] = {name: getattr(address, name) for name in ADDRESS_FIELDS}
        if contact is not None:
            card.setdefault("address", {})
            card["address"]["email"] = contact.email
            card["address"]["phone"] = card["address"].get("phone") or contact.phone
            card["address"].setdefault("recipient", contact.name)
    return card
