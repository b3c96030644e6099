"""Queries of which only the values differ: built by the ORM once, and run as they are from then on.

Most queries of a page find a few rows by a key. The database answers them in a twentieth of a millisecond; the ORM takes
ten times that to put the statement together, each time anew.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import wraps
from typing import Any, ParamSpec, TypeVar

from django.db import connection
from django.db.models import QuerySet
from django.db.models.query import FlatValuesListIterable, ModelIterable, RelatedPopulator, ValuesListIterable

P = ParamSpec("P")
Row = TypeVar("Row")
Make = Callable[[Sequence[Any]], Any]
# Values that no query names itself: where they come out again in the parameters, the real ones go in.
_NUMBER, _TEXT = -7_046_029_254, "\x01prepared"


# What a column of whole numbers holds.
_LEAST, _MOST = -(2**63), 2**63 - 1


class NotPreparable(TypeError):
    """The query doesn't take its values one by one, or gives what can't be read back from its columns alone."""


@dataclass(frozen=True, slots=True)
class _Ready:
    """`parameters` in the order of the statement: (place among the arguments, type), or (None, a fixed value)."""

    sql: str
    parameters: Sequence[tuple[int | None, Any]]
    converters: Sequence[tuple[int, Sequence[Callable[..., Any]], Any]]
    make: Make

    def rows(self, values: Sequence[Any]) -> list[Any]:
        bound = [kind if at is None else kind(values[at]) for at, kind in self.parameters]
        with connection.cursor() as cursor:
            cursor.execute(self.sql, bound)
            found = cursor.fetchall()
        if not self.converters:
            return [self.make(row) for row in found]
        made = []
        for row in found:
            cells = list(row)
            for at, converters, expression in self.converters:
                for convert in converters:
                    cells[at] = convert(cells[at], expression, connection)
            made.append(self.make(cells))
        return made


def prepared(*kinds: type[int] | type[str]) -> Callable[[Callable[P, QuerySet[Any, Row]]], Callable[P, list[Row]]]:
    """Makes `build(number, text, ...) -> QuerySet` a function that gives the rows, compiled at its first call.

    `kinds` are the types of its arguments. They must reach the statement as they are (`exact`, `lt`, `gte` ..., never
    None, a list or a part of a text), and nothing else may decide what the query looks like.
    """

    def decorate(build: Callable[P, QuerySet[Any, Row]]) -> Callable[P, list[Row]]:
        ready: dict[str, _Ready] = {}

        @wraps(build)
        def rows(*values: P.args, **named: P.kwargs) -> list[Row]:
            if named or len(values) != len(kinds):
                raise NotPreparable(f"{build.__qualname__} takes {len(kinds)} values by their place")
            if any(isinstance(value, int) and not _LEAST <= value <= _MOST for value in values):
                return list(build(*values, **named))  # Django knows that no row has such a number
            known = ready.get(connection.vendor)
            if known is None:
                known = ready[connection.vendor] = _compiled(build, kinds)
            return known.rows(values)

        return rows

    return decorate


def _compiled(build: Callable[..., QuerySet[Any, Any]], kinds: Sequence[type]) -> _Ready:
    stand_ins = [_NUMBER - at if kind is int else f"{_TEXT}{at}" for at, kind in enumerate(kinds)]
    query: Any = build(*stand_ins)
    if query._prefetch_related_lookups or query._known_related_objects or query.query.extra_select:
        raise NotPreparable(f"{build.__qualname__} asks for more than the columns of its rows")
    compiler = query.query.get_compiler(using=query.db)
    sql, given = compiler.as_sql()
    parameters = [(stand_ins.index(value), type(value)) if value in stand_ins else (None, value) for value in given]
    if {at for at, _kind in parameters if at is not None} != set(range(len(kinds))):
        raise NotPreparable(f"{build.__qualname__} does not use each of its values as it is")
    converters = compiler.get_converters([column[0] for column in compiler.select])
    return _Ready(
        sql,
        parameters,
        [(at, tuple(found), expression) for at, (found, expression) in converters.items()],
        _maker(query, compiler),
    )


def _maker(query: Any, compiler: Any) -> Make:
    """What the query would make of a row."""
    kind = query._iterable_class
    if kind is FlatValuesListIterable:
        return lambda row: row[0]
    if kind is ValuesListIterable:
        return tuple
    if kind is not ModelIterable:
        raise NotPreparable(f"rows of {kind.__name__} are not known here")
    found, using = compiler.klass_info, query.db
    model, fields = found["model"], found["select_fields"]
    first, last = fields[0], fields[-1] + 1
    names = [compiler.select[at][0].target.attname for at in range(first, last)]
    populator: Any = RelatedPopulator
    related = [populator(part, compiler.select, using) for part in found.get("related_klass_infos", [])]
    extra = list((compiler.annotation_col_map or {}).items())

    def make(row: Sequence[Any]) -> Any:
        made = model.from_db(using, names, row[first:last])
        for part in related:
            part.populate(row, made)
        for name, at in extra:
            setattr(made, name, row[at])
        return made

    return make
