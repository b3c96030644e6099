"""What helps while an order is typed: preview, habits, duplicates, reordering."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest

from orderwell.domains.catalog.models import Variant, VariantPrice
from orderwell.domains.orders.drafts import LineDraft, OrderDraft
from orderwell.domains.orders.duplicates import similar_orders
from orderwell.domains.orders.habits import favourites, last_sales
from orderwell.domains.orders.outcomes import Placed
from orderwell.domains.orders.reorder import reorder
from orderwell.domains.orders.services.cancel import cancel_units
from orderwell.domains.orders.services.place import place_orders
from orderwell.domains.orders.services.preview import preview_order
from orderwell.kernel.clock import utc_now
from orderwell.kernel.errors import NotFound
from orderwell.platform.configuration.services import set_value
from orderwell.testing.actors import limited
from orderwell.testing.factories import (
    make_bundle,
    make_channel,
    make_customer,
    make_team,
    make_variant,
    make_warehouse,
    stock_up,
)
from tests.domains.orders.builders import ACTOR, draft, placed

pytestmark = pytest.mark.django_db
D = Decimal


@pytest.fixture
def shop():
    return make_channel("shop", backorder=True)


@pytest.fixture
def tea():
    variant = make_variant("TEA", price="20.00")
    stock_up(variant, make_warehouse("north"), 10)
    return variant


@pytest.fixture
def customer():
    return make_customer("C1")


def preview(order_draft):
    return preview_order(draft=order_draft, actor=ACTOR, now=utc_now())


def test_a_wrong_line_does_not_hide_the_others(shop, tea):
    found = preview(draft(shop, ("NONE", 1), (tea, 2), (tea, "1.5")))
    assert [(line.index, line.amounts.gross) for line in found.lines] == [(1, D("40.00"))]
    assert found.total.gross == D("40.00")
    assert {(error.code, error.pointer) for error in found.errors} == {
        ("unknown_sku", "/lines/0/sku"),
        ("quantity_too_precise", "/lines/2/quantity"),
    }


def test_errors_found_in_a_later_pass_point_at_the_lines_as_typed(shop, tea):
    wrong = OrderDraft(
        channel="shop", lines=(LineDraft("NONE", D(1)), LineDraft("TEA", D(1), None, D(50)), LineDraft("TEA", D(1)))
    )
    found = preview(wrong)
    assert {(error.code, error.pointer) for error in found.errors} == {
        ("unknown_sku", "/lines/0/sku"),
        ("discount_too_large", "/lines/1/discount"),
    }
    assert [line.index for line in found.lines] == [2]


def test_a_wrong_customer_does_not_hide_the_prices(shop, tea):
    found = preview(draft(shop, (tea, 1), customer="NOBODY"))
    assert [error.code for error in found.errors] == ["unknown_customer"]
    assert found.total.gross == D("20.00")


def test_the_preview_says_what_is_free_where_and_what_is_missing(shop, tea):
    stock_up(tea, make_warehouse("south"), 4)
    line = preview(draft(shop, (tea, 20))).lines[0]
    assert {item.warehouse: item.quantity for item in line.free} == {"north": D(10), "south": D(4)}
    assert (line.missing, line.promised_at) == (D(6), None)


def test_of_a_bundle_whole_ones_are_free(shop, tea):
    bundle = make_bundle({tea: 3}, price="50.00")
    line = preview(draft(shop, (bundle, 1))).lines[0]
    assert {item.warehouse: item.quantity for item in line.free} == {"north": D(3)}


def test_the_promise_date_is_when_the_goods_come(shop, tea):
    from orderwell.domains.inventory.models import ExpectedReceipt, Warehouse

    soon = utc_now() + timedelta(days=5)
    ExpectedReceipt.objects.create(
        variant=tea,
        warehouse=Warehouse.objects.get(),
        quantity=D(8),
        due_at=soon,
        reference="PO1",
    )
    assert preview(draft(shop, (tea, 15))).lines[0].promised_at == soon
    assert preview(draft(shop, (tea, 19))).lines[0].promised_at is None
    assert preview(draft(shop, (tea, 5))).lines[0].promised_at is None


def test_a_channel_that_refuses_shortage_still_shows_prices_and_what_is_missing(tea):
    found = preview(draft(make_channel(), (tea, 12)))
    assert [error.code for error in found.errors] == ["out_of_stock"]
    assert (found.lines[0].missing, found.lines[0].amounts.gross) == (D(2), D("240.00"))


def test_last_sales_are_the_newest_of_the_customer(shop, tea, customer):
    placed(draft(shop, (tea, 1), customer="C1"))
    VariantPrice.objects.update(unit_price=D(25))
    newest = placed(draft(shop, (tea, 7), customer="C1"))
    gone = placed(draft(shop, (tea, 9), customer="C1"))
    cancel_units(order_id=gone.pk, lines=None, reason="mistake", actor=ACTOR, now=utc_now())
    make_customer("C2")
    placed(draft(shop, (tea, 3), customer="C2"))
    sale = last_sales(ACTOR, customer.pk, ["TEA", "NONE"])["TEA"]
    assert (sale.order_number, sale.quantity, sale.unit_price) == (newest.number, D(7), D(25))
    assert last_sales(ACTOR, customer.pk, ["TEA"], currency="USD") == {}


def test_favourites_count_orders_and_leave_out_what_is_not_sold(shop, tea, customer):
    pot, old = make_variant("POT", price="9.00"), make_variant("OLD", price="5.00")
    for _ in range(3):
        placed(draft(shop, (old, 1), customer="C1"))
    placed(draft(shop, (tea, 1), (pot, 50), customer="C1"))
    placed(draft(shop, (tea, 2), customer="C1"))
    Variant.objects.filter(sku="OLD").update(active=False)
    found = favourites(ACTOR, customer.pk)
    assert [(item.sku, item.times, item.quantity) for item in found] == [("TEA", 2, D(3)), ("POT", 1, D(50))]


def test_habits_of_a_customer_of_another_team_are_not_here(shop, customer):
    elsewhere = limited(ACTOR, teams=frozenset({make_team().pk}))
    with pytest.raises(NotFound):
        favourites(elsewhere, customer.pk)
    with pytest.raises(NotFound):
        last_sales(elsewhere, customer.pk, ["TEA"])


def test_the_same_goods_for_the_same_customer_are_pointed_out(shop, tea, customer):
    first = placed(draft(shop, (tea, 2), customer="C1"))
    again = draft(shop, (tea, 1), (tea, 1), customer="C1")
    found = similar_orders(ACTOR, again, total=D("40.00"), now=utc_now())
    assert [(item.number, item.reasons) for item in found] == [(first.number, ("goods", "amount"))]
    assert similar_orders(ACTOR, draft(shop, (tea, 3), customer="C1"), now=utc_now()) == []
    make_customer("C2")
    assert similar_orders(ACTOR, draft(shop, (tea, 2), customer="C2"), now=utc_now()) == []
    assert similar_orders(ACTOR, again, now=utc_now() + timedelta(hours=25)) == []
    set_value(key="orders.duplicate_hours", value=0, actor=ACTOR, now=utc_now())
    assert similar_orders(ACTOR, again, now=utc_now()) == []


def test_the_same_reference_is_pointed_out_whenever_it_was(shop, tea, customer):
    first = placed(draft(shop, (tea, 2), customer="C1", external_id="PO-7"))
    other = make_channel("web")
    found = similar_orders(ACTOR, draft(other, (tea, 5), external_id="PO-7"), now=utc_now() + timedelta(days=90))
    assert [(item.order_id, item.reasons) for item in found] == [(first.pk, ("reference",))]
    cancel_units(order_id=first.pk, lines=None, reason="mistake", actor=ACTOR, now=utc_now())
    assert similar_orders(ACTOR, draft(other, (tea, 5), external_id="PO-7"), now=utc_now()) == []


def test_a_past_order_is_offered_at_todays_prices(shop, tea, customer):
    old = make_variant("OLD", price="5.00")
    order = placed(draft(shop, (tea, 2), (old, 1), (tea, 1), customer="C1"))
    VariantPrice.objects.filter(variant=tea).update(unit_price=D(22))
    Variant.objects.filter(sku="OLD").update(active=False)
    tea_line, old_line = reorder(ACTOR, order.pk, now=utc_now()).lines
    assert (tea_line.quantity, tea_line.price_then, tea_line.price_now) == (D(3), D(20), D(22))
    assert tea_line.dearer and tea_line.sold
    assert (old_line.sold, old_line.price_now, old_line.changed) == (False, None, True)


@pytest.mark.usefixtures("timeless_caches")
def test_a_preview_of_many_lines_takes_no_more_queries_than_of_one(shop, tea, django_assert_max_num_queries):
    variants = [make_variant(price="3.00") for _ in range(60)]
    preview(draft(shop, (tea, 1)))
    with django_assert_max_num_queries(14):
        found = preview(draft(shop, *[(variant, 1) for variant in variants]))
    assert len(found.lines) == 60 and all(line.missing for line in found.lines)


def test_placing_what_was_previewed_costs_the_same(shop, tea, customer):
    order_draft = draft(shop, (tea, 3), customer="C1", shipping=D(12), discount=D(7))
    outcome = place_orders([order_draft], actor=ACTOR, now=utc_now())[0]
    assert isinstance(outcome, Placed)
    assert outcome.total_amount == preview(order_draft).total.gross
