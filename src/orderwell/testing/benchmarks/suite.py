"""Runs the benchmarks that were asked for, each on every database it is about, and cleans up after itself."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Collection, Sequence
from pathlib import Path

from orderwell.testing.benchmarks import imports, memory, page_speed, pages, place, typeahead
from orderwell.testing.benchmarks.results import NAMES, Effort, Result
from orderwell.testing.installation import Installation
from orderwell.testing.postgres import PostgresServer

DATABASES = ("postgresql", "sqlite")
Say = Callable[[str], None]


def run(names: Collection[str], databases: Sequence[str], effort: Effort, say: Say) -> list[Result]:
    """Results in the order of `NAMES`, PostgreSQL before SQLite."""
    found: list[Result] = []
    with tempfile.TemporaryDirectory(prefix="orderwell-bench-") as folder:
        for database in databases:
            directory = Path(folder) / database
            directory.mkdir()
            if database == "sqlite":
                found += _on_database(names, None, directory, effort, say)
            else:
                with PostgresServer(durable=True) as server:
                    found += _on_database(names, server, directory, effort, say)
    return sorted(found, key=lambda result: (NAMES.index(result.name), result.database))


def _on_database(
    names: Collection[str], server: PostgresServer | None, directory: Path, effort: Effort, say: Say
) -> list[Result]:
    database = "sqlite" if server is None else "postgresql"
    found: list[Result] = []
    if {"place_32", "place_128", "hot_32", "hot_128", "bulk_500"} & set(names):
        found += _placing(names, server, directory / "place", effort, say)
    if "import_history" in names:
        found += imports.import_history(directory / "import", effort, server, say)
    if "idle_memory" in names and server is None:
        installation = Installation(directory / "memory")
        installation.migrate()
        found += memory.idle_memory(installation, effort)
    if "order_list" in names:
        url = None if server is None else imports.fresh_database(server, "pages")
        found += pages.order_list(directory / "pages", effort, url, database, say)
    if "pages" in names:
        url = None if server is None else imports.fresh_database(server, "every_page")
        found += page_speed.page_speed(directory / "every-page", effort, url, database, say)
    if "typeahead" in names:
        url = None if server is None else imports.fresh_database(server, "typeahead")
        found += typeahead.typeahead(directory / "typeahead", effort, url, database, say)
    return found


def _placing(
    names: Collection[str], server: PostgresServer | None, directory: Path, effort: Effort, say: Say
) -> list[Result]:
    directory.mkdir()
    bench = place.sqlite(directory, effort, say) if server is None else place.postgresql(server, directory, effort, say)
    bench.prepare()
    found: list[Result] = []
    for clients in (32, 128):
        hot = f"hot_{clients}" in names
        if hot or f"place_{clients}" in names:
            found += place.over_http(bench, clients, with_hot=hot)
    if "bulk_500" in names:
        found += place.in_bulk(bench)
    return found
