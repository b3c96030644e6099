"""Hints as a page shows them: sentences in the reader's language, and where each remedy leads."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext, gettext_lazy

from orderwell.domains.automation.hints.hint import Hint, Remedy, Severity
from orderwell.domains.automation.hints.performing import performer
from orderwell.domains.automation.hints.registry import rule_title
from orderwell.platform.accounts.actor import Actor
from orderwell.platform.permissions import Permission
from orderwell.platform.wording import shown

ICONS = {Severity.WARNING: "alert-triangle", Severity.NOTICE: "info-circle", Severity.ADVICE: "bulb"}
WORDS = {
    Severity.WARNING: gettext_lazy("Warning"),
    Severity.NOTICE: gettext_lazy("Notice"),
    Severity.ADVICE: gettext_lazy("Advice"),
}
# Remedies that open something: name -> (address, what of their data is in it, a query, in a dialog).
PLACES: dict[str, tuple[str, str, str, bool]] = {
    "open-order": ("order-detail", "order_id", "", False),
    "cancel-order": ("order-cancel", "order_id", "", True),
    "change-order": ("order-change", "order_id", "", False),
    "edit-quote": ("order-edit-quote", "order_id", "", False),
    "open-customer": ("customer-detail", "customer_id", "", False),
    "change-customer": ("customer-change", "customer_id", "", False),
    "open-product": ("product-detail", "product_id", "", False),
    "statement": ("invoice-list", "", "customer={customer_id}&overdue=1", False),
    "ask-customer": ("case-new", "", "order={order_id}", True),
    "waiting-orders": ("order-list", "", "fulfilment=backordered", False),
    "receive-stock": ("stock-receive", "", "sku={sku}", True),
}


@dataclass(frozen=True, slots=True)
class ShownRemedy:
    """`acts`: pressing it changes something at once. Else it leads to `url`, in a dialog where `dialog` says so."""

    name: str
    label: str
    acts: bool
    url: str = ""
    dialog: bool = False


@dataclass(frozen=True, slots=True)
class ShownHint:
    subject: str
    rule: str
    fingerprint: str
    severity: str
    icon: str
    word: str
    title: str
    reason: str
    remedies: Sequence[ShownRemedy]
    dismiss_url: str = ""

    @property
    def key(self) -> str:
        """What the browser tells when it has shown it."""
        return f"{self.subject} {self.rule} {self.fingerprint}"


def show_hints(hints: Sequence[Hint], actor: Actor) -> list[ShownHint]:
    return [show_hint(hint, actor) for hint in hints]


def show_hint(hint: Hint, actor: Actor) -> ShownHint:
    return ShownHint(
        hint.subject,
        hint.rule,
        hint.fingerprint,
        str(hint.severity),
        ICONS[hint.severity],
        str(WORDS[hint.severity]),
        gettext(rule_title(hint.rule)),
        str(shown(hint.reason)),
        [found for remedy in hint.remedies if (found := _remedy(remedy, hint, actor)) is not None],
        dismiss_url(hint) if actor.may(Permission.AUTOMATION_HINT_ANSWER) else "",
    )


def dismiss_url(hint: Hint) -> str:
    named = {"subject": hint.subject, "rule": hint.rule, "fingerprint": hint.fingerprint}
    return f"{reverse('hint-dismiss')}?{urlencode(named)}"


def _remedy(remedy: Remedy, hint: Hint, actor: Actor) -> ShownRemedy | None:
    label = str(shown(remedy.label))
    if performer(remedy.name) is not None:
        # While an order is typed, a remedy only changes the form.
        typed = hint.subject.startswith("draft:")
        may = typed or actor.may(Permission.AUTOMATION_HINT_ANSWER)
        return ShownRemedy(remedy.name, label, acts=True) if may else None
    found = place_of(remedy.name, remedy.data)
    if remedy.address:
        found = (remedy.address, False)
    return ShownRemedy(remedy.name, label, False, *found) if found else None


def place_of(name: str, data: Mapping[str, Any]) -> tuple[str, bool] | None:
    """Where a remedy that opens something leads, and whether in a dialog; None for one that no screen knows."""
    if name not in PLACES:
        return None
    url_name, key, query, in_dialog = PLACES[name]
    url = reverse(url_name, args=[data[key]] if key else [])
    given = {part: urlencode({"": value})[1:] for part, value in data.items()}
    return (f"{url}?{query.format(**given)}" if query else url), in_dialog


def for_script(hint: Hint, actor: Actor) -> dict[str, Any]:
    """The same for a script that shows it beside what is typed; its remedies change the form, so they carry their data."""
    item = show_hint(hint, actor)
    data = {remedy.name: dict(remedy.data) for remedy in hint.remedies}
    return {
        "key": item.key,
        "severity": item.severity,
        "word": item.word,
        "title": item.title,
        "reason": item.reason,
        "row": hint.line,
        "dismiss": item.dismiss_url,
        "remedies": [
            {
                "name": remedy.name,
                "label": remedy.label,
                "acts": remedy.acts,
                "url": remedy.url,
                "dialog": remedy.dialog,
                "data": data[remedy.name],
            }
            for remedy in item.remedies
        ],
    }
