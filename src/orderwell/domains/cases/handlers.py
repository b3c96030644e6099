"""What follows from events of others. A handler may run more than once for one event and must not mind."""

from __future__ import annotations

from orderwell.domains.cases.services.notify import notify_mentioned
from orderwell.platform.accounts.actor import Actor
from orderwell.platform.database import atomic
from orderwell.platform.events.models import Event


def note_added(event: Event) -> None:
    """Whoever is mentioned in a note on an order is told."""
    actor = Actor(kind=event.actor_kind, id=event.actor_id, label=event.actor_label, source=event.source)
    with atomic():
        notify_mentioned(
            str(event.data.get("body") or ""),
            stream=event.stream,
            subject=event.subject,
            actor=actor,
            now=event.occurred_at,
        )
