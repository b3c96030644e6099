"""Every permission there is, as one list `scope:resource:action`, and the roles that come with the product."""

from __future__ import annotations

from enum import StrEnum

from django.utils.translation import gettext_noop as _

from orderwell.kernel.errors import DomainError


class Permission(StrEnum):
    AUTOMATION_HINT_ANSWER = "automation:hint:answer"
    BILLING_CREDIT_NOTE_CREATE = "billing:credit-note:create"
    BILLING_INVOICE_CREATE = "billing:invoice:create"
    BILLING_INVOICE_VIEW = "billing:invoice:view"
    BILLING_PAYMENT_CREATE = "billing:payment:create"
    BILLING_PAYMENT_VIEW = "billing:payment:view"
    BILLING_REFUND_CREATE = "billing:refund:create"
    CASES_CASE_CHANGE = "cases:case:change"
    CASES_CASE_VIEW = "cases:case:view"
    CASES_LINK_CREATE = "cases:link:create"
    CASES_RATING_MODERATE = "cases:rating:moderate"
    CASES_RATING_VIEW = "cases:rating:view"
    CASES_STAFF_QUESTION_ANSWER = "cases:staff-question:answer"
    CASES_TASK_CHANGE = "cases:task:change"
    CATALOG_PRODUCT_CHANGE = "catalog:product:change"
    CATALOG_PRODUCT_VIEW = "catalog:product:view"
    CUSTOMERS_CUSTOMER_CHANGE = "customers:customer:change"
    CUSTOMERS_CUSTOMER_VIEW = "customers:customer:view"
    CUSTOMERS_PERSONAL_DATA_VIEW = "customers:personal-data:view"
    FULFILMENT_RETURN_CREATE = "fulfilment:return:create"
    FULFILMENT_RETURN_VIEW = "fulfilment:return:view"
    FULFILMENT_SHIPMENT_CREATE = "fulfilment:shipment:create"
    FULFILMENT_SHIPMENT_VIEW = "fulfilment:shipment:view"
    INVENTORY_STOCK_ADJUST = "inventory:stock:adjust"
    INVENTORY_STOCK_TRANSFER = "inventory:stock:transfer"
    INVENTORY_STOCK_VIEW = "inventory:stock:view"
    INVENTORY_WAREHOUSE_CHANGE = "inventory:warehouse:change"
    LISTS_VIEW_SHARE = "lists:view:share"
    ORDERS_HOLD_PLACE = "orders:hold:place"
    ORDERS_HOLD_RELEASE = "orders:hold:release"
    ORDERS_ORDER_CANCEL = "orders:order:cancel"
    ORDERS_ORDER_CHANGE = "orders:order:change"
    ORDERS_ORDER_IMPORT = "orders:order:import"
    ORDERS_ORDER_PLACE = "orders:order:place"
    ORDERS_ORDER_VIEW = "orders:order:view"
    ORDERS_PRICE_OVERRIDE = "orders:price:override"
    PRICES_PRICE_LIST_CHANGE = "prices:price-list:change"
    PRICES_PRICE_LIST_VIEW = "prices:price-list:view"
    REPORTS_DASHBOARD_VIEW = "reports:dashboard:view"
    SYSTEM_API_KEY_MANAGE = "system:api-key:manage"
    SYSTEM_DIAGNOSTICS_CREATE = "system:diagnostics:create"
    SYSTEM_EVENT_REPLAY = "system:event:replay"
    SYSTEM_EVENT_VIEW = "system:event:view"
    SYSTEM_SETTING_CHANGE = "system:setting:change"
    SYSTEM_TEMPLATE_CHANGE = "system:template:change"
    SYSTEM_USER_MANAGE = "system:user:manage"


class PermissionDenied(DomainError):
    code = "permission_denied"
    message = "{actor} may not do this; it needs the permission {permission}."


EVERYTHING = frozenset(Permission)
_VIEWS = frozenset(p for p in Permission if p.endswith(":view")) - {
    Permission.SYSTEM_EVENT_VIEW,
    # What customers write is personal data too.
    Permission.CASES_CASE_VIEW,
    Permission.CUSTOMERS_PERSONAL_DATA_VIEW,
}

P = Permission
_CASES = frozenset({P.CASES_CASE_VIEW, P.CASES_CASE_CHANGE, P.CASES_LINK_CREATE, P.CASES_TASK_CHANGE})
# Name -> (title shown on screen, permissions). An installation copies these into its own roles and may change them.
BUILT_IN_ROLES: dict[str, tuple[str, frozenset[Permission]]] = {
    "administrator": (_("Administrator"), EVERYTHING),
    "owner": (_("Owner"), EVERYTHING - {P.SYSTEM_API_KEY_MANAGE, P.SYSTEM_USER_MANAGE}),
    "sales-manager": (
        _("Sales manager"),
        _VIEWS
        | {p for p in Permission if p.startswith(("orders:", "customers:", "prices:"))}
        | _CASES
        | {P.BILLING_INVOICE_CREATE, P.FULFILMENT_RETURN_CREATE, P.CASES_RATING_MODERATE, P.LISTS_VIEW_SHARE}
        | {P.AUTOMATION_HINT_ANSWER},
    ),
    "sales-clerk": (
        _("Sales clerk"),
        _VIEWS
        | _CASES
        | {P.ORDERS_ORDER_PLACE, P.ORDERS_ORDER_CHANGE, P.ORDERS_ORDER_CANCEL, P.ORDERS_HOLD_PLACE}
        | {P.CUSTOMERS_CUSTOMER_CHANGE, P.CUSTOMERS_PERSONAL_DATA_VIEW, P.FULFILMENT_RETURN_CREATE}
        | {P.AUTOMATION_HINT_ANSWER},
    ),
    "warehouse-worker": (
        _("Warehouse worker"),
        frozenset(
            {
                P.AUTOMATION_HINT_ANSWER,
                P.CASES_CASE_VIEW,
                P.CASES_TASK_CHANGE,
                P.CATALOG_PRODUCT_VIEW,
                P.CUSTOMERS_PERSONAL_DATA_VIEW,
                P.FULFILMENT_RETURN_CREATE,
                P.FULFILMENT_RETURN_VIEW,
                P.FULFILMENT_SHIPMENT_CREATE,
                P.FULFILMENT_SHIPMENT_VIEW,
                P.INVENTORY_STOCK_ADJUST,
                P.INVENTORY_STOCK_TRANSFER,
                P.INVENTORY_STOCK_VIEW,
                P.ORDERS_HOLD_PLACE,
                P.ORDERS_ORDER_VIEW,
            }
        ),
    ),
    "bookkeeper": (
        _("Bookkeeper"),
        _VIEWS
        | {p for p in Permission if p.startswith("billing:")}
        | {P.CUSTOMERS_PERSONAL_DATA_VIEW, P.CASES_CASE_VIEW, P.CASES_TASK_CHANGE, P.AUTOMATION_HINT_ANSWER},
    ),
    "integrator": (_("Integrator"), EVERYTHING - {P.SYSTEM_USER_MANAGE}),
    "viewer": (_("Viewer"), _VIEWS),
}
