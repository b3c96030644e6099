"""Marking the days of orders and returns that change, in the transaction that changes them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import Any

from django.db.models import Q

from orderwell.domains.analytics.models import DayMark
from orderwell.domains.analytics.prepared import SETTLED_AFTER
from orderwell.domains.fulfilment.events import FulfilmentEvent
from orderwell.domains.fulfilment.models import Return
from orderwell.domains.orders.events import OrderEvent
from orderwell.domains.orders.models import Order
from orderwell.kernel.clock import Clock, utc_now
from orderwell.platform.database import bulk_insert
from orderwell.platform.events.recording import Fact

_REMOVED = (OrderEvent.REMOVED, FulfilmentEvent.RETURNS_REMOVED)
_RETURNS = (FulfilmentEvent.RETURNED, FulfilmentEvent.RETURN_UNDONE)
# What can give an order to another team, and with it its returns.
_REASSIGNED = (OrderEvent.CHANGED, OrderEvent.CHANGE_UNDONE)


def mark_days(facts: Sequence[Fact], now: datetime, clock: Clock = utc_now) -> None:
    """Runs inside the transaction of the change. What was placed or received a moment ago needs no mark: its day isn't
    prepared yet."""
    # The clock itself, not the change's own idea of now: what counts is when a preparation could have run.
    recent = clock() - SETTLED_AFTER / 2
    days: set[date] = set()
    changed: set[int] = set()
    reassigned: set[int] = set()
    returns: set[int] = set()
    for fact in facts:
        if fact.name in _REMOVED:
            days.update(date.fromisoformat(day) for day in fact.data["days"])
        elif fact.name == OrderEvent.PLACED:
            if now < recent:
                days.add(now.astimezone(UTC).date())
        elif fact.stream.startswith("order:"):
            changed.add(int(fact.stream.removeprefix("order:")))
            if fact.name in _REASSIGNED:
                reassigned.add(int(fact.stream.removeprefix("order:")))
        if fact.name in _RETURNS:
            returns.add(int(fact.subject.removeprefix("return:")))
    moments: list[datetime] = []
    if changed:
        placed: Any = Order.objects.filter(pk__in=changed, placed_at__lt=recent).values_list("placed_at", flat=True)
        moments += placed
    if returns or reassigned:
        came = Return.objects.filter(Q(pk__in=returns) | Q(order__in=reassigned), received_at__lt=recent)
        moments += came.values_list("received_at", flat=True)
    days.update(moment.astimezone(UTC).date() for moment in moments)
    bulk_insert(DayMark, ("day",), [(day,) for day in sorted(days)])
