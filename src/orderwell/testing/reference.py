"""The yardstick of the benchmarks: placing a three-line order as one hand-written SQL transaction, nothing more.

It does what the order engine must do at least: refuse an external id seen before, lock and check stock, reserve with a
conditional update, write the order, its lines, its reservations and one event, durably. On PostgreSQL it is a PL/pgSQL
function that pgbench calls; on SQLite a loop over `sqlite3` with the same durability.
"""

from __future__ import annotations

import json
import re
import secrets
import sqlite3
import subprocess
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from random import Random

import psycopg

from orderwell.testing.postgres import DATABASE, ROLE, PostgresServer

VARIANTS = 1000
CUSTOMERS = 300
STOCK = 10**9
HOT = 1  # the one product that every order wants in the contention run

POSTGRESQL_SCHEMA = f"""
CREATE SCHEMA reference;
SET search_path TO reference;
CREATE TABLE customer (id bigint PRIMARY KEY, number text NOT NULL UNIQUE, name text NOT NULL);
CREATE TABLE variant (id bigint PRIMARY KEY, sku text NOT NULL UNIQUE, name text NOT NULL, price bigint NOT NULL);
CREATE TABLE stock (
    id bigint PRIMARY KEY, variant_id bigint NOT NULL UNIQUE REFERENCES variant, on_hand bigint NOT NULL,
    reserved bigint NOT NULL DEFAULT 0, CHECK (reserved >= 0 AND on_hand >= reserved)
) WITH (fillfactor = 50);
CREATE TABLE orders (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, external_id text NOT NULL UNIQUE,
    customer_id bigint NOT NULL REFERENCES customer, state text NOT NULL, total bigint NOT NULL,
    placed_at timestamptz NOT NULL
);
CREATE INDEX ON orders (placed_at DESC, id DESC);
CREATE TABLE line (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, order_id bigint NOT NULL REFERENCES orders,
    position integer NOT NULL, variant_id bigint NOT NULL REFERENCES variant, quantity bigint NOT NULL CHECK (quantity > 0),
    price bigint NOT NULL, amount bigint NOT NULL, UNIQUE (order_id, position)
);
CREATE TABLE reservation (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, stock_id bigint NOT NULL REFERENCES stock,
    line_id bigint NOT NULL REFERENCES line, quantity bigint NOT NULL CHECK (quantity > 0)
);
CREATE INDEX ON reservation (stock_id);
CREATE TABLE event (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, name text NOT NULL, stream text NOT NULL,
    occurred_at timestamptz NOT NULL, data jsonb NOT NULL
);
CREATE INDEX ON event (stream, id);
INSERT INTO customer SELECT i, 'C' || i, 'Customer ' || i FROM generate_series(1, {CUSTOMERS}) i;
INSERT INTO variant SELECT i, 'R-' || i, 'Product ' || i, 100 * (i % 90 + 10) FROM generate_series(1, {VARIANTS}) i;
INSERT INTO stock SELECT i, i, {STOCK}, 0 FROM generate_series(1, {VARIANTS}) i;
"""

POSTGRESQL_FUNCTION = """
CREATE FUNCTION reference.place(wanted_id text, customer text, skus text[], quantities bigint[]) RETURNS bigint
LANGUAGE plpgsql SET search_path TO reference AS $$
DECLARE
    existing bigint; order_id bigint; line_id bigint; total bigint := 0; place integer := 0; wanted record;
BEGIN
    SELECT id INTO existing FROM orders WHERE external_id = wanted_id;
    IF FOUND THEN RETURN existing; END IF;
    -- What becomes scarcer is locked once, in key order, before it is changed.
    PERFORM stock.id FROM stock JOIN variant ON variant.id = stock.variant_id
        WHERE variant.sku = ANY (skus) ORDER BY stock.id FOR UPDATE OF stock;
    SELECT sum(variant.price * w.quantity) INTO total
        FROM unnest(skus, quantities) AS w (sku, quantity) JOIN variant USING (sku);
    INSERT INTO orders (external_id, customer_id, state, total, placed_at)
        SELECT wanted_id, c.id, 'placed', total, now() FROM customer c WHERE c.number = customer RETURNING id INTO order_id;
    IF order_id IS NULL THEN RAISE EXCEPTION 'unknown customer %', customer; END IF;
    FOR wanted IN
        SELECT variant.id, variant.price, w.quantity, stock.id AS stock_id
        FROM unnest(skus, quantities) AS w (sku, quantity) JOIN variant USING (sku) JOIN stock ON stock.variant_id = variant.id
        ORDER BY stock.id
    LOOP
        place := place + 1;
        UPDATE stock SET reserved = reserved + wanted.quantity
            WHERE id = wanted.stock_id AND on_hand - reserved >= wanted.quantity;
        IF NOT FOUND THEN RAISE EXCEPTION 'out of stock'; END IF;
        INSERT INTO line (order_id, position, variant_id, quantity, price, amount)
            VALUES (order_id, place, wanted.id, wanted.quantity, wanted.price, wanted.price * wanted.quantity)
            RETURNING id INTO line_id;
        INSERT INTO reservation (stock_id, line_id, quantity) VALUES (wanted.stock_id, line_id, wanted.quantity);
    END LOOP;
    INSERT INTO event (name, stream, occurred_at, data)
        VALUES ('order.placed', 'order:' || order_id, now(), jsonb_build_object('total', total, 'lines', place));
    RETURN order_id;
END $$;
"""

# The products of an order are different ones; the second and third are the first plus an offset.
_SCRIPT = """\\set first random(1, {variants})
\\set second (:first + random(1, 400)) % {variants} + 1
\\set third (:first + 400 + random(1, 400)) % {variants} + 1
\\set customer random(1, {customers})
\\set high random(0, 9223372036854775806)
\\set low random(0, 9223372036854775806)
SELECT reference.place('o' || :high || '-' || :low, 'C' || :customer,
    ARRAY['R-' || :first, 'R-' || :second, 'R-' || :third], ARRAY[1, 1, 1]);
"""
_HOT_SCRIPT = """\\set customer random(1, {customers})
\\set high random(0, 9223372036854775806)
\\set low random(0, 9223372036854775806)
SELECT reference.place('o' || :high || '-' || :low, 'C' || :customer, ARRAY['R-{hot}'], ARRAY[1]);
"""


@dataclass(frozen=True)
class Rate:
    """Orders per second of one run, all of them durable."""

    orders: int
    seconds: float

    @property
    def per_second(self) -> float:
        return self.orders / self.seconds


class PostgresqlReference:
    """The function and its tables in their own schema of the server's database, driven by pgbench."""

    def __init__(self, server: PostgresServer) -> None:
        self.server = server
        with psycopg.connect(server.url, autocommit=True) as connection:
            connection.execute("DROP SCHEMA IF EXISTS reference CASCADE")
            connection.execute(POSTGRESQL_SCHEMA.encode())
            connection.execute(POSTGRESQL_FUNCTION.encode())
            connection.execute("VACUUM ANALYZE")

    def run(self, *, clients: int, seconds: float, hot: bool = False) -> Rate:
        script = self.server.base / "reference.pgbench"
        text = _HOT_SCRIPT if hot else _SCRIPT
        script.write_text(text.format(variants=VARIANTS, customers=CUSTOMERS, hot=HOT))
        command = [self.server.binary("pgbench"), "-n", "-M", "prepared", "-c", str(clients), "-j", "1"]
        command += [
            "-T",
            str(max(1, round(seconds))),
            "-f",
            str(script),
            "-h",
            "127.0.0.1",
            "-p",
            str(self.server.port),
            "-U",
            ROLE,
        ]
        done = subprocess.run(
            [*command, DATABASE],
            env={"PGPASSWORD": self.server.password, "LC_ALL": "C"},
            capture_output=True,
            text=True,
            check=False,
        )
        orders = re.search(r"number of transactions actually processed: (\d+)", done.stdout)
        rate = re.search(r"tps = ([\d.]+)", done.stdout)
        if done.returncode != 0 or orders is None or rate is None:
            raise RuntimeError(f"pgbench failed: {done.stdout}{done.stderr}")
        return Rate(int(orders.group(1)), int(orders.group(1)) / float(rate.group(1)))

    def count(self) -> int:
        with psycopg.connect(self.server.url) as connection:
            row = connection.execute("SELECT count(*) FROM reference.orders").fetchone()
        return int(row[0]) if row else 0


SQLITE_SCHEMA = f"""
CREATE TABLE customer (id INTEGER PRIMARY KEY, number TEXT NOT NULL UNIQUE, name TEXT NOT NULL);
CREATE TABLE variant (id INTEGER PRIMARY KEY, sku TEXT NOT NULL UNIQUE, name TEXT NOT NULL, price INTEGER NOT NULL);
CREATE TABLE stock (
    id INTEGER PRIMARY KEY, variant_id INTEGER NOT NULL UNIQUE REFERENCES variant, on_hand INTEGER NOT NULL,
    reserved INTEGER NOT NULL DEFAULT 0, CHECK (reserved >= 0 AND on_hand >= reserved)
);
CREATE TABLE orders (
    id INTEGER PRIMARY KEY AUTOINCREMENT, external_id TEXT NOT NULL UNIQUE,
    customer_id INTEGER NOT NULL REFERENCES customer, state TEXT NOT NULL, total INTEGER NOT NULL, placed_at TEXT NOT NULL
);
CREATE INDEX orders_recent ON orders (placed_at DESC, id DESC);
CREATE TABLE line (
    id INTEGER PRIMARY KEY AUTOINCREMENT, order_id INTEGER NOT NULL REFERENCES orders, position INTEGER NOT NULL,
    variant_id INTEGER NOT NULL REFERENCES variant, quantity INTEGER NOT NULL CHECK (quantity > 0),
    price INTEGER NOT NULL, amount INTEGER NOT NULL, UNIQUE (order_id, position)
);
CREATE TABLE reservation (
    id INTEGER PRIMARY KEY AUTOINCREMENT, stock_id INTEGER NOT NULL REFERENCES stock,
    line_id INTEGER NOT NULL REFERENCES line, quantity INTEGER NOT NULL CHECK (quantity > 0)
);
CREATE INDEX reservation_stock ON reservation (stock_id);
CREATE TABLE event (
    id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL, stream TEXT NOT NULL, occurred_at TEXT NOT NULL,
    data TEXT NOT NULL
);
CREATE INDEX event_stream ON event (stream, id);
WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {CUSTOMERS})
    INSERT INTO customer SELECT i, 'C' || i, 'Customer ' || i FROM n;
WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {VARIANTS})
    INSERT INTO variant SELECT i, 'R-' || i, 'Product ' || i, 100 * (i % 90 + 10) FROM n;
INSERT INTO stock SELECT id, id, {STOCK}, 0 FROM variant;
"""


class OutOfStock(RuntimeError):
    """The reference ran out of goods: its figures would be those of refusals."""


class SqliteReference:
    """The same transaction as a Python programmer would write it by hand for SQLite: one writer, WAL, synced commits."""

    def __init__(self, directory: Path) -> None:
        self.path = directory / f"reference-{secrets.token_hex(4)}.sqlite3"
        self.connection = sqlite3.connect(self.path, isolation_level=None)
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "cache_size=-16000"):
            self.connection.execute(f"PRAGMA {pragma}")
        self.connection.executescript(SQLITE_SCHEMA)

    def run(self, *, seconds: float, hot: bool = False) -> Rate:
        random = Random(7)
        prefix = secrets.token_hex(6)
        orders, start = 0, time.perf_counter()
        end = start + seconds
        while (now := time.perf_counter()) < end:
            chosen = [HOT] if hot else random.sample(range(1, VARIANTS + 1), 3)
            wanted = [(f"R-{number}", 1) for number in chosen]
            self.place(f"{prefix}-{orders}", f"C{random.randint(1, CUSTOMERS)}", wanted)
            orders += 1
        return Rate(orders, now - start)

    def place(self, external_id: str, customer: str, wanted: list[tuple[str, int]]) -> int:
        execute = self.connection.execute
        execute("BEGIN IMMEDIATE")
        try:
            existing = execute("SELECT id FROM orders WHERE external_id = ?", (external_id,)).fetchone()
            if existing:
                execute("ROLLBACK")
                return int(existing[0])
            (customer_id,) = execute("SELECT id FROM customer WHERE number = ?", (customer,)).fetchone()
            marks = ", ".join("?" * len(wanted))
            found = {
                row[0]: row[1:]
                for row in execute(
                    "SELECT v.sku, v.id, v.price, s.id FROM variant v JOIN stock s ON s.variant_id = v.id "
                    f"WHERE v.sku IN ({marks})",
                    [sku for sku, _ in wanted],
                )
            }
            now = datetime.now(UTC).isoformat()
            total = sum(found[sku][1] * quantity for sku, quantity in wanted)
            order_id = execute(
                "INSERT INTO orders (external_id, customer_id, state, total, placed_at) VALUES (?, ?, 'placed', ?, ?)",
                (external_id, customer_id, total, now),
            ).lastrowid
            self._write_lines(int(order_id or 0), wanted, found)
            execute(
                "INSERT INTO event (name, stream, occurred_at, data) VALUES ('order.placed', ?, ?, ?)",
                (f"order:{order_id}", now, json.dumps({"total": total, "lines": len(wanted)})),
            )
            execute("COMMIT")
        except BaseException:
            if self.connection.in_transaction:
                execute("ROLLBACK")
            raise
        return int(order_id or 0)

    def _write_lines(
        self, order_id: int, wanted: list[tuple[str, int]], found: dict[str, tuple[int, int, int]]
    ) -> None:
        execute = self.connection.execute
        for position, (sku, quantity) in enumerate(wanted, 1):
            variant_id, price, stock_id = found[sku]
            changed = execute(
                "UPDATE stock SET reserved = reserved + ? WHERE id = ? AND on_hand - reserved >= ?",
                (quantity, stock_id, quantity),
            ).rowcount
            if not changed:
                raise OutOfStock(sku)
            line_id = execute(
                "INSERT INTO line (order_id, position, variant_id, quantity, price, amount) VALUES (?, ?, ?, ?, ?, ?)",
                (order_id, position, variant_id, quantity, price, price * quantity),
            ).lastrowid
            execute(
                "INSERT INTO reservation (stock_id, line_id, quantity) VALUES (?, ?, ?)", (stock_id, line_id, quantity)
            )

    def count(self) -> int:
        return int(self.connection.execute("SELECT count(*) FROM orders").fetchone()[0])

    def close(self) -> None:
        self.connection.close()
