"""Measure what becomes of hints: each is counted as shown the first time a person sees it, and once as taken.

Pages never write: the browser tells what it showed, once and in one piece, and one statement keeps it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from orderwell.domains.automation.hints.registry import rule_named
from orderwell.domains.automation.hints.services.dismiss import FINGERPRINT
from orderwell.domains.automation.models import HintDismissal, HintSight
from orderwell.platform.accounts.actor import Actor
from orderwell.platform.database import atomic

MOST_AT_ONCE = 100
KEPT_DAYS = 100


@dataclass(frozen=True, slots=True)
class Seen:
    subject: str
    rule: str
    fingerprint: str


def who(actor: Actor) -> str:
    return f"{actor.kind}:{actor.id}"[:40]


def note_shown(seen: Sequence[Seen], *, actor: Actor, now: datetime) -> None:
    """Hints that this person sees for the first time are kept; others and nonsense are left out."""
    rows = [
        HintSight(who=who(actor), subject=item.subject, rule=item.rule, fingerprint=item.fingerprint, shown_at=now)
        for item in seen[:MOST_AT_ONCE]
        if rule_named(item.rule) and FINGERPRINT.fullmatch(item.fingerprint) and len(item.subject) <= 60
    ]
    with atomic():
        HintSight.objects.bulk_create(rows, ignore_conflicts=True)


def note_taken(*, subject: str, rule: str, fingerprint: str, remedy: str, actor: Actor, now: datetime) -> None:
    """The first remedy that a person takes of a hint counts, also where nobody told that it was shown."""
    note_shown([Seen(subject, rule, fingerprint)], actor=actor, now=now)
    rows = HintSight.objects.filter(who=who(actor), subject=subject, rule=rule, fingerprint=fingerprint)
    with atomic():
        rows.filter(taken_at=None).update(taken_at=now, remedy=remedy[:60])


def forget_old_sights(*, now: datetime) -> int:
    """Delete what is older than any figure that is shown, and what was dismissed on orders that never came; how many."""
    before = now - timedelta(days=KEPT_DAYS)
    typed = HintDismissal.objects.filter(subject__startswith="draft:", dismissed_at__lt=before)
    return HintSight.objects.filter(shown_at__lt=before).delete()[0] + typed.delete()[0]
