from __future__ import annotations

from decimal import Decimal

import pytest

from orderwell.domains.orders.models import Backorder, Order
from orderwell.domains.orders.services.allocate import allocate_backorders
from orderwell.kernel.clock import utc_now
from orderwell.testing.factories import make_bundle, make_channel, make_variant, make_warehouse, stock_up
from tests.domains.orders.builders import ACTOR, assert_lawful, draft, lines, placed, reserved, stock

pytestmark = pytest.mark.django_db
D = Decimal


def allocate(*variants) -> int:
    return allocate_backorders(variant_ids=[variant.pk for variant in variants], actor=ACTOR, now=utc_now())


def test_free_stock_goes_to_who_waits_by_priority_then_age():
    tea, north, channel = make_variant(), make_warehouse("north"), make_channel(backorder=True)
    late = placed(draft(channel, (tea, 3)))
    urgent = placed(draft(channel, (tea, 3), priority=10))
    stock_up(tea, north, 4)
    assert allocate(tea) == 2
    assert reserved(lines(urgent)[0]) == {"north": D(3)}
    assert reserved(lines(late)[0]) == {"north": D(1)}
    assert Backorder.objects.get().quantity == D(2)
    assert Order.objects.get(pk=urgent.pk).fulfilment_state == "reserved"
    assert Order.objects.get(pk=late.pk).fulfilment_state == "backordered"
    assert_lawful()


def test_running_it_again_changes_nothing():
    tea, channel = make_variant(), make_channel(backorder=True)
    placed(draft(channel, (tea, 3)))
    stock_up(tea, make_warehouse(), 1)
    assert allocate(tea) == 1
    assert allocate(tea) == 0
    assert_lawful()


def test_a_line_that_holds_some_gets_more_from_the_same_place():
    tea, north = make_variant(), make_warehouse("north")
    stock_up(tea, north, 2)
    order = placed(draft(make_channel(backorder=True), (tea, 5)))
    stock_up(tea, north, 2)
    allocate(tea)
    assert reserved(lines(order)[0]) == {"north": D(4)}
    assert stock(tea)["north"] == (D(4), D(4))
    assert_lawful()


def test_components_of_bundles_wait_each_for_itself():
    tea, cup, north = make_variant(), make_variant(), make_warehouse("north")
    stock_up(tea, north, 10)
    order = placed(draft(make_channel(backorder=True), (make_bundle({tea: 2, cup: 1}), 3)))
    assert Backorder.objects.get().variant_id == cup.pk
    stock_up(cup, north, 3)
    allocate(cup)
    assert Order.objects.get(pk=order.pk).fulfilment_state == "reserved"


def test_a_queue_longer_than_one_transaction_is_served_to_the_end(monkeypatch):
    from orderwell.domains.orders import handlers
    from orderwell.domains.orders.services import allocate as module
    from orderwell.platform.events.models import Event

    monkeypatch.setattr(module, "BATCH", 2)
    tea, north, channel = make_variant(), make_warehouse("north"), make_channel(backorder=True)
    for _ in range(5):
        placed(draft(channel, (tea, 1)))
    stock_up(tea, north, 4)
    handlers.stock_became_free(Event(data={"variant_ids": [tea.pk]}))
    assert Backorder.objects.count() == 1
    assert stock(tea)["north"] == (D(4), D(4))
    assert_lawful()


def test_who_waits_behind_a_batch_that_may_not_have_the_goods_is_served(monkeypatch):
    """More orders than one transaction takes wait first, of a channel that sells from another warehouse alone."""
    from orderwell.domains.orders import handlers
    from orderwell.domains.orders.services import allocate as module
    from orderwell.platform.events.models import Event

    monkeypatch.setattr(module, "BATCH", 2)
    tea, north, south = make_variant(), make_warehouse("north"), make_warehouse("south")
    first, second = (make_channel(backorder=True, warehouses=[place]) for place in (north, south))
    for _ in range(5):
        placed(draft(first, (tea, 1)))
    waiting = placed(draft(second, (tea, 2)))
    stock_up(tea, south, 3)
    handlers.stock_became_free(Event(data={"variant_ids": [tea.pk]}))
    assert reserved(lines(waiting)[0]) == {"south": D(2)}
    assert Backorder.objects.count() == 5
    assert_lawful()
