"""Placing orders: over HTTP against the real server, of one wanted product, and in bulk, beside hand-written SQL."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

from orderwell.testing.benchmarks.results import Effort, Result, middle, spread
from orderwell.testing.installation import Installation, Server
from orderwell.testing.postgres import PostgresServer
from orderwell.testing.reference import HOT, VARIANTS, PostgresqlReference, SqliteReference
from orderwell.testing.seeding import Shop

WARM_UP = 1.0
SCOPES = ("orders:order:place",)
Say = Callable[[str], None]


class NotMeasurable(RuntimeError):
    """The load was not answered as it should be, so its rate means nothing."""


@dataclass
class Bench:
    """One installation with a shop in it, a server that serves it, and the reference beside it."""

    database: str
    installation: Installation
    reference: PostgresqlReference | SqliteReference
    effort: Effort
    say: Say
    shop: Shop = field(init=False)
    key_file: Path = field(init=False)

    def prepare(self) -> None:
        self.installation.migrate()
        self.shop = self.installation.seed(variants=VARIANTS)
        self.key_file = self.installation.directory / "api-key"
        self.key_file.write_text(self.installation.api_key(*SCOPES))

    def reference_rate(self, clients: int, *, hot: bool = False) -> float:
        if isinstance(self.reference, PostgresqlReference):
            return self.reference.run(clients=clients, seconds=self.effort.seconds, hot=hot).per_second
        return self.reference.run(seconds=self.effort.seconds, hot=hot).per_second

    def http_rate(self, server: Server, clients: int, *, hot: bool = False) -> float:
        """Orders per second that were answered 201, each durable before its answer."""
        skus = [self.shop.skus[HOT]] if hot else self.shop.skus
        options = ["--port", str(server.port), "--key-file", str(self.key_file), "--channel", self.shop.channel]
        options += ["--clients", str(clients), "--seconds", str(self.effort.seconds), "--warm-up", str(WARM_UP)]
        options += ["--lines", "1" if hot else "3", *(part for sku in skus for part in ("--sku", sku))]
        options += [part for number in self.shop.customers for part in ("--customer", number)]
        done = subprocess.run(
            [sys.executable, "-m", "orderwell.testing.load", *options],
            env=self.installation.environment,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode != 0:
            raise NotMeasurable(f"the load generator failed: {done.stderr[-2000:]}")
        answer = json.loads(done.stdout)
        if set(answer["statuses"]) != {"201"} or answer["unanswered"]:
            raise NotMeasurable(f"not every order was placed: {answer}\n{server.log_tail(15)}")
        return float(answer["rate"])

    def bulk_rate(self) -> float:
        """Callers at work at once: on PostgreSQL one for each web process, on SQLite one, as there is one writer."""
        options = ["--seconds", str(self.effort.seconds), "--channel", self.shop.channel]
        command = ("-m", "orderwell.testing.benchmarks.bulk", *options)
        with ThreadPoolExecutor() as pool:
            calls = [pool.submit(self.installation.python, *command) for _ in range(self.callers)]
            return sum(float(json.loads(call.result().stdout)["rate"]) for call in calls)

    @property
    def callers(self) -> int:
        return 2 if self.database == "postgresql" else 1


def postgresql(server: PostgresServer, directory: Path, effort: Effort, say: Say) -> Bench:
    reference = PostgresqlReference(server)
    return Bench("postgresql", Installation(directory, server.url), reference, effort, say)


def sqlite(directory: Path, effort: Effort, say: Say) -> Bench:
    installation = Installation(directory)
    return Bench("sqlite", installation, SqliteReference(directory), effort, say)


def over_http(bench: Bench, clients: int, *, with_hot: bool) -> list[Result]:
    """Placement with `clients` clients, and the same with one wanted product; reference, ours and hot take turns."""
    references, rates, hot_rates = [], [], []
    with bench.installation.serving() as server:
        bench.http_rate(server, clients)  # the first seconds of a server are not those of its day
        for turn in range(bench.effort.rounds):
            references.append(bench.reference_rate(clients))
            rates.append(bench.http_rate(server, clients))
            said = f"{bench.database}, {clients} clients, turn {turn + 1}: reference {references[-1]:,.0f}/s, ours {rates[-1]:,.0f}/s"
            if with_hot:
                hot_rates.append(bench.http_rate(server, clients, hot=True))
                said += f", one product {hot_rates[-1]:,.0f}/s"
            bench.say(said)
    value = middle(rates)
    detail = f"turns {spread(rates)}, reference {spread(references)}"
    results = [Result(f"place_{clients}", bench.database, value, "orders/s", middle(references), detail)]
    if hot_rates:
        results.append(
            Result(f"hot_{clients}", bench.database, middle(hot_rates), "orders/s", value, f"turns {spread(hot_rates)}")
        )
    return results


def in_bulk(bench: Bench) -> list[Result]:
    """500 orders a call, two callers on PostgreSQL; the reference is the hand-written transaction at 32 clients."""
    references, rates = [], []
    for turn in range(bench.effort.rounds):
        references.append(bench.reference_rate(32))
        rates.append(bench.bulk_rate())
        bench.say(
            f"{bench.database}, bulk, turn {turn + 1}: reference {references[-1]:,.0f}/s, ours {rates[-1]:,.0f}/s"
        )
    detail = f"turns {spread(rates)}, reference {spread(references)}"
    return [Result("bulk_500", bench.database, middle(rates), "orders/s", middle(references), detail)]
