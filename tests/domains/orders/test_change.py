from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest

from orderwell.domains.inventory.models import Reservation
from orderwell.domains.orders.drafts import AddressDraft, ChargeDraft, LineDraft, PastOrderDraft
from orderwell.domains.orders.errors import PastOrderFixed
from orderwell.domains.orders.models import Backorder, Order
from orderwell.domains.orders.pricing import amounts_of_units
from orderwell.domains.orders.services.change import LineChange, OrderChange, change_order
from orderwell.domains.orders.services.progress import record_invoiced, record_shipped
from orderwell.domains.orders.services.undo import undo_change
from orderwell.kernel.clock import utc_now
from orderwell.kernel.errors import NotFound, Refusal, StaleVersion
from orderwell.platform.events.models import Event
from orderwell.testing.actors import clerk, limited
from orderwell.testing.factories import make_bundle, make_channel, make_variant, make_warehouse, stock_up
from tests.domains.orders.builders import ACTOR, assert_lawful, draft, lines, place, placed, stock

pytestmark = pytest.mark.django_db
D = Decimal


@pytest.fixture
def tea():
    variant = make_variant(price="19.90")
    stock_up(variant, make_warehouse("north", priority=1), 10)
    return variant


@pytest.fixture
def shop():
    return make_channel()


def change(order: Order, **values) -> Order:
    actor = values.pop("actor", ACTOR)
    version = values.pop("version", None)
    return change_order(order_id=order.pk, change=OrderChange(**values), version=version, actor=actor, now=utc_now())


def codes(order: Order, **values) -> list[tuple[str, str | None]]:
    with pytest.raises(Refusal) as refused:
        change(order, **values)
    return [(item.code, item.pointer) for item in refused.value.details]


@pytest.mark.parametrize("wish", ["line", "more", "charge", "shipping", "discount"])
def test_goods_and_money_of_a_past_order_stay_as_they_are(tea, shop, wish):
    """What it would be promised here could never be shipped."""
    past = PastOrderDraft(
        channel=shop.code, lines=(LineDraft(tea.sku, D(2)),), placed_at=utc_now() - timedelta(days=40)
    )
    (outcome,) = place(past)
    order = Order.objects.get(pk=outcome.order_id)
    (line,) = lines(order)
    values = {
        "line": {"add_lines": (LineDraft(tea.sku, D(1)),)},
        "more": {"lines": (LineChange(line.pk, quantity=D(3)),)},
        "charge": {"add_charges": (ChargeDraft(code="LATE", name="Late", amount=D(1)),)},
        "shipping": {"shipping": D(1)},
        "discount": {"discount": D(1)},
    }[wish]
    with pytest.raises(PastOrderFixed):
        change(order, **values)
    assert change(order, note="found in the cellar").note == "found in the cellar"
    assert not Reservation.objects.exists()
    assert_lawful()


def test_what_is_promised_is_as_urgent_as_the_order_has_become():
    tea = make_variant()
    stock_up(tea, make_warehouse(), 3)
    order = placed(draft(make_channel(backorder=True), (tea, 5)))
    assert {row.priority for row in Reservation.objects.all()} == {100}
    change(order, priority=7)
    promises = (*Reservation.objects.all(), *Backorder.objects.all())
    assert len(promises) == 2 and {row.priority for row in promises} == {7}
    undo_change(order_id=order.pk, number=1, actor=ACTOR, now=utc_now())
    assert {row.priority for row in (*Reservation.objects.all(), *Backorder.objects.all())} == {100}


def test_a_smaller_quantity_gives_stock_back(shop, tea):
    order = placed(draft(shop, (tea, 8)))
    changed = change(order, lines=(LineChange(lines(order)[0].pk, quantity=D(3)),))
    assert changed.total_amount == D("59.70")
    assert changed.version > order.version
    assert stock(tea)["north"] == (D(10), D(3))
    assert_lawful()


def test_a_larger_quantity_takes_stock_by_the_same_rules(shop, tea):
    order = placed(draft(shop, (tea, 2)))
    line = lines(order)[0]
    change(order, lines=(LineChange(line.pk, quantity=D(10)),))
    assert stock(tea)["north"] == (D(10), D(10))
    assert codes(order, lines=(LineChange(line.pk, quantity=D(11)),)) == [("out_of_stock", "/lines/0/quantity")]
    assert stock(tea)["north"] == (D(10), D(10))
    assert_lawful()


def test_with_backorder_the_rest_of_a_larger_quantity_waits(tea):
    order = placed(draft(make_channel(backorder=True), (tea, 9)))
    changed = change(order, lines=(LineChange(lines(order)[0].pk, quantity=D(14)),))
    assert changed.fulfilment_state == "backordered"
    assert Backorder.objects.get().quantity == D(4)
    change(order, lines=(LineChange(lines(order)[0].pk, quantity=D(12)),))
    assert Backorder.objects.get().quantity == D(2)
    assert_lawful()


def test_lines_are_added_at_the_end_and_reserved(shop, tea):
    cup = make_variant(price="5.00")
    stock_up(cup, make_warehouse("south"), 3)
    order = placed(draft(shop, (tea, 1)))
    changed = change(order, add_lines=(LineDraft(cup.sku, D(2)),))
    assert [(line.position, line.sku) for line in lines(changed)] == [(1, tea.sku), (2, cup.sku)]
    assert changed.total_amount == D("29.90")
    assert stock(cup)["south"] == (D(3), D(2))
    assert codes(order, add_lines=(LineDraft(cup.sku, D(2)),)) == [("out_of_stock", "/add_lines/0")]
    assert codes(order, add_lines=(LineDraft("NOPE", D(2)),)) == [("unknown_sku", "/add_lines/0/sku")]
    assert_lawful()


def test_a_bundle_line_grows_and_shrinks_by_its_components(shop, tea):
    bundle = make_bundle({tea: 2})
    order = placed(draft(shop, (bundle, 2)))
    line = lines(order)[0]
    change(order, lines=(LineChange(line.pk, quantity=D(5)),))
    assert stock(tea)["north"] == (D(10), D(10))
    change(order, lines=(LineChange(line.pk, quantity=D(1)),))
    assert stock(tea)["north"] == (D(10), D(2))


def test_price_and_discounts_change_the_money_of_line_and_order(shop, tea):
    order = placed(draft(shop, (tea, 3), shipping=D(8)))
    line = lines(order)[0]
    changed = change(order, lines=(LineChange(line.pk, unit_price=D("10.00"), discount=D("2.00")),), discount=D("3.00"))
    assert changed.total_amount == D("33.00")
    assert lines(changed)[0].order_discount_share == D("3.00")
    assert codes(order, discount=D("99.00")) == [("discount_too_large", "/discount")]
    assert_lawful()


def test_the_timeline_has_old_and_new_values(shop, tea):
    order = placed(draft(shop, (tea, 3), note="old"))
    change(order, note="new", lines=(LineChange(lines(order)[0].pk, quantity=D(2)),))
    data = Event.objects.get(stream=f"order:{order.pk}", name="orders.order.changed").data["changes"]
    assert data["note"] == {"old": "old", "new": "new"}
    assert D(data[f"{tea.sku}.quantity"]["old"]) == D(3)
    assert D(data[f"{tea.sku}.quantity"]["new"]) == D(2)


def test_a_new_address_is_found_and_kept_out_of_the_timeline(shop, tea):
    order = placed(draft(shop, (tea, 1)))
    changed = change(
        order, ship_to=AddressDraft(recipient="李四", phone="13900139000", street="秘密路8号", city="杭州")
    )
    assert "秘密路8号" in changed.ship_to
    assert changed.ship_city == "杭州"
    assert "秘密路8号" not in str(Event.objects.get(name="orders.order.changed").data)


def test_shipped_and_invoiced_units_stay(shop, tea):
    order = placed(draft(shop, (tea, 6)))
    line = lines(order)[0]
    record_shipped({line.pk: D(4)})
    assert codes(order, lines=(LineChange(line.pk, quantity=D(3)),)) == [("below_done", "/lines/0/quantity")]
    record_invoiced(order, {line.pk: (D(1), amounts_of_units(order, line, D(1)))})
    assert codes(order, lines=(LineChange(line.pk, unit_price=D(1)),)) == [
        ("line_not_changeable", "/lines/0/unit_price")
    ]
    assert codes(order, discount=D(1)) == [("line_not_changeable", "/discount")]


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({"quantity": D(0)}, "quantity_not_positive"),
        ({"quantity": D("1e12")}, "quantity_too_large"),
        ({"unit_price": D("-3")}, "price_out_of_range"),
        ({"unit_price": D("0.1234567")}, "price_too_precise"),
        ({"discount": D("1000")}, "discount_too_large"),
    ],
)
def test_bad_values_are_refused_at_the_field(shop, tea, values, code):
    order = placed(draft(shop, (tea, 2)))
    found = codes(order, lines=(LineChange(lines(order)[0].pk, **values),))
    assert [item[0] for item in found] == [code]
    assert found[0][1].startswith("/lines/0")


def test_two_people_do_not_overwrite_each_other(shop, tea):
    order = placed(draft(shop, (tea, 2)))
    change(order, note="first", version=order.version)
    with pytest.raises(StaleVersion):
        change(order, note="second", version=order.version)
    assert Order.objects.get().note == "first"


def test_who_may_not_see_the_order_does_not_learn_of_it(shop, tea):
    order = placed(draft(shop, (tea, 2)))
    with pytest.raises(NotFound):
        change(order, note="x", actor=limited(clerk(), channels=frozenset()))


def test_a_clerk_changes_quantities_but_not_prices(shop, tea):
    order = placed(draft(shop, (tea, 2)))
    line = lines(order)[0]
    change(order, lines=(LineChange(line.pk, quantity=D(3)),), actor=clerk())
    assert codes(order, lines=(LineChange(line.pk, unit_price=D(1)),), actor=clerk())[0][0] == "price_override_denied"


def test_an_unknown_line_is_named(shop, tea):
    order = placed(draft(shop, (tea, 2)))
    assert codes(order, lines=(LineChange(0, quantity=D(1)),)) == [("unknown_line", "/lines/0/line_id")]
