"""The places of the navigation, and in which order each desk needs them. Data only; another area adds a line."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from orderwell.platform.permissions import Permission
from orderwell.web.components.markup import place

P = Permission


@dataclass(frozen=True, slots=True)
class Entry:
    """One place. `prefix` marks it as the current one, `keys` is its shortcut after `g`, `counter` its number."""

    title: str | Promise
    icon: str
    url_name: str
    permission: Permission | None
    prefix: str
    keys: str = ""
    query: str = ""
    counter: str = ""
    # Who may do this finds the place behind another entry.
    unless: Permission | None = None

    @property
    def url(self) -> str:
        return place(self.url_name) + self.query


@dataclass(frozen=True, slots=True)
class Group:
    """`name` is what desks order groups by."""

    name: str
    title: str | Promise
    entries: tuple[Entry, ...]


GROUPS: tuple[Group, ...] = (
    Group(
        "sales",
        _("Sales"),
        (
            Entry(_("Orders"), "shopping-cart", "order-list", P.ORDERS_ORDER_VIEW, "/orders/", "o"),
            Entry(_("On hold"), "hand-stop", "order-list", P.ORDERS_ORDER_VIEW, "", "", "?hold=1", "on-hold"),
            Entry(_("Late"), "clock", "order-list", P.ORDERS_ORDER_VIEW, "", "", "?late=1", "late"),
            Entry(_("Customers"), "users", "customer-list", P.CUSTOMERS_CUSTOMER_VIEW, "/customers/", "c"),
            Entry(_("Products"), "tag", "product-list", P.CATALOG_PRODUCT_VIEW, "/products/", "p"),
            Entry(_("Price lists"), "receipt-2", "price-lists", P.PRICES_PRICE_LIST_VIEW, "/price-lists/", "l"),
            Entry(_("Cases"), "message-circle", "case-list", P.CASES_CASE_VIEW, "/cases/", "k"),
            Entry(_("Ratings"), "star", "rating-list", P.CASES_RATING_VIEW, "/ratings/", "r"),
        ),
    ),
    Group(
        "warehouse",
        _("Warehouse"),
        (
            Entry(
                *(_("To ship"), "package-export", "to-ship", P.ORDERS_ORDER_VIEW, "/to-ship/", "w"),
                counter="to-ship",
            ),
            Entry(_("Shipments"), "truck-delivery", "shipment-list", P.FULFILMENT_SHIPMENT_VIEW, "/shipments/", "d"),
            Entry(_("Returns"), "truck-return", "return-list", P.FULFILMENT_RETURN_VIEW, "/returns/", "b"),
            Entry(_("Stock"), "building-warehouse", "stock-list", P.INVENTORY_STOCK_VIEW, "/stock/", "s"),
            Entry(_("Transfers"), "transfer", "transfer-list", P.INVENTORY_STOCK_VIEW, "/transfers/", "t"),
            Entry(_("Handheld"), "device-mobile", "handheld", P.INVENTORY_STOCK_VIEW, "/handheld/", "j"),
            Entry(
                *(_("To sort out"), "alert-triangle", "leftover-list", P.INVENTORY_STOCK_VIEW, "/to-sort-out/", "z"),
                counter="leftovers",
            ),
        ),
    ),
    Group(
        "money",
        _("Money"),
        (
            Entry(_("Invoices"), "file-invoice", "invoice-list", P.BILLING_INVOICE_VIEW, "/invoices/", "i"),
            Entry(
                _("Credit notes"), "receipt-refund", "credit-note-list", P.BILLING_INVOICE_VIEW, "/credit-notes/", "n"
            ),
            Entry(_("Payments"), "cash", "payment-list", P.BILLING_PAYMENT_VIEW, "/payments/", "y"),
        ),
    ),
    Group(
        "figures",
        _("Figures"),
        (Entry(_("Overview"), "dashboard", "overview", P.REPORTS_DASHBOARD_VIEW, "/overview/", "v"),),
    ),
    Group(
        "system",
        _("System"),
        (
            Entry(_("Imports"), "database-import", "import-list", P.ORDERS_ORDER_IMPORT, "/imports/", "m"),
            Entry(_("Events"), "activity", "event-list", P.SYSTEM_EVENT_VIEW, "/system/events/", "e"),
            Entry(
                *(_("Undelivered"), "mail", "dead-letters", P.SYSTEM_EVENT_VIEW, "/system/dead-letters/"),
                counter="dead-letters",
            ),
            Entry(_("Administration"), "settings", "admin", P.SYSTEM_SETTING_CHANGE, "/admin/", "a"),
            Entry(
                *(_("Users"), "users", "admin-users", P.SYSTEM_USER_MANAGE, "/admin/users/"),
                unless=P.SYSTEM_SETTING_CHANGE,
            ),
            Entry(
                *(_("Roles"), "shield", "admin-roles", P.SYSTEM_USER_MANAGE, "/admin/roles/"),
                unless=P.SYSTEM_SETTING_CHANGE,
            ),
            Entry(
                *(_("Teams"), "users-group", "admin-teams", P.SYSTEM_USER_MANAGE, "/admin/teams/"),
                unless=P.SYSTEM_SETTING_CHANGE,
            ),
            Entry(_("Health"), "heart", "system-health", P.SYSTEM_EVENT_VIEW, "/system/health/", "x"),
        ),
    ),
)
START = Entry(_("Start"), "home", "home", None, "/", "h")


@dataclass(frozen=True, slots=True)
class Desk:
    """A kind of work: what it needs, and which groups come first. The groups after the first `open` ones are folded."""

    title: str | Promise
    permission: Permission
    order: tuple[str, ...]
    open: int


DESKS: dict[str, Desk] = {
    "clerk": Desk(_("Sales desk"), P.ORDERS_ORDER_PLACE, ("sales", "warehouse", "money", "figures", "system"), 3),
    "warehouse": Desk(_("Warehouse"), P.FULFILMENT_SHIPMENT_CREATE, ("warehouse", "sales", "money", "figures"), 1),
    "manager": Desk(_("Figures"), P.REPORTS_DASHBOARD_VIEW, ("figures", "sales", "warehouse", "money", "system"), 4),
    "bookkeeper": Desk(_("Bookkeeping"), P.BILLING_PAYMENT_CREATE, ("money", "sales", "figures", "warehouse"), 2),
    "administrator": Desk(
        _("Administration"), P.SYSTEM_USER_MANAGE, ("system", "sales", "warehouse", "money", "figures"), 5
    ),
}
