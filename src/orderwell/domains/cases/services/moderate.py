"""Hiding a rating that must not be seen, with the reason; it can be shown again."""

from __future__ import annotations

from datetime import datetime

from orderwell.domains.cases.events import CaseEvent
from orderwell.domains.cases.models import Rating
from orderwell.domains.cases.ratings import visible_ratings
from orderwell.domains.cases.services.loading import check_text
from orderwell.kernel.errors import NotFound
from orderwell.platform.accounts.actor import Actor
from orderwell.platform.database import atomic
from orderwell.platform.events.recording import Fact, record
from orderwell.platform.permissions import Permission


def hide_rating(*, rating_id: int, reason: str, actor: Actor, now: datetime) -> Rating:
    """It counts nowhere from now on. Raises PermissionDenied, NotFound, Refusal."""
    actor.require(Permission.CASES_RATING_MODERATE)
    reason = check_text(reason, "/reason", limit=240)
    with atomic():
        rating = _lock(rating_id, actor)
        if rating.hidden_at is None:
            rating.hidden_at, rating.hidden_by, rating.hidden_reason = now, actor.label[:120], reason
            rating.save(update_fields=["hidden_at", "hidden_by", "hidden_reason"])
            _record(CaseEvent.RATING_HIDDEN, rating, actor, now, reason=reason)
    return rating


def show_rating(*, rating_id: int, actor: Actor, now: datetime) -> Rating:
    """Raises PermissionDenied, NotFound."""
    actor.require(Permission.CASES_RATING_MODERATE)
    with atomic():
        rating = _lock(rating_id, actor)
        if rating.hidden_at is not None:
            rating.hidden_at, rating.hidden_by, rating.hidden_reason = None, "", ""
            rating.save(update_fields=["hidden_at", "hidden_by", "hidden_reason"])
            _record(CaseEvent.RATING_SHOWN, rating, actor, now)
    return rating


def _lock(rating_id: int, actor: Actor) -> Rating:
    rating = visible_ratings(actor).select_for_update(of=("self",)).filter(pk=rating_id).first()
    if rating is None:
        raise NotFound(kind="rating", reference=str(rating_id))
    return rating


def _record(name: CaseEvent, rating: Rating, actor: Actor, now: datetime, **data: object) -> None:
    record(Fact(name, f"order:{rating.order_id}", f"rating:{rating.pk}", data), actor=actor, now=now)
