"""Identifiers that people and programs see."""

from __future__ import annotations

import secrets
import string

_ALPHABET = string.ascii_letters + string.digits


def random_token(length: int = 32) -> str:
    """A URL-safe secret; 32 characters carry 190 bits."""
    return "".join(secrets.choice(_ALPHABET) for _ in range(length))


def has_year(template: str) -> bool:
    return "{year" in template


def format_number(template: str, value: int, *, year: int | None = None) -> str:
    """A document number: ``SO{value:06d}`` or ``INV-{year}-{value:05d}``.

    Raises ValueError when the template has no `value`, because two documents would then share a number, and when it wants a
    year and gets none.
    """
    if "{value" not in template:
        raise ValueError(f"number template {template!r} has no {{value}}")
    if year is None and has_year(template):
        raise ValueError(f"number template {template!r} wants a year")
    try:
        return template.format(value=value, year=year)
    except (KeyError, IndexError, AttributeError, TypeError) as error:
        raise ValueError(f"number template {template!r} uses an unknown name: {error}") from error
