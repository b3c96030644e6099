"""Reading the changes of orders."""

from __future__ import annotations

from collections.abc import Sequence

from django.db.models import QuerySet

from orderwell.domains.orders.models import Amendment, Order
from orderwell.domains.orders.queries import order_detail
from orderwell.domains.orders.services.undo import why_not
from orderwell.domains.orders.snapshots import take_snapshot
from orderwell.platform.accounts.actor import Actor
from orderwell.platform.prepared import prepared


def changes_of(actor: Actor, order_id: int) -> list[Amendment]:
    """Changes and cancellations of an order, newest first; none when the actor may not know of it."""
    if order_detail(actor, order_id) is None:
        return []
    return _changes_of(order_id)


def changes_on(order: Order) -> list[Amendment]:
    """The same for an order that the caller has already looked up."""
    return _changes_of(order.pk)


@prepared(int)
def _changes_of(order_id: int) -> QuerySet[Amendment]:
    return Amendment.objects.filter(order=order_id).order_by("-number")


def changes_after(order: Order, version: int) -> list[Amendment]:
    """What changed the order after it had `version`, oldest first."""
    return list(Amendment.objects.filter(order=order, version_after__gt=version).order_by("number"))


def undoable(rows: Sequence[Amendment], order: Order) -> set[int]:
    """Numbers of the changes that can be undone as the order stands. `rows` are all of them."""
    waiting = [row for row in rows if row.undone_at is None]
    if not waiting:
        return set()
    current = take_snapshot(order.pk)
    return {
        row.number
        for row in waiting
        if why_not(row, [other for other in rows if other.number > row.number], current) is None
    }
