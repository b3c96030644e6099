"""What several lists share: choices of channels and warehouses, days as moments, verdicts of bulk services."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings

from orderwell.domains.catalog.choices import visible_channels
from orderwell.domains.catalog.queries import product_header
from orderwell.domains.customers.queries import visible_customers
from orderwell.domains.inventory.choices import visible_warehouses
from orderwell.kernel.clock import day_bounds
from orderwell.platform.accounts.actor import Actor
from orderwell.platform.permissions import Permission
from orderwell.web.components.markup import markup, to
from orderwell.web.lists.spec import Choices, Values, day_of
from orderwell.web.templatetags.orderwell import localname


def channel_choices(actor: Actor) -> Choices:
    found = visible_channels(actor)
    return [(item.code, localname(item)) for item in found] if len(found) > 1 else []


def warehouse_choices(actor: Actor) -> Choices:
    found = visible_warehouses(actor, active_only=False) if actor.may(Permission.INVENTORY_STOCK_VIEW) else []
    return [(item.code, localname(item)) for item in found] if len(found) > 1 else []


def channel_code(actor: Actor, value: str) -> str | None:
    """The channel of a code, or of an id as older addresses name it."""
    return next((item.code for item in visible_channels(actor) if value in (item.code, str(item.pk))), None)


def warehouse_code(actor: Actor, value: str) -> str | None:
    if not actor.may(Permission.INVENTORY_STOCK_VIEW):
        return None
    return next((item.code for item in visible_warehouses(actor, active_only=False) if item.code == value), None)


def customer_name(actor: Actor, value: str) -> str | None:
    """The name behind a customer's id in an address; nothing for what is no id."""
    if not (value.isascii() and value.isdecimal() and len(value) < 19):
        return None
    if not actor.may(Permission.CUSTOMERS_CUSTOMER_VIEW):
        return value
    return visible_customers(actor).filter(pk=int(value)).values_list("name", flat=True).first() or value


def product_name(actor: Actor, value: str) -> str | None:
    """The name of the product a hidden filter means; None when there is none such."""
    if not (value.isascii() and value.isdecimal() and len(value) < 19):
        return None
    if not actor.may(Permission.CATALOG_PRODUCT_VIEW):
        return value
    return localname(product_header(actor, int(value))) or None


def between(values: Values, first: str = "from", last: str = "to") -> dict[str, Any]:
    """Two days of the address as moments: `since` inclusive, `until` exclusive."""
    zone, found = ZoneInfo(settings.TIME_ZONE), dict[str, Any]()
    if day := day_of(values.get(first, "")):
        found["since"] = day_bounds(day, zone)[0]
    if day := day_of(values.get(last, "")):
        found["until"] = day_bounds(day, zone)[1]
    return found


def pick(values: Values, **names: str) -> dict[str, Any]:
    """Keyword arguments of a query from the address: `pick(values, state="state", text="q")`."""
    return {argument: values[key] for argument, key in names.items() if values.get(key)}


def customer_id(values: Values) -> dict[str, int]:
    return {"customer_id": int(values["customer"])} if values.get("customer") else {}


def order_url(row: Any) -> str | None:
    return to("order-detail", row.order_id) if row.order_id else None


def order_link(row: Any) -> Any:
    """The number of the order that a document belongs to, leading there."""
    if not row.order_id:
        return ""
    return markup('<a class="plain-link nowrap" href="{}">{}</a>', order_url(row), row.order.number)


def currency_of(row: Any) -> str:
    return str(row.currency)


def attribute(name: str) -> Callable[[Any], Any]:
    """The value at a path of attributes; nothing where one of them is missing."""
    steps = name.split(".")

    def value(row: Any) -> Any:
        for step in steps:
            row = getattr(row, step, None)
            if row is None:
                return None
        return row

    return value
