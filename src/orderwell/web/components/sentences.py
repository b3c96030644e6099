"""Refusals as sentences in the user's language."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext

from orderwell.kernel.errors import DomainError, ErrorDetail, fill


def plain_number(value: Decimal) -> str:
    """A number as people write it: no trailing zeros, no exponent."""
    text = format(value.normalize(), "f")
    return "0" if text == "-0" else text


def shown(value: Any) -> Any:
    if isinstance(value, Decimal):
        return plain_number(value)
    if isinstance(value, str) and value:
        return gettext(value)
    if isinstance(value, list | tuple | frozenset | set):
        return ", ".join(str(shown(item)) for item in value)
    return value


def sentence(detail: ErrorDetail) -> str:
    """The message of one error: translated first, then filled."""
    data: Mapping[str, Any] = {key: shown(value) for key, value in detail.data.items()}
    return fill(gettext(detail.message), data)


def sentences(error: DomainError | Iterable[ErrorDetail]) -> list[str]:
    details = error.details if isinstance(error, DomainError) else error
    return list(dict.fromkeys(sentence(detail) for detail in details))
