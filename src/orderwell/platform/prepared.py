"""Queries of which only the values differ: built by the ORM once, and run as they are from then on.

Most queries of a page find a few rows by a key. The database answers them in a twentieth of a millisecond; the ORM takes
ten times that to put the statement together, each time anew.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import wraps
from typing import Any, ParamSpec, TypeVar

from django.db import connection
from django.db.models import QuerySet
from django.db.models.query import FlatValuesListIterable, ModelIterable, ValuesListIterable

from orderwell.platform.row_making import Make, converter_of, maker_of

P = ParamSpec("P")
Row = TypeVar("Row")
# The type of one value, or in brackets that of a list of them.
Kind = type[int] | type[str] | type[datetime] | list[type[int]] | list[type[str]]
# Values that no query names itself: where they come out again in the parameters, the real ones go in.
_NUMBER, _TEXT, _MOMENT = -7_046_029_254, "\x01prepared", datetime(1601, 7, 13, 5, 3, 1, tzinfo=UTC)
# How many statements are kept of one query that takes lists, and how long a list may be: each length is its own.
_MOST_LENGTHS, _LONGEST = 100, 200

# What a column of whole numbers holds.
_LEAST, _MOST = -(2**63), 2**63 - 1


class NotPreparable(TypeError):
    """The query doesn't take its values one by one, or gives what can't be read back from its columns alone."""


@dataclass(frozen=True, slots=True)
class _Ready:
    """`parameters` in the order of the statement: (place among all values, how it is bound), or (None, a fixed value)."""

    sql: str
    parameters: Sequence[tuple[int | None, Any]]
    make: Make

    def rows(self, values: Sequence[Any]) -> list[Any]:
        bound = [kind if at is None else kind(values[at]) for at, kind in self.parameters]
        with connection.cursor() as cursor:
            cursor.execute(self.sql, bound)
            found = cursor.fetchall()
        make = self.make
        return [make(row) for row in found]


def prepared(*kinds: Kind) -> Callable[[Callable[P, QuerySet[Any, Row]]], Callable[P, list[Row]]]:
    """Makes `build(number, text, ...) -> QuerySet` a function that gives the rows, compiled at its first call.

    `kinds` are the types of its arguments; `[int]` is a list of numbers for `IN`, compiled for each length. They must
    reach the statement as they are (`exact`, `lt`, `gte` ..., never None or a part of a text), and nothing else may decide
    what the query looks like.
    """

    def decorate(build: Callable[P, QuerySet[Any, Row]]) -> Callable[P, list[Row]]:
        ready: dict[tuple[Any, ...], _Ready] = {}

        @wraps(build)
        def rows(*values: P.args, **named: P.kwargs) -> list[Row]:
            if named or len(values) != len(kinds):
                raise NotPreparable(f"{build.__qualname__} takes {len(kinds)} values by their place")
            flat, lengths = list[Any](), list[int]()
            for kind, value in zip(kinds, values, strict=True):
                found = list(dict.fromkeys(value)) if isinstance(kind, list) else [value]  # type: ignore[call-overload]
                flat += found
                lengths.append(len(found))
                if not 0 < len(found) <= _LONGEST:
                    return list(build(*values, **named))  # no row at all, or too many to keep a statement for
            if any(isinstance(value, int) and not _LEAST <= value <= _MOST for value in flat):
                return list(build(*values, **named))  # Django knows that no row has such a number
            shape = (connection.vendor, *lengths)
            known = ready.get(shape)
            if known is None:
                if len(ready) >= _MOST_LENGTHS:
                    ready.clear()
                known = ready[shape] = _compiled(build, kinds, lengths)
            return known.rows(flat)

        return rows

    return decorate


def _compiled(build: Callable[..., QuerySet[Any, Any]], kinds: Sequence[Kind], lengths: Sequence[int]) -> _Ready:
    arguments, places = list[Any](), dict[Any, tuple[int, Callable[[Any], Any]]]()
    for kind, length in zip(kinds, lengths, strict=True):
        one = kind[0] if isinstance(kind, list) else kind
        bind, stand_ins = _bound(one), [_stand_in(one, len(places) + at) for at in range(length)]
        places |= {bind(value): (len(places) + at, bind) for at, value in enumerate(stand_ins)}
        arguments.append(stand_ins if isinstance(kind, list) else stand_ins[0])
    query: Any = build(*arguments)
    if query._prefetch_related_lookups or query._known_related_objects or query.query.extra_select:
        raise NotPreparable(f"{build.__qualname__} asks for more than the columns of its rows")
    compiler = query.query.get_compiler(using=query.db)
    sql, given = compiler.as_sql()
    parameters = [places.get(value, (None, value)) for value in given]
    if {at for at, _bind in parameters if at is not None} != set(range(len(places))):
        raise NotPreparable(f"{build.__qualname__} does not use each of its values as it is")
    return _Ready(sql, parameters, _maker(query, compiler))


def _stand_in(kind: type, at: int) -> Any:
    if kind is datetime:
        return _MOMENT + timedelta(microseconds=at)
    return _NUMBER - at if kind is int else f"{_TEXT}{at}"


def _bound(kind: type) -> Callable[[Any], Any]:
    """How a value is handed to the database."""
    return connection.ops.adapt_datetimefield_value if kind is datetime else kind


def _maker(query: Any, compiler: Any) -> Make:
    """What the query would make of a row."""
    kind, convert = query._iterable_class, converter_of(compiler)
    if kind is FlatValuesListIterable:
        return lambda row: convert(row)[0]
    if kind is ValuesListIterable:
        return lambda row: tuple(convert(row))
    if kind is not ModelIterable:
        raise NotPreparable(f"rows of {kind.__name__} are not known here")
    make = maker_of(compiler)
    return lambda row: make(convert(row))
