"""Many buyers, one stock: each guard of the ledger on its own, and a control that oversells once all are gone."""

from __future__ import annotations

import itertools
import random
import threading
from collections import Counter
from collections.abc import Callable
from decimal import Decimal

import pytest
from django.db import IntegrityError, connection

from orderwell.domains.inventory.errors import StockChanged
from orderwell.domains.inventory.models import StockItem
from orderwell.domains.inventory.services import ledger
from orderwell.domains.inventory.services.ledger import NewReservation, StockRow, lock_items, lock_stock, reserve
from orderwell.kernel.clock import utc_now
from orderwell.platform.database import atomic
from orderwell.testing.factories import make_variant, make_warehouse, stock_up
from tests.domains.inventory.helpers import balance, differences

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.concurrency]
UNITS, BUYERS, TRIES = 20, 8, 4
_lines = itertools.count(1)


def run(buy: Callable[[], str]) -> Counter[str]:
    """What `BUYERS` threads get that all buy `TRIES` times at once: "sold", "none left", or the name of an error."""
    outcomes: list[str] = []
    start = threading.Barrier(BUYERS)

    def buyer() -> None:
        try:
            start.wait(timeout=30)
            for _ in range(TRIES):
                try:
                    outcomes.append(buy())
                except (StockChanged, IntegrityError) as error:
                    outcomes.append(type(error).__name__)
        finally:
            connection.close()

    threads = [threading.Thread(target=buyer) for _ in range(BUYERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=120)
    assert len(outcomes) == BUYERS * TRIES
    return Counter(outcomes)


def decide_and_reserve(rows: list[StockRow]) -> str:
    if rows[0].free < 1:
        return "none left"
    reserve([NewReservation(rows[0].id, next(_lines), Decimal(1))], now=utc_now())
    return "sold"


def with_lock(item: StockItem) -> str:
    with atomic():
        return decide_and_reserve(lock_items([item.pk]))


def without_lock(item: StockItem, together: threading.Barrier) -> str:
    """Reads before the transaction: everybody decides on the same old figures."""
    found = StockItem.objects.get(pk=item.pk)
    row = StockRow(item.pk, item.variant_id, item.warehouse_id, found.on_hand, found.reserved, found.allow_negative)
    together.wait(timeout=60)
    with atomic():
        return decide_and_reserve([row])


def stocked(*, allow_negative: bool = False) -> StockItem:
    return stock_up(make_variant(), make_warehouse(allow_negative=allow_negative), UNITS)


def without_condition(monkeypatch: pytest.MonkeyPatch) -> None:
    postgresql, sqlite = ledger._UPDATE_POSTGRESQL, ledger._UPDATE_SQLITE
    always = " OR true)"
    monkeypatch.setattr(ledger, "_UPDATE_POSTGRESQL", postgresql.replace("AND reserved", "AND (reserved") + always)
    monkeypatch.setattr(ledger, "_UPDATE_SQLITE", sqlite.replace("AND reserved", "AND (reserved") + always)
    assert ledger._UPDATE_POSTGRESQL.count("(reserved") == ledger._UPDATE_SQLITE.count("(reserved") == 1


@pytest.mark.parametrize("allow_negative", [False, True])
def test_with_the_lock_exactly_what_is_there_is_sold(allow_negative: bool) -> None:
    """Even where the database would allow more: the decision is taken on figures that nobody else can change."""
    item = stocked(allow_negative=allow_negative)
    assert run(lambda: with_lock(item)) == {"sold": UNITS, "none left": BUYERS * TRIES - UNITS}
    assert balance(item) == (UNITS, UNITS)
    assert not differences()


def test_where_the_lock_is_forgotten_the_conditional_update_has_the_last_word() -> None:
    item, together = stocked(), threading.Barrier(BUYERS)
    outcomes = run(lambda: without_lock(item, together))
    assert outcomes["StockChanged"] > 0
    assert outcomes["sold"] == UNITS
    assert balance(item) == (UNITS, UNITS)
    assert not differences()


def test_where_the_condition_is_gone_too_the_constraint_holds(monkeypatch: pytest.MonkeyPatch) -> None:
    without_condition(monkeypatch)
    item, together = stocked(), threading.Barrier(BUYERS)
    outcomes = run(lambda: without_lock(item, together))
    assert outcomes["IntegrityError"] > 0
    assert outcomes["sold"] == UNITS
    assert balance(item) == (UNITS, UNITS)
    assert not differences()


def test_control_without_any_guard_it_is_oversold() -> None:
    """The same buyers, no lock, and a policy that switches the database's guards off: the tests above can fail."""
    item, together = stocked(allow_negative=True), threading.Barrier(BUYERS)
    outcomes = run(lambda: without_lock(item, together))
    assert outcomes["sold"] > UNITS
    assert balance(item)[1] > UNITS


def test_buyers_of_several_products_in_any_order_do_not_block_each_other() -> None:
    """Rows are locked in key order whatever order they are asked in, so that no two buyers wait for each other."""
    warehouse = make_warehouse()
    items = [stock_up(make_variant(), warehouse, UNITS) for _ in range(4)]

    def buy() -> str:
        wanted = random.sample(items, 3)
        with atomic():
            rows = lock_stock([item.variant_id for item in wanted], [warehouse.pk])
            assert [row.id for row in rows] == sorted(row.id for row in rows)
            if any(row.free < 1 for row in rows):
                return "none left"
            line = next(_lines)
            reserve([NewReservation(item.pk, line, Decimal(1)) for item in wanted], now=utc_now())
            return "sold"

    outcomes = run(buy)
    assert set(outcomes) <= {"sold", "none left"}
    assert sum(balance(item)[1] for item in items) == 3 * outcomes["sold"]
    assert not differences()
