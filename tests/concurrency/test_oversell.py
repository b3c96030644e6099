"""64 buyers want a product of which there are 40: exactly 40 get it, over real HTTP; and the control that must fail."""

from __future__ import annotations

import json
import threading
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from http.client import HTTPConnection
from pathlib import Path

import pytest
from django.db import connection, connections

from orderwell.domains.inventory.models import Reservation, StockItem
from orderwell.domains.inventory.services import ledger
from orderwell.domains.orders.drafts import LineDraft, OrderDraft
from orderwell.domains.orders.outcomes import Refused
from orderwell.domains.orders.services.place import place_orders
from orderwell.kernel.clock import utc_now
from orderwell.platform.accounts.actor import system_actor
from orderwell.testing.factories import make_channel, make_variant, make_warehouse, stock_up
from tests.installations import fresh_installation

BUYERS, UNITS = 64, 40
pytestmark = pytest.mark.concurrency


@dataclass
class Answered:
    status: int
    body: dict[str, object]


def buy(port: int, key: str, sku: str, buyer: int, start: threading.Barrier, answers: list[Answered]) -> None:
    """One buyer with an own connection; all let go at the same moment."""
    body = json.dumps(
        {"channel": "shop", "external_id": f"buyer-{buyer}", "lines": [{"sku": sku, "quantity": "1"}]}
    ).encode()
    client = HTTPConnection("127.0.0.1", port, timeout=60)
    client.connect()
    start.wait()
    headers = {"Authorization": f"Bearer {key}", "Content-Type": "application/json", "Idempotency-Key": f"k-{buyer}"}
    client.request("POST", "/api/v1/orders", body, headers)
    answer = client.getresponse()
    answers.append(Answered(answer.status, json.loads(answer.read())))
    client.close()


def test_64_threads_buy_40_units_over_http(tmp_path: Path) -> None:
    with fresh_installation(tmp_path) as (installation, _):
        shop = installation.seed(variants=1, customers=1, stock=UNITS)
        key = installation.api_key("orders:order:place")
        with installation.serving() as server:
            start, answers = threading.Barrier(BUYERS), list[Answered]()
            threads = [
                threading.Thread(target=buy, args=(server.port, key, shop.skus[0], buyer, start, answers))
                for buyer in range(BUYERS)
            ]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join(timeout=120)
        assert len(answers) == BUYERS
        placed = [answer for answer in answers if answer.status == 201]
        refused = [answer for answer in answers if answer.status != 201]
        assert len(placed) == UNITS, Counter(answer.status for answer in answers)
        assert len({answer.body["number"] for answer in placed}) == UNITS
        assert {(answer.status, answer.body["code"]) for answer in refused} == {(422, "out_of_stock")}
        assert installation.verify() == []


# The controls: the same rush in this process, without the gate, and with the guards taken away one after the other.

# Fewer than the connections of a pool: every buyer holds one while it waits for the others.
BUYERS_INSIDE, UNITS_INSIDE = 8, 5
UNGUARDED_SQLITE = (
    "UPDATE inventory_stockitem SET on_hand = on_hand + %s, reserved = reserved + %s "
    "WHERE id = %s AND (1 OR %s + %s + %s)"
)
UNGUARDED_POSTGRESQL = (
    "UPDATE inventory_stockitem SET on_hand = on_hand + d.h, reserved = reserved + d.r "
    "FROM unnest(%s::bigint[], %s::bigint[], %s::bigint[]) AS d(item, h, r) WHERE id = d.item"
)
seen = threading.local()


def rush(item: StockItem) -> Counter[str]:
    """Verdicts, or refusal codes, of `BUYERS_INSIDE` threads that look at the stock and then place one order each."""
    start, verdicts = threading.Barrier(BUYERS_INSIDE), list[str]()

    def one(buyer: int) -> None:
        line = LineDraft(sku="WANTED", quantity=Decimal(1))
        draft = OrderDraft(channel="inside", external_id=f"buyer-{buyer}", lines=(line,))
        fields = ("id", "variant_id", "warehouse_id", "on_hand", "reserved", "allow_negative")
        seen.rows = list(StockItem.objects.filter(pk=item.pk).values_list(*fields))
        start.wait(timeout=60)
        try:
            outcome = place_orders([draft], actor=system_actor(), now=utc_now())[0]
            verdicts.append(outcome.code if isinstance(outcome, Refused) else outcome.verdict)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=one, args=(buyer,)) for buyer in range(BUYERS_INSIDE)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=120)
    return Counter(verdicts)


def promised(item: StockItem) -> Decimal:
    return sum((row.quantity for row in Reservation.objects.filter(stock_item=item)), Decimal(0))


@pytest.fixture
def item(transactional_db: None) -> StockItem:
    make_channel("inside")
    return stock_up(make_variant("WANTED"), make_warehouse(), UNITS_INSIDE)


@pytest.fixture
def without_lock(monkeypatch: pytest.MonkeyPatch) -> None:
    """The check sees what the thread saw before its transaction, as a check outside the lock does."""

    def seen_before(variant_ids: object, warehouse_ids: object = None) -> list[ledger.StockRow]:
        return [ledger.StockRow(*row) for row in seen.rows]

    monkeypatch.setattr("orderwell.domains.orders.placement.reserve.lock_stock", seen_before)


@pytest.fixture
def without_condition(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ledger, "_UPDATE_SQLITE", UNGUARDED_SQLITE)
    monkeypatch.setattr(ledger, "_UPDATE_POSTGRESQL", UNGUARDED_POSTGRESQL)


@pytest.fixture
def without_check(transactional_db: None) -> Iterator[None]:
    all_of_them = StockItem._meta.constraints
    constraint = next(each for each in all_of_them if each.name == "stock_never_oversold")
    # SQLite makes the table anew from what the model says, so the model has to forget the constraint first.
    StockItem._meta.constraints = [each for each in all_of_them if each is not constraint]
    with connection.schema_editor() as editor:
        editor.remove_constraint(StockItem, constraint)
    yield
    StockItem.objects.update(reserved=0)
    StockItem._meta.constraints = all_of_them
    with connection.schema_editor() as editor:
        editor.add_constraint(StockItem, constraint)


def test_threads_without_the_gate_don_t_oversell_either(item: StockItem) -> None:
    assert rush(item) == {"placed": UNITS_INSIDE, "out_of_stock": BUYERS_INSIDE - UNITS_INSIDE}
    assert promised(item) == UNITS_INSIDE


@pytest.mark.usefixtures("without_lock")
def test_control_without_the_lock_the_condition_stops_it_but_nobody_is_told_the_reason(item: StockItem) -> None:
    verdicts = rush(item)
    assert verdicts["placed"] == UNITS_INSIDE
    assert verdicts["out_of_stock"] == 0
    assert verdicts["internal_failure"] == BUYERS_INSIDE - UNITS_INSIDE


@pytest.mark.usefixtures("without_lock", "without_condition")
def test_control_without_lock_and_condition_only_the_database_stops_it(item: StockItem) -> None:
    verdicts = rush(item)
    assert promised(item) == UNITS_INSIDE
    assert verdicts["internal_failure"] == BUYERS_INSIDE - UNITS_INSIDE


@pytest.mark.usefixtures("without_check", "without_lock", "without_condition")
def test_control_without_any_guard_it_oversells(item: StockItem) -> None:
    """If this did not oversell, the tests above would prove nothing."""
    assert rush(item) == {"placed": BUYERS_INSIDE}
    assert promised(item) == BUYERS_INSIDE > UNITS_INSIDE
