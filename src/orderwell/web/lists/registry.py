"""Every list of the product. A new one is a ListSpec and a line here."""

from __future__ import annotations

from functools import cache

from django.utils.module_loading import import_string
from django.utils.translation import gettext_noop as _

from orderwell.kernel.errors import NotFound
from orderwell.platform.accounts.actor import Actor
from orderwell.platform.permissions import PermissionDenied
from orderwell.web.lists.spec import ListSpec

SPECS = (
    "orderwell.web.orders.list_spec.ORDERS",
    "orderwell.web.orders.line_spec.LINES",
    "orderwell.web.shipments.list_specs.TO_SHIP",
    "orderwell.web.shipments.line_spec.LINES_TO_SHIP",
    "orderwell.web.shipments.list_specs.SHIPMENTS",
    "orderwell.web.shipments.list_specs.RETURNS",
    "orderwell.web.billing.list_specs.INVOICES",
    "orderwell.web.billing.list_specs.CREDIT_NOTES",
    "orderwell.web.billing.list_specs.PAYMENTS",
    "orderwell.web.customers.list_spec.CUSTOMERS",
    "orderwell.web.products.list_spec.PRODUCTS",
    "orderwell.web.prices.list_spec.PRICE_LISTS",
    "orderwell.web.stock.list_specs.STOCK",
    "orderwell.web.stock.list_specs.MOVEMENTS",
    "orderwell.web.stock.expected_spec.EXPECTED",
    "orderwell.web.stock.transfer_spec.TRANSFERS",
    "orderwell.web.cases.list_specs.CASES",
    "orderwell.web.cases.list_specs.RATINGS",
    "orderwell.web.system.list_specs.IMPORTS",
    "orderwell.web.system.list_specs.EVENTS",
    "orderwell.web.system.list_specs.DEAD_LETTERS",
    "orderwell.web.system.list_specs.JOBS",
    "orderwell.web.system.list_specs.USERS",
)


@cache
def specs() -> dict[str, ListSpec]:
    return {spec.name: spec for spec in map(import_string, SPECS)}


def spec_for(actor: Actor, name: str) -> ListSpec:
    """The list with this name. Raises NotFound, or PermissionDenied: who may see no list learns of none."""
    visible = {key: spec for key, spec in specs().items() if actor.may(spec.permission)}
    if name in visible:
        return visible[name]
    if name in specs() or not visible:
        spec = specs().get(name) or next(iter(specs().values()))
        raise PermissionDenied(actor=actor.label, permission=str(spec.permission))
    raise NotFound(kind=_("list"), reference=name[:40])
