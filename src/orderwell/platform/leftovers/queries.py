"""Reading what waits to be sorted out."""

from __future__ import annotations

from django.db.models import QuerySet

from orderwell.platform.accounts.actor import Actor
from orderwell.platform.leftovers.models import Leftover
from orderwell.platform.paging import Page, keyset_page
from orderwell.platform.permissions import Permission


def leftovers(actor: Actor, *, is_open: bool | None = None) -> QuerySet[Leftover]:
    """Of the actor's warehouses, and of none in particular."""
    actor.require(Permission.INVENTORY_STOCK_VIEW)
    rows = Leftover.objects.all()
    if actor.warehouse_ids is not None:
        rows = rows.filter(warehouse_id__in=[0, *actor.warehouse_ids])
    if is_open is not None:
        rows = rows.filter(settled_at__isnull=is_open)
    return rows


def leftover_list(
    actor: Actor, *, is_open: bool | None = None, cursor: str | None = None, limit: int = 50
) -> Page[Leftover]:
    """One page, newest first."""
    return keyset_page(leftovers(actor, is_open=is_open), order=("-id",), cursor=cursor, limit=limit)
