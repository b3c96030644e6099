"""What the order entry looks up while one types."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from orderwell.domains.billing.credit_state import credit_state
from orderwell.domains.catalog.choices import visible_channels
from orderwell.domains.catalog.matching import packs_of
from orderwell.domains.catalog.models import Channel
from orderwell.domains.catalog.queries import find_variants, main_images
from orderwell.domains.customers.drafts import ContactDraft, PostalAddressDraft
from orderwell.domains.customers.lookup import customer_by_number
from orderwell.domains.customers.queries import CustomerDetail, customer_detail, find_customers
from orderwell.domains.inventory.queries import stock
from orderwell.domains.orders.habits import favourites, usual_channel
from orderwell.domains.orders.todays_prices import todays_prices
from orderwell.domains.prices.rule import Buyer
from orderwell.kernel.clock import utc_now
from orderwell.kernel.quantities import plain
from orderwell.platform.accounts.actor import Actor
from orderwell.platform.formats import named
from orderwell.platform.permissions import Permission
from orderwell.platform.search import half_width
from orderwell.web.customers.forms import ADDRESS, main_address
from orderwell.web.customers.wishes import wishes_of
from orderwell.web.pages import page
from orderwell.web.templatetags.countries import country
from orderwell.web.templatetags.orderwell import localname, money_text, price


@page(Permission.ORDERS_ORDER_PLACE)
def products(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Variants for the type-ahead: what one of them costs this customer in the channel's currency, and what is free to
    promise."""
    text = half_width(request.GET.get("q", "")[:80])
    code = request.GET.get("channel", "")
    channel = next((item for item in visible_channels(actor) if item.code == code), None)
    currency = channel.currency if channel else "CNY"
    found = find_variants(actor, text, currency=currency, limit=15)
    may_stock = actor.may(Permission.INVENTORY_STOCK_VIEW)
    free = free_of(actor, [hit.id for hit in found if not hit.is_bundle]) if may_stock else {}
    prices = _prices(actor, request.GET.get("customer", "")[:40], channel, [hit.id for hit in found])
    packs = packs_of(actor, [hit.id for hit in found])
    pictures = pictures_of(actor, [hit.product_id for hit in found])
    hits = [
        {
            "sku": hit.sku,
            "name": localname(hit),
            "unit": hit.unit,
            "price": price(prices[hit.id], currency) if hit.id in prices else "",
            "quantity": plain(hit.pack_quantity) if hit.pack_quantity else "1",
            "free": plain(sum(free[hit.id].values(), Decimal(0))) if hit.id in free else None,
            "places": " · ".join(f"{place} {plain(left)}" for place, left in free.get(hit.id, {}).items()),
            "packs": " · ".join(f"{pack.unit} = {plain(pack.quantity)}" for pack in packs.get(hit.id, [])),
            "bundle": hit.is_bundle,
            "picture": pictures.get(hit.product_id, ""),
        }
        for hit in found
    ]
    return JsonResponse({"hits": hits})


def _prices(actor: Actor, number: str, channel: Channel | None, variant_ids: list[int]) -> dict[int, Decimal]:
    """What one of each costs now; without a channel nobody can say."""
    if channel is None:
        return {}
    customer = customer_by_number(actor, number) if number and actor.may(Permission.CUSTOMERS_CUSTOMER_VIEW) else None
    buyer = Buyer(
        customer.pk if customer else None,
        customer.group_id if customer else None,
        channel.pk,
        channel.prices_include_tax,
    )
    return todays_prices(dict.fromkeys(variant_ids, Decimal(1)), buyer, channel.currency, now=utc_now())


def pictures_of(actor: Actor, product_ids: list[int]) -> dict[int, str]:
    """Where the main picture of each product is, of those that have one."""
    return {pk: reverse("product-image", args=[image.pk]) for pk, image in main_images(actor, product_ids).items()}


def free_of(actor: Actor, variant_ids: list[int]) -> dict[int, dict[str, Decimal]]:
    """What is free of each in each warehouse that the actor may see."""
    free: dict[int, dict[str, Decimal]] = {pk: {} for pk in variant_ids}
    for item in stock(actor).filter(variant__in=variant_ids, warehouse__active=True).order_by("warehouse__priority"):
        free[item.variant_id][localname(item.warehouse)] = item.on_hand - item.reserved
    return free


@page(Permission.ORDERS_ORDER_PLACE)
def customers(request: HttpRequest, actor: Actor) -> HttpResponse:
    found = find_customers(actor, half_width(request.GET.get("q", "")[:80]), limit=15)
    return JsonResponse({"hits": [{"number": hit.number, "name": hit.name, "phone": hit.phone} for hit in found]})


@page(Permission.ORDERS_ORDER_PLACE)
def customer(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Where goods of a customer go and how the account stands, when one is chosen."""
    return JsonResponse(customer_card(actor, request.GET.get("number", "")[:40]) or {})


def customer_card(actor: Actor, number: str) -> dict[str, Any] | None:
    """What the clerk should see of a customer while typing; phone and street only where the actor may see them."""
    if not actor.may(Permission.CUSTOMERS_CUSTOMER_VIEW):
        return None
    found = customer_by_number(actor, number)
    if found is None:
        return None
    detail = customer_detail(actor, found.pk)
    card: dict[str, Any] = {
        "number": found.number,
        "name": found.name,
        "id": found.pk,
        "note": found.note,
        "active": found.active,
        "url": reverse("customer-detail", args=[found.pk]),
        "wishes": [named(title, value) for title, value in wishes_of(found)],
        "terms": _terms(found.payment_terms_days, found.credit_limit),
    }
    if actor.may(Permission.BILLING_INVOICE_VIEW):
        card["credit"] = _credit(actor, found.pk)
    if actor.may(Permission.ORDERS_ORDER_VIEW):
        card["channel"] = usual_channel(actor, found.pk)
    if not detail.masked:
        contact = detail.contacts[0] if detail.contacts else None
        card["addresses"] = [_address(address, contact) for address in _shipping(detail)]
        if not card["addresses"] and contact is not None:
            card["addresses"] = [
                {"recipient": contact.name, "phone": contact.phone, "email": contact.email, "text": contact.name}
            ]
        card["address"] = card["addresses"][0] if card["addresses"] else {}
    return card


def _terms(days: int, limit: Decimal | None) -> str:
    if limit is not None and not limit:
        return _("Pays in advance")
    if not days:
        return _("Due at once")
    return ngettext("Due in %(days)s day", "Due in %(days)s days", days) % {"days": days}


def _credit(actor: Actor, customer_id: int) -> dict[str, Any]:
    state = credit_state(actor, customer_id, now=utc_now())

    def text(amount: Decimal | None) -> str:
        return "" if amount is None else money_text(amount, state.currency)

    return {
        "limit": text(state.limit),
        "owed": text(state.owed) if state.owed >= 0 else "",
        "ahead": text(-state.owed) if state.owed < 0 else "",
        # Without it, less would be owed than is overdue, and nothing said why.
        "elsewhere": text(state.ahead) if state.open and state.ahead else "",
        "overdue": text(state.overdue) if state.overdue else "",
        "waiting": text(state.not_invoiced) if state.not_invoiced else "",
        "left": text(state.left),
        "over": text(-state.left) if state.left is not None and state.left < 0 else "",
        "passed": state.left is not None and state.left < 0,
    }


def _shipping(detail: CustomerDetail) -> list[PostalAddressDraft]:
    """Delivery addresses, the usual one first."""
    main = main_address(detail)
    rest = [address for address in detail.addresses if address.kind == "shipping" and address is not main]
    return ([main] if main else []) + rest


def _address(address: PostalAddressDraft, contact: ContactDraft | None) -> dict[str, str]:
    values = {name: getattr(address, name) for name in ADDRESS}
    values["country"] = country(address.country)
    if contact is not None:
        values["phone"] = values["phone"] or contact.phone
        values["email"] = contact.email
    parts = (address.label, address.recipient, address.city, address.district, address.street)
    values["text"] = " ".join(part for part in parts if part)
    return values


@page(Permission.ORDERS_ORDER_PLACE)
def usual(request: HttpRequest, actor: Actor) -> HttpResponse:
    """What the customer orders most often, to be added with one key each."""
    customer = None
    if actor.may(Permission.CUSTOMERS_CUSTOMER_VIEW) and actor.may(Permission.ORDERS_ORDER_VIEW):
        customer = customer_by_number(actor, request.GET.get("number", "")[:40])
    found = favourites(actor, customer.pk) if customer else []
    items = [{"sku": item.sku, "name": localname(item), "times": item.times} for item in found]
    return JsonResponse({"products": items})
