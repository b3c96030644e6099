"""What can leave, the most urgent first: on the start page, on the handheld, in the list."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection

from orderwell.domains.customers.models import Customer
from orderwell.domains.fulfilment.picking import pick_tasks, units_to_ship
from orderwell.domains.fulfilment.services.ship import ship
from orderwell.domains.orders.due import MOST_URGENT_FIRST
from orderwell.domains.orders.models import Order, OrderLine
from orderwell.domains.orders.outcomes import Placed
from orderwell.domains.orders.queries import ready_orders, visible_orders
from orderwell.domains.orders.services.allocate import allocate_backorders
from orderwell.domains.orders.services.hold import place_hold
from orderwell.domains.orders.services.place import place_orders
from orderwell.domains.orders.waiting import ready_to_ship
from orderwell.kernel.clock import utc_now
from orderwell.testing.factories import make_channel, make_customer, make_variant, make_warehouse, stock_up
from tests.domains.orders.builders import ACTOR, draft, placed

pytestmark = pytest.mark.django_db
NOW = utc_now()


@pytest.fixture
def warehouse() -> Any:
    return make_warehouse()


@pytest.fixture
def ordered(warehouse: Any) -> Any:
    tea, channel = make_variant(), make_channel()
    stock_up(tea, warehouse, 1000)

    def order(now: datetime = NOW, **values: Any) -> int:
        (outcome,) = place_orders([draft(channel, (tea, 1), **values)], actor=ACTOR, now=now)
        assert isinstance(outcome, Placed)
        return outcome.order_id

    return order


def ready(limit: int = 60) -> list[int]:
    return [order.pk for order in ready_to_ship(ACTOR, limit=limit)]


def test_an_urgent_order_of_today_goes_before_sixty_old_ones(ordered: Any, warehouse: Any) -> None:
    old = [ordered(NOW - timedelta(days=30, minutes=-at), requested_at=NOW + timedelta(days=9)) for at in range(60)]
    urgent = ordered(requested_at=NOW + timedelta(hours=1))
    assert ready() == [urgent, *old[:59]]
    assert [task.order_id for task in pick_tasks(ACTOR, warehouse, now=NOW)] == [urgent, *old[:59]]


def test_what_was_promised_counts_before_what_was_asked_for_and_both_before_the_day_it_was_placed(ordered: Any) -> None:
    later = ordered(NOW - timedelta(days=9), requested_at=NOW + timedelta(days=5))
    undated = ordered(NOW - timedelta(days=1))
    asked = ordered(requested_at=NOW - timedelta(days=2))
    promised = ordered(NOW - timedelta(days=8), requested_at=NOW - timedelta(days=7))
    Order.objects.filter(pk=promised).update(promised_at=NOW + timedelta(days=2))
    assert ready() == [asked, undated, promised, later]


def test_of_what_is_due_at_once_the_higher_priority_goes_first(ordered: Any) -> None:
    day = NOW + timedelta(days=1)
    plain, urgent, also = (ordered(requested_at=day, priority=priority) for priority in (100, 10, 100))
    assert ready() == [urgent, plain, also]


def test_what_cannot_leave_is_not_among_them(ordered: Any) -> None:
    held, free = ordered(), ordered()
    place_hold(order_id=held, kind="credit", reason="limit", actor=ACTOR, now=NOW)
    assert ready() == [free]


def units(order: int, *warehouses: int) -> tuple[int, Decimal] | None:
    found = units_to_ship([order], set(warehouses) or None).get(order)
    return found and (found[0], sum(found[1].values(), Decimal(0)))


@pytest.fixture
def scarce(warehouse: Any) -> Any:
    """Orders of goods of which there are fewer than wanted: place(wanted, there) -> key of the order."""
    channel = make_channel(backorder=True)

    def order(*lines: tuple[int, int], **values: Any) -> int:
        wanted = []
        for quantity, there in lines:
            goods = make_variant()
            if there:
                stock_up(goods, warehouse, there)
            wanted.append((goods, quantity))
        return placed(draft(channel, *wanted, **values)).pk

    return order


def more(order: int, warehouse: Any, quantity: int) -> None:
    variant = OrderLine.objects.get(order_id=order).variant
    stock_up(variant, warehouse, quantity)
    allocate_backorders(variant_ids=[variant.pk], actor=ACTOR, now=NOW)


def test_a_part_that_is_reserved_can_leave_while_the_rest_is_missing(scarce: Any, warehouse: Any) -> None:
    nothing, part = scarce((3, 0)), scarce((5, 2), (4, 0))
    assert ready() == [part]
    assert units(part) == (1, Decimal(2)) and units(nothing) is None
    (task,) = pick_tasks(ACTOR, warehouse, now=NOW)
    assert [pick.quantity for pick in task.picks] == [Decimal(2)]


def test_what_left_in_part_comes_back_only_when_more_is_reserved(scarce: Any, warehouse: Any) -> None:
    order = scarce((5, 2))
    ship(order_id=order, actor=ACTOR, now=NOW)
    assert Order.objects.get(pk=order).fulfilment_state == "partial"
    assert ready() == [] and pick_tasks(ACTOR, warehouse, now=NOW) == []
    more(order, warehouse, 1)
    assert ready() == [order] and units(order) == (1, Decimal(1))


def test_who_wants_everything_at_once_waits_for_the_rest(scarce: Any, warehouse: Any) -> None:
    patient = make_customer()
    Customer.objects.filter(pk=patient.pk).update(preferences={"partial_delivery": False})
    whole, part, other = (
        scarce((2, 2), customer=patient.number),
        scarce((5, 2), customer=patient.number),
        scarce((5, 2)),
    )
    assert ready() == [whole, other]
    more(part, warehouse, 3)
    assert ready() == [whole, part, other]


def test_they_are_read_from_an_index_in_their_order(ordered: Any) -> None:
    """However many wait, the first dozen is what is read."""
    ordered()
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:  # so few rows are read whole and sorted unless that is forbidden
            for setting in ("enable_sort", "enable_seqscan", "enable_bitmapscan"):
                cursor.execute(f"SET LOCAL {setting} = off")
    rows = ready_orders(visible_orders(ACTOR), None)
    after = rows.filter(due__gte=NOW).order_by(*MOST_URGENT_FIRST)
    for asked in (rows.order_by(*MOST_URGENT_FIRST), after):
        plan = asked[:12].explain()
        assert "order_ready" in plan and "TEMP B-TREE" not in plan and "Sort" not in plan, plan
