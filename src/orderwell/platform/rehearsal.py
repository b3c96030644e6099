"""Doing something for its answers only: everything written is undone, and nobody else has to wait meanwhile."""

from __future__ import annotations

import os
import shutil
import sqlite3
import tempfile
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from pathlib import Path

from django.db import DEFAULT_DB_ALIAS, connection, connections
from django.db.backends.base.base import BaseDatabaseWrapper

from orderwell.kernel.errors import DomainError
from orderwell.platform.database import atomic, is_postgresql

Aside = Callable[[Callable[[], None]], None]


class NoRoomToRehearse(DomainError):
    code = "no_room_to_rehearse"
    message = "A dry run needs a copy of the database ({needed} MB), and {folder} has {free} MB left. Free some space."


class _Over(Exception):
    """Ends the transaction of a rehearsal."""


@contextmanager
def rehearsal() -> Iterator[Aside]:
    """Whatever is written inside is undone at the end, also what was locked for it.

    Yields `aside`, which does what it is given outside of the rehearsal, visible to everybody at once: how far it has
    come. PostgreSQL rolls one transaction back. SQLite, where that transaction would hold the only write lock for as
    long as it takes, works on a copy of the database. Within a transaction of the caller all of it is a part of that.

    Raises NoRoomToRehearse before anything is begun.
    """
    if connection.in_atomic_block:
        with _undone():
            yield lambda work: work()
        return
    with ThreadPoolExecutor(1, "aside") as thread, _undone() if is_postgresql() else _on_a_copy():
        try:
            yield lambda work: thread.submit(work).result()
        finally:
            thread.submit(connections.close_all).result()


@contextmanager
def _undone() -> Iterator[None]:
    with suppress(_Over), atomic():
        yield
        raise _Over


@contextmanager
def _on_a_copy() -> Iterator[None]:
    usual = connections[DEFAULT_DB_ALIAS]
    scratch = _copy_of(usual)
    connections[DEFAULT_DB_ALIAS] = scratch  # of this thread alone
    try:
        with _undone():
            yield
    finally:
        connections[DEFAULT_DB_ALIAS] = usual
        scratch.close()


def _copy_of(usual: BaseDatabaseWrapper) -> BaseDatabaseWrapper:
    """A connection to a copy whose file has no name any more: it is gone with the process, however that ends."""
    database = Path(usual.settings_dict["NAME"])
    folder = database.parent
    # The newest rows may still be in the log alone. What the rehearsal itself writes has to fit as well: as much again.
    files = [database, database.with_name(f"{database.name}-wal")]
    size = sum(file.stat().st_size for file in files if file.exists())
    needed, free = 2 * size, shutil.disk_usage(folder).free
    if free < needed:
        raise NoRoomToRehearse(needed=-(-needed // 1_000_000), folder=str(folder), free=free // 1_000_000)
    handle, name = tempfile.mkstemp(prefix="rehearsal-", dir=folder)
    os.close(handle)
    try:
        usual.ensure_connection()
        copy = sqlite3.connect(name)
        try:
            usual.connection.backup(copy)
            copy.execute("PRAGMA journal_mode=DELETE")  # what was copied says WAL
        finally:
            copy.close()
        scratch = usual.copy()
        scratch.settings_dict["NAME"] = name
        # No file may lie beside it, and nothing of it has to survive.
        scratch.settings_dict["OPTIONS"]["init_command"] = (
            "PRAGMA journal_mode=MEMORY; PRAGMA synchronous=OFF; PRAGMA locking_mode=EXCLUSIVE; PRAGMA cache_size=-64000"
        )
        scratch.ensure_connection()
        with scratch.cursor() as cursor:
            cursor.execute("SELECT 1 FROM sqlite_master")  # the file is opened by the first that reads it
    finally:
        Path(name).unlink()
    return scratch
