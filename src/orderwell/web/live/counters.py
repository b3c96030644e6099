"""The small numbers in the navigation: capped, kept for some seconds, and fetched after the page.

A counter is a permission and a function `(actor, now) -> int` that never counts further than `CAP`. Another area adds its
own with one line in `COUNTERS`; a place of the navigation shows it by its name.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from orderwell.domains.cases.queries import unread_count
from orderwell.domains.orders.queries import OrderFilters, order_count
from orderwell.platform.accounts.actor import Actor
from orderwell.platform.caching import TimedCache
from orderwell.platform.events.queries import dead_letters
from orderwell.platform.leftovers.queries import leftovers
from orderwell.platform.paging import capped_count
from orderwell.platform.permissions import Permission

P = Permission
CAP = 99
SECONDS = 4.0


@dataclass(frozen=True, slots=True)
class Counter:
    """Kept for everybody who sees the same rows; a `personal` one is read anew, one look into an index of its own."""

    permission: Permission | None
    count: Callable[[Actor, datetime], int]
    personal: bool = False


def _orders(**filters: Any) -> Callable[[Actor, datetime], int]:
    return lambda actor, now: order_count(actor, OrderFilters(**filters), now=now, cap=CAP)


COUNTERS: dict[str, Counter] = {
    "to-ship": Counter(P.ORDERS_ORDER_VIEW, _orders(ready=True)),
    "on-hold": Counter(P.ORDERS_ORDER_VIEW, _orders(on_hold=True)),
    "late": Counter(P.ORDERS_ORDER_VIEW, _orders(late=True)),
    "leftovers": Counter(P.INVENTORY_STOCK_VIEW, lambda actor, now: capped_count(leftovers(actor, is_open=True), CAP)),
    "for-me": Counter(None, lambda actor, now: unread_count(actor, cap=CAP), personal=True),
    "dead-letters": Counter(P.SYSTEM_EVENT_VIEW, lambda actor, now: capped_count(dead_letters(actor=actor), CAP)),
}

_kept: TimedCache[tuple[Any, ...], int] = TimedCache(seconds=SECONDS, most=5000)


def counts(actor: Actor, now: datetime) -> dict[str, str]:
    """Counter -> what to show; nothing to show where there is nothing to do."""
    found = {}
    rows = (actor.channel_ids, actor.warehouse_ids, actor.team_ids)
    for name, counter in COUNTERS.items():
        if counter.permission is not None and not actor.may(counter.permission):
            continue
        key = (name, rows)
        value = None if counter.personal else _kept.get(key)
        if value is None:
            value = counter.count(actor, now)
            if not counter.personal:
                _kept.put(key, value)
        found[name] = "" if not value else f"{CAP}+" if value > CAP else str(value)
    return found
