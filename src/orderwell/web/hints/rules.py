"""The rules of hints for the administrator: what each does, how it does, and its thresholds."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from orderwell.domains.automation.hints.figures import DAYS, Figures, figures
from orderwell.domains.automation.hints.finding import failures
from orderwell.domains.automation.hints.registry import Rule, not_loaded, rule_named
from orderwell.domains.automation.hints.services.configure import configure_rule
from orderwell.kernel.clock import utc_now
from orderwell.kernel.errors import NotFound
from orderwell.platform.accounts.actor import Actor
from orderwell.platform.configuration.services import newest
from orderwell.platform.permissions import Permission
from orderwell.platform.wording import shown
from orderwell.web.admin.sections import sections
from orderwell.web.components.actions import perform
from orderwell.web.components.forms import dress
from orderwell.web.components.merging import MergingForm, over
from orderwell.web.components.words import word
from orderwell.web.pages import form_page, page

SETTING = Permission.SYSTEM_SETTING_CHANGE


@page(SETTING)
def rules_page(request: HttpRequest, actor: Actor) -> HttpResponse:
    context = {
        "groups": sections(actor),
        "here": next(s for group in sections(actor) for s in group["sections"] if s.name == "admin-hints"),
        "rules": [_shown(rule, found) for rule, found in figures(actor, now=utc_now())],
        "days": DAYS,
        "not_loaded": not_loaded,
    }
    return render(request, "hints/rules.html", context)


def _shown(rule: Rule, found: Figures) -> dict[str, Any]:
    values = rule.limits()
    return {
        "rule": rule,
        "title": _(rule.title),
        "about": _(rule.about),
        "on": rule.is_on,
        "thresholds": [(_(item.title), shown(values[item.name])) for item in rule.thresholds],
        "figures": found,
        "reasons": [(word("hint_reason", reason), count) for reason, count in found.reasons.items()],
        "failure": failures.get(rule.name, ""),
        "url": reverse("admin-hint-rule", args=[rule.name]),
    }


class RuleForm(MergingForm):
    """One field for each threshold of the rule; what is right is decided by the setting itself."""

    on = forms.BooleanField(label=gettext_lazy("Rule is on"), required=False)

    def __init__(self, *args: Any, rule: Rule, **kwargs: Any) -> None:
        self.rule = rule
        self.pointers = {f"/thresholds/{item.name}": f"threshold_{item.name}" for item in rule.thresholds}
        super().__init__(*args, **kwargs)

    def prepare(self) -> None:
        for item in self.rule.thresholds:
            field = forms.CharField(label=_(item.title), help_text=_(item.help), required=False, max_length=500)
            dress(field)
            self.fields[f"threshold_{item.name}"] = field

    def thresholds(self) -> list[forms.BoundField]:
        return [self[name] for name in self.fields if name.startswith("threshold_")]


@form_page(SETTING)
def rule_page(request: HttpRequest, actor: Actor, name: str) -> HttpResponse:
    rule = rule_named(name)
    if rule is None:
        raise NotFound(kind="rule", reference=name[:60])
    values, seen = newest(*rule.settings)
    stored: dict[str, Any] = {"on": values[rule.switch]}
    for item in rule.thresholds:
        stored[f"threshold_{item.name}"] = str(item.kind.stored(values[rule.setting_of(item)]))
    form = RuleForm(request.POST or None, rule=rule, **over(stored, seen))

    def act(data: dict[str, Any]) -> None:
        thresholds = {item.name: data[f"threshold_{item.name}"] for item in rule.thresholds}
        configure_rule(name=name, on=data["on"], thresholds=thresholds, version=seen.number, actor=actor, now=utc_now())

    return perform(
        request,
        actor,
        form,
        template="hints/rule.html",
        act=act,
        done=_("Saved."),
        to=reverse("admin-hints"),
        context={"title": _(rule.title), "about": _(rule.about)},
    )
