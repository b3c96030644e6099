"""History import: `orderwell import orders` beside a hand-written executemany of the very rows it wrote."""

from __future__ import annotations

import csv
import json
import secrets
from collections.abc import Callable
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path
from random import Random

import psycopg

from orderwell.testing.benchmarks.results import Effort, Result, middle, spread
from orderwell.testing.installation import Installation
from orderwell.testing.postgres import PostgresServer

COLUMNS = ("InvoiceNo", "StockCode", "Description", "Quantity", "InvoiceDate", "UnitPrice", "CustomerID", "Country")
PRODUCTS, CUSTOMERS, LINES_PER_ORDER = 3000, 2500, 20
COUNTRIES = ("United Kingdom",) * 8 + ("Germany", "France", "EIRE", "Netherlands")


def write_file(path: Path, lines: int) -> None:
    """A file like UCI Online Retail: invoices of about twenty lines, some without a customer."""
    random = Random(41)
    prices = [Decimal(random.randint(30, 1500)) / 100 for _ in range(PRODUCTS)]
    moment, written, invoice = datetime(2010, 12, 1, 8, 26), 0, 536_365  # noqa: DTZ001 - as the file has it
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(COLUMNS)
        while written < lines:
            customer = f"{12_346 + random.randrange(CUSTOMERS)}.0" if random.random() < 0.85 else ""
            country = random.choice(COUNTRIES)
            wanted = min(random.randint(1, 2 * LINES_PER_ORDER - 1), lines - written)
            for product in random.sample(range(PRODUCTS), wanted):
                row = (invoice, 20_000 + product, f"PRODUCT {product}", random.randint(1, 24), moment, prices[product])
                writer.writerow((*row, customer, country))
            written += wanted
            invoice += 1
            moment += timedelta(minutes=random.randint(1, 9))


def import_history(
    directory: Path, effort: Effort, server: PostgresServer | None, say: Callable[[str], None]
) -> list[Result]:
    """Each turn imports the file into an empty installation and writes the same rows into another; None means SQLite."""
    directory.mkdir()
    file = directory / "history.csv"
    lines = effort.import_lines
    write_file(file, lines)
    database = "sqlite" if server is None else "postgresql"
    references, rates, rows = [], [], 0
    for turn in range(effort.rounds):
        imported = _empty(directory / f"import-{turn}", server)
        answer = imported.orderwell("import", "orders", str(file), "--preset", "online-retail", "--mode", "history")
        if answer["done"] != lines:
            raise RuntimeError(f"not every line was imported: {answer}")
        rates.append(lines / float(answer["seconds"]))
        source = imported.database_url or str(imported.directory / "home" / "orderwell.sqlite3")
        again = _empty(directory / f"again-{turn}", server)
        done = json.loads(again.python("-m", "orderwell.testing.benchmarks.rewrite", "--source", source).stdout)
        references.append(lines / done["seconds"])
        rows = done["rows"]
        say(f"{database}, import, turn {turn + 1}: reference {references[-1]:,.0f} lines/s, ours {rates[-1]:,.0f}")
    detail = f"{lines:,} lines, {rows:,} rows; turns {spread(rates)}, reference {spread(references)}"
    return [Result("import_history", database, middle(rates), "lines/s", middle(references), detail)]


def _empty(directory: Path, server: PostgresServer | None) -> Installation:
    url = None if server is None else fresh_database(server, directory.name.replace("-", "_"))
    installation = Installation(directory, url)
    installation.migrate()
    return installation


def fresh_database(server: PostgresServer, name: str) -> str:
    """The address of a new, empty database on the server."""
    unique = f"{name}_{secrets.token_hex(3)}"
    with psycopg.connect(server.url, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {unique}".encode())
    return server.url_for(unique)
