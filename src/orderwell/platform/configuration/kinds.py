"""The types a setting can have: how a value is read from text or JSON, and what is expected when it cannot be."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from zoneinfo import available_timezones

from django.utils.translation import gettext_noop as _

from orderwell.kernel.errors import Phrase
from orderwell.kernel.identifiers import format_number
from orderwell.kernel.money import known_currency
from orderwell.kernel.quantities import has_scale

_REPLACED = re.compile(r"(\{[^{}]*\})")


def _as_it_is(value: Any) -> Any:
    return value


@dataclass(frozen=True)
class Kind:
    """`read` raises ValueError for what cannot be; `stored` turns a value into JSON; `choices` is what a screen offers."""

    name: str
    expected: str
    read: Callable[[Any], Any]
    stored: Callable[[Any], Any] = _as_it_is
    choices: Sequence[str] = ()


def text(*, most: int = 500, empty: bool = True) -> Kind:
    def read(value: Any) -> str:
        if not isinstance(value, str) or len(value) > most or "\0" in value or not (empty or value.strip()):
            raise ValueError
        return value.strip()

    return Kind("text", Phrase("text of at most {count} characters", count=most), read)


def whole(*, low: int = 0, high: int = 10**9) -> Kind:
    def read(value: Any) -> int:
        if isinstance(value, bool | float) or not low <= int(value) <= high:
            raise ValueError
        return int(value)

    return Kind("whole", Phrase("a whole number from {low} to {high}", low=low, high=high), read)


def decimal(*, low: Decimal = Decimal(0), high: Decimal = Decimal(10) ** 10, scale: int = 4) -> Kind:
    def read(value: Any) -> Decimal:
        if isinstance(value, bool | float):
            raise TypeError
        number = Decimal(value)
        if not has_scale(number, scale) or not low <= number <= high:
            raise ValueError
        return number

    return Kind(
        "decimal",
        Phrase("a number from {low} to {high} with at most {places} decimals", low=low, high=high, places=scale),
        read,
        stored=str,
    )


def yes_no() -> Kind:
    words = {"yes": True, "true": True, "1": True, "no": False, "false": False, "0": False}

    def read(value: Any) -> bool:
        if isinstance(value, bool):
            return value
        if not isinstance(value, str) or value.strip().lower() not in words:
            raise ValueError
        return words[value.strip().lower()]

    return Kind("yes_no", _("yes or no"), read)


def choice(*allowed: str) -> Kind:
    def read(value: Any) -> str:
        if value not in allowed:
            raise ValueError
        return str(value)

    return Kind("choice", Phrase("one of {names}", names=", ".join(allowed)), read, choices=allowed)


def currency() -> Kind:
    def read(value: Any) -> str:
        code = str(value).strip().upper()
        if not known_currency(code):
            raise ValueError
        return code

    return Kind("currency", _("a currency code of ISO 4217 such as CNY"), read)


def number_template() -> Kind:
    """In capitals, as numbers are looked for: "Order-{value}" becomes "ORDER-{value}"."""

    def read(value: Any) -> str:
        template = "".join(
            part if part.startswith("{") else part.upper() for part in _REPLACED.split(str(value).strip())
        )
        # The last of them in another notation (":x") would have a small letter.
        first, second, third = (format_number(template, number, year=2026) for number in (1, 2, 171))
        if first == second or len(first) > 30 or not first.isprintable() or third != third.upper():
            raise ValueError
        return template

    return Kind("number_template", _("a template such as SO{value:08d} or INV-{year}-{value:05d}"), read)


def time_zone() -> Kind:
    def read(value: Any) -> str:
        if value not in available_timezones():
            raise ValueError
        return str(value)

    return Kind("time_zone", _("a time zone such as Asia/Shanghai"), read)
