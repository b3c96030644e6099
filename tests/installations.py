"""Real installations on the database that the tests run on, for tests that start the program as its own processes."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from orderwell.testing.installation import Installation
from orderwell.testing.postgres import PostgresServer

VENDOR = os.environ.get("ORDERWELL_TEST_DATABASE", "sqlite")


@contextmanager
def fresh_installation(directory: Path) -> Iterator[tuple[Installation, PostgresServer | None]]:
    """An empty, set-up installation; on PostgreSQL with a durable server of its own, so that it may be killed."""
    if VENDOR == "sqlite":
        installation = Installation(directory / "installation")
        installation.migrate()
        yield installation, None
        return
    with PostgresServer(durable=True) as server:
        installation = Installation(directory / "installation", server.url)
        installation.migrate()
        yield installation, server
