"""Small tables that people set up - channels, categories, warehouses, groups: a code, two names, and drafts that change some of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import msgspec
from django.db import models
from msgspec import UNSET

from orderwell.kernel.errors import DomainError, InvalidValue, Refusal
from orderwell.kernel.refusals import text_problems


def code_and_name_problems(draft: Any, *, limit: int) -> Iterator[DomainError]:
    """`draft` has `code`, `name_zh` and `name_en`."""
    yield from text_problems(draft.code, "/code", limit, needed=True)
    if not all(character.isascii() and (character.isalnum() or character in "-_") for character in draft.code):
        yield InvalidValue(pointer="/code", value=draft.code[:60], expected="letters, digits, hyphens, underscores")
    for name in ("name_zh", "name_en"):
        value = getattr(draft, name)
        if value is not UNSET:
            yield from text_problems(value, f"/{name}", 120)


def refuse(problems: Iterator[DomainError]) -> None:
    """Raise all problems at once, if there are any."""
    found = [problem.detail() for problem in problems]
    if found:
        raise Refusal(found)


def apply(row: models.Model, draft: msgspec.Struct, columns: Mapping[str, str]) -> dict[str, list[Any]]:
    """Set what the draft gives ({name in the draft: column}); returns {name: [old, new]} of what differs."""
    changes: dict[str, list[Any]] = {}
    for name, column in columns.items():
        new = getattr(draft, name)
        if new is UNSET:
            continue
        new = list(new) if isinstance(new, tuple) else new
        old = getattr(row, column)
        if old != new:
            setattr(row, column, new)
            changes[name] = [old, new]
    return changes


def complete_names(row: Any) -> None:
    """A name given in one language only is used for both, and the code where there is none at all."""
    row.name_zh = row.name_zh or row.name_en or row.code
    row.name_en = row.name_en or row.name_zh
