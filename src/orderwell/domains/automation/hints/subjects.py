"""What hints are about: an order, a customer, a variant; while an order is typed, its draft."""

from __future__ import annotations

import re
from dataclasses import dataclass

from orderwell.domains.catalog.models import Variant
from orderwell.domains.customers.models import Customer
from orderwell.domains.customers.queries import visible_customers
from orderwell.domains.orders.models import Order
from orderwell.domains.orders.queries import order_detail
from orderwell.kernel.errors import NotFound
from orderwell.platform.accounts.actor import Actor
from orderwell.platform.permissions import Permission

_PATTERN = re.compile(r"(order|customer|variant):([1-9]\d{0,17})|draft:([\w-]{1,50})", re.ASCII)


@dataclass(frozen=True, slots=True)
class Subject:
    """`row` is None for a draft. `stream` is the timeline on which its hints are told."""

    name: str
    kind: str
    row: Order | Customer | Variant | None = None

    @property
    def stream(self) -> str:
        return f"product:{self.row.product_id}" if isinstance(self.row, Variant) else self.name


def find_subject(actor: Actor, name: str) -> Subject:
    """Raises NotFound for what isn't there or the actor may not know of, PermissionDenied."""
    found = _PATTERN.fullmatch(name)
    if found is None:
        raise NotFound(kind="subject", reference=name[:60])
    if found[3]:
        actor.require(Permission.ORDERS_ORDER_PLACE)
        return Subject(name, "draft")
    kind, key = found[1], int(found[2])
    row: Order | Customer | Variant | None
    if kind == "order":
        row = order_detail(actor, key)
    elif kind == "customer":
        row = visible_customers(actor).filter(pk=key).first()
    else:
        actor.require(Permission.INVENTORY_STOCK_VIEW)
        row = Variant.objects.filter(pk=key).first()
    if row is None:
        raise NotFound(kind=kind, reference=str(key))
    return Subject(name, kind, row)
