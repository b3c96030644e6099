"""Values of the fields that an administrator added: checked against their definition, kept in a row's `custom`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from orderwell.kernel.errors import DomainError, ErrorDetail
from orderwell.kernel.written import is_plain_number
from orderwell.platform.caching import TimedCache
from orderwell.platform.configuration.models import CustomField

MAX_TEXT = 2_000
Kind = CustomField.Kind


class UnknownCustomField(DomainError):
    code = "unknown_custom_field"
    message = "There is no custom field {key} for {entity}; known are: {known}."


class CustomFieldMissing(DomainError):
    code = "custom_field_missing"
    message = "The custom field {key} must be given."


class CustomFieldInvalid(DomainError):
    code = "custom_field_invalid"
    message = "The custom field {key} cannot be {value}; expected {expected}."


def custom_fields(entity: str) -> list[CustomField]:
    """The definitions for "product", "variant", "customer" or "order"."""
    return list(CustomField.objects.filter(entity=entity).order_by("id"))


_recent: TimedCache[str, list[CustomField]] = TimedCache(seconds=2.0, most=10)


def recent_custom_fields(entity: str) -> list[CustomField]:
    """Like `custom_fields`, but up to two seconds old: for the order path, which asks for every batch."""
    known = _recent.get(entity)
    if known is None:
        known = custom_fields(entity)
        _recent.put(entity, known)
    return known


def forget_custom_fields() -> None:
    """Read them anew at the next use; called by the service that changes them."""
    _recent.clear()


def custom_problems(
    definitions: Sequence[CustomField], values: Mapping[str, Any], *, entity: str, pointer: str = "/custom"
) -> list[ErrorDetail]:
    """Everything wrong with the custom values of one row."""
    if not definitions and not values:
        return []
    return [error.detail() for error in _problems(definitions, values, entity, pointer)]


def _problems(
    definitions: Sequence[CustomField], values: Mapping[str, Any], entity: str, pointer: str
) -> Iterator[DomainError]:
    known = {definition.key: definition for definition in definitions}
    for key in values:
        if key not in known:
            yield UnknownCustomField(
                pointer=f"{pointer}/{key}", key=key, entity=entity, known=", ".join(known) or "none"
            )
    for key, definition in known.items():
        value = values.get(key)
        if value is None or value == "":
            if definition.required:
                yield CustomFieldMissing(pointer=f"{pointer}/{key}", key=key)
            continue
        expected = _expected(definition, value)
        if expected:
            yield CustomFieldInvalid(pointer=f"{pointer}/{key}", key=key, value=str(value)[:80], expected=expected)


def _expected(definition: CustomField, value: Any) -> str:
    """What would have been right; empty when `value` is."""
    match definition.kind:
        case Kind.TEXT:
            right = isinstance(value, str) and len(value) <= MAX_TEXT and "\x00" not in value
            return "" if right else f"text of at most {MAX_TEXT} characters"
        case Kind.NUMBER:
            return "" if _is_number(value) else "a number"
        case Kind.YES_NO:
            return "" if isinstance(value, bool) else "true or false"
        case Kind.DATE:
            return "" if _is_date(value) else "a date such as 2026-01-31"
        case _:
            return "" if value in definition.choices else "one of " + ", ".join(map(str, definition.choices))


def _is_number(value: Any) -> bool:
    """Exact numbers travel as text; whole numbers may come as they are."""
    if isinstance(value, bool) or not isinstance(value, str | int | Decimal):
        return False
    return is_plain_number(value) if isinstance(value, str) else Decimal(value).is_finite()


def _is_date(value: Any) -> bool:
    try:
        return isinstance(value, str) and date.fromisoformat(value).isoformat() == value
    except ValueError:
        return False
