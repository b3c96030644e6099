"""What the layout shows on every page: the navigation for this user, theme and language."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from orderwell.platform.accounts.actor import Actor
from orderwell.platform.permissions import Permission
from orderwell.web.help.topics import topic_of

P = Permission
THEMES = ("auto", "light", "dark")


@dataclass(frozen=True, slots=True)
class Entry:
    """One place of the navigation. `prefix` marks it as the current one; `keys` is its shortcut after `g`."""

    title: str | Promise
    icon: str
    url_name: str
    permission: Permission
    prefix: str
    keys: str = ""
    query: str = ""

    @property
    def url(self) -> str:
        return reverse(self.url_name) + self.query


GROUPS: tuple[tuple[str | Promise, tuple[Entry, ...]], ...] = (
    (
        _("Sales"),
        (
            Entry(_("Overview"), "dashboard", "home", P.REPORTS_DASHBOARD_VIEW, "/", "h"),
            Entry(_("Orders"), "shopping-cart", "order-list", P.ORDERS_ORDER_VIEW, "/orders/", "o"),
            Entry(_("Customers"), "users", "customer-list", P.CUSTOMERS_CUSTOMER_VIEW, "/customers/", "c"),
            Entry(_("Products"), "tag", "product-list", P.CATALOG_PRODUCT_VIEW, "/products/", "p"),
            Entry(_("Cases"), "message-circle", "case-list", P.CASES_CASE_VIEW, "/cases/", "k"),
            Entry(_("Ratings"), "star", "rating-list", P.CASES_RATING_VIEW, "/ratings/", "r"),
        ),
    ),
    (
        _("Warehouse"),
        (
            Entry(_("To ship"), "package-export", "to-ship", P.FULFILMENT_SHIPMENT_VIEW, "/to-ship/", "w"),
            Entry(_("Shipments"), "truck-delivery", "shipment-list", P.FULFILMENT_SHIPMENT_VIEW, "/shipments/", "d"),
            Entry(_("Stock"), "building-warehouse", "stock-list", P.INVENTORY_STOCK_VIEW, "/stock/", "s"),
            Entry(_("Transfers"), "transfer", "transfer-list", P.INVENTORY_STOCK_VIEW, "/transfers/", "t"),
        ),
    ),
    (
        _("Money"),
        (
            Entry(_("Invoices"), "file-invoice", "invoice-list", P.BILLING_INVOICE_VIEW, "/invoices/", "i"),
            Entry(_("Payments"), "cash", "payment-list", P.BILLING_PAYMENT_VIEW, "/payments/", "y"),
        ),
    ),
    (
        _("System"),
        (
            Entry(_("Imports"), "database-import", "import-list", P.ORDERS_ORDER_IMPORT, "/imports/", "m"),
            Entry(_("Events"), "activity", "event-list", P.SYSTEM_EVENT_VIEW, "/system/events/", "e"),
            Entry(_("Administration"), "settings", "admin", P.SYSTEM_SETTING_CHANGE, "/admin/", "a"),
            Entry(_("Health"), "heart", "system-health", P.SYSTEM_EVENT_VIEW, "/system/health/", "x"),
        ),
    ),
)


def navigation(actor: Actor, path: str) -> list[dict[str, Any]]:
    groups = []
    for title, entries in GROUPS:
        shown = [
            {
                "title": entry.title,
                "icon": entry.icon,
                "url": entry.url,
                "keys": entry.keys,
                "current": path == entry.prefix if entry.prefix == "/" else path.startswith(entry.prefix),
            }
            for entry in entries
            if actor.may(entry.permission)
        ]
        if shown:
            groups.append({"title": title, "entries": shown})
    return groups


def layout(request: HttpRequest) -> dict[str, Any]:
    """Context processor. `actor` is set by the page decorator, so error pages outside of it show no navigation."""
    actor: Actor | None = getattr(request, "actor", None)
    user = getattr(request, "user", None)
    theme = getattr(user, "theme", "") or request.COOKIES.get("theme", "auto")
    return {
        "actor": actor,
        "navigation": navigation(actor, request.path) if actor else [],
        "may": {permission.name: actor.may(permission) for permission in Permission} if actor else {},
        "theme": theme if theme in THEMES else "auto",
        "language": get_language() or settings.LANGUAGE_CODE,
        "languages": settings.LANGUAGES,
        "business_zone": settings.TIME_ZONE,
        "help_topic": topic_of(request.resolver_match.url_name if request.resolver_match else None),
    }
