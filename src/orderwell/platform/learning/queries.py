"""Reading tours: the one under way, and results."""

from __future__ import annotations

from orderwell.platform.accounts.actor import Actor
from orderwell.platform.accounts.models import User
from orderwell.platform.events.models import Event
from orderwell.platform.learning.models import TourResult, TourRun
from orderwell.platform.permissions import Permission


def run_of(user: User) -> TourRun | None:
    """The tour that a person does now, or did last."""
    return TourRun.objects.filter(user=user).order_by("-id").first()


def deeds(run: TourRun) -> list[Event]:
    """What the person did since the tour began, oldest first."""
    rows = Event.objects.filter(id__gt=run.after_event, actor_kind="user", actor_id=run.user_id)
    return list(rows.order_by("id").only("id", "name", "stream", "subject", "data"))


def results_of(user: User) -> dict[str, TourResult]:
    return {row.tour: row for row in TourResult.objects.filter(user=user)}


def all_results(*, actor: Actor) -> list[TourResult]:
    actor.require(Permission.SYSTEM_USER_MANAGE)
    return list(TourResult.objects.select_related("user").order_by("user__username", "tour")[:500])


def active_learners(*, since_id: int = 0) -> int:
    """How many tours are under way."""
    return TourRun.objects.filter(finished_at__isnull=True, id__gt=since_id).values("user").distinct().count()
