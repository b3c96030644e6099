"""What isn't there is written down: the orders that would be served last wait again, and nothing else changes."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from orderwell.domains.inventory.drafts import AdjustmentDraft, AdjustmentLineDraft, CountDraft, CountEntry
from orderwell.domains.inventory.models import Adjustment, StockCount, StockItem
from orderwell.domains.inventory.services.count_stock import enter_counts, open_count
from orderwell.domains.orders.errors import DisplacingDenied, HiddenOrders
from orderwell.domains.orders.handlers import stock_became_free
from orderwell.domains.orders.models import Backorder, Order
from orderwell.domains.orders.services.displace import PromisesAtStake, correct_stock, correct_stocks, settle_count
from orderwell.domains.orders.services.place import place_orders
from orderwell.kernel.clock import utc_now
from orderwell.kernel.errors import Refusal
from orderwell.platform.accounts.actor import Actor
from orderwell.platform.events.models import Event
from orderwell.platform.permissions import Permission
from orderwell.testing.actors import limited, owner, warehouse_worker
from orderwell.testing.factories import make_bundle, make_channel, make_variant, make_warehouse, stock_up
from tests.domains.orders.builders import ACTOR, assert_lawful, draft, lines, reserved, stock

pytestmark = pytest.mark.django_db
D = Decimal
MORNING = datetime(2026, 5, 4, 8, tzinfo=UTC)


@pytest.fixture
def shop():
    tea, north = make_variant("TEA", price="10.00"), make_warehouse("north")
    stock_up(tea, north, 10)
    return make_channel("shop"), tea


def order_of(channel, *items, at: int = 0, **values) -> Order:
    outcome = place_orders([draft(channel, *items, **values)], actor=ACTOR, now=MORNING + timedelta(minutes=at))[0]
    return Order.objects.get(pk=outcome.order_id)


def counted(quantity: int | str, *, sku: str = "TEA", warehouse: str = "north", displace: bool = True, **more):
    line = AdjustmentLineDraft(sku=sku, counted=D(quantity))
    return AdjustmentDraft(warehouse=warehouse, reason="count", lines=(line,), displace=displace, **more)


def correct(what: AdjustmentDraft, *, actor: Actor | None = None, agreed: str | None = None) -> Adjustment:
    return correct_stock(what, actor=actor or owner(), now=utc_now(), agreed=agreed)


def waiting(order: Order) -> Decimal:
    return sum((row.quantity for row in Backorder.objects.filter(line__order=order)), D(0))


def state(order: Order) -> str:
    return Order.objects.get(pk=order.pk).fulfilment_state


def test_the_refusal_names_the_orders_that_would_wait_the_last_served_first(shop):
    channel, tea = shop
    first, second = order_of(channel, (tea, 4)), order_of(channel, (tea, 3), at=1)
    urgent = order_of(channel, (tea, 2), at=2, priority=10)
    with pytest.raises(PromisesAtStake) as refused:
        correct(counted(4, displace=False))
    detail = refused.value.details[0]
    assert (detail.code, detail.pointer, detail.data["missing"]) == ("stock_reserved", "/lines/0/counted", "5")
    assert [(row["number"], row["units"], row["left"]) for row in detail.data["orders"]] == [
        (second.number, "3", "0"),
        (first.number, "2", "2"),
    ]
    assert (refused.value.may, refused.value.hidden) == (True, 0)
    assert stock(tea)["north"] == (D(10), D(9)) and not Adjustment.objects.exists()
    assert waiting(urgent) == 0
    assert_lawful()


def test_with_consent_the_last_served_wait_again_although_the_channel_takes_no_backorders(shop):
    channel, tea = shop
    first, second = order_of(channel, (tea, 4)), order_of(channel, (tea, 3), at=1)
    urgent = order_of(channel, (tea, 2), at=2, priority=10)
    made = correct(counted(4))
    assert stock(tea)["north"] == (D(4), D(4))
    assert [waiting(order) for order in (first, second, urgent)] == [2, 3, 0]
    assert [reserved(lines(order)[0]) for order in (first, second, urgent)] == [
        {"north": D(2)},
        {},
        {"north": D(2)},
    ]
    assert (state(first), state(second), state(urgent)) == ("backordered", "backordered", "reserved")
    told = Event.objects.get(name="orders.reservation.displaced", stream=f"order:{first.pk}")
    assert (told.data["cause"], told.data["document"]) == (f"adjustment:{made.pk}", f"#{made.pk}")
    assert (told.data["adjustment"], told.data["on_hand"], told.data["left"]) == ("count", "4", "2")
    assert made.reason == "count" and StockItem.objects.get(variant=tea).movements.filter(quantity=D(-6)).exists()
    assert_lawful()


def test_who_waits_again_keeps_the_place_in_the_queue(shop):
    channel, tea = shop
    old = order_of(channel, (tea, 10))
    late = order_of(make_channel("patient", backorder=True), (tea, 5), at=1)
    correct(counted(6))
    stock_up(tea, StockItem.objects.get(variant=tea).warehouse, 5)
    stock_became_free(Event(data={"variant_ids": [tea.pk]}))
    assert (waiting(old), waiting(late)) == (0, 4)
    assert_lawful()


def test_found_again_the_goods_go_back_to_who_lost_them(shop):
    channel, tea = shop
    order = order_of(channel, (tea, 10))
    correct(counted(6))
    correct(counted(10, displace=False))
    stock_became_free(Event.objects.get(name="inventory.stock.received"))
    assert waiting(order) == 0 and state(order) == "reserved"
    assert_lawful()


def test_what_another_warehouse_has_is_taken_from_there(shop):
    channel, tea = shop
    south = make_warehouse("south", priority=200)
    order = order_of(channel, (tea, 10))
    stock_up(tea, south, 3)
    correct(counted(6))
    stock_became_free(Event.objects.get(name="orders.reservation.displaced"))
    assert reserved(lines(order)[0]) == {"north": D(6), "south": D(3)}
    assert waiting(order) == 1
    assert_lawful()


def test_a_line_filled_from_two_warehouses_loses_only_what_one_lacks(shop):
    channel, tea = shop
    stock_up(tea, make_warehouse("south", priority=200), 5)
    order = order_of(channel, (tea, 15))
    correct(counted(1, warehouse="south"))
    assert reserved(lines(order)[0]) == {"north": D(10), "south": D(1)}
    assert waiting(order) == 4
    correct(counted(8))
    assert waiting(order) == 6
    assert_lawful()


def test_of_a_bundle_the_component_waits(shop):
    channel, tea = shop
    cup = make_variant("POT", price="5.00")
    stock_up(cup, StockItem.objects.get(variant=tea).warehouse, 5)
    order = order_of(channel, (make_bundle({tea: 2, cup: 1}), 4))
    correct(counted(5))
    backorder = Backorder.objects.get()
    assert (backorder.variant_id, backorder.quantity) == (tea.pk, D(3))
    assert stock(cup)["north"] == (D(5), D(4)) and state(order) == "backordered"
    assert_lawful()


def test_what_was_agreed_to_is_what_happens(shop):
    channel, tea = shop
    order_of(channel, (tea, 5))
    with pytest.raises(PromisesAtStake) as refused:
        correct(counted(4, displace=False))
    seen = refused.value.fingerprint
    newer = order_of(channel, (tea, 3), at=1)
    with pytest.raises(PromisesAtStake) as again:
        correct(counted(4), agreed=seen)
    assert again.value.displaced[0].order_id == newer.pk and again.value.fingerprint != seen
    correct(counted(4), agreed=again.value.fingerprint)
    assert waiting(newer) == 3
    assert_lawful()


def test_no_more_is_taken_away_than_lies_there(shop):
    channel, tea = shop
    order_of(channel, (tea, 5))
    line = AdjustmentLineDraft(sku="TEA", change=D(-11))
    with pytest.raises(Refusal) as refused:
        correct(AdjustmentDraft(warehouse="north", reason="lost", lines=(line,), displace=True))
    assert refused.value.details[0].code == "more_than_there"
    assert stock(tea)["north"] == (D(10), D(5))


def test_the_same_correction_again_displaces_nobody_twice(shop):
    channel, tea = shop
    order = order_of(channel, (tea, 8))
    line = AdjustmentLineDraft(sku="TEA", change=D(-4))
    what = AdjustmentDraft(warehouse="north", reason="lost", lines=(line,), displace=True, external_id="L-1")
    assert correct(what).pk == correct(what).pk
    assert waiting(order) == 2 and stock(tea)["north"] == (D(6), D(6))
    assert Event.objects.filter(name="orders.reservation.displaced").count() == 1
    assert_lawful()


def test_many_corrections_stand_alone(shop):
    channel, tea = shop
    order = order_of(channel, (tea, 8))
    verdicts = correct_stocks(
        [counted(7, displace=False), counted(7, external_id="b"), counted(9, displace=False)],
        actor=owner(),
        now=utc_now(),
    )
    assert [verdict.outcome for verdict in verdicts] == ["refused", "created", "created"]
    assert verdicts[0].errors[0].data["orders"][0]["number"] == order.number
    assert waiting(order) == 1
    assert_lawful()


def test_a_count_is_posted_below_what_is_reserved(shop):
    channel, tea = shop
    order = order_of(channel, (tea, 8))
    count = open_count(CountDraft(warehouse="north", skus=("TEA",)), actor=owner(), now=utc_now())
    enter_counts(count_id=count.pk, entries=[CountEntry(code="TEA", quantity=D(5))], actor=owner(), now=utc_now())
    with pytest.raises(PromisesAtStake) as refused:
        settle_count(count_id=count.pk, actor=owner(), now=utc_now())
    assert refused.value.displaced[0].number == order.number
    assert StockCount.objects.get().state == "open"
    settle_count(count_id=count.pk, displace=True, agreed=refused.value.fingerprint, actor=owner(), now=utc_now())
    assert StockCount.objects.get().state == "posted" and waiting(order) == 3
    told = Event.objects.get(name="orders.reservation.displaced").data
    assert (told["cause"], told["document"]) == (f"count:{count.pk}", count.number)
    assert_lawful()


def test_displacing_takes_the_right_to_put_orders_on_hold(shop):
    channel, tea = shop
    order_of(channel, (tea, 8))
    worker = warehouse_worker()
    counter = replace(worker, permissions=worker.permissions - {str(Permission.ORDERS_HOLD_PLACE)})
    with pytest.raises(PromisesAtStake) as asked:
        correct(counted(5, displace=False), actor=counter)
    assert asked.value.may is False
    with pytest.raises(Refusal) as refused:
        correct(counted(5), actor=counter)
    assert [detail.code for detail in refused.value.details] == [DisplacingDenied.code]
    assert stock(tea)["north"] == (D(10), D(8))
    correct(counted(5), actor=worker)
    assert stock(tea)["north"] == (D(5), D(5))


def test_orders_that_somebody_may_not_know_of_are_neither_named_nor_displaced(shop):
    channel, tea = shop
    other = make_channel("other")
    order_of(channel, (tea, 8))
    blinkered = limited(warehouse_worker(), channels=frozenset({other.pk}))
    with pytest.raises(PromisesAtStake) as asked:
        correct(counted(5, displace=False), actor=blinkered)
    assert asked.value.details[0].data["orders"] == [] and (asked.value.hidden, asked.value.may) == (1, False)
    with pytest.raises(Refusal) as refused:
        correct(counted(5), actor=blinkered)
    assert refused.value.details[0].code == HiddenOrders.code
    assert stock(tea)["north"] == (D(10), D(8))
