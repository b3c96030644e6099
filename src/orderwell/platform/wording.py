"""Refusals as sentences in the language that is active: what the screen, the API and files say alike."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils.translation import get_language, gettext, gettext_noop, pgettext, pgettext_lazy

from orderwell.kernel.errors import Code, DomainError, ErrorDetail, Named, Phrase, fill
from orderwell.kernel.quantities import plain
from orderwell.platform.formats import money_text
from orderwell.platform.permissions.words import title_of

_AMOUNT = re.compile(r"\{(\w+)\} \{currency\}")
# Refusals whose numbers are money of which the currency is known beside them: written with digits in groups.
_OF_MONEY = {"amount_out_of_range", "amount_too_precise", "refund_above_payment"}

# What a refusal calls things, where no other text names them so.
KINDS = (gettext_noop("category"), gettext_noop("customer group"), gettext_noop("tax category"))
# Where the name of a thing is also the name of something else, such as a unit.
OTHERWISE = {"case": pgettext_lazy("thing", "case")}
# What is done to an order, where the word also names what comes of it.
STEPS = {
    "change": pgettext_lazy("deed", "change"),
    "invoice": pgettext_lazy("deed", "invoice"),
    "return": pgettext_lazy("deed", "return"),
}


def shown(value: Any) -> Any:
    """A value of a message as people read it."""
    if isinstance(value, Decimal):
        return plain(value)
    if isinstance(value, datetime):
        return f"{value.astimezone(ZoneInfo(settings.TIME_ZONE)):%Y-%m-%d %H:%M}"
    if isinstance(value, Phrase):
        return fill(gettext(value.template), {name: shown(part) for name, part in value.data.items()})
    if isinstance(value, Named):
        first, other = (value.name_zh, value.name_en)
        if not (get_language() or "").startswith("zh"):
            first, other = other, first
        return first or other or str(value)
    if isinstance(value, str) and value and not isinstance(value, Code):
        return gettext(value)
    if isinstance(value, list | tuple | frozenset | set):
        return pgettext("list", ", ").join(str(shown(item)) for item in value)
    return value


def sentence(detail: ErrorDetail) -> str:
    """The message of one error: translated first, then filled."""
    template, data = with_amounts(gettext(detail.message), detail.data)
    words = {name: shown(value) for name, value in data.items()}
    if detail.code in _OF_MONEY:
        words |= {name: grouped(data[name]) for name in ("value", "low", "high") if name in data}
    if detail.data.get("kind") in OTHERWISE:
        words["kind"] = str(OTHERWISE[detail.data["kind"]])
    if detail.data.get("step") in STEPS:
        words["step"] = str(STEPS[detail.data["step"]])
    if "permission" in words:
        words["permission"] = f"“{title_of(words['permission'])}”"
    return fill(template, words)


def grouped(number: Any) -> str:
    """1,234.56 of 1234.560; what is no number stays as it was written."""
    try:
        return f"{Decimal(plain(Decimal(str(number)))):,f}"
    except ArithmeticError:
        return str(number)


def with_amounts(template: str, data: Mapping[str, Any]) -> tuple[str, dict[str, Any]]:
    """The same with "{total} {currency}" as one amount, written as everywhere: ¥701.51."""
    filled = dict(data)
    if "{currency}" not in template:
        return template, filled

    def amount(found: re.Match[str]) -> str:
        try:
            filled[found[1]] = money_text(Decimal(str(data[found[1]])), str(data["currency"]))
        except (KeyError, ArithmeticError):
            return found[0]
        return f"{{{found[1]}}}"

    return _AMOUNT.sub(amount, template), filled


def sentences(error: DomainError | Iterable[ErrorDetail]) -> list[str]:
    """Each sentence once, in the order in which the errors were found."""
    details = error.details if isinstance(error, DomainError) else error
    return list(dict.fromkeys(sentence(detail) for detail in details))
