"""What the search box shows of each kind of thing. A hit is exact when the text is its whole number, SKU or code."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from orderwell.domains.billing.finding import find_credit_notes, find_invoices, find_payments
from orderwell.domains.cases.queries import find_cases
from orderwell.domains.catalog.queries import find_variants, variants_by_id
from orderwell.domains.customers.queries import customers_by_id, find_customers
from orderwell.domains.fulfilment.finding import find_returns, find_shipments
from orderwell.domains.inventory.queries import find_expected
from orderwell.domains.orders.finding import find_orders, orders_by_id
from orderwell.domains.orders.models import Order
from orderwell.kernel.quantities import plain
from orderwell.platform.accounts.actor import Actor
from orderwell.platform.permissions import Permission
from orderwell.web.components.words import word
from orderwell.web.search.commands import Command, find_commands
from orderwell.web.templatetags.orderwell import localname, money_text

P = Permission
MOST = 6


@dataclass(frozen=True, slots=True)
class Hit:
    icon: str
    title: str
    note: str
    url: str
    exact: bool = False
    key: str = ""
    press: str = ""
    dialog: bool = False


@dataclass(frozen=True, slots=True)
class Group:
    title: str | Promise
    hits: list[Hit]


def _same(text: str, *values: str | None) -> bool:
    return any(value and value.casefold() == text.casefold() for value in values)


def _order_url(order_id: int | None) -> str:
    return reverse("order-detail", args=[order_id])


def order_hit(order: Order, text: str = "") -> Hit:
    placed = order.state == Order.State.PLACED
    state = word("fulfilment", order.fulfilment_state) if placed else word("order", order.state)
    note = f"{state} · {money_text(order.total_amount, order.currency)}"
    exact = _same(text, order.number, order.external_id)
    return Hit("shopping-cart", f"{order.number} {order.customer_name}", note, _order_url(order.pk), exact)


def _orders(actor: Actor, text: str) -> list[Hit]:
    return [order_hit(order, text) for order in find_orders(actor, text, limit=MOST)]


def customer_hit(hit: Any, text: str = "") -> Hit:
    url = reverse("customer-detail", args=[hit.id])
    return Hit("user", hit.name, f"{hit.number} {hit.phone}", url, _same(text, hit.number))


def _customers(actor: Actor, text: str) -> list[Hit]:
    return [customer_hit(hit, text) for hit in find_customers(actor, text, limit=MOST)]


def product_hit(hit: Any, text: str = "") -> Hit:
    url = reverse("product-detail", args=[hit.product_id])
    exact = _same(text, hit.sku) or hit.scanned
    return Hit("barcode" if hit.scanned else "tag", localname(hit), hit.sku, url, exact)


def _products(actor: Actor, text: str) -> list[Hit]:
    return [product_hit(hit, text) for hit in find_variants(actor, text, limit=MOST)]


def _shipments(actor: Actor, text: str) -> list[Hit]:
    return [
        Hit(
            "truck",
            f"{found.number} {found.order.customer_name}",
            found.tracking_number or str(word("shipment", found.state)),
            _order_url(found.order_id),
            _same(text, found.number, found.tracking_number),
        )
        for found in find_shipments(actor, text, limit=MOST)
    ]


def _returns(actor: Actor, text: str) -> list[Hit]:
    return [
        Hit(
            "truck-return",
            f"{found.number} {found.order.customer_name if found.order else ''}".strip(),
            money_text(found.gross_amount, found.currency),
            _order_url(found.order_id),
            _same(text, found.number, found.external_id),
        )
        for found in find_returns(actor, text, limit=MOST)
        if found.order_id is not None
    ]


def _invoices(actor: Actor, text: str) -> list[Hit]:
    return [
        Hit(
            "file-invoice",
            f"{found.number} {found.order.customer_name}",
            money_text(found.gross_amount, found.currency),
            reverse("invoice-detail", args=[found.pk]),
            _same(text, found.number),
        )
        for found in find_invoices(actor, text, limit=MOST)
    ]


def _credit_notes(actor: Actor, text: str) -> list[Hit]:
    return [
        Hit(
            "receipt-refund",
            f"{found.number} {found.order.customer_name}",
            money_text(-found.gross_amount, found.currency),
            reverse("invoice-detail", args=[found.invoice_id]),
            _same(text, found.number),
        )
        for found in find_credit_notes(actor, text, limit=MOST)
    ]


def _payments(actor: Actor, text: str) -> list[Hit]:
    return [
        Hit(
            "cash",
            f"{found.reference} {found.order.customer_name}",
            money_text(found.amount, found.currency),
            _order_url(found.order_id),
            _same(text, found.reference),
        )
        for found in find_payments(actor, text, limit=MOST)
    ]


def _cases(actor: Actor, text: str) -> list[Hit]:
    return [
        Hit(
            "message",
            f"{found.number} {found.customer.name if found.customer else ''}".strip(),
            found.subject or str(word("case_kind", found.kind)),
            reverse("case-detail", args=[found.pk]),
            _same(text, found.number),
        )
        for found in find_cases(actor, text, limit=MOST)
    ]


def _expected(actor: Actor, text: str) -> list[Hit]:
    return [
        Hit(
            "calendar-event",
            f"{found.reference} {found.variant.sku}",
            f"{plain(found.quantity)} · {localname(found.warehouse)}",
            reverse("expected-detail", args=[found.pk]),
            _same(text, found.reference),
        )
        for found in find_expected(actor, text, limit=MOST)
    ]


SOURCES: tuple[tuple[str | Promise, Permission, Callable[[Actor, str], list[Hit]]], ...] = (
    (gettext_lazy("Orders"), P.ORDERS_ORDER_VIEW, _orders),
    (gettext_lazy("Customers"), P.CUSTOMERS_CUSTOMER_VIEW, _customers),
    (gettext_lazy("Products"), P.CATALOG_PRODUCT_VIEW, _products),
    (gettext_lazy("Shipments"), P.FULFILMENT_SHIPMENT_VIEW, _shipments),
    (gettext_lazy("Returns"), P.FULFILMENT_RETURN_VIEW, _returns),
    (gettext_lazy("Invoices"), P.BILLING_INVOICE_VIEW, _invoices),
    (gettext_lazy("Credit notes"), P.BILLING_INVOICE_VIEW, _credit_notes),
    (gettext_lazy("Payments"), P.BILLING_PAYMENT_VIEW, _payments),
    (gettext_lazy("Cases"), P.CASES_CASE_VIEW, _cases),
    (gettext_lazy("Announced receipts"), P.INVENTORY_STOCK_VIEW, _expected),
)


def command_hit(command: Command) -> Hit:
    return Hit(
        command.icon,
        str(command.title),
        "",
        command.url,
        key=command.key,
        press=command.press,
        dialog=command.dialog,
    )


def find(actor: Actor, text: str) -> list[Group]:
    """Exact hits first, in a group of their own; then each kind, pages and actions before rows that only resemble."""
    groups = []
    best: list[Hit] = []
    for title, permission, source in SOURCES:
        if not actor.may(permission):
            continue
        hits = source(actor, text)
        best += [hit for hit in hits if hit.exact]
        groups.append(Group(title, [hit for hit in hits if not hit.exact]))
    commands = Group(_("Pages and actions"), [command_hit(found) for found in find_commands(actor, text, limit=MOST)])
    found = [Group(_("Best hit") if len(best) == 1 else _("Best hits"), best), commands, *groups]
    return [group for group in found if group.hits]


def opened(actor: Actor, names: list[str]) -> list[Group]:
    """What was opened last, as the browser remembers it ("order:7"), of what may be seen; then what one can do."""
    wanted: dict[str, list[int]] = {}
    for name in names[:12]:
        kind, _colon, key = name.partition(":")
        if key.isdecimal() and len(key) < 16:
            wanted.setdefault(kind, []).append(int(key))
    found: dict[str, Hit] = {}
    if actor.may(P.ORDERS_ORDER_VIEW) and (ids := wanted.get("order")):
        found |= {f"order:{order.pk}": order_hit(order) for order in orders_by_id(actor, ids)}
    if actor.may(P.CUSTOMERS_CUSTOMER_VIEW) and (ids := wanted.get("customer")):
        found |= {f"customer:{hit.id}": customer_hit(hit) for hit in customers_by_id(actor, ids)}
    if actor.may(P.CATALOG_PRODUCT_VIEW) and (ids := wanted.get("product")):
        found |= {f"product:{hit.product_id}": product_hit(hit) for hit in variants_by_id(actor, ids)}
    hits = [found[name] for name in names if name in found]
    actions = [
        command_hit(command) for command in find_commands(actor, "", limit=200) if not command.key.startswith("g ")
    ]
    groups = [Group(_("Opened last"), hits[:MOST]), Group(_("Pages and actions"), actions[:MOST])]
    return [group for group in groups if group.hits]
