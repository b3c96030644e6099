"""Writing down what could not be done, and that somebody has seen to it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from orderwell.kernel.errors import NotFound
from orderwell.platform.accounts.actor import Actor
from orderwell.platform.database import atomic
from orderwell.platform.leftovers.models import Leftover
from orderwell.platform.leftovers.queries import leftovers

NOTE_LENGTH = 240


def report(
    *,
    key: str,
    kind: str,
    title: str,
    subject: str = "",
    warehouse_id: int = 0,
    code: str = "",
    said: Mapping[str, Sequence[str]],
    wanted: Mapping[str, Any],
    happened_at: datetime,
    actor: Actor,
    now: datetime,
) -> Leftover:
    """Part of the transaction that refused. `said` holds the sentences by language code."""
    return Leftover.objects.create(
        user_id=_person(actor),
        key=key,
        kind=kind,
        title=title[:120],
        subject=subject[:40],
        warehouse_id=warehouse_id,
        code=code[:60],
        said={language: list(sentences) for language, sentences in said.items()},
        wanted=dict(wanted),
        actor_label=actor.label[:120],
        happened_at=happened_at,
        reported_at=now,
    )


def settle(*, leftover_id: int, note: str, actor: Actor, now: datetime) -> Leftover:
    """Somebody has sorted it out. A second time changes nothing. Raises NotFound."""
    with atomic():
        row = leftovers(actor).select_for_update(of=("self",)).filter(pk=leftover_id).first()
        if row is None:
            raise NotFound(kind="leftover", reference=leftover_id)
        if row.settled_at is None:
            row.settled_at, row.settled_by, row.note = now, actor.label[:120], note.strip()[:NOTE_LENGTH]
            row.save(update_fields=["settled_at", "settled_by", "note"])
    return row


def settle_own(*, key: str, actor: Actor, now: datetime) -> int:
    """The device tries again or gives up: what it had reported under this key is settled. How many were open."""
    mine = Leftover.objects.filter(user_id=_person(actor), key=key, settled_at=None)
    return mine.update(settled_at=now, settled_by=actor.label[:120])


def _person(actor: Actor) -> int:
    if actor.kind != "user" or actor.id is None:
        raise ValueError("only people carry handhelds")
    return actor.id
