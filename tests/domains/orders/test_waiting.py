"""What can leave, the most urgent first: on the start page, on the handheld, in the list."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection

from orderwell.domains.fulfilment.picking import pick_tasks
from orderwell.domains.orders.due import MOST_URGENT_FIRST
from orderwell.domains.orders.models import Order
from orderwell.domains.orders.outcomes import Placed
from orderwell.domains.orders.queries import ready_orders, visible_orders
from orderwell.domains.orders.services.hold import place_hold
from orderwell.domains.orders.services.place import place_orders
from orderwell.domains.orders.waiting import ready_to_ship
from orderwell.kernel.clock import utc_now
from orderwell.testing.factories import make_channel, make_variant, make_warehouse, stock_up
from tests.domains.orders.builders import ACTOR, draft

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
    held, short, free = ordered(), ordered(), ordered()
    place_hold(order_id=held, kind="credit", reason="limit", actor=ACTOR, now=NOW)
    Order.objects.filter(pk=short).update(fulfilment_state="backordered")
    assert ready() == [free]


def test_they_are_read_from_an_index_in_their_order(ordered: Any) -> None:
    """However many wait, the first dozen is what is read."""
    ordered()
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:  # so few rows are read whole and sorted unless that is forbidden
            for setting in ("enable_sort", "enable_seqscan", "enable_bitmapscan"):
                cursor.execute(f"SET LOCAL {setting} = off")
    rows = ready_orders(visible_orders(ACTOR))
    after = rows.filter(due__gte=NOW).order_by(*MOST_URGENT_FIRST)
    for asked in (rows.order_by(*MOST_URGENT_FIRST), after):
        plan = asked[:12].explain()
        assert "order_ready" in plan and "TEMP B-TREE" not in plan and "Sort" not in plan, plan
