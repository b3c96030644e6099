"""How use cases get at an order: permission first, then the row, locked, and only if the actor may know of it.

Locking law of the whole program: orders before stock, each in primary-key order.
"""

from __future__ import annotations

from collections.abc import Collection

from django.db.models import QuerySet, prefetch_related_objects

from orderwell.domains.orders.errors import HeldOrder, OrderStateForbids
from orderwell.domains.orders.holds import KINDS, blocking
from orderwell.domains.orders.models import Hold, Order, OrderLine
from orderwell.domains.orders.queries import visible_orders
from orderwell.kernel.errors import NotFound, StaleVersion
from orderwell.platform.accounts.actor import Actor
from orderwell.platform.permissions import Permission
from orderwell.platform.prepared import prepared


def lock_order(order_id: int, *, actor: Actor, permission: Permission, version: int | None = None) -> Order:
    """The locked order. Raises PermissionDenied, NotFound, or StaleVersion when `version` is given and not current."""
    actor.require(permission)
    order = visible_orders(actor).select_for_update(of=("self",)).filter(pk=order_id).first()
    if order is None:
        raise NotFound(kind="order", reference=str(order_id))
    if version is not None and version != order.version:
        raise StaleVersion(kind="order", current=order.version, given=version)
    return order


def lock_orders(order_ids: Collection[int]) -> dict[int, Order]:
    """Lock several orders in primary-key order, for the system's own work."""
    rows = Order.objects.filter(pk__in=list(order_ids)).order_by("pk").select_for_update(of=("self",))
    return {order.pk: order for order in rows}


def lines_of(order: Order) -> list[OrderLine]:
    """The order's lines by position, bundles with their components, each knowing `order` without a query."""
    lines = _lines_of(order.pk)
    # Only for bundles: of a thousand other lines each would get a query set of its own, empty and costly.
    prefetch_related_objects([line for line in lines if line.is_bundle], "components")
    for line in lines:
        line.order = order
    return lines


@prepared(int)
def _lines_of(order_id: int) -> QuerySet[OrderLine]:
    return OrderLine.objects.filter(order_id=order_id).order_by("position")


def require_state(order: Order, *expected: Order.State) -> None:
    if order.state not in expected:
        raise OrderStateForbids(number=order.number, state=str(order.state), expected=tuple(map(str, expected)))


def check_holds(order: Order, step: str) -> None:
    """Raises HeldOrder when an active hold blocks `step` ("ship", "invoice", "change", "cancel")."""
    if not order.on_hold:
        return
    kinds = blocking(list(Hold.objects.filter(order=order, released_at=None).values_list("kind", flat=True)), step)
    if kinds:
        reasons = [KINDS[kind].title for kind in kinds]
        raise HeldOrder(number=order.number, kinds=", ".join(kinds), reasons=reasons, step=step)
