"""Which state of a record somebody looked at, where the record keeps no number of its own: its newest event says so.

Every change of a record is an event on its timeline, whichever way it came in, so the newest one's id stands for the state
and its actor for who made it.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from django.db.models import Max

from orderwell.kernel.errors import StaleVersion
from orderwell.platform.events.models import Event

# Given for a record that shall not be there yet: one that is there is then refused instead of overwritten.
NEW = -1


@dataclass(frozen=True, slots=True)
class Version:
    """0 and nobody for what was never changed since events are kept."""

    number: int = 0
    changed_by: str = ""


def version_of(*streams: str, names: Collection[str] = ()) -> Version:
    """The state of what is told on these timelines; only events of `names` count where they hold others too."""
    found = Event.objects.filter(stream__in=[stream[:40] for stream in streams])
    if names:
        found = found.filter(name__in=names)
    newest = found.order_by("-id").values_list("id", "actor_label").first()
    return Version(*newest) if newest else Version()


def numbers_of(streams: Collection[str], *, names: Collection[str] = ()) -> dict[str, int]:
    """{timeline: number of its version}, of those that ever changed; for many records at once."""
    found = Event.objects.filter(stream__in=[stream[:40] for stream in streams])
    if names:
        found = found.filter(name__in=names)
    return dict(found.order_by().values_list("stream").annotate(number=Max("id")))


def require_version(given: int | None, *streams: str, kind: str, names: Collection[str] = ()) -> None:
    """Raises StaleVersion when the record is another than the caller saw. Call it once the record is locked.

    `given` is None for callers that change what they say and leave the rest, whatever it is.
    """
    if given is None:
        return
    current = version_of(*streams, names=names).number
    if current != given:
        raise StaleVersion(kind=kind, current=current, given=given)
