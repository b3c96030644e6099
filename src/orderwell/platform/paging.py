"""Lists by keyset: a page begins after the last row of the one before, however many rows there are."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial, reduce
from types import MappingProxyType
from typing import Any, Generic, TypeVar

from django.core.exceptions import FieldDoesNotExist, ValidationError
from django.db.models import Field, Model, Q, QuerySet

from orderwell.kernel.errors import DomainError
from orderwell.platform.row_making import made_quickly

Row = TypeVar("Row")
MAX_PAGE = 500
# The order, the values of the row before (None: from the beginning), and how many rows at most.
Find = Callable[[Sequence[str], Sequence[Any] | None, int], list[Any]]

# What rows are annotated with, so that an order may name it too.
Computed = Mapping[str, Field[Any, Any]]


class UnknownCursor(DomainError):
    code = "unknown_cursor"
    message = "This cursor does not belong to this list; start again without one."


@dataclass(frozen=True)
class Page(Generic[Row]):
    """Rows and the cursors of the pages after and before, None where there is none."""

    rows: list[Row]
    next_cursor: str | None
    previous_cursor: str | None = None


def keyset_page(
    rows: QuerySet[Any], *, order: Sequence[str], cursor: str | None, limit: int, backwards: bool = False
) -> Page[Any]:
    """One page in `order`: paths to columns without NULL, `-` for descending, the last one unique.

    `backwards` gives the page that ends before `cursor`, its rows still in `order`.
    """
    return keyset_page_of_parts([rows], order=order, cursor=cursor, limit=limit, backwards=backwards)


def keyset_page_of_parts(
    parts: Sequence[QuerySet[Any]],
    *,
    order: Sequence[str],
    cursor: str | None,
    limit: int,
    backwards: bool = False,
    computed: Computed = MappingProxyType({}),
) -> Page[Any]:
    """One page over disjoint `parts` of a table together.

    For `state IN (a, b)` a database sorts all that match; each part alone is read in the order of its index and stops
    after a page. No parts are no rows: a list of the lines of a product that has no variants.
    """
    if not parts:
        return Page([], None)
    return keyset_page_by(
        *(partial(_merged, parts), parts[0].model),
        order=order,
        cursor=cursor,
        limit=limit,
        backwards=backwards,
        computed=computed,
    )


def keyset_page_by(
    find: Find,
    model: type[Model],
    *,
    order: Sequence[str],
    cursor: str | None,
    limit: int,
    backwards: bool = False,
    computed: Computed = MappingProxyType({}),
) -> Page[Any]:
    """One page of what `find` gives: the first rows in an order after the values of a row, or all from the beginning.

    `computed` is what `order` names beside the columns of the model.
    """
    limit = max(1, min(limit, MAX_PAGE))
    way = [_turned(path) for path in order] if backwards else list(order)
    values = _decode(cursor, model, order, computed) if cursor else None
    found = find(way, values, limit + 1)
    more = len(found) > limit
    found = found[:limit]
    if backwards:
        found.reverse()
    first, last = (cursor_of(found[0], order), cursor_of(found[-1], order)) if found else (None, None)
    if backwards:
        return Page(found, last, first if more else None)
    return Page(found, last if more else None, first if cursor else None)


def keyset_chunks(parts: Sequence[QuerySet[Any]], *, order: Sequence[str], chunk: int = 2000) -> Iterator[list[Any]]:
    """All rows in `order`, some thousand at a time: bounded memory, and no transaction that stays open for minutes.

    Rows that appear meanwhile may be missed or met; none is met twice.
    """
    values: list[Any] | None = None
    while found := _merged(parts, order, values, chunk):
        yield found
        if len(found) < chunk:
            return
        values = [_at(found[-1], path) for path in order]


def _merged(parts: Sequence[QuerySet[Any]], order: Sequence[str], values: Sequence[Any] | None, most: int) -> list[Any]:
    """The first rows after `values` of all parts together."""
    return in_order([list(made_quickly(first_after(rows, order, values, most))) for rows in parts], order, most)


def in_order(parts: Sequence[list[Any]], order: Sequence[str], most: int) -> list[Any]:
    """The first rows of parts that are in order themselves."""
    if len(parts) == 1:
        return parts[0][:most]
    found = [row for part in parts for row in part]
    for path in reversed(order):  # sorting is stable: the last key first
        found.sort(key=partial(_at, path=path), reverse=path.startswith("-"))
    return found[:most]


def first_after(rows: QuerySet[Any], order: Sequence[str], values: Sequence[Any] | None, most: int) -> QuerySet[Any]:
    return (rows if values is None else rows.filter(_after(order, values))).order_by(*order)[:most]


def _turned(path: str) -> str:
    return path[1:] if path.startswith("-") else f"-{path}"


def _at(row: Model, path: str) -> Any:
    return reduce(getattr, path.lstrip("-").split("__"), row)


def _after(order: Sequence[str], values: Sequence[Any]) -> Q:
    """What comes after `values`. The first column is also bounded on its own, which is what an index can use."""
    condition, equal = Q(), Q()
    for path, value in zip(order, values, strict=True):
        name, beyond = path.lstrip("-"), "lt" if path.startswith("-") else "gt"
        condition |= equal & Q(**{f"{name}__{beyond}": value})
        equal &= Q(**{name: value})
    bound = "lte" if order[0].startswith("-") else "gte"
    return Q(**{f"{order[0].lstrip('-')}__{bound}": values[0]}) & condition


def cursor_of(row: Model, order: Sequence[str]) -> str:
    """Stands for `row` in `order`: the page after it begins behind it."""
    found = [_at(row, path) for path in order]
    values = [value.isoformat() if isinstance(value, datetime) else str(value) for value in found]
    text = json.dumps([list(order), values], separators=(",", ":"))
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def _decode(cursor: str, model: type[Model], order: Sequence[str], computed: Computed) -> list[Any]:
    """The values in a cursor. Raises UnknownCursor for anything that this list did not give out."""
    try:
        text = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True)
        made_for, values = json.loads(text)
        if made_for != list(order) or len(values) != len(order):
            raise UnknownCursor
        columns = [computed.get(path.lstrip("-")) or _column(model, path) for path in order]
        return [_value(column, value) for column, value in zip(columns, values, strict=True)]
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
