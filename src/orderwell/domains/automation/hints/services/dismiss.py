"""Dismiss a hint with a reason: it stays away until what it rests on changes. And show it again."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime

from orderwell.domains.automation.errors import HintGone, UnknownDismissalReason
from orderwell.domains.automation.events import AutomationEvent
from orderwell.domains.automation.hints.finding import hints_of_subject
from orderwell.domains.automation.hints.subjects import Subject, find_subject
from orderwell.domains.automation.models import HintDismissal
from orderwell.kernel.errors import DomainError, NotFound
from orderwell.kernel.refusals import ValueMissing, text_problems
from orderwell.platform.accounts.actor import Actor
from orderwell.platform.coded_rows import refuse
from orderwell.platform.database import atomic
from orderwell.platform.events.recording import Fact, record
from orderwell.platform.permissions import Permission

Reason = HintDismissal.Reason
FINGERPRINT = re.compile(r"[0-9a-f]{32}")


def dismiss_hint(
    *, subject: str, rule: str, fingerprint: str, reason: str, note: str = "", actor: Actor, now: datetime
) -> HintDismissal:
    """For everybody. The second time gives the first dismissal. Raises NotFound, HintGone, Refusal, PermissionDenied."""
    actor.require(Permission.AUTOMATION_HINT_ANSWER)
    refuse(_problems(reason, note.strip()))
    about = find_subject(actor, subject)
    if about.kind == "draft":
        if not FINGERPRINT.fullmatch(fingerprint) or len(rule) > 60:
            raise HintGone
    elif (rule, fingerprint) not in {
        (hint.rule, hint.fingerprint) for hint in hints_of_subject(actor, about, now=now, dismissed=True)
    }:
        raise HintGone
    with atomic():
        row, created = HintDismissal.objects.get_or_create(
            subject=subject,
            rule=rule,
            fingerprint=fingerprint,
            defaults={
                "reason": reason,
                "note": note.strip(),
                "dismissed_at": now,
                "dismissed_by": actor.label[:120],
            },
        )
        if created and about.kind != "draft":
            _tell(AutomationEvent.HINT_DISMISSED, row, about, actor, now)
    return row


def restore_hint(*, dismissal_id: int, actor: Actor, now: datetime) -> None:
    """Show it again. Raises NotFound, PermissionDenied."""
    actor.require(Permission.AUTOMATION_HINT_ANSWER)
    with atomic():
        row = HintDismissal.objects.select_for_update().filter(pk=dismissal_id).first()
        if row is None:
            raise NotFound(kind="dismissal", reference=str(dismissal_id))
        about = find_subject(actor, row.subject)
        if about.kind != "draft":
            _tell(AutomationEvent.HINT_RESTORED, row, about, actor, now)
        row.delete()


def adopt_dismissals(*, draft: str, order_id: int, actor: Actor, now: datetime) -> None:
    """What was dismissed while an order was typed stays dismissed on the order that came of it."""
    actor.require(Permission.ORDERS_ORDER_PLACE)
    rows = list(HintDismissal.objects.filter(subject=f"draft:{draft}"[:60])) if draft else []
    if not rows:
        return
    subject = f"order:{order_id}"
    about = find_subject(actor, subject) if actor.may(Permission.ORDERS_ORDER_VIEW) else None
    with atomic():
        for row in rows:
            if HintDismissal.objects.filter(subject=subject, rule=row.rule, fingerprint=row.fingerprint).exists():
                continue
            row.subject = subject
            row.save(update_fields=["subject"])
            if about is not None:
                _tell(AutomationEvent.HINT_DISMISSED, row, about, actor, now)


def _problems(reason: str, note: str) -> Iterator[DomainError]:
    if reason not in Reason.values:
        yield UnknownDismissalReason(pointer="/reason", value=reason[:20], known=", ".join(Reason.values))
    if reason == Reason.OTHER and not note:
        yield ValueMissing(pointer="/note")
    yield from text_problems(note, "/note", 240, lines=True)


def _tell(name: AutomationEvent, row: HintDismissal, about: Subject, actor: Actor, now: datetime) -> None:
    data = {"hint": row.rule, "hint_reason": str(row.reason), "note": row.note}
    record(Fact(name, about.stream, about.name, data), actor=actor, now=now)
