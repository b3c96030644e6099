"""Hints on orders, customers and goods: read, dismiss, take; and the rules behind them."""

from __future__ import annotations

from typing import Any

from pydantic import Field

from orderwell.api.bodies import ApiRequest
from orderwell.api.requests import may_also
from orderwell.api.routing import Routes
from orderwell.api.shapes import Code, Id, Input, Moment, Shape, Text, columns
from orderwell.domains.automation.hints.figures import Figures, figures
from orderwell.domains.automation.hints.finding import hints_of_subject
from orderwell.domains.automation.hints.hint import Hint
from orderwell.domains.automation.hints.performing import performer
from orderwell.domains.automation.hints.registry import Rule
from orderwell.domains.automation.hints.services.configure import configure_rule
from orderwell.domains.automation.hints.services.dismiss import dismiss_hint, restore_hint
from orderwell.domains.automation.hints.services.take import take_remedy
from orderwell.domains.automation.hints.subjects import find_subject
from orderwell.domains.automation.models import HintDismissal
from orderwell.kernel.clock import utc_now
from orderwell.platform.accounts.actor import Actor
from orderwell.platform.events.recording import json_safe
from orderwell.platform.permissions import Permission
from orderwell.platform.wording import shown

routes = Routes("hints")
ANSWER, SETTING = Permission.AUTOMATION_HINT_ANSWER, Permission.SYSTEM_SETTING_CHANGE
# Who answers a hint has been shown it; what it is about must still be within the rows that the key may see.
SEEN = (Permission.ORDERS_ORDER_VIEW, Permission.CUSTOMERS_CUSTOMER_VIEW, Permission.INVENTORY_STOCK_VIEW)


class RemedyShape(Shape):
    name: str
    label: str
    acts: bool = Field(description="Whether taking it changes something; else its data says what to open")
    data: dict[str, Any]


class HintShape(Shape):
    subject: str
    rule: str
    fingerprint: str = Field(description="Of all that the hint rests on; with other inputs it is another hint")
    severity: str
    reason: str
    line: int | None
    dismissed: bool
    remedies: list[RemedyShape]


class HintName(Input):
    subject: Code = Field(description="Such as order:7, customer:3, variant:12")
    rule: Code
    fingerprint: Code


class HintDismissing(HintName):
    reason: Code = Field(description="not_true, known, not_useful or other; other needs a note")
    note: Text = ""


class HintTaking(HintName):
    remedy: Code


class DismissalShape(Shape):
    id: int
    subject: str
    rule: str
    fingerprint: str
    reason: str
    note: str
    dismissed_at: Moment
    dismissed_by: str


class RestoredShape(Shape):
    restored: bool


class TakenShape(Shape):
    hint: HintShape
    remedy: RemedyShape


class HintRuleShape(Shape):
    name: str
    title: str
    about: str
    plugin: str
    on: bool
    thresholds: dict[str, Any]


class HintRuleFiguresShape(HintRuleShape):
    """Over the last 30 days; a hint counts as shown once for each person."""

    shown: int
    taken: int
    dismissed: int
    reasons: dict[str, int]


class HintRuleChange(Input):
    """What is left out stays."""

    on: bool | None = None
    thresholds: dict[str, Any] = Field(default={}, max_length=20)


def _remedies(hint: Hint) -> list[dict[str, Any]]:
    return [
        {
            "name": remedy.name,
            "label": str(shown(remedy.label)),
            "acts": performer(remedy.name) is not None,
            "data": json_safe(remedy.data),
        }
        for remedy in hint.remedies
    ]


def _hint(hint: Hint, dismissed: bool = False) -> dict[str, Any]:
    return {
        "subject": hint.subject,
        "rule": hint.rule,
        "fingerprint": hint.fingerprint,
        "severity": str(hint.severity),
        "reason": str(shown(hint.reason)),
        "line": hint.line,
        "dismissed": dismissed,
        "remedies": _remedies(hint),
    }


def _of(actor: Actor, name: str) -> list[dict[str, Any]]:
    subject, now = find_subject(actor, name), utc_now()
    every = hints_of_subject(actor, subject, now=now, dismissed=True)
    fresh = {hint.key for hint in hints_of_subject(actor, subject, now=now)}
    return [_hint(hint, hint.key not in fresh) for hint in every]


@routes.read("/hints/orders/{order_id}", permission=Permission.ORDERS_ORDER_VIEW, response=list[HintShape])
def list_order_hints(request: ApiRequest, order_id: Id) -> list[dict[str, Any]]:
    """What rules notice about an order, the gravest first; also what was dismissed."""
    return _of(request.actor, f"order:{order_id}")


@routes.read("/hints/customers/{customer_id}", permission=Permission.CUSTOMERS_CUSTOMER_VIEW, response=list[HintShape])
def list_customer_hints(request: ApiRequest, customer_id: Id) -> list[dict[str, Any]]:
    return _of(request.actor, f"customer:{customer_id}")


@routes.read("/hints/variants/{variant_id}", permission=Permission.INVENTORY_STOCK_VIEW, response=list[HintShape])
def list_variant_hints(request: ApiRequest, variant_id: Id) -> list[dict[str, Any]]:
    return _of(request.actor, f"variant:{variant_id}")


def _answering(actor: Actor) -> Actor:
    for permission in SEEN:
        actor = may_also(actor, permission)
    return actor


@routes.write("POST", "/hints/dismiss", permission=ANSWER, response=DismissalShape)
def dismiss_a_hint(request: ApiRequest, body: HintDismissing) -> dict[str, Any]:
    """It stays away for everybody until what it rests on changes."""
    row = dismiss_hint(**body.model_dump(), actor=_answering(request.actor), now=utc_now())
    return columns(DismissalShape, row)


@routes.write("POST", "/hints/dismissals/{dismissal_id}/restore", permission=ANSWER, response=RestoredShape)
def restore_a_hint(request: ApiRequest, dismissal_id: Id) -> dict[str, Any]:
    restore_hint(dismissal_id=dismissal_id, actor=_answering(request.actor), now=utc_now())
    return {"restored": not HintDismissal.objects.filter(pk=dismissal_id).exists()}


@routes.write("POST", "/hints/take", permission=ANSWER, response=TakenShape)
def take_a_remedy(request: ApiRequest, body: HintTaking) -> dict[str, Any]:
    """Carry out a remedy, if the hint still holds and the key may do what it does; it counts as taken."""
    taken = take_remedy(**body.model_dump(), actor=_answering(request.actor), now=utc_now())
    remedy = next(item for item in _remedies(taken.hint) if item["name"] == taken.remedy.name)
    return {"hint": _hint(taken.hint), "remedy": remedy}


def _rule(rule: Rule) -> dict[str, Any]:
    values = rule.limits()
    return {
        "name": rule.name,
        "title": str(shown(rule.title)),
        "about": str(shown(rule.about)),
        "plugin": rule.plugin,
        "on": rule.is_on,
        "thresholds": {item.name: json_safe(item.kind.stored(values[item.name])) for item in rule.thresholds},
    }


def _with_figures(rule: Rule, found: Figures) -> dict[str, Any]:
    return {
        **_rule(rule),
        "shown": found.shown,
        "taken": found.taken,
        "dismissed": found.dismissed,
        "reasons": found.reasons,
    }


@routes.read("/hint-rules", permission=SETTING, response=list[HintRuleFiguresShape])
def list_hint_rules(request: ApiRequest) -> list[dict[str, Any]]:
    """Every rule with its thresholds and how it did over the last 30 days."""
    return [_with_figures(rule, found) for rule, found in figures(request.actor, now=utc_now())]


@routes.write("PATCH", "/hint-rules/{name}", permission=SETTING, response=HintRuleShape)
def change_hint_rule(request: ApiRequest, name: str, body: HintRuleChange) -> dict[str, Any]:
    """Turn a rule on or off, set its thresholds."""
    return _rule(configure_rule(name=name, on=body.on, thresholds=body.thresholds, actor=request.actor, now=utc_now()))
