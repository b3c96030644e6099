"""Turn a rule on or off and set its thresholds, all of it or nothing."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from orderwell.domains.automation.hints.registry import Rule, rule_named
from orderwell.kernel.errors import ErrorDetail, InvalidValue, NotFound, Refusal
from orderwell.platform.accounts.actor import Actor
from orderwell.platform.configuration.services import lock_settings, set_value
from orderwell.platform.database import atomic
from orderwell.platform.permissions import Permission


def configure_rule(
    *,
    name: str,
    on: bool | None = None,
    thresholds: Mapping[str, Any] | None = None,
    version: int | None = None,
    actor: Actor,
    now: datetime,
) -> Rule:
    """What is not given stays. Raises NotFound, StaleVersion, or Refusal with every value that cannot be."""
    actor.require(Permission.SYSTEM_SETTING_CHANGE)
    rule = rule_named(name)
    if rule is None:
        raise NotFound(kind="rule", reference=name[:60])
    known = {threshold.name: threshold for threshold in rule.thresholds}
    problems: list[ErrorDetail] = []
    with atomic():
        lock_settings(*rule.settings, version=version, now=now)
        if on is not None:
            set_value(key=rule.switch, value=on, actor=actor, now=now)
        for key, value in (thresholds or {}).items():
            pointer = f"/thresholds/{key}"
            if key not in known:
                expected = ", ".join(known) or "none"
                problems.append(InvalidValue(pointer=pointer, value=key[:60], expected=expected).detail())
                continue
            try:
                set_value(key=rule.setting_of(known[key]), value=value, actor=actor, now=now)
            except InvalidValue as error:
                problems.append(InvalidValue(pointer=pointer, **error.data).detail())
        if problems:
            raise Refusal(problems)
    return rule
