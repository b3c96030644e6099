"""Two changes of one order at once: one after the other, each on what the other left, and nothing counted twice."""

from __future__ import annotations

from decimal import Decimal

import pytest

from orderwell.domains.orders.models import Amendment, Order
from orderwell.domains.orders.services.change import LineChange, OrderChange, amend_order
from orderwell.domains.orders.services.undo import undo_change
from orderwell.kernel.clock import utc_now
from orderwell.kernel.errors import DomainError, StaleVersion
from orderwell.testing.concurrency import in_threads
from orderwell.testing.factories import make_channel, make_variant, make_warehouse, stock_up
from tests.domains.orders.builders import ACTOR, assert_lawful, draft, lines, placed, state_of, stock

pytestmark = [pytest.mark.concurrency, pytest.mark.django_db(transaction=True)]
D = Decimal


@pytest.fixture
def shop():
    variant = make_variant("TEA", price="10.00")
    stock_up(variant, make_warehouse("north"), 100)
    return make_channel(), variant


def change(order: Order, quantity: int, version: int | None) -> str:
    wanted = OrderChange(lines=(LineChange(lines(order)[0].pk, quantity=D(quantity)),))
    try:
        amend_order(order_id=order.pk, change=wanted, version=version, actor=ACTOR, now=utc_now())
    except StaleVersion as error:
        return str(len(error.data["differences"]))
    return "made"


def test_of_two_changes_of_one_version_one_is_made_and_the_other_told(shop):
    channel, tea = shop
    order = placed(draft(channel, (tea, 5)))
    found = in_threads(lambda index: change(order, 6 + index, order.version), 2)
    assert sorted(map(str, found)) == ["1", "made"]
    assert Order.objects.get().version == order.version + 1
    assert_lawful()


def test_changes_that_mind_no_version_follow_each_other(shop):
    channel, tea = shop
    order = placed(draft(channel, (tea, 5)))
    found = in_threads(lambda index: change(order, 6 + index, None), 6)
    assert found == ["made"] * 6
    rows = list(Amendment.objects.order_by("number"))
    assert [row.number for row in rows] == [1, 2, 3, 4, 5, 6]
    assert [row.version_before for row in rows[1:]] == [row.version_after for row in rows[:-1]]
    assert stock(tea)["north"] == (D(100), lines(order)[0].quantity)
    assert_lawful()


def test_a_change_is_undone_once(shop):
    channel, tea = shop
    order = placed(draft(channel, (tea, 5)))
    before = state_of(order)
    change(order, 9, None)

    def undo(_index: int) -> str:
        try:
            undo_change(order_id=order.pk, number=1, actor=ACTOR, now=utc_now())
        except DomainError as error:
            return error.code
        return "undone"

    assert sorted(map(str, in_threads(undo, 4))) == ["already_undone"] * 3 + ["undone"]
    assert state_of(order) == before
    assert_lawful()
