"""Reading events: how far delivery is behind, and what could not be delivered."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import BigIntegerField, BooleanField, Case, Exists, OuterRef, QuerySet, Subquery, Value, When
from django.db.models.functions import Cast, Substr

from orderwell.platform.accounts.actor import Actor
from orderwell.platform.events.models import Delivery, Event
from orderwell.platform.events.recording import EventName
from orderwell.platform.paging import Page, keyset_page
from orderwell.platform.permissions import Permission, PermissionDenied
from orderwell.platform.prepared import prepared
from orderwell.platform.statements import fetch

# Events of a timeline that one prepared query gives.
MOST_NEWEST = 30
# How far an actor with row filters looks back over all streams: each of these events may have to be looked at.
NEWEST_LOOKED_AT = 100_000
# Kind of stream ("order") -> the rows of it that an actor may see.
Visible = Callable[[Actor], QuerySet[Any]]
_documents: dict[str, Visible] = {}


@dataclass(frozen=True)
class Backlog:
    """`oldest` is when the event happened that has waited longest for its first delivery."""

    waiting: int
    retrying: int
    dead: int
    oldest: datetime | None


def backlog() -> Backlog:
    """How much waits to be delivered."""
    ((pending, fresh, retrying, dead),) = fetch(_COUNTS)
    return Backlog(
        waiting=pending + fresh,
        retrying=retrying,
        dead=dead,
        oldest=min([*_oldest_pending(), *_oldest_fresh()], default=None),
    )


def newest_moment() -> datetime | None:
    """When the last event happened, by whatever clock it was written."""
    return Event.objects.order_by("-pk").values_list("occurred_at", flat=True).first()


_COUNTS = """
    SELECT (SELECT count(*) FROM events_event WHERE pending),
           (SELECT count(*) FROM events_delivery WHERE state = 'waiting' AND attempts = 0),
           (SELECT count(*) FROM events_delivery WHERE state = 'waiting' AND attempts > 0),
           (SELECT count(*) FROM events_delivery WHERE state = 'dead')
"""


@prepared()
def _oldest_pending() -> QuerySet[Event, datetime]:
    return Event.objects.filter(pending=True).order_by("occurred_at").values_list("occurred_at", flat=True)[:1]


@prepared()
def _oldest_fresh() -> QuerySet[Delivery, datetime]:
    fresh = Delivery.objects.filter(state=Delivery.State.WAITING, attempts=0).order_by("event__occurred_at")
    return fresh.values_list("event__occurred_at", flat=True)[:1]


def dead_letters(*, actor: Actor) -> QuerySet[Delivery]:
    """Deliveries that failed ten times, newest first, with their events, as far as the actor may see these."""
    actor.require(Permission.SYSTEM_EVENT_VIEW)
    rows = Delivery.objects.filter(state=Delivery.State.DEAD).select_related("event").order_by("-id")
    if actor.is_limited:
        rows = rows.filter(Exists(_visible(Event.objects.filter(pk=OuterRef("event")), actor)))
    return rows


def sentences() -> dict[str, str]:
    """Event name -> sentence template for people (an English translation key), of every declared event."""
    found: dict[str, str] = {}
    waiting = list(EventName.__subclasses__())
    while waiting:
        names = waiting.pop()
        waiting += names.__subclasses__()
        found.update({str(name): text for name, text in names.sentences().items()})
    return found


def stream(name: str, *, limit: int = 200) -> list[Event]:
    """The newest events of one timeline ("customer:12"), newest first. The caller has checked that it may be seen."""
    if limit > MOST_NEWEST:
        return list(Event.objects.filter(stream=name).order_by("-id")[:limit])
    return _newest_of(name)[:limit]


@prepared(str)
def _newest_of(stream: str) -> QuerySet[Event]:
    return Event.objects.filter(stream=stream).order_by("-id")[:MOST_NEWEST]


def declare_documents(kind: str, visible: Visible) -> None:
    """Streams of this kind, such as "order:12", are timelines of rows, of which an actor sees those that `visible` gives."""
    _documents[kind] = visible


def all_events(*, actor: Actor, text: str = "", name: str = "") -> QuerySet[Event]:
    """Everything that happened, or that happened to the stream `text`, such as "order:12".

    An actor with row filters sees what happened to the documents that it may see and nothing else; without a stream,
    among the newest `NEWEST_LOOKED_AT` events.
    """
    actor.require(Permission.SYSTEM_EVENT_VIEW)
    rows = Event.objects.filter(stream=text.strip()) if text.strip() else Event.objects.all()
    if name:
        rows = rows.filter(name=name)
    if not actor.is_limited:
        return rows
    if not text.strip():
        # Asked for within the statement: a list may keep it and ask again another day.
        newest = Subquery(Event.objects.order_by("-pk").values("pk")[:1], output_field=BigIntegerField())
        rows = rows.filter(pk__gt=newest - NEWEST_LOOKED_AT)
    return _visible(rows, actor)


def _visible(rows: QuerySet[Event], actor: Actor) -> QuerySet[Event]:
    """In a CASE, because only the stream of such a kind ends in a number that can be compared."""
    kinds = []
    for kind, visible in _documents.items():
        try:
            documents = visible(actor)
        except PermissionDenied:
            continue
        key = Cast(Substr(OuterRef("stream"), len(kind) + 2), BigIntegerField())
        kinds.append(When(stream__startswith=f"{kind}:", then=Exists(documents.filter(pk=key))))
    return rows.filter(Case(*kinds, default=Value(False), output_field=BooleanField()))


def event_list(*, actor: Actor, text: str = "", cursor: str | None = None, limit: int = 50) -> Page[Event]:
    """Everything that happened, newest first. `text` is a stream such as "order:12"."""
    return keyset_page(all_events(actor=actor, text=text), order=("-id",), cursor=cursor, limit=limit)


def newest_id() -> int:
    """The highest id so far, 0 before the first event."""
    return Event.objects.order_by("-id").values_list("pk", flat=True).first() or 0


def since(event_id: int, *, limit: int) -> list[tuple[int, str, str]]:
    """Id, name and stream of what came after an event, for noticing that something changed; it shows no content."""
    rows = Event.objects.filter(pk__gt=event_id).order_by("pk")
    return list(rows.values_list("pk", "name", "stream")[:limit])
