"""An order is late when the day on which it was due is over where the company is, whatever time of day was named."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from orderwell.domains.analytics.queries import backlog
from orderwell.domains.fulfilment.models import Shipment
from orderwell.domains.fulfilment.picking import pick_tasks
from orderwell.domains.fulfilment.queries import shipments
from orderwell.domains.fulfilment.services.ship import ship
from orderwell.domains.orders.customer_profile import open_orders
from orderwell.domains.orders.due import is_past_date
from orderwell.domains.orders.models import Order
from orderwell.domains.orders.queries import OrderFilters, matching, order_list
from orderwell.domains.orders.waiting import late
from orderwell.kernel.clock import utc_now
from orderwell.testing.factories import make_channel, make_customer, make_variant, make_warehouse, stock_up
from tests.domains.orders.builders import ACTOR, draft, placed

pytestmark = pytest.mark.django_db
SHANGHAI = ZoneInfo("Asia/Shanghai")
# Nine in the morning of 5 March in Shanghai, still the 4th in the evening elsewhere.
DUE = datetime(2026, 3, 5, 9, 0, tzinfo=SHANGHAI)


@pytest.fixture
def house():
    return make_warehouse()


@pytest.fixture
def tea(house):
    variant = make_variant()
    stock_up(variant, house, 1000)
    return variant


@pytest.fixture(autouse=True)
def in_shanghai(settings):
    settings.TIME_ZONE = "Asia/Shanghai"


def due(tea, **columns) -> Order:
    order = placed(draft(make_channel(), (tea, 1), customer=make_customer().number))
    Order.objects.filter(pk=order.pk).update(**columns)
    return Order.objects.get(pk=order.pk)


@pytest.mark.parametrize("column", ["promised_at", "requested_at"])
@pytest.mark.parametrize(
    ("now", "expected"),
    [
        (datetime(2026, 3, 5, 8, 0, tzinfo=SHANGHAI), False),
        (datetime(2026, 3, 5, 9, 1, tzinfo=SHANGHAI), False),
        (datetime(2026, 3, 5, 23, 59, 59, tzinfo=SHANGHAI), False),
        (datetime(2026, 3, 6, 0, 0, 1, tzinfo=SHANGHAI), True),
        (datetime(2026, 3, 5, 16, 0, 1, tzinfo=UTC), True),
    ],
)
def test_every_place_has_the_same_rule(tea, house, column, now, expected):
    order = due(tea, **{column: DUE})
    count = int(expected)
    assert is_past_date(order, now) is expected
    assert [row.pk for row in late(ACTOR, now=now, limit=9)] == [order.pk] * count
    for filters in (OrderFilters(late=True), OrderFilters(late=True, ready=True)):
        assert matching(ACTOR, filters, now=now).count() == count
    assert len(order_list(ACTOR, OrderFilters(late=True), now=now).rows) == count
    assert open_orders(ACTOR, order.customer_id, now=now).late == count
    assert backlog(actor=ACTOR, now=now, zone=SHANGHAI).late == count
    (task,) = pick_tasks(ACTOR, house, now=now)
    assert task.late is expected


def test_a_promise_goes_before_a_wish(tea):
    order = due(tea, requested_at=DUE - timedelta(days=3), promised_at=DUE)
    now = DUE + timedelta(hours=2)
    assert not is_past_date(order, now)
    assert late(ACTOR, now=now, limit=9) == []


def test_without_a_date_nothing_is_late(tea):
    order = due(tea)
    assert not is_past_date(order, utc_now() + timedelta(days=900))


@pytest.mark.parametrize(("hours", "on_time"), [(-1, True), (0, True), (5, True), (14, True), (15, False), (24, False)])
def test_what_left_on_its_day_left_on_time(tea, hours, on_time):
    """The day ends fifteen hours after nine in the morning."""
    order = due(tea, promised_at=DUE)
    ship(order_id=order.pk, actor=ACTOR, now=utc_now())
    left = DUE + timedelta(hours=hours)
    Shipment.objects.filter(order=order).update(shipped_at=left)
    assert shipments(ACTOR, timely=True).count() == int(on_time)
    assert shipments(ACTOR, timely=False).count() == int(not on_time)
