"""What changed lately, as one short stamp per topic, so that a page knows when to fetch a part of itself again.

A topic is the first word of an event's name ("orders", "inventory") or a stream ("order:12"). Its stamp counts the events
of a window of the newest ones; two processes that see the same rows say the same. Nothing is written for it: each
process reads the ids that came since its last look, by primary key, at most once a second and only while somebody asks.
"""

from __future__ import annotations

import threading
import time
from collections import Counter
from dataclasses import dataclass, field

from orderwell.platform.accounts.actor import Actor
from orderwell.platform.caching import forget_with
from orderwell.platform.events.queries import newest_id, since
from orderwell.platform.permissions import Permission

P = Permission
WINDOW = 4000
PAUSE = 1.0
# A transaction that commits late shows ids below the newest one: those of the last seconds are read again.
LATE = 20.0

# First word of an event's name -> what one must be allowed to see. A new domain adds its line.
TOPICS: dict[str, Permission] = {
    "orders": P.ORDERS_ORDER_VIEW,
    "customers": P.CUSTOMERS_CUSTOMER_VIEW,
    "catalog": P.CATALOG_PRODUCT_VIEW,
    "inventory": P.INVENTORY_STOCK_VIEW,
    "fulfilment": P.FULFILMENT_SHIPMENT_VIEW,
    "billing": P.BILLING_INVOICE_VIEW,
    "cases": P.CASES_CASE_VIEW,
    "integrations": P.ORDERS_ORDER_IMPORT,
    "accounts": P.SYSTEM_USER_MANAGE,
    "events": P.SYSTEM_EVENT_VIEW,
    "*": P.SYSTEM_EVENT_VIEW,
}
# Which topic speaks for a stream where somebody may not see every row: that something happened must say nothing.
STREAMS = {"order": "orders", "customer": "customers", "product": "catalog", "variant": "inventory"}


@dataclass
class _Watch:
    base: int = -1
    seen: set[int] = field(default_factory=set)
    counts: Counter[str] = field(default_factory=Counter)
    marks: list[tuple[float, int]] = field(default_factory=list)
    looked: float = 0.0

    def look(self) -> None:
        now = time.monotonic()
        if self.base >= 0 and now - self.looked < PAUSE:
            return
        self.looked = now
        newest = newest_id()
        base = max(0, newest // WINDOW - 1) * WINDOW
        if base != self.base:
            self.base, self.seen, self.counts, self.marks = base, set(), Counter(), []
        start = max([base, *(top for when, top in self.marks if now - when > LATE)])
        for pk, name, stream in since(start, limit=2 * WINDOW + 1):
            if pk not in self.seen:
                self.seen.add(pk)
                self.counts[name.partition(".")[0]] += 1
                self.counts[stream] += 1
                self.counts["*"] += 1
        old = [mark for mark in self.marks if now - mark[0] > LATE]
        self.marks = [*old[-1:], *(mark for mark in self.marks if now - mark[0] <= LATE), (now, newest)]


_watch = _Watch()
_lock = threading.Lock()


def forget() -> None:
    global _watch
    _watch = _Watch()


forget_with(forget)


def stamps(actor: Actor, topics: list[str]) -> dict[str, str]:
    """Topic -> stamp, for those the actor may know of. A stamp that differs from the last one means: look again."""
    limited = any(rows is not None for rows in (actor.channel_ids, actor.warehouse_ids, actor.team_ids))
    with _lock:
        _watch.look()
        found = {}
        for topic in topics:
            kind, colon, _key = topic.partition(":")
            spoken = STREAMS.get(kind) if colon else topic
            permission = TOPICS.get(spoken or "")
            if spoken is not None and permission is not None and actor.may(permission):
                found[topic] = f"{_watch.base}.{_watch.counts[spoken if limited else topic]}"
    return found
