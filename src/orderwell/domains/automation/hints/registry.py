"""The rules there are. Each is declared once, with its thresholds as settings of the company, and has a pure function for
every kind of subject it looks at. A plugin's module that does the same is named in the entry point group `orderwell.hints`.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from importlib.metadata import entry_points
from typing import Any

from django.utils.translation import gettext_noop as _

from orderwell.domains.automation.hints.hint import Hint, Remedy, Severity
from orderwell.kernel.errors import Phrase
from orderwell.platform.configuration.kinds import Kind, whole, yes_no
from orderwell.platform.configuration.services import declare
from orderwell.platform.configuration.services import get as setting

GROUP = "orderwell.hints"
# What a rule can look at: an order (also while it is typed), a customer, a variant with its stock.
SUBJECTS = ("order", "customer", "variant")
log = logging.getLogger(__name__)

Limits = Mapping[str, Any]
# Takes the prepared facts of one subject and the values of the rule's thresholds.
Look = Callable[[Any, Limits], Iterator[Hint]]


@dataclass(frozen=True, slots=True)
class Threshold:
    """A value that decides when a rule speaks; an administrator changes it. `title` and `help` are English texts."""

    name: str
    kind: Kind
    default: Any
    title: str
    help: str


@dataclass(frozen=True)
class Rule:
    """`title` and `about` are English texts and translation keys."""

    name: str
    title: str
    about: str
    thresholds: tuple[Threshold, ...] = ()
    plugin: str = ""
    looks: dict[str, Look] = field(default_factory=dict)

    def on(self, subject: str) -> Callable[[Look], Look]:
        """Marks `look(facts, limits)` as what this rule says of a subject of that kind."""
        if subject not in SUBJECTS:
            raise ValueError(f"a hint is about one of {', '.join(SUBJECTS)}, not {subject}")

        def keep(look: Look) -> Look:
            if self.looks.setdefault(subject, look) is not look:
                raise ValueError(f"the rule {self.name} looks at {subject} already")
            return look

        return keep

    @property
    def switch(self) -> str:
        """The setting that turns the rule on and off."""
        return f"hints.{self.name}.on"

    def setting_of(self, threshold: Threshold) -> str:
        return f"hints.{self.name}.{threshold.name}"

    @property
    def settings(self) -> list[str]:
        """Everything that can be set of the rule."""
        return [self.switch, *map(self.setting_of, self.thresholds)]

    @property
    def is_on(self) -> bool:
        return bool(setting(self.switch))

    def limits(self) -> Limits:
        return {threshold.name: setting(self.setting_of(threshold)) for threshold in self.thresholds}

    def hint(
        self,
        facts: Any,
        severity: Severity,
        reason: Phrase,
        *remedies: Remedy,
        inputs: Mapping[str, Any],
        line: int | None = None,
    ) -> Hint:
        """What a look at `facts` found."""
        return Hint(self.name, facts.subject, severity, reason, inputs, remedies, line)


_rules: dict[str, Rule] = {}
# Plugins that could not be loaded, and why: the rules' page shows it.
not_loaded: dict[str, str] = {}
_loading: list[str] = []


def define(name: str, title: str, about: str, *thresholds: Threshold) -> Rule:
    """Declare a rule and its settings. Call it in a module that is imported when the program starts."""
    if name in _rules:
        raise ValueError(f"there are two rules named {name}")
    rule = _rules[name] = Rule(name, title, about, thresholds, plugin=_loading[-1] if _loading else "")
    declare(rule.switch, yes_no(), True, title, about)
    for item in thresholds:
        declare(rule.setting_of(item), item.kind, item.default, item.title, item.help)
    return rule


def rules() -> list[Rule]:
    """In the order in which they were declared."""
    return list(_rules.values())


def rule_named(name: str) -> Rule | None:
    return _rules.get(name)


def rule_title(name: str) -> str:
    """English; a rule whose plugin is gone shows its name."""
    rule = _rules.get(name)
    return rule.title if rule else name


def load_plugins() -> None:
    """Import the modules that other packages name. One that fails is told on the rules' page and hurts nobody else."""
    for point in entry_points(group=GROUP):
        _loading.append(point.name)
        try:
            point.load()
        except Exception as error:
            not_loaded[point.name] = f"{type(error).__name__}: {error}"[:300]
            log.exception("the hints of the plugin %s could not be loaded", point.name)
        finally:
            _loading.pop()


# Settings of all hints together.
declare(
    "hints.orders_looked_at",
    whole(low=0, high=200),
    40,
    _("Orders looked at for the start page"),
    _("So many of the newest open orders are searched for hints when a start page is opened. 0: none."),
)
