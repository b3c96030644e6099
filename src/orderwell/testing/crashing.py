"""Rounds of load and sudden death: what was acknowledged must be there once, what was not must be there once or never.

proof = CrashProof(installation, server=None)      # None: SQLite, or a PostgreSQL that is left alone
proof.prepare()
proof.round(kill_the_server)
proof.check()
"""

from __future__ import annotations

import json
import secrets
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from random import Random

from orderwell.testing import load
from orderwell.testing.installation import Installation, Server
from orderwell.testing.load import OrderMix, Outcome, Request
from orderwell.testing.seeding import Shop

CLIENTS = 32
SCOPES = ("orders:order:place", "orders:order:view")
ANSWERED = {200, 201}
# What a server may say while its database is gone. Nothing of it is an acknowledgement.
APOLOGIES = {500, 502, 503, 504}


@dataclass
class Tally:
    """What the clients know at the end. `numbers` has the order number that each key was told."""

    rounds: int = 0
    acknowledged: int = 0
    retried: int = 0
    retried_found: int = 0
    numbers: dict[str, str] = field(default_factory=dict)


class CrashProof:
    def __init__(self, installation: Installation, *, seed: int | None = None) -> None:
        self.installation = installation
        self.seed = secrets.randbits(32) if seed is None else seed
        self.random = Random(self.seed)
        self.tally = Tally()
        self.shop: Shop
        self.key: str

    def prepare(self) -> None:
        # Few products, so that orders meet each other; enough of each, so that nothing is refused.
        self.shop = self.installation.seed(variants=40, customers=10, stock=10**6)
        self.key = self.installation.api_key(*SCOPES)

    def round(self, kill: Callable[[Server], None], *, recover: Callable[[], None] = lambda: None) -> None:
        """Load at 32 clients, `kill` at a random moment, `recover`, serve again, and repeat what got no answer."""
        prefix = f"r{self.tally.rounds}-{secrets.token_hex(3)}"
        server = self.installation.start()
        try:
            outcome = self._load_and_kill(server, prefix, kill)
        finally:
            server.kill()
        recover()
        self._note(outcome)
        unknown = outcome.unanswered + self._apologised(outcome, prefix)
        with self.installation.serving() as again:
            self._repeat(unknown, again)
        self.tally.rounds += 1

    def _load_and_kill(self, server: Server, prefix: str, kill: Callable[[Server], None]) -> Outcome:
        mix = OrderMix(self.shop.skus, self.shop.channel, self.shop.customers)
        self.sent: dict[str, Request] = {}
        requests = self._remember(mix.requests(api_key=self.key, prefix=prefix, seed=self.random.randrange(10**6)))
        delay = self.random.uniform(0.3, 2.0)

        def strike() -> None:
            time.sleep(delay)
            kill(server)

        executioner = threading.Thread(target=strike)
        outcome = load.run(
            requests, port=server.port, clients=CLIENTS, seconds=delay + 2.0, keep_answers=True, began=executioner.start
        )
        executioner.join()
        return outcome

    def _remember(self, requests: Iterator[Request]) -> Iterator[Request]:
        for request in requests:
            self.sent[request.key] = request
            yield request

    def _note(self, outcome: Outcome) -> None:
        strange = set(outcome.statuses) - ANSWERED - APOLOGIES
        if strange:
            raise AssertionError(f"seed {self.seed}: answers {dict(outcome.statuses)}")
        for answer in outcome.answers:
            if answer.status in ANSWERED:
                self._told(answer.key, json.loads(answer.body)["number"])
                self.tally.acknowledged += 1

    def _apologised(self, outcome: Outcome, prefix: str) -> list[Request]:
        """Requests that were answered, but not with an order: they are to be repeated as well."""
        del prefix
        return [self.sent[answer.key] for answer in outcome.answers if answer.status in APOLOGIES]

    def _told(self, key: str, number: str) -> None:
        known = self.tally.numbers.setdefault(key, number)
        if known != number:
            raise AssertionError(f"seed {self.seed}: {key} was told {known} first and {number} later")

    def _repeat(self, unknown: list[Request], server: Server) -> None:
        """Each request without an answer once more, and once again: both times the same order."""
        for _ in range(2):
            outcome = load.run(iter(unknown), port=server.port, clients=8, seconds=60, keep_answers=True)
            if outcome.unanswered or len(outcome.answers) != len(unknown):
                raise AssertionError(f"seed {self.seed}: {len(outcome.unanswered)} repeats got no answer")
            for answer in outcome.answers:
                if answer.status not in ANSWERED:
                    raise AssertionError(
                        f"seed {self.seed}: repeating {answer.key} gave {answer.status} {answer.body!r}"
                    )
                self._told(answer.key, json.loads(answer.body)["number"])
            self.tally.retried += len(outcome.answers)

    def check(self) -> None:
        """Every key is one whole order, nothing else is there, and every law holds."""
        stored = self.stored_orders()
        expected = self.tally.numbers
        missing = {key: number for key, number in expected.items() if stored.get(key, ("", 0))[0] != number}
        if missing:
            raise AssertionError(f"seed {self.seed}: acknowledged but not stored: {dict(list(missing.items())[:5])}")
        surplus = set(stored) - set(expected)
        if surplus:
            raise AssertionError(f"seed {self.seed}: stored but unknown to every client: {sorted(surplus)[:5]}")
        half = {key: lines for key, (_, lines) in stored.items() if lines != 3}
        if half:
            raise AssertionError(f"seed {self.seed}: orders without all their lines: {dict(list(half.items())[:5])}")
        differences = self.installation.verify()
        if differences:
            raise AssertionError(f"seed {self.seed}: verify found {differences[:5]}")

    def stored_orders(self) -> dict[str, tuple[str, int]]:
        """External id -> (number, lines that have their reservation), straight from the database."""
        done = self.installation.python("-c", _STORED)
        rows = json.loads(done.stdout)
        if len({key for key, _, _ in rows}) != len(rows):
            raise AssertionError(f"seed {self.seed}: an external id is stored twice")
        return {key: (number, lines) for key, number, lines in rows}


_STORED = """
import json
import django; django.setup()
from collections import Counter
from orderwell.domains.inventory.models import Reservation
from orderwell.domains.orders.models import Order, OrderLine
reserved = set(Reservation.objects.values_list("line_id", flat=True))
whole = Counter(order for pk, order in OrderLine.objects.values_list("id", "order_id") if pk in reserved)
print(json.dumps([[key, number, whole[pk]] for pk, key, number in Order.objects.values_list("id", "external_id", "number")]))
"""
