"""Take a remedy of a hint that still holds: one click, one service call, and its undo."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from orderwell.domains.automation.errors import HintGone, UnknownRemedy
from orderwell.domains.automation.events import AutomationEvent
from orderwell.domains.automation.hints.finding import hints_of_subject
from orderwell.domains.automation.hints.hint import Hint, Remedy
from orderwell.domains.automation.hints.performing import Done, performer
from orderwell.domains.automation.hints.services.measure import note_taken
from orderwell.domains.automation.hints.subjects import find_subject
from orderwell.platform.accounts.actor import Actor
from orderwell.platform.database import atomic
from orderwell.platform.events.recording import Fact, record
from orderwell.platform.permissions import Permission
from orderwell.platform.wording import shown


@dataclass(frozen=True, slots=True)
class Taken:
    """`done` is None where the remedy only opens something: a screen or a program does that with its data."""

    hint: Hint
    remedy: Remedy
    done: Done | None


def take_remedy(*, subject: str, rule: str, fingerprint: str, remedy: str, actor: Actor, now: datetime) -> Taken:
    """Raises NotFound, HintGone, UnknownRemedy, and whatever the service behind the remedy refuses."""
    actor.require(Permission.AUTOMATION_HINT_ANSWER)
    about = find_subject(actor, subject)
    with atomic():
        # Found anew, so that nothing is done about what has changed since it was shown.
        hints = hints_of_subject(actor, about, now=now, dismissed=True)
        hint = next((item for item in hints if (item.rule, item.fingerprint) == (rule, fingerprint)), None)
        if hint is None:
            raise HintGone
        wanted = hint.remedy(remedy)
        if wanted is None:
            known = ", ".join(item.name for item in hint.remedies) or "none"
            raise UnknownRemedy(pointer="/remedy", value=remedy[:60], known=known)
        perform = performer(wanted.name)
        done = None
        if perform is not None and about.row is not None:
            done = perform(about.row.pk, wanted.data, str(shown(hint.reason))[:240], actor, now)
            data = {"hint": hint.rule, "remedy": str(shown(wanted.label))}
            record(Fact(AutomationEvent.HINT_TAKEN, about.stream, about.name, data), actor=actor, now=now)
        note_taken(subject=subject, rule=rule, fingerprint=fingerprint, remedy=wanted.name, actor=actor, now=now)
    return Taken(hint, wanted, done)
