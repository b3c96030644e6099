"""Keyset pages and capped counts: the same work on page 1 and page 20,000, at ten rows and at ten million."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, TypeVar

from django.db.models import Model, Q, QuerySet

from orderwell.kernel.errors import DomainError

M = TypeVar("M", bound=Model)
MAX_LIMIT = 500


class InvalidCursor(DomainError):
    code = "invalid_cursor"
    message = "This cursor was not made by this list; start again without it."


@dataclass(frozen=True)
class Page(Generic[M]):
    """`next_cursor` leads to the following rows and is empty on the last page."""

    rows: list[M]
    next_cursor: str


def keyset_page(rows: QuerySet[M], *, order_by: Sequence[str], cursor: str, limit: int) -> Page[M]:
    """The page after `cursor`. `order_by` must end in a unique column, all in one direction, and be indexed together.

    Raises InvalidCursor.
    """
    limit = max(1, min(limit, MAX_LIMIT))
    names = [name.lstrip("-") for name in order_by]
    descending = order_by[0].startswith("-")
    if cursor:
        rows = rows.filter(_after(names, _decode(cursor, len(names)), descending=descending))
    found = list(rows.order_by(*order_by)[: limit + 1])
    more = len(found) > limit
    found = found[:limit]
    return Page(found, _encode([getattr(found[-1], name) for name in names]) if more else "")


def _after(names: Sequence[str], values: Sequence[Any], *, descending: bool) -> Q:
    """Row-wise "comes after": (a, b) < (x, y) is a < x or (a = x and b < y), written so that the index is used."""
    sign = "lt" if descending else "gt"
    condition = Q(**{f"{names[-1]}__{sign}": values[-1]})
    for name, value in zip(reversed(names[:-1]), reversed(values[:-1]), strict=True):
        condition = Q(**{f"{name}__{sign}e": value}) & (Q(**{f"{name}__{sign}": value}) | condition)
    return condition


def _encode(values: Sequence[Any]) -> str:
    plain = [{"t": value.isoformat()} if isinstance(value, datetime) else value for value in values]
    return base64.urlsafe_b64encode(json.dumps(plain, ensure_ascii=False, default=str).encode()).decode().rstrip("=")


def _decode(cursor: str, count: int) -> list[Any]:
    try:
        plain = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        values = [datetime.fromisoformat(v["t"]) if isinstance(v, dict) else v for v in plain]
    except (binascii.Error, ValueError, KeyError, TypeError):
        raise InvalidCursor(pointer="/cursor") from None
    if len(values) != count or any(isinstance(value, list | bool | float) or value is None for value in values):
        raise InvalidCursor(pointer="/cursor")
    return values


def capped_count(rows: QuerySet[M], cap: int) -> int:
    """How many rows, or `cap` + 1 when there are more."""
    return rows.order_by()[: cap + 1].count()
