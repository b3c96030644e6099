from __future__ import annotations

from decimal import Decimal

import pytest

from orderwell.domains.orders.errors import HeldOrder, NothingToDo, OrderStateForbids, ValueMissing
from orderwell.domains.orders.models import Backorder, Cancellation, Order
from orderwell.domains.orders.pricing import amounts_of_units
from orderwell.domains.orders.services.cancel import cancel_units
from orderwell.domains.orders.services.hold import place_hold
from orderwell.domains.orders.services.progress import record_invoiced
from orderwell.kernel.clock import utc_now
from orderwell.kernel.errors import NotFound, Refusal
from orderwell.platform.permissions import PermissionDenied
from orderwell.testing.actors import limited, warehouse_worker
from orderwell.testing.factories import make_bundle, make_channel, make_variant, make_warehouse, stock_up
from tests.domains.orders.builders import ACTOR, assert_lawful, draft, lines, placed, stock

pytestmark = pytest.mark.django_db
D = Decimal


@pytest.fixture
def tea():
    variant = make_variant(price="19.99")
    stock_up(variant, make_warehouse("north", priority=1), 10)
    return variant


def cancel(order: Order, units=None, reason="customer changed their mind", actor=ACTOR) -> Order:
    return cancel_units(order_id=order.pk, lines=units, reason=reason, actor=actor, now=utc_now())


def test_units_are_cancelled_and_reservation_tax_and_money_follow(tea):
    order = placed(draft(make_channel(), (tea, 3), discount=D("0.05"), shipping=D(8)))
    line = lines(order)[0]
    changed = cancel(order, {line.pk: D(1)})
    assert stock(tea)["north"] == (D(10), D(2))
    assert changed.total_amount == D("39.98") - D("0.03") + D(8)
    assert Cancellation.objects.get().reason == "customer changed their mind"
    assert_lawful()


def test_all_that_is_left_goes_with_the_shipping_charge(tea):
    order = cancel(placed(draft(make_channel(), (tea, 3), shipping=D(8))))
    assert (order.state, order.total_amount, order.fulfilment_state, order.payment_state) == (
        "cancelled",
        D(0),
        "none",
        "none",
    )
    assert stock(tea)["north"] == (D(10), D(0))
    assert_lawful()


def test_backorders_go_before_reservations(tea):
    order = placed(draft(make_channel(backorder=True), (tea, 12)))
    line = lines(order)[0]
    assert cancel(order, {line.pk: D(2)}).fulfilment_state == "reserved"
    assert not Backorder.objects.exists()
    assert stock(tea)["north"] == (D(10), D(10))
    assert_lawful()


def test_a_bundle_gives_back_its_components(tea):
    order = placed(draft(make_channel(), (make_bundle({tea: 3}), 3)))
    cancel(order, {lines(order)[0].pk: D(2)})
    assert stock(tea)["north"] == (D(10), D(3))


def test_not_more_than_is_open(tea):
    order = placed(draft(make_channel(), (tea, 3)))
    line = lines(order)[0]
    record_invoiced(order, {line.pk: (D(2), amounts_of_units(order, line, D(2)))})
    wrong = {
        D(2): "quantity_above_open",
        D(0): "quantity_not_positive",
        D(-1): "quantity_not_positive",
        D("0.00001"): "quantity_too_precise",
        D("Infinity"): "not_a_number",
    }
    for units, code in wrong.items():
        with pytest.raises(Refusal) as refused:
            cancel(order, {line.pk: units})
        assert [(found.code, found.pointer) for found in refused.value.details] == [(code, f"/lines/{line.pk}")]
    assert cancel(order, {line.pk: D(1)}).total_amount == D("39.98")


def test_needs_a_reason_a_permission_and_an_order(tea):
    order = placed(draft(make_channel(), (tea, 3)))
    with pytest.raises(ValueMissing):
        cancel(order, reason="  ")
    with pytest.raises(PermissionDenied):
        cancel(order, actor=warehouse_worker())
    with pytest.raises(NotFound):
        cancel(order, actor=limited(ACTOR, channels=frozenset()))
    with pytest.raises(Refusal):
        cancel(order, {0: D(1)})
    assert stock(tea)["north"] == (D(10), D(3))


def test_twice_is_refused(tea):
    order = placed(draft(make_channel(), (tea, 3)))
    cancel(order)
    with pytest.raises(OrderStateForbids):
        cancel(order)


def test_nothing_open_is_said(tea):
    order = placed(draft(make_channel(), (tea, 3)))
    (line,) = lines(order)
    record_invoiced(order, {line.pk: (D(3), amounts_of_units(order, line, D(3)))})
    with pytest.raises(NothingToDo):
        cancel(order)


def test_a_hold_that_does_not_block_cancelling_lets_it_pass(tea):
    order = placed(draft(make_channel(), (tea, 3)))
    place_hold(order_id=order.pk, kind="credit", reason="limit", actor=ACTOR, now=utc_now())
    assert cancel(order).state == "cancelled"
    assert HeldOrder.code == "order_on_hold"


def test_half_a_piece_is_not_cancelled(tea):
    """Half a piece would be left that can neither be shipped nor end the order."""
    order = placed(draft(make_channel(), (tea, 3), shipping=D(8)))
    goods, shipping = lines(order)
    for line in (goods, shipping):
        with pytest.raises(Refusal) as refusal:
            cancel(order, {line.pk: D("0.5")})
        assert [(error.code, error.pointer) for error in refusal.value.errors] == [
            ("quantity_too_precise", f"/lines/{line.pk}")
        ]
    assert not Cancellation.objects.exists()


def test_what_is_left_of_a_product_that_was_divisible_can_go():
    rope = make_variant(quantity_places=1)
    stock_up(rope, make_warehouse("north", priority=1), 10)
    order = placed(draft(make_channel(), (rope, "2.5")))
    (line,) = lines(order)
    cancel(order, {line.pk: D("0.7")})
    type(rope).objects.filter(pk=rope.pk).update(quantity_places=0)
    cancel(order, {line.pk: D("1.8")})
    assert Order.objects.get(pk=order.pk).state == Order.State.CANCELLED
    assert_lawful()
