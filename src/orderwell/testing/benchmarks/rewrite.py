"""The yardstick of imports: every row that an import wrote, written again by executemany into the same, empty tables.

Run in the environment of a migrated, empty installation; `--source` is the SQLite file or the PostgreSQL address that
was imported into. Only the writing is timed. The rows come in table order, parents first, a commit every 10,000.

    python -m orderwell.testing.benchmarks.rewrite --source /tmp/home/orderwell.sqlite3
"""

from __future__ import annotations

import argparse
import json
import os
import sqlite3
import sys
import time
from collections.abc import Sequence
from typing import Any

PER_COMMIT = 10_000
Rows = dict[str, tuple[list[str], list[tuple[Any, ...]]]]


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m orderwell.testing.benchmarks.rewrite")
    parser.add_argument("--source", required=True)
    options = parser.parse_args(arguments)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "orderwell.settings")
    import django

    django.setup()
    from django.conf import settings

    target = os.environ.get("DATABASE_URL") or str(settings.DATABASES["default"]["NAME"])
    tables = _tables()
    if "://" in target:
        rows, seconds = _postgresql(options.source, target, tables)
    else:
        rows, seconds = _sqlite(options.source, target, tables)
    json.dump({"rows": rows, "seconds": seconds}, sys.stdout)
    return 0


def _tables() -> list[str]:
    """The tables of our own models, those that others point to first."""
    from django.apps import apps

    waiting = [
        model
        for config in apps.get_app_configs()
        if config.name.startswith("orderwell.")
        for model in config.get_models(include_auto_created=True)
    ]
    known = set(waiting)
    done: list[Any] = []
    while waiting:
        ready = next((model for model in waiting if _needed(model) & known <= set(done)), None)
        if ready is None:
            raise RuntimeError(f"these tables point to each other: {', '.join(model.__name__ for model in waiting)}")
        done.append(ready)
        waiting.remove(ready)
    return [model._meta.db_table for model in done]


def _needed(model: Any) -> set[Any]:
    """The models that a row of `model` can't do without; what may be empty comes later in life."""
    from django.db import models

    fields = (field for field in model._meta.local_fields if isinstance(field, models.ForeignKey) and not field.null)
    return {field.related_model for field in fields} - {model}


def _sqlite(source: str, target: str, tables: list[str]) -> tuple[int, float]:
    old = sqlite3.connect(source)
    new = sqlite3.connect(target, isolation_level=None)
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "cache_size=-16000"):
        new.execute(f"PRAGMA {pragma}")
    found: Rows = {}
    for table in tables:
        if new.execute(f"SELECT count(*) FROM {table}").fetchone()[0]:
            continue  # came with the migrations, not with the import
        cursor = old.execute(f"SELECT * FROM {table}")
        found[table] = ([column[0] for column in cursor.description], cursor.fetchall())
    start = time.perf_counter()
    for table, (columns, rows) in found.items():
        statement = f"INSERT INTO {table} ({_quoted(columns)}) VALUES ({', '.join('?' * len(columns))})"
        for first in range(0, len(rows), PER_COMMIT):
            new.execute("BEGIN IMMEDIATE")
            new.executemany(statement, rows[first : first + PER_COMMIT])
            new.execute("COMMIT")
    return sum(len(rows) for _, rows in found.values()), time.perf_counter() - start


def _postgresql(source: str, target: str, tables: list[str]) -> tuple[int, float]:
    import psycopg

    found: Rows = {}
    with psycopg.connect(source) as old, psycopg.connect(target, autocommit=True) as new:
        for table in tables:
            count = new.execute(f"SELECT count(*) FROM {table}".encode()).fetchone()
            if count and count[0]:
                continue
            names = old.execute(f"SELECT * FROM {table} LIMIT 0".encode()).description or ()
            columns = [column.name for column in names]
            casts = ", ".join(f'"{column}"::text' for column in columns)
            found[table] = (columns, old.execute(f"SELECT {casts} FROM {table}".encode()).fetchall())
        start = time.perf_counter()
        for table, (columns, rows) in found.items():
            marks = ", ".join(["%s"] * len(columns))
            statement = f"INSERT INTO {table} ({_quoted(columns)}) VALUES ({marks})".encode()
            for first in range(0, len(rows), PER_COMMIT):
                with new.transaction(), new.cursor() as cursor:
                    cursor.executemany(statement, rows[first : first + PER_COMMIT])
        return sum(len(rows) for _, rows in found.values()), time.perf_counter() - start


def _quoted(columns: list[str]) -> str:
    return ", ".join(f'"{column}"' for column in columns)


if __name__ == "__main__":
    sys.exit(main())
