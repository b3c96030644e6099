"""Lists by keyset: a page begins after the last row of the one before, however many rows there are."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from operator import attrgetter
from typing import Any, Generic, TypeVar

from django.core.exceptions import FieldDoesNotExist, ValidationError
from django.db.models import Field, Model, Q, QuerySet

from orderwell.kernel.errors import DomainError

Row = TypeVar("Row")
MAX_PAGE = 500


class UnknownCursor(DomainError):
    code = "unknown_cursor"
    message = "This cursor does not belong to this list; start again without one."


@dataclass(frozen=True)
class Page(Generic[Row]):
    """Rows and the cursor of the next page, None at the end."""

    rows: list[Row]
    next_cursor: str | None


def keyset_page(rows: QuerySet[Any], *, order: Sequence[str], cursor: str | None, limit: int) -> Page[Any]:
    """One page in `order`: paths to columns without NULL, `-` for descending, the last one unique."""
    limit = max(1, min(limit, MAX_PAGE))
    if cursor:
        rows = rows.filter(_after(order, _decode(cursor, rows.model, order)))
    found = list(rows.order_by(*order)[: limit + 1])
    return Page(found[:limit], _encode(found[limit - 1], order) if len(found) > limit else None)


def keyset_page_of_parts(
    parts: Sequence[QuerySet[Any]], *, order: Sequence[str], cursor: str | None, limit: int
) -> Page[Any]:
    """One page over disjoint `parts` of a table together.

    For `state IN (a, b)` a database sorts all that match; each part alone is read in the order of its index and stops
    after a page. `order` names columns of the rows themselves.
    """
    if len(parts) == 1:
        return keyset_page(parts[0], order=order, cursor=cursor, limit=limit)
    limit = max(1, min(limit, MAX_PAGE))
    found: list[Any] = []
    for rows in parts:
        if cursor:
            rows = rows.filter(_after(order, _decode(cursor, rows.model, order)))
        found += rows.order_by(*order)[: limit + 1]
    for path in reversed(order):  # sorting is stable: the last key first
        found.sort(key=attrgetter(path.lstrip("-")), reverse=path.startswith("-"))
    return Page(found[:limit], _encode(found[limit - 1], order) if len(found) > limit else None)


def _after(order: Sequence[str], values: Sequence[Any]) -> Q:
    """What comes after `values`. The first column is also bounded on its own, which is what an index can use."""
    condition, equal = Q(), Q()
    for path, value in zip(order, values, strict=True):
        name, beyond = path.lstrip("-"), "lt" if path.startswith("-") else "gt"
        condition |= equal & Q(**{f"{name}__{beyond}": value})
        equal &= Q(**{name: value})
    bound = "lte" if order[0].startswith("-") else "gte"
    return Q(**{f"{order[0].lstrip('-')}__{bound}": values[0]}) & condition


def _encode(row: Model, order: Sequence[str]) -> str:
    values = []
    for path in order:
        value: Any = row
        for name in path.lstrip("-").split("__"):
            value = getattr(value, name)
        values.append(value.isoformat() if isinstance(value, datetime) else str(value))
    text = json.dumps([list(order), values], separators=(",", ":"))
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def _decode(cursor: str, model: type[Model], order: Sequence[str]) -> list[Any]:
    """The values in a cursor. Raises UnknownCursor for anything that this list did not give out."""
    try:
        text = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True)
        made_for, values = json.loads(text)
        if made_for != list(order) or len(values) != len(order):
            raise UnknownCursor
        return [_value(_column(model, path), value) for path, value in zip(order, values, strict=True)]
    except (binascii.Error, ValueError, TypeError, ArithmeticError, RecursionError, ValidationError, FieldDoesNotExist):
        raise UnknownCursor from None


def _column(model: type[Model], path: str) -> Field[Any, Any]:
    *steps, name = path.lstrip("-").split("__")
    for step in steps:
        related = model._meta.get_field(step).related_model
        if not isinstance(related, type):
            raise UnknownCursor
        model = related
    column = model._meta.get_field(name)
    if not isinstance(column, Field):
        raise UnknownCursor
    return column


def _value(column: Field[Any, Any], value: Any) -> Any:
    if not isinstance(value, str) or "\x00" in value:
        raise UnknownCursor
    found = column.to_python(value)
    if isinstance(found, int) and not -(2**63) <= found < 2**63:
        raise UnknownCursor
    return found


def capped_count(rows: QuerySet[Any], cap: int) -> int:
    """How many rows, or `cap` + 1 when there are more: bounded work whatever the size of the table."""
    return rows.order_by()[: cap + 1].count()
