"""Queries of which only the values differ: built by the ORM once, and run as they are from then on.

Most queries of a page find a few rows by a key. The database answers them in a twentieth of a millisecond; the ORM takes
ten times that to put the statement together, each time anew.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from functools import wraps
from typing import Any, ParamSpec, TypeVar, cast

from django.core.exceptions import EmptyResultSet
from django.db import DEFAULT_DB_ALIAS, connection, connections
from django.db.models import QuerySet, Value
from django.db.models.query import FlatValuesListIterable, ModelIterable, ValuesListIterable

from orderwell.platform.accounts.actor import LIMITS, Actor
from orderwell.platform.row_making import Make, converter_of, made_quickly, maker_of
from orderwell.platform.search.prefixes import LAST

P = ParamSpec("P")
Row = TypeVar("Row")
# The type of one value, or in brackets that of a list of them.
Kind = (
    type[int] | type[str] | type[bytes] | type[datetime] | type[date] | type[Actor] | list[type[int]] | list[type[str]]
)
# Values that no query names itself: where they come out again in the parameters, the real ones go in.
_NUMBER, _TEXT, _MOMENT = -7_046_029_254, "\x01prepared", datetime(1601, 7, 13, 5, 3, 1, tzinfo=UTC)
# How many statements are kept of one query that takes lists, and how long a list may be: each length is its own.
_MOST_SHAPES, _LONGEST = 100, 200

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

    def rows(self, database: Any, values: Sequence[Any]) -> list[Any]:
        if not self.sql:
            return []
        bound = [kind if at is None else kind(values[at]) for at, kind in self.parameters]
        with database.cursor() as cursor:
            cursor.execute(self.sql, bound)
            found = cursor.fetchall()
        make = self.make
        return [make(row) for row in found]


# Nothing is in an empty list, and the database need not be asked.
_NOTHING = _Ready("", (), lambda row: row)


def prepared(*kinds: Kind) -> Callable[[Callable[P, QuerySet[Any, Row]]], Callable[P, list[Row]]]:
    """Makes `build(number, text, ...) -> QuerySet` a function that gives the rows, compiled at its first call.

    `kinds` are the types of its arguments; `[int]` is a list of numbers for `IN`, compiled for each length, and an `Actor`
    decides with its permissions what the query looks like, while its id and its rows are values. The others must reach
    the statement as they are (`exact`, `lt`, `gte` ..., never None), texts also as the beginning of what is looked for
    (`search.prefix`, `startswith`), and nothing else may decide.
    """

    def decorate(build: Callable[P, QuerySet[Any, Row]]) -> Callable[P, list[Row]]:
        ready: dict[tuple[Any, ...], _Ready] = {}

        @wraps(build)
        def rows(*values: P.args, **named: P.kwargs) -> list[Row]:
            if named or len(values) != len(kinds):
                raise NotPreparable(f"{build.__qualname__} takes {len(kinds)} values by their place")
            database = connections[DEFAULT_DB_ALIAS]
            flat, shape = _shape_of(kinds, values)
            if not shape:
                return list(made_quickly(build(*values, **named)))
            key = (database.vendor, *shape)
            known = ready.get(key)
            if known is None:
                if len(ready) >= _MOST_SHAPES:
                    ready.clear()
                known = ready[key] = _compiled(build, kinds, values)
            return known.rows(database, flat)

        return rows

    return decorate


def _shape_of(kinds: Sequence[Kind], values: Sequence[Any]) -> tuple[list[Any], list[Any]]:
    """All values one after the other, and what the statement depends on beside them; nothing where Django is to be asked:
    it knows that a number beyond the column finds nothing, and a list too long is not worth keeping."""
    flat, shape = list[Any](), list[Any]([len(kinds)])
    for kind, value in zip(kinds, values, strict=True):
        for part in _parts(kind, value):
            length = None if part is None else len(part)
            if (length or 0) > _LONGEST:
                return [], []
            shape.append(length)
            flat += part or ()
        if kind is Actor:
            shape += [value.permissions, value.kind, value.id is None]
    beyond = any(type(value) is int and not _LEAST <= value <= _MOST for value in flat)
    return ([], []) if beyond else (flat, shape)


def one_row(rows: QuerySet[Any, Any], **aggregates: Any) -> QuerySet[Any, tuple[Any, ...]]:
    """What `rows.aggregate(...)` asks, as a query that can be prepared: a single row, the values in their order."""
    together: Any = rows.order_by().annotate(_all=Value(1)).values("_all")
    found: QuerySet[Any, tuple[Any, ...]] = together.annotate(**aggregates).values_list(*aggregates)
    return found


def _parts(kind: Kind, value: Any) -> Sequence[Sequence[Any] | None]:
    """The values of one argument, list by list; None is an actor's row filter that lets all through."""
    if kind is Actor:
        return [[0 if value.id is None else value.id], *[getattr(value, name) for name in LIMITS]]
    return [list(dict.fromkeys(value))] if isinstance(kind, list) else [[value]]


def _compiled(build: Callable[..., QuerySet[Any, Any]], kinds: Sequence[Kind], values: Sequence[Any]) -> _Ready:
    arguments, places, needed = list[Any](), dict[Any, tuple[int, Callable[[Any], Any]]](), set[int]()
    count = 0
    for kind, value in zip(kinds, values, strict=True):
        one: Any = kind[0] if isinstance(kind, list) else int if kind is Actor else kind
        forms, made = _forms_of(one), list[Any]()
        for part in _parts(kind, value):
            made.append(None if part is None else [_stand_in(one, count + at) for at in range(len(part))])
            for stand_in in made[-1] or ():
                places |= {_plain(bind(stand_in)): (count, bind) for bind in forms}
                count += 1
        if kind is Actor:
            arguments.append(replace(value, id=made[0][0], **_frozen(dict(zip(LIMITS, made[1:], strict=True)))))
        else:
            needed |= set(range(count - len(made[0]), count))
            arguments.append(made[0] if isinstance(kind, list) else made[0][0])
    query: Any = build(*arguments)
    if query._prefetch_related_lookups or query._known_related_objects or query.query.extra_select:
        raise NotPreparable(f"{build.__qualname__} asks for more than the columns of its rows")
    compiler = query.query.get_compiler(using=query.db)
    try:
        sql, given = compiler.as_sql()
    except EmptyResultSet:
        return _NOTHING
    parameters = [places.get(_plain(value), (None, value)) for value in given]
    if not needed <= {at for at, _bind in parameters if at is not None}:
        raise NotPreparable(f"{build.__qualname__} does not use each of its values as it is")
    return _Ready(sql, parameters, _maker(query, compiler))


def _frozen(limits: dict[str, list[int] | None]) -> dict[str, frozenset[int] | None]:
    return {name: None if ids is None else frozenset(ids) for name, ids in limits.items()}


def _stand_in(kind: type, at: int) -> Any:
    if kind is datetime:
        return _MOMENT + timedelta(microseconds=at)
    if kind is date:
        return _MOMENT.date() + timedelta(days=at)
    if kind is bytes:
        return f"{_TEXT}{at}".encode()
    return _NUMBER - at if kind is int else f"{_TEXT}{at}"


def _forms_of(kind: type) -> Sequence[Callable[[Any], Any]]:
    """How a value may be handed to the database: as itself, and a text as the beginning of others."""
    if kind is datetime:
        return [connection.ops.adapt_datetimefield_value]
    if kind is date:
        return [connection.ops.adapt_datefield_value]
    if kind is bytes:
        return [cast(Any, connection).Database.Binary]
    return [str, _beyond, _pattern] if kind is str else [kind]


def _beyond(text: Any) -> str:
    return f"{text}{LAST}"


def _pattern(text: Any) -> str:
    return f"{connection.ops.prep_for_like_query(text)}%"


def _plain(value: Any) -> Any:
    """A parameter as it can be looked up: drivers wrap bytes, each in its way."""
    inside = getattr(value, "obj", None)
    return inside if isinstance(inside, bytes) else value


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
