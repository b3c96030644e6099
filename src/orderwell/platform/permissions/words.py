"""What every permission allows, in words; a test holds the list to the permissions there are."""

from __future__ import annotations

from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from orderwell.platform.permissions import Permission

P = Permission

GROUPS: dict[str, str | Promise] = {
    "orders": _("Orders"),
    "customers": _("Customers"),
    "catalog": _("Products"),
    "prices": _("Price lists"),
    "inventory": _("Stock"),
    "fulfilment": _("Shipments and returns"),
    "billing": _("Money"),
    "cases": _("Cases and ratings"),
    "reports": _("Reports"),
    "lists": _("Lists"),
    "automation": _("Hints"),
    "system": _("System"),
}

TITLES: dict[str, str | Promise] = {
    P.ORDERS_ORDER_VIEW: _("See orders"),
    P.ORDERS_ORDER_PLACE: _("Enter orders"),
    P.ORDERS_ORDER_CHANGE: _("Change orders"),
    P.ORDERS_ORDER_CANCEL: _("Cancel orders"),
    P.ORDERS_ORDER_IMPORT: _("Import files"),
    P.ORDERS_HOLD_PLACE: _("Put orders on hold"),
    P.ORDERS_HOLD_RELEASE: _("Release holds"),
    P.ORDERS_PRICE_OVERRIDE: _("Enter prices and discounts by hand"),
    P.CUSTOMERS_CUSTOMER_VIEW: _("See customers"),
    P.CUSTOMERS_CUSTOMER_CHANGE: _("Enter and change customers"),
    P.CUSTOMERS_PERSONAL_DATA_VIEW: _("See phone, e-mail and street"),
    P.CATALOG_PRODUCT_VIEW: _("See products"),
    P.CATALOG_PRODUCT_CHANGE: _("Enter and change products"),
    P.PRICES_PRICE_LIST_VIEW: _("See price lists"),
    P.PRICES_PRICE_LIST_CHANGE: _("Set up price lists and their prices"),
    P.INVENTORY_STOCK_VIEW: _("See stock"),
    P.INVENTORY_STOCK_ADJUST: _("Correct, receive and count stock"),
    P.INVENTORY_STOCK_TRANSFER: _("Transfer stock"),
    P.INVENTORY_WAREHOUSE_CHANGE: _("Set up warehouses and buffers"),
    P.FULFILMENT_SHIPMENT_VIEW: _("See shipments"),
    P.FULFILMENT_SHIPMENT_CREATE: _("Ship orders"),
    P.FULFILMENT_RETURN_VIEW: _("See returns"),
    P.FULFILMENT_RETURN_CREATE: _("Record returns"),
    P.BILLING_INVOICE_VIEW: _("See invoices"),
    P.BILLING_INVOICE_CREATE: _("Issue invoices"),
    P.BILLING_CREDIT_NOTE_CREATE: _("Issue credit notes"),
    P.BILLING_PAYMENT_VIEW: _("See payments"),
    P.BILLING_PAYMENT_CREATE: _("Record payments"),
    P.BILLING_REFUND_CREATE: _("Refund payments"),
    P.CASES_CASE_VIEW: _("See cases"),
    P.CASES_CASE_CHANGE: _("Open and answer cases"),
    P.CASES_TASK_CHANGE: _("Give and finish tasks"),
    P.CASES_LINK_CREATE: _("Make links for customers"),
    P.AUTOMATION_HINT_ANSWER: _("Dismiss hints and take their remedies"),
    P.CASES_RATING_VIEW: _("See ratings"),
    P.CASES_RATING_MODERATE: _("Hide ratings"),
    P.CASES_STAFF_QUESTION_ANSWER: _("Answer questions of staff"),
    P.REPORTS_DASHBOARD_VIEW: _("See figures"),
    P.LISTS_VIEW_SHARE: _("Share views of lists with everybody"),
    P.SYSTEM_DIAGNOSTICS_CREATE: _("Make a diagnostics bundle"),
    P.SYSTEM_TEMPLATE_CHANGE: _("Change how documents look"),
    P.SYSTEM_SETTING_CHANGE: _("Change settings"),
    P.SYSTEM_USER_MANAGE: _("Manage users, roles and teams"),
    P.SYSTEM_API_KEY_MANAGE: _("Manage API keys"),
    P.SYSTEM_EVENT_VIEW: _("See events and health"),
    P.SYSTEM_EVENT_REPLAY: _("Repeat failed deliveries"),
}


def title_of(permission: str) -> str | Promise:
    return TITLES.get(permission, permission)


def grouped() -> list[tuple[str, str | Promise, list[str]]]:
    """(scope, title, permissions) in the order people think of them; what has no words yet comes last."""
    known = [str(permission) for permission in TITLES]
    ordered = known + sorted(str(permission) for permission in P if permission not in TITLES)
    scopes = dict.fromkeys([*GROUPS, *(name.partition(":")[0] for name in ordered)])
    return [
        (scope, GROUPS.get(scope, scope), [name for name in ordered if name.partition(":")[0] == scope])
        for scope in scopes
        if any(name.partition(":")[0] == scope for name in ordered)
    ]


def choices(scope_names: list[str]) -> list[tuple[str, Any]]:
    return [(name, title_of(name)) for name in scope_names]
