"""What an administrator does with dead letters, and the clearing of what was delivered long ago."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.utils.translation import gettext as _

from orderwell.kernel.errors import NotFound
from orderwell.platform.accounts.actor import Actor
from orderwell.platform.database import atomic
from orderwell.platform.events.events import DeliveryEvent
from orderwell.platform.events.models import Delivery
from orderwell.platform.events.recording import Fact, record
from orderwell.platform.permissions import Permission
from orderwell.platform.views.sources import RowVerdict, one_at_a_time

KEPT = timedelta(days=30)
MOST_AT_ONCE = 5000


def replay(*, delivery_ids: Collection[int] | None, actor: Actor, now: datetime) -> int:
    """Try dead letters again from the first attempt: these, or all of them (None); how many."""
    fresh = {
        "state": Delivery.State.WAITING,
        "attempts": 0,
        "next_attempt_at": now,
        "finished_at": None,
        "claimed_until": None,
    }
    return _decide(delivery_ids, fresh, DeliveryEvent.REPLAYED, actor, now)


def discard(*, delivery_ids: Collection[int], actor: Actor, now: datetime) -> int:
    """Give dead letters up for good; how many."""
    return _decide(delivery_ids, {"state": Delivery.State.DISCARDED}, DeliveryEvent.DISCARDED, actor, now)


def replay_each(ids: Sequence[int], *, data: Mapping[str, Any], actor: Actor, now: datetime) -> list[RowVerdict]:
    """Try each dead letter again; one that somebody else has decided about is refused alone."""

    def do(pk: int) -> Mapping[str, Any]:
        replay(delivery_ids=[pk], actor=actor, now=now)
        return {}

    return one_at_a_time(ids, _names(ids), do)


def discard_each(ids: Sequence[int], *, data: Mapping[str, Any], actor: Actor, now: datetime) -> list[RowVerdict]:
    """Give each dead letter up."""

    def do(pk: int) -> Mapping[str, Any]:
        discard(delivery_ids=[pk], actor=actor, now=now)
        return {}

    return one_at_a_time(ids, _names(ids), do)


def _names(ids: Sequence[int]) -> dict[int, str]:
    return {row.pk: str(row.event) for row in Delivery.objects.filter(pk__in=ids).select_related("event")}


def _decide(
    ids: Collection[int] | None, changes: dict[str, object], event: DeliveryEvent, actor: Actor, now: datetime
) -> int:
    actor.require(Permission.SYSTEM_EVENT_REPLAY)
    with atomic():
        dead = Delivery.objects.filter(state=Delivery.State.DEAD).select_related("event").order_by("id")
        if ids is not None:
            dead = dead.filter(pk__in=ids)
        found = list(dead.select_for_update(of=("self",)))
        if ids is not None and (missing := set(ids) - {delivery.pk for delivery in found}):
            raise NotFound(kind=_("dead letter"), reference=min(missing))
        Delivery.objects.filter(pk__in=[delivery.pk for delivery in found]).update(**changes)
        record(
            [
                Fact(
                    event,
                    f"delivery:{delivery.pk}",
                    f"delivery:{delivery.pk}",
                    {"event": str(delivery.event), "event_id": delivery.event_id, "subscriber": delivery.subscriber},
                )
                for delivery in found
            ],
            actor=actor,
            now=now,
        )
    return len(found)


def forget_old_deliveries(*, now: datetime) -> int:
    """Delete deliveries that succeeded or were given up more than 30 days ago; the number deleted. Events stay."""
    old = Delivery.objects.filter(
        state__in=[Delivery.State.DONE, Delivery.State.DISCARDED], finished_at__lt=now - KEPT
    ).order_by("id")
    deleted = 0
    while ids := list(old.values_list("pk", flat=True)[:MOST_AT_ONCE]):
        with atomic():
            deleted += Delivery.objects.filter(pk__in=ids).delete()[0]
    return deleted
