"""Hand-written statements of the order path.

The ORM builds and PostgreSQL plans a statement anew each time; for a small batch that cost more than everything else.
A text that never changes is planned once. Everything off the order path uses the ORM.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from decimal import Decimal
from functools import lru_cache
from typing import Any

import psycopg
from django.db import connection


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


@contextmanager
def _executed(sql: str, values: Sequence[Any]) -> Iterator[Any]:
    text = _dialect(sql, connection.vendor)
    given = [_parameter(value) for value in values]
    if connection.vendor != "postgresql" or connection.queries_logged:
        with connection.cursor() as cursor:
            cursor.execute(text, given)
            yield cursor
        return
    connection.ensure_connection()
    # Django's own cursor writes parameters into the text; this one sends them apart, so that the plan can be kept.
    with connection.wrap_database_errors, psycopg.Cursor(connection.connection) as prepared:
        prepared.execute(text.encode(), given, prepare=True)
        yield prepared


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


def _parameter(value: Any) -> Any:
    if isinstance(value, Collection) and not isinstance(value, str | bytes):
        return list(value) if connection.vendor == "postgresql" else json.dumps(list(value))
    return value


def unscaled(value: int, scale: int) -> Decimal:
    """The exact number that a column of ScaledDecimalField holds as `value`."""
    return Decimal(value).scaleb(-scale)
