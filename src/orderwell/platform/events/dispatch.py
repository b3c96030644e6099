"""Bringing events to their subscribers: at least once, in the order of each stream, with patience.

`fan_out` turns a new event into one delivery per subscriber. `deliver` claims deliveries for a while, calls the handlers
outside of any transaction, and notes how it went. A worker that dies leaves claims that expire; the next one goes on.

A later event of a stream waits for the earlier ones, so that "shipped" never reaches a subscriber before "placed". A dead
letter no longer holds anybody up.
"""

from __future__ import annotations

import logging
import random
import time
import traceback
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection
from django.db.models import Exists, OuterRef, Q
from django.utils.module_loading import import_string

from orderwell.kernel.clock import utc_now
from orderwell.platform.database import atomic, bulk_insert, is_postgresql
from orderwell.platform.events.models import Delivery, Event
from orderwell.platform.events.subscriptions import subscribers

logger = logging.getLogger("orderwell.events")

MOST_ATTEMPTS = 10
FIRST_DELAY, LONGEST_DELAY = 5.0, 3600.0
LEASE = timedelta(minutes=5)
EVENTS_AT_ONCE, DELIVERIES_AT_ONCE = 500, 50
ERROR_LENGTH = 4000
# Any number that nothing else in this database uses.
_FAN_OUT_LOCK = 0x0DE2_0001

Handler = Callable[[Event], None]


@dataclass
class _Result:
    delivery: Delivery
    error: str = ""


def fan_out(*, now: datetime) -> int:
    """Make the deliveries of new events; the number of events taken.

    One worker at a time: two could make a stream's later delivery visible before its earlier one.
    """
    with atomic():
        if is_postgresql() and not _only_one():
            return 0
        fresh = list(Event.objects.filter(pending=True).order_by("id").only("id", "name", "stream")[:EVENTS_AT_ONCE])
        if not fresh:
            return 0
        rows = [
            (event.pk, event.stream, subscriber, Delivery.State.WAITING.value, 0, now, "")
            for event in fresh
            for subscriber in subscribers(event.name)
        ]
        fields = ("event", "stream", "subscriber", "state", "attempts", "next_attempt_at", "last_error")
        bulk_insert(Delivery, fields, rows)
        Event.objects.filter(pk__in=[event.pk for event in fresh]).update(pending=False)
    return len(fresh)


def _only_one() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [_FAN_OUT_LOCK])
        return bool(cursor.fetchone()[0])


def deliver(*, now: datetime, clock: Callable[[], datetime] = utc_now) -> int:
    """Call the handlers of deliveries that are due, up to a batch; how many were called."""
    claimed = _claim(now)
    if not claimed:
        return 0
    stop_at = time.monotonic() + LEASE.total_seconds() / 2
    results = []
    for delivery in claimed:
        if time.monotonic() > stop_at:  # the claims of the rest would run out while they wait: give them back
            break
        results.append(_Result(delivery, _call(delivery)))
    _note(results, claimed, clock())
    return len(results)


def _claim(now: datetime) -> Sequence[Delivery]:
    """Reserve due deliveries for this process until the lease ends; the first of each stream and subscriber only."""
    earlier = Delivery.objects.filter(
        subscriber=OuterRef("subscriber"),
        stream=OuterRef("stream"),
        state=Delivery.State.WAITING,
        event__lt=OuterRef("event"),
    )
    free = Q(claimed_until__isnull=True) | Q(claimed_until__lte=now)
    due = Delivery.objects.filter(free, state=Delivery.State.WAITING, next_attempt_at__lte=now)
    # A look without a lock first: most of the time nothing waits, and SQLite has one lock for all.
    if not due.exists():
        return []
    with atomic():
        claimed = list(
            due.filter(~Exists(earlier)).order_by("event").select_for_update(skip_locked=True)[:DELIVERIES_AT_ONCE]
        )
        until = now + LEASE
        Delivery.objects.filter(pk__in=[delivery.pk for delivery in claimed]).update(claimed_until=until)
    events = Event.objects.in_bulk([delivery.event_id for delivery in claimed])
    for delivery in claimed:
        delivery.claimed_until = until
        delivery.event = events[delivery.event_id]
    return claimed


def _call(delivery: Delivery) -> str:
    """Run the handler; the error as text, empty when it went well."""
    try:
        handler: Handler = import_string(delivery.subscriber)
        handler(delivery.event)
    except Exception as error:  # noqa: BLE001  whatever a handler raises is kept for people to see, and retried
        logger.warning("%s failed for event %s %s: %r", delivery.subscriber, delivery.event_id, delivery.event, error)
        return traceback.format_exc()[-ERROR_LENGTH:].replace("\0", "")
    return ""


def _note(results: Sequence[_Result], claimed: Sequence[Delivery], now: datetime) -> None:
    """Write how the calls went, unless a claim was lost meanwhile: then whoever took it over has the say."""
    done = [result.delivery.pk for result in results if not result.error]
    returned = [delivery.pk for delivery in claimed[len(results) :]]
    until = claimed[0].claimed_until
    with atomic():
        mine = Delivery.objects.filter(claimed_until=until, state=Delivery.State.WAITING)
        mine.filter(pk__in=done).update(state=Delivery.State.DONE, finished_at=now, claimed_until=None, last_error="")
        mine.filter(pk__in=returned).update(claimed_until=None)
        for result in results:
            if result.error:
                attempts = result.delivery.attempts + 1
                dead = attempts >= MOST_ATTEMPTS
                mine.filter(pk=result.delivery.pk).update(
                    attempts=attempts,
                    state=Delivery.State.DEAD if dead else Delivery.State.WAITING,
                    finished_at=now if dead else None,
                    next_attempt_at=now + retry_delay(attempts),
                    claimed_until=None,
                    last_error=result.error,
                )


def retry_delay(attempts: int) -> timedelta:
    """Doubling from five seconds to an hour, spread by up to a quarter so that failures don't return in step."""
    delay = min(FIRST_DELAY * 2 ** (attempts - 1), LONGEST_DELAY)
    return timedelta(seconds=delay * random.uniform(0.75, 1.25))  # noqa: S311  no secret
