"""What the order entry looks up while one types."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse

from orderwell.domains.billing.queries import customer_balance
from orderwell.domains.catalog.choices import visible_channels
from orderwell.domains.catalog.queries import find_variants
from orderwell.domains.customers.queries import customer_detail, find_customers
from orderwell.domains.inventory.queries import stock
from orderwell.platform.accounts.actor import Actor
from orderwell.platform.permissions import Permission
from orderwell.web.components.sentences import plain_number
from orderwell.web.customers.forms import ADDRESS, main_address
from orderwell.web.pages import page
from orderwell.web.templatetags.orderwell import localname, money_text, price


@page(Permission.ORDERS_ORDER_PLACE)
def products(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Variants for the type-ahead, with price in the channel's currency and what is free to promise."""
    text = request.GET.get("q", "")[:80]
    code = request.GET.get("channel", "")
    channel = next((item for item in visible_channels(actor) if item.code == code), None)
    currency = channel.currency if channel else "CNY"
    found = find_variants(actor, text, currency=currency, limit=15)
    may_stock = actor.may(Permission.INVENTORY_STOCK_VIEW)
    free = free_of(actor, [hit.id for hit in found if not hit.is_bundle]) if may_stock else {}
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


def free_of(actor: Actor, variant_ids: list[int]) -> dict[int, Decimal]:
    """What is free of each, over all warehouses the actor may see."""
    free = dict.fromkeys(variant_ids, Decimal(0))
    for item in stock(actor).filter(variant__in=variant_ids):
        free[item.variant_id] += item.on_hand - item.reserved
    return free


@page(Permission.ORDERS_ORDER_PLACE)
def customers(request: HttpRequest, actor: Actor) -> HttpResponse:
    found = find_customers(actor, request.GET.get("q", "")[:80], limit=15)
    return JsonResponse({"hits": [{"number": hit.number, "name": hit.name, "phone": hit.phone} for hit in found]})


@page(Permission.ORDERS_ORDER_PLACE)
def customer(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Where goods of a customer go and how the account stands, when one is chosen."""
    return JsonResponse(customer_card(actor, request.GET.get("number", "")[:40]) or {})


def customer_card(actor: Actor, number: str) -> dict[str, Any] | None:
    """What the clerk should see of a customer while typing; phone and street only where the actor may see them."""
    if not number or not actor.may(Permission.CUSTOMERS_CUSTOMER_VIEW):
        return None
    found = next((hit for hit in find_customers(actor, number, limit=50) if hit.number == number), None)
    if found is None:
        return None
    detail = customer_detail(actor, found.id)
    customer = detail.customer
    card: dict[str, Any] = {"number": customer.number, "name": customer.name, "id": customer.pk, "note": customer.note}
    if actor.may(Permission.BILLING_INVOICE_VIEW):
        owed = sorted(customer_balance(actor, customer.pk).items())
        card["owed"] = [money_text(amount, currency) for currency, amount in owed if amount > 0]
    if customer.credit_limit is not None:
        card["limit"] = money_text(customer.credit_limit, customer.currency)
    if not detail.masked:
        address, contact = main_address(detail), detail.contacts[0] if detail.contacts else None
        card["address"] = {name: getattr(address, name) for name in ADDRESS} if address else {}
        if contact is not None:
            card["address"]["email"] = contact.email
            card["address"]["phone"] = card["address"].get("phone") or contact.phone
            card["address"].setdefault("recipient", contact.name)
    return card
