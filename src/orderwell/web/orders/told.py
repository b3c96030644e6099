"""The timeline of an order: grouped by day, what one person did at once told once, each kind of thing to be filtered."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby

from django.utils.functional import Promise
from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as _

from orderwell.platform.events.models import Event
from orderwell.web.components.timeline import Entry, timeline

TOPICS: dict[str, str | Promise] = {
    "order": _("Order"),
    "goods": _("Goods"),
    "money": _("Money"),
    "talk": _("Notes and files"),
}
_BY_DOMAIN = {"fulfilment": "goods", "inventory": "goods", "billing": "money"}
_BY_NAME = {
    "orders.backorder.filled": "goods",
    "orders.reservation.moved": "goods",
    "orders.reservation.displaced": "goods",
    "orders.note.added": "talk",
    "orders.note.changed": "talk",
    "orders.note.removed": "talk",
    "orders.note.restored": "talk",
    "orders.attachment.added": "talk",
}
# What one person does within this time is one thing.
TOGETHER = timedelta(seconds=2)


@dataclass(frozen=True, slots=True)
class Deed:
    """What somebody did at one moment: the first entry tells it, `rest` are the details that came with it."""

    topic: str
    first: Entry
    rest: list[Entry]


@dataclass(frozen=True, slots=True)
class Day:
    day: date
    deeds: list[Deed]


def topic_of(name: str) -> str:
    domain = name.partition(".")[0]
    return _BY_NAME.get(name) or _BY_DOMAIN.get(domain) or ("talk" if domain == "cases" else "order")


def days_of(events: Sequence[Event]) -> list[Day]:
    """Newest first, as the events come."""
    days = groupby(_deeds(timeline(events)), key=lambda deed: localtime(deed.first.when).date())
    return [Day(day, list(deeds)) for day, deeds in days]


def _deeds(entries: Sequence[Entry]) -> Iterator[Deed]:
    waiting: list[Entry] = []
    for entry in entries:
        if waiting and not _together(waiting[-1], entry):
            yield _deed(waiting)
            waiting = []
        waiting.append(entry)
    if waiting:
        yield _deed(waiting)


def _together(later: Entry, earlier: Entry) -> bool:
    same = (later.who, later.source, topic_of(later.name)) == (earlier.who, earlier.source, topic_of(earlier.name))
    return same and later.when - earlier.when <= TOGETHER and topic_of(later.name) != "talk"


def _deed(entries: list[Entry]) -> Deed:
    """An entry about the document itself tells best what happened; else the first that was written."""
    first = next((entry for entry in reversed(entries) if entry.is_key), entries[-1])
    return Deed(topic_of(first.name), first, [entry for entry in reversed(entries) if entry is not first])
