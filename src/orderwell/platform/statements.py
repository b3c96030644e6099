"""Hand-written statements of the order path.

The ORM builds and PostgreSQL plans a statement anew each time; for a small batch that cost more than everything else.
A text that never changes is planned once. Everything off the order path uses the ORM.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Sequence
from contextlib import closing, contextmanager
from decimal import Decimal
from functools import lru_cache
from itertools import chain, count, repeat
from operator import is_
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connections


def fetch(sql: str, *values: Any) -> list[tuple[Any, ...]]:
    """All rows of a SELECT. `IN (%s)` takes a whole collection as its one value; `/* lock */` becomes FOR UPDATE,
    `/* share */` FOR SHARE.

    Exact numbers come as the integers they are stored as (see `unscaled`), booleans on SQLite as 0 and 1.
    """
    with _executed(sql, values) as cursor:
        rows: list[tuple[Any, ...]] = cursor.fetchall()
    return rows


def change(sql: str, *values: Any) -> int:
    """How many rows an INSERT, UPDATE or DELETE touched."""
    with _executed(sql, values) as cursor:
        touched: int = cursor.rowcount
    return touched


def change_many(sql: str, rows: Sequence[Sequence[Any]]) -> int:
    """The same UPDATE, DELETE or INSERT for each of `rows`, on SQLite; how many rows of the table it touched in all."""
    database: Any = connections[DEFAULT_DB_ALIAS]
    if _counted(database):
        with database.cursor() as cursor:
            cursor.executemany(sql, rows)
            return int(cursor.rowcount)
    database.ensure_connection()
    with database.wrap_database_errors, closing(database.connection.executemany(_question_marks(sql), rows)) as plain:
        return int(plain.rowcount)


# Numbers of rows that get a statement of their own, which SQLite then keeps prepared.
_ROWS_AT_ONCE = (64, 16, 4, 1)
# From so many rows on, a value that all of them have is given once. Fewer would often be alike by chance, and each way of
# being alike is a statement of its own.
_MANY_ROWS = 16


def insert_many(table: str, names: tuple[str, ...], columns: Sequence[Sequence[Any]]) -> None:
    """Insert rows on SQLite, given as one sequence of values for each column; names come quoted.

    With a statement for each row the driver would give the interpreter away and wait to get it back as often as there
    are rows, while a server's other threads want it too. Each value given costs; None and truth values most, which the
    driver tries to adapt first.
    """
    database: Any = connections[DEFAULT_DB_ALIAS]
    rows = len(columns[0])
    if _counted(database):
        marks = ", ".join(["%s"] * len(names))
        change_many(f"INSERT INTO {table} ({', '.join(names)}) VALUES ({marks})", list(zip(*columns, strict=True)))  # noqa: S608
        return
    database.ensure_connection()
    shared: tuple[bool, ...] = ()
    once: list[Any] = []
    if rows >= _MANY_ROWS:
        shared = tuple(map(all_one, columns))
        once = [column[0] for column, alike in zip(columns, shared, strict=True) if alike]
        columns = [column for column, alike in zip(columns, shared, strict=True) if not alike]
    each = list(zip(*columns, strict=True))
    execute, done = database.connection.execute, 0
    with database.wrap_database_errors:
        for size in _ROWS_AT_ONCE:
            for start in range(done, rows - size + 1, size):
                values = [*once, *chain.from_iterable(each[start : start + size])]
                execute(_insert(table, names, shared, size), values).close()
                done = start + size


def all_one(values: Sequence[Any]) -> bool:
    """Whether all are the same object, such as a zero or a moment. Equal is not enough: 1 and True are written apart."""
    first = values[0]
    return values[-1] is first and all(map(is_, values, repeat(first)))


@lru_cache(maxsize=512)
def _insert(table: str, names: tuple[str, ...], shared: tuple[bool, ...], rows: int) -> str:
    """Parameters are those that all rows share, then those of each row. `shared` is empty where there are none."""
    numbers = count(1)
    once = [f"?{next(numbers)}" if alike else "" for alike in shared or [False] * len(names)]
    lines = (f"({', '.join(common or f'?{next(numbers)}' for common in once)})" for _ in range(rows))
    return f"INSERT INTO {table} ({', '.join(names)}) VALUES {', '.join(lines)}"  # noqa: S608  names of our own


@contextmanager
def _executed(sql: str, values: Sequence[Any]) -> Iterator[Any]:
    # The connection itself: every attribute of Django's `connection` is a search for this thread's.
    database: Any = connections[DEFAULT_DB_ALIAS]
    postgresql = database.vendor == "postgresql"
    text = _dialect(sql, database.vendor)
    given = [_parameter(value, postgresql=postgresql) for value in values]
    if _counted(database):
        with database.cursor() as cursor:
            cursor.execute(text, given)
            yield cursor
        return
    database.ensure_connection()
    with database.wrap_database_errors:
        if postgresql:
            import psycopg  # a program on SQLite starts sooner without it

            # Django's own cursor writes parameters into the text; this one sends them apart, so that the plan is kept.
            with psycopg.Cursor(database.connection) as prepared:
                prepared.execute(text.encode(), given, prepare=True)
                yield prepared
        else:
            with closing(database.connection.execute(_question_marks(text), given)) as plain:
                yield plain


def _counted(database: Any) -> bool:
    """Whether somebody looks on at every statement: then it has to go through Django's cursor, which says of it."""
    return bool(database.queries_logged or database.execute_wrappers)


@lru_cache(maxsize=512)
def _question_marks(sql: str) -> str:
    """A statement with Django's placeholders as SQLite's own driver takes it; Django's cursor puts them in each time."""
    return sql.replace("%s", "?")


@lru_cache
def _dialect(sql: str, vendor: str) -> str:
    if vendor == "postgresql":
        return (
            sql.replace("IN (%s)", "= ANY(%s)").replace("/* lock */", "FOR UPDATE").replace("/* share */", "FOR SHARE")
        )
    # SQLite's transaction already holds the only write lock.
    return (
        sql.replace("IN (%s)", "IN (SELECT value FROM json_each(%s))")
        .replace("/* lock */", "")
        .replace("/* share */", "")
    )


def _parameter(value: Any, *, postgresql: bool) -> Any:
    if isinstance(value, str | bytes | int | None) or not isinstance(value, Collection):
        return value
    return list(value) if postgresql else json.dumps(list(value))


def unscaled(value: int, scale: int) -> Decimal:
    """The exact number that a column of ScaledDecimalField holds as `value`."""
    return Decimal(value).scaleb(-scale)
