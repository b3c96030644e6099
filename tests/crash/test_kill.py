"""kill -9 in the middle of a load: nothing acknowledged is missing, nothing is doubled, nothing is half done."""

from __future__ import annotations

from pathlib import Path

import pytest

from orderwell.testing.crashing import CrashProof
from orderwell.testing.installation import Server
from tests.installations import VENDOR, fresh_installation

SHORT, LONG = 2, 50
pytestmark = pytest.mark.crash


def kill_the_server(server: Server) -> None:
    server.kill()


def prove_server_kills(directory: Path, rounds: int, *, control: bool = False) -> CrashProof:
    with fresh_installation(directory) as (installation, _):
        proof = CrashProof(installation)
        proof.prepare()
        for number in range(rounds):
            proof.round(kill_the_server)
            # The laws read everything, so in a long run they are checked from time to time.
            if number % 10 == 9 or number == rounds - 1:
                proof.check()
        if control:
            see_what_is_lost(proof)
        return proof


def prove_database_kills(directory: Path, rounds: int) -> CrashProof:
    with fresh_installation(directory) as (installation, database):
        assert database is not None
        proof = CrashProof(installation)
        proof.prepare()
        for number in range(rounds):
            proof.round(lambda _: database.kill(), recover=database.start)
            if number % 10 == 9 or number == rounds - 1:
                proof.check()
        return proof


def see_what_is_lost(proof: CrashProof) -> None:
    """The control: an order halved behind the engine's back is seen, one taken away is missed."""
    proof.installation.python("-c", BREAK.format(what="OrderLine.objects.filter(pk=line.pk).delete()"))
    with pytest.raises(AssertionError, match="without all their lines"):
        proof.check()
    gone = "OrderLine.objects.filter(order=line.order).delete(); line.order.delete()"
    proof.installation.python("-c", BREAK.format(what=gone))
    with pytest.raises(AssertionError, match="acknowledged but not stored"):
        proof.check()


def something_happened(proof: CrashProof, rounds: int) -> None:
    """Kills that hit an idle server would prove nothing."""
    tally = proof.tally
    assert tally.rounds == rounds
    assert tally.acknowledged > 10 * rounds
    assert tally.retried > rounds


def test_killing_the_server(tmp_path: Path) -> None:
    something_happened(prove_server_kills(tmp_path, SHORT, control=True), SHORT)


@pytest.mark.skipif(VENDOR != "postgresql", reason="SQLite has no server of its own")
def test_killing_postgresql(tmp_path: Path) -> None:
    something_happened(prove_database_kills(tmp_path, SHORT), SHORT)


@pytest.mark.soak
def test_killing_the_server_for_long(tmp_path: Path) -> None:
    something_happened(prove_server_kills(tmp_path, LONG), LONG)


@pytest.mark.soak
@pytest.mark.skipif(VENDOR != "postgresql", reason="SQLite has no server of its own")
def test_killing_postgresql_for_long(tmp_path: Path) -> None:
    something_happened(prove_database_kills(tmp_path, LONG), LONG)


BREAK = """
import django; django.setup()
from orderwell.domains.orders.models import Order, OrderLine
line = OrderLine.objects.select_related("order").first()
{what}
"""
