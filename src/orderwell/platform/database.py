"""The few database operations that differ between SQLite and PostgreSQL, or that must be faster than the ORM."""

from __future__ import annotations

import json
import os
import re
import threading
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.db import connection, models, transaction
from django.db.backends.signals import connection_created

from orderwell.platform.crypto.fields import EncryptedTextField
from orderwell.platform.fields import ScaledDecimalField
from orderwell.platform.file_lock import file_lock
from orderwell.platform.statements import all_one, fetch, insert_many


def atomic(*, durable: bool = False) -> AbstractContextManager[None]:
    """A transaction. On SQLite it takes the write lock at once (settings: transaction_mode IMMEDIATE)."""
    return transaction.atomic(durable=durable)


@contextmanager
def snapshot() -> Iterator[None]:
    """Reads inside see one moment of the data while others go on writing. Nothing may be written inside."""
    if connection.in_atomic_block:
        yield
    elif is_postgresql():
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            yield
    else:
        # A deferred transaction of SQLite reads without taking the write lock that `atomic` would take.
        connection.ensure_connection()
        wrapper: Any = connection
        usual, wrapper.transaction_mode = wrapper.transaction_mode, "DEFERRED"
        try:
            with transaction.atomic():
                yield
        finally:
            wrapper.transaction_mode = usual


@contextmanager
def writing_turn() -> Iterator[None]:
    """One process after the other, for those that write all the time. Only SQLite needs it.

    It has one write lock for all, and who finds it taken sleeps and tries again, longer each time: two busy processes
    would mostly sleep. The kernel's file lock hands over at once, and is given back whatever becomes of its holder.
    """
    database = Path(connection.settings_dict["NAME"])
    if is_postgresql() or not database.is_file():
        yield
        return
    with file_lock(database.with_name(f"{database.name}-turn")):
        yield


@contextmanager
def much_memory(megabytes: int = 256) -> Iterator[None]:
    """For a process that writes a great deal and then ends: SQLite keeps that much of the indexes at hand.

    A server has many connections and little memory; there the small cache of the settings is right.
    """
    if is_postgresql():
        yield
        return
    with connection.cursor() as cursor:
        usual = [
            (name, cursor.execute(f"PRAGMA {name}").fetchone()[0]) for name in ("cache_size", "wal_autocheckpoint")
        ]
        cursor.execute(f"PRAGMA cache_size=-{megabytes * 1000}")
        cursor.execute(f"PRAGMA wal_autocheckpoint={megabytes * 250}")
        try:
            yield
        finally:
            for name, value in usual:
                cursor.execute(f"PRAGMA {name}={value}")


_with_room = threading.local()


def make_room(megabytes: int = 32) -> None:
    """For the one thread that writes all day: this connection keeps that much of the indexes at hand as long as it lives."""
    if is_postgresql():
        return
    connection.ensure_connection()
    raw: Any = connection.connection
    if getattr(_with_room, "connection", None) is not raw:
        raw.execute(f"PRAGMA cache_size=-{megabytes * 1000}").close()
        _with_room.connection = raw


@contextmanager
def without_waiting() -> Iterator[None]:
    """For a write that is not worth waiting for: OperationalError at once where SQLite's one write lock is taken."""
    if is_postgresql():
        yield
        return
    with connection.cursor() as cursor:
        (usual,) = cursor.execute("PRAGMA busy_timeout").fetchone()
        cursor.execute("PRAGMA busy_timeout=0")
        try:
            yield
        finally:
            cursor.execute(f"PRAGMA busy_timeout={usual}")


def watch_connections() -> None:
    """Called once, when the program is put together."""
    connection_created.connect(keep_no_read_only)


def keep_no_read_only(connection: Any, **_: Any) -> None:
    """A connection that was opened while the data could only be read ends with its request.

    SQLite opens a file that it may not write to for reading, and such a connection refuses every write for as long as it
    lives: also when the disk has long been writable again.
    """
    if connection.vendor != "sqlite":
        return
    file = Path(connection.settings_dict["NAME"])
    beside = [file.with_name(file.name + end) for end in ("-wal", "-shm")]
    needed = [file, file.parent, *(one for one in beside if one.exists())]
    if file.is_file() and not all(os.access(one, os.W_OK) for one in needed):
        connection.close_at = 0.0


def is_postgresql() -> bool:
    return connection.vendor == "postgresql"


def allocate_ids(wanted: Mapping[type[models.Model], int]) -> dict[type[models.Model], Sequence[int]]:
    """Primary keys for rows about to be inserted with `bulk_insert`: one statement for all tables.

    Must run inside a transaction. PostgreSQL draws from the tables' own sequences; on SQLite the transaction holds the
    only write lock, so counting on from the highest key ever used is safe.
    """
    counts = {model: count for model, count in wanted.items() if count}
    result: dict[type[models.Model], Sequence[int]] = dict.fromkeys(wanted, ())
    if not counts:
        return result
    if is_postgresql():
        drawn: list[list[int]] = [[] for _ in counts]
        for index, value in fetch(_draw_ids(tuple(counts)), *counts.values()):
            drawn[index].append(value)
        result.update(zip(counts, (sorted(values) for values in drawn), strict=True))
        return result
    last = dict(
        fetch("SELECT name, seq FROM sqlite_sequence WHERE name IN (%s)", [model._meta.db_table for model in counts])
    )
    for model, count in counts.items():
        start = last.get(model._meta.db_table, 0) + 1
        result[model] = range(start, start + count)
    return result


@lru_cache
def _draw_ids(tables: tuple[type[models.Model], ...]) -> str:
    return " UNION ALL ".join(
        f"SELECT {index}, nextval('{_sequence(model)}') FROM generate_series(1, %s)"
        for index, model in enumerate(tables)
    )


def _sequence(model: type[models.Model]) -> str:
    return f"{model._meta.db_table}_{model._meta.pk.column}_seq"


def bulk_insert(model: type[models.Model], fields: Sequence[str], rows: Collection[Sequence[Any]]) -> None:
    """Insert `rows` (tuples in the order of `fields`) at once, an order of magnitude cheaper than bulk_create.

    Values are what the field would hold in Python: Decimal for exact numbers, aware datetimes, JSON as text or value.
    Columns left out get NULL or the database's default, so name every column that has neither.
    """
    if not rows:
        return
    plan = _insert_plan(model, tuple(fields), connection.vendor)
    columns = [
        _each(values, convert) if convert is not None else values
        for values, convert in zip(zip(*rows, strict=True), plan.converters, strict=True)
    ]
    if not is_postgresql():
        insert_many(plan.table, plan.columns, columns)
        return
    # The driver's own COPY is not wrapped by Django's cursor; its errors must look like any other's all the same.
    with connection.cursor() as cursor, connection.wrap_database_errors, cursor.copy(plan.copy) as copy:
        copy.write("\n".join(map("\t".join, zip(*columns, strict=True))) + "\n")


def _each(values: Sequence[Any], convert: Callable[[Any], Any]) -> Sequence[Any]:
    """Each value converted; a column in which all are one object, such as a zero or a moment, is converted once."""
    if all_one(values):
        return (convert(values[0]),) * len(values)
    return list(map(convert, values))


@dataclass(frozen=True, slots=True)
class _InsertPlan:
    """Where to, by quoted names, and for each column how a Python value becomes what the driver is given (None: it
    already is)."""

    table: str
    columns: tuple[str, ...]
    converters: list[Callable[[Any], Any] | None]
    # PostgreSQL's. COPY beats INSERT there: a third of the time went into quoting literals for the statement's text.
    copy: str


@lru_cache(maxsize=256)
def _insert_plan(model: type[models.Model], names: tuple[str, ...], vendor: str) -> _InsertPlan:
    fields = [model._meta.get_field(name) for name in names]
    concrete = [field for field in fields if isinstance(field, models.Field)]
    quote = connection.ops.quote_name
    columns = [quote(str(field.column)) for field in concrete]
    table = quote(model._meta.db_table)
    converters: list[Callable[[Any], Any] | None] = [_converter(field, vendor) for field in concrete]
    if vendor == "postgresql":
        converters = [_copied(field, convert) for field, convert in zip(concrete, converters, strict=True)]
    return _InsertPlan(table, tuple(columns), converters, f"COPY {table} ({', '.join(columns)}) FROM STDIN")


# https://www.postgresql.org/docs/current/sql-copy.html, "Text Format": backslash, tab and line ends are escaped.
_COPY_ESCAPES = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})
_to_escape = re.compile(r"[\\\t\n\r]").search


def _copied(field: models.Field[Any, Any], convert: Callable[[Any], Any] | None) -> Callable[[Any], str]:
    """A converter to the text that COPY takes. Numbers, moments and truth values are read as Python writes them."""
    if isinstance(field, ScaledDecimalField):
        return _remembering(lambda value: "\\N" if value is None else str(field.scaled(value)))
    if convert is None and not isinstance(field, models.CharField | models.TextField):
        return lambda value: "\\N" if value is None else str(value)

    def text(value: Any) -> str:
        if value is None:
            return "\\N"
        if convert is not None:
            value = convert(value)
        if isinstance(value, bytes):
            return f"\\\\x{value.hex()}"
        written = str(value)
        return written.translate(_COPY_ESCAPES) if _to_escape(written) else written

    return text


# The same amounts, rates and quantities come again and again; `typed`, as 1.0 must not pass for Decimal(1).
_remembering = lru_cache(maxsize=4096, typed=True)


def _converter(field: models.Field[Any, Any], vendor: str) -> Callable[[Any], Any] | None:
    """How a Python value becomes what the driver is given; None when it already is. NULL stays NULL."""
    convert = _conversion(field, vendor)
    if convert is None or isinstance(field, ScaledDecimalField):
        return convert
    return lambda value: None if value is None else convert(value)


def _conversion(field: models.Field[Any, Any], vendor: str) -> Callable[[Any], Any] | None:
    if isinstance(field, ScaledDecimalField):
        return _remembering(field.scaled)
    if isinstance(field, EncryptedTextField):
        return field.seal
    if isinstance(field, models.BinaryField):
        return bytes
    if isinstance(field, models.JSONField):
        return lambda value: value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    if isinstance(field, models.DateTimeField) and vendor == "sqlite":
        # Django's own text form of a UTC moment on SQLite.
        return lambda value: str(value.astimezone(UTC).replace(tzinfo=None)) if isinstance(value, datetime) else value
    if isinstance(field, models.DateField) and not isinstance(field, models.DateTimeField) and vendor == "sqlite":
        return str
    if isinstance(field, models.BooleanField) and vendor == "sqlite":
        return int
    if isinstance(
        field, models.ForeignKey | models.IntegerField | models.CharField | models.TextField | models.BooleanField
    ):
        return None
    if isinstance(field, models.DateTimeField):
        return None
    return lambda value: field.get_db_prep_save(value, connection)
