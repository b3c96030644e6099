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
from itertools import chain
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


def insert_many(table: str, columns: tuple[str, ...], rows: Sequence[Sequence[Any]]) -> None:
    """Insert `rows` on SQLite; names come quoted.

    With a statement for each row the driver would give the interpreter away and wait to get it back as often as there
    are rows, while a server's other threads want it too.
    """
    database: Any = connections[DEFAULT_DB_ALIAS]
    if _counted(database):
        change_many(_insert(table, columns, 1), rows)
        return
    database.ensure_connection()
    execute, done = database.connection.execute, 0
    with database.wrap_database_errors:
        for size in _ROWS_AT_ONCE:
            for start in range(done, len(rows) - size + 1, size):
                values = list(chain.from_iterable(rows[start : start + size]))
                execute(_question_marks(_insert(table, columns, size)), values).close()
                done = start + size


@lru_cache(maxsize=512)
def _insert(table: str, columns: tuple[str, ...], rows: int) -> str:
    row = f"({', '.join(['%s'] * len(columns))})"
    return f"INSERT INTO {table} ({', '.join(columns)}) VALUES {', '.join([row] * rows)}"  # noqa: S608  names of our own


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
