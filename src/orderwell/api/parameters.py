"""Refusals of what stands behind the question mark say what was given there: it is in the address for all to read."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from orderwell.api.errors import WrongType
from orderwell.kernel.errors import Code, DomainError, ErrorDetail, InvalidValue, Phrase, Refusal, shown


def with_values(refused: DomainError, errors: Iterable[Mapping[str, Any]]) -> DomainError:
    """`errors`: what django-ninja found, one for each detail of `refused`; of a body nothing is added."""
    if not isinstance(refused, Refusal):
        return refused
    return Refusal([_told(detail, item) for detail, item in zip(refused.details, errors, strict=True)])


def _told(detail: ErrorDetail, item: Mapping[str, Any]) -> ErrorDetail:
    given = item.get("input")
    if item["loc"][0] != "query" or not isinstance(given, str):
        return detail
    if detail.code == InvalidValue.code:
        return InvalidValue(**{**detail.data, "value": Code(given)}, pointer=detail.pointer).detail()
    if detail.code == WrongType.code:
        reason = Phrase("{value}; {reason}", value=shown(Code(given)), reason=detail.data["reason"])
        return WrongType(reason=reason, pointer=detail.pointer).detail()
    return detail
