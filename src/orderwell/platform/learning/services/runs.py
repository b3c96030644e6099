"""A tour under way: begun once, its state changed under a lock so that a poll and a click never undo each other."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from django.db.models import Max

from orderwell.platform.accounts.models import User
from orderwell.platform.database import atomic
from orderwell.platform.events.models import Event
from orderwell.platform.learning.models import HandOver, TourRun


def use_once(*, nonce: str, now: datetime) -> bool:
    """True the first time."""
    _row, fresh = HandOver.objects.get_or_create(nonce=nonce, defaults={"used_at": now})
    return fresh


def begin(*, user: User, learner: int, tour: str, material: Mapping[str, Any], now: datetime) -> TourRun:
    latest = Event.objects.aggregate(latest=Max("id"))["latest"] or 0
    return TourRun.objects.create(
        user=user, learner=learner, tour=tour, started_at=now, after_event=latest, material=dict(material), state={}
    )


def change(run_id: int, alter: Callable[[dict[str, Any]], bool], *, finished: datetime | None = None) -> TourRun:
    """Let `alter` change the state; it says whether it did."""
    with atomic():
        run = TourRun.objects.select_for_update().get(pk=run_id)
        altered = alter(run.state)
        if finished is not None and run.finished_at is None:
            run.finished_at = finished
            altered = True
        if altered:
            run.save(update_fields=["state", "finished_at"])
    return run
