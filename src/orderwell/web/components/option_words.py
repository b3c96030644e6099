"""Settings of the company as people call them, and what they are set to."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from orderwell.platform.configuration import services as configuration
from orderwell.platform.wording import shown


def option_value(option: configuration.Option, value: Any) -> str:
    if option.kind.name == "yes_no":
        return _("Yes") if value else _("No")
    return str(shown(value))


def option_rule(option: configuration.Option) -> str:
    """The rule that a figure belongs to: several rules have one of the same name."""
    whole, _dot, last = option.key.rpartition(".")
    switch = next((other for other in configuration.options() if other.key == f"{whole}.on"), None)
    return str(_(switch.title)) if switch and last != "on" else ""


def option_change(key: str, before: Any, after: Any) -> dict[str, str]:
    """A change of a setting in words; nothing for one that no part of the program declares any more."""
    option = next((one for one in configuration.options() if one.key == key), None)
    if option is None:
        return {}
    called = " · ".join(filter(None, (option_rule(option), str(_(option.title)))))
    return {"key": f"“{called}”", "before": option_value(option, before), "after": option_value(option, after)}
