"""Lines to ship come in the order of their orders: the most urgent first, whatever was reserved first."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection

from orderwell.domains.catalog.models import Channel
from orderwell.domains.inventory.models import Reservation
from orderwell.domains.orders import queries
from orderwell.domains.orders.line_list import reserved_lines
from orderwell.domains.orders.lines_to_ship import BY_URGENCY, COMPUTED, lines_by_urgency
from orderwell.domains.orders.models import Order, OrderLine
from orderwell.domains.orders.services.hold import place_hold
from orderwell.platform.accounts.actor import Actor
from orderwell.platform.paging import keyset_page_of_parts
from orderwell.testing.actors import limited, owner
from orderwell.testing.factories import make_channel, make_variant, make_warehouse, stock_up
from tests.domains.orders.builders import draft, placed

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 3, 4, 9, tzinfo=UTC)


@pytest.fixture(autouse=True)
def shop() -> None:
    make_channel("shop", backorder=True)
    make_channel("other", backorder=True)
    main, west = make_warehouse("main"), make_warehouse("west", priority=200)
    for sku in ("CUP", "POT"):
        variant = make_variant(sku, price="10")
        stock_up(variant, main, 10)
        stock_up(variant, west, 10)


def order(days: int, *, priority: int = 100, channel: str = "shop", **quantities: int) -> int:
    made = placed(draft(Channel.objects.get(code=channel), *quantities.items()))
    due = NOW + timedelta(days=days)
    Order.objects.filter(pk=made.pk).update(requested_at=due, priority=priority)
    return made.pk


def met(actor: Actor | None = None, *, order: tuple[str, ...] = BY_URGENCY, **wanted: object) -> list[int]:
    """The orders of all rows, read by pages of one."""
    parts = lines_by_urgency(actor or owner(), **wanted)  # type: ignore[arg-type]
    rows: list[Reservation] = []
    cursor = None
    while True:
        page = keyset_page_of_parts(parts, order=order, cursor=cursor, limit=1, computed=COMPUTED)
        rows += page.rows
        if (cursor := page.next_cursor) is None:
            break
    orders = dict(OrderLine.objects.values_list("pk", "order_id"))
    found = [orders[row.line_id] for row in rows]
    assert len({row.pk for row in rows}) == len(rows)
    assert found == [row.of_order for row in rows]  # type: ignore[attr-defined]
    return found


@pytest.mark.parametrize("few", [0, 5000])
def test_the_order_due_first_goes_first_and_pages_meet_every_line_once(
    few: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queries, "FEW_RESERVATIONS", few)
    late = order(9, CUP=1, POT=1)
    plain = order(2, CUP=1, POT=1)
    urgent = order(2, priority=5, CUP=1)
    part = order(1, CUP=1, POT=90)  # some pots are reserved, the others wait
    assert Order.objects.get(pk=part).fulfilment_state == "backordered"
    wanted = [part, *([part] * 2), urgent, plain, plain, late, late]
    assert met() == wanted
    assert met(order=tuple(f"-{name}" for name in BY_URGENCY)) == wanted[::-1]
    assert sorted(met()) == sorted(OrderLine.objects.get(pk=row.line_id).order_id for row in reserved_lines(owner()))
    assert met(warehouse="main") == [part, part, urgent, plain, plain, late, late]
    assert met(warehouse="west") == [part]
    assert met(sku="CUP") == [part, urgent, plain, late]
    product = OrderLine.objects.filter(sku="CUP").values_list("variant__product", flat=True)[0]
    assert met(product_id=product) == met(sku="CUP")


def test_lines_of_orders_on_hold_come_at_their_place_only_when_asked_for() -> None:
    first, held, last = order(1, CUP=1), order(2, CUP=1), order(3, CUP=1)
    place_hold(order_id=held, kind="address", reason="look", actor=owner(), now=NOW)
    assert met() == met(sku="CUP") == [first, last]
    assert met(held=True) == met(held=True, sku="CUP") == [first, held, last]


def test_nobody_sees_lines_of_others() -> None:
    own, other = order(2, CUP=1), order(1, channel="other", CUP=1)
    assert met() == [other, own]
    only = frozenset({Channel.objects.get(code="shop").pk})
    assert met(limited(owner(), channels=only)) == [own]


def test_a_change_of_the_due_day_moves_the_lines() -> None:
    first, second = order(1, CUP=1), order(2, CUP=1)
    assert met() == [first, second]
    Order.objects.filter(pk=first).update(promised_at=NOW + timedelta(days=5))
    assert met() == [second, first]


def test_they_are_read_from_the_index_of_the_orders(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is read through and sorted: at most the few lines of one order."""
    monkeypatch.setattr(queries, "FEW_RESERVATIONS", 0)
    order(1, CUP=1)
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:  # so few rows are read whole and sorted unless that is forbidden
            for setting in ("sort", "seqscan", "bitmapscan", "hashjoin", "mergejoin", "material"):
                cursor.execute(f"SET LOCAL enable_{setting} = off")
    for wanted in ({}, {"warehouse": "main"}):
        (rows,) = lines_by_urgency(owner(), **wanted)  # type: ignore[arg-type]
        for asked in (rows, rows.filter(due__gte=NOW)):
            plan = asked.order_by(*BY_URGENCY)[:50].explain()
            assert "order_ready" in plan, plan
            sorting = plan.replace("Incremental Sort", "").replace("RIGHT PART OF ORDER BY", "")
            assert "Sort  " not in sorting and "TEMP B-TREE FOR ORDER BY" not in sorting, plan
            assert "SCAN orders_orderline" not in plan and "SCAN inventory_reservation" not in plan, plan
