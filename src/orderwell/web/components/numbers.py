"""The numbers by which people know the documents that movements and events name as "shipment:12"."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from django.db.models import QuerySet

from orderwell.domains.billing.queries import visible_credit_notes, visible_invoices
from orderwell.domains.cases.queries import visible_cases
from orderwell.domains.catalog.queries import products
from orderwell.domains.customers.queries import visible_customers
from orderwell.domains.fulfilment.queries import visible_returns, visible_shipments
from orderwell.domains.inventory.counts import counts
from orderwell.domains.inventory.queries import expected_receipts, transfers
from orderwell.domains.orders.queries import visible_orders
from orderwell.platform.accounts.actor import Actor
from orderwell.platform.accounts.queries import users
from orderwell.platform.permissions import Permission
from orderwell.platform.prepared import prepared

P = Permission
# Kind -> the permission it takes, the rows the actor may know of, and the field with the number.
_SOURCES: dict[str, tuple[P, Callable[[Actor], QuerySet[Any]], str]] = {
    "order": (P.ORDERS_ORDER_VIEW, visible_orders, "number"),
    "shipment": (P.FULFILMENT_SHIPMENT_VIEW, visible_shipments, "number"),
    "return": (P.FULFILMENT_RETURN_VIEW, visible_returns, "number"),
    "transfer": (P.INVENTORY_STOCK_VIEW, transfers, "number"),
    "count": (P.INVENTORY_STOCK_VIEW, counts, "number"),
    "expected_receipt": (
        P.INVENTORY_STOCK_VIEW,
        lambda actor: expected_receipts(actor, only_open=False),
        "reference",
    ),
    "invoice": (P.BILLING_INVOICE_VIEW, visible_invoices, "number"),
    "credit_note": (P.BILLING_INVOICE_VIEW, visible_credit_notes, "number"),
    "case": (P.CASES_CASE_VIEW, visible_cases, "number"),
    "customer": (P.CUSTOMERS_CUSTOMER_VIEW, visible_customers, "number"),
    "product": (P.CATALOG_PRODUCT_VIEW, products, "code"),
    "user": (P.SYSTEM_USER_MANAGE, users, "username"),
}


def numbers_of(actor: Actor, causes: Iterable[str]) -> dict[str, str]:
    """The number of each document among `causes` that has one and that the actor may know of: a query for each kind."""
    wanted: dict[str, set[int]] = {}
    for cause in causes:
        kind, _colon, key = cause.partition(":")
        if kind in _SOURCES and key.isdecimal():
            wanted.setdefault(kind, set()).add(int(key))
    found: dict[str, str] = {}
    for kind, keys in wanted.items():
        permission, _rows, _field = _SOURCES[kind]
        if actor.may(permission):
            found |= {f"{kind}:{pk}": str(number) for pk, number in _PAIRS[kind](actor, sorted(keys))}
    return found


def _pairs_of(kind: str) -> Callable[[Actor, list[int]], list[tuple[int, Any]]]:
    """The question for one kind: keys and numbers of what the actor may see."""
    _permission, visible, field = _SOURCES[kind]

    @prepared(Actor, [int])
    def pairs(actor: Actor, keys: list[int]) -> QuerySet[Any, tuple[int, Any]]:
        return visible(actor).filter(pk__in=keys).order_by().prefetch_related(None).values_list("pk", field)

    return pairs


_PAIRS = {kind: _pairs_of(kind) for kind in _SOURCES}


def add_numbers(actor: Actor, rows: Sequence[Any], name: str) -> None:
    """Put the number of the document that `name` of each row names beside it, as `cause_number`."""
    numbers = numbers_of(actor, (getattr(row, name) for row in rows))
    for row in rows:
        row.cause_number = numbers.get(getattr(row, name), "")
