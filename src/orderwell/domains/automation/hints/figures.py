"""How the rules do: shown, taken, dismissed and why, so that a useless one is seen."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db.models import Count, Q

from orderwell.domains.automation.hints.registry import Rule, rules
from orderwell.domains.automation.models import HintDismissal, HintSight
from orderwell.platform.accounts.actor import Actor
from orderwell.platform.permissions import Permission

DAYS = 30
NOTES = 5


@dataclass(frozen=True, slots=True)
class Figures:
    """Over the last days. `reasons`: how often each was given; `notes`: the newest words of people, with who said them."""

    shown: int = 0
    taken: int = 0
    dismissed: int = 0
    reasons: dict[str, int] = field(default_factory=dict)
    notes: Sequence[tuple[str, str]] = ()

    @property
    def useful(self) -> int | None:
        """Percent of those shown that were taken; None where too few were shown to tell."""
        return self.taken * 100 // self.shown if self.shown >= 10 else None


def figures(actor: Actor, *, now: datetime, days: int = DAYS) -> list[tuple[Rule, Figures]]:
    """Every rule with its figures, in three queries. Raises PermissionDenied."""
    actor.require(Permission.SYSTEM_SETTING_CHANGE)
    since = now - timedelta(days=days)
    sights = HintSight.objects.filter(shown_at__gte=since).order_by().values_list("rule")
    seen = {
        rule: (shown, taken)
        for rule, shown, taken in sights.annotate(
            shown=Count("pk"), taken=Count("pk", filter=Q(taken_at__isnull=False))
        )
    }
    recent = HintDismissal.objects.filter(dismissed_at__gte=since)
    reasons: dict[str, dict[str, int]] = defaultdict(dict)
    for rule, reason, count in recent.order_by().values_list("rule", "reason").annotate(count=Count("pk")):
        reasons[rule][reason] = count
    notes: dict[str, list[tuple[str, str]]] = defaultdict(list)
    said = recent.exclude(note="").order_by("-dismissed_at").values_list("rule", "note", "dismissed_by")
    for rule, note, by in said[:200]:
        if len(notes[rule]) < NOTES:
            notes[rule].append((note, by))
    return [
        (
            rule,
            Figures(
                *seen.get(rule.name, (0, 0)),
                sum(reasons[rule.name].values()),
                dict(sorted(reasons[rule.name].items(), key=lambda item: -item[1])),
                tuple(notes[rule.name]),
            ),
        )
        for rule in rules()
    ]
