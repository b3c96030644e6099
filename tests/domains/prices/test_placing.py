"""Price lists in orders: the price that is taken, the reason that is kept, and that money still adds up."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import translation
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from orderwell.domains.catalog.models import VariantPrice
from orderwell.domains.customers.models import Customer
from orderwell.domains.inventory.models import Warehouse
from orderwell.domains.orders.changes import LineChange, OrderChange
from orderwell.domains.orders.drafts import LineDraft, OrderDraft, PastOrderDraft
from orderwell.domains.orders.models import Order
from orderwell.domains.orders.price_reasons import said, said_break
from orderwell.domains.orders.reorder import reorder
from orderwell.domains.orders.services.change import amend_order, preview_change
from orderwell.domains.orders.services.place import place_orders
from orderwell.domains.orders.services.preview import preview_order
from orderwell.domains.orders.services.quote import confirm_quote, save_quote
from orderwell.domains.orders.services.undo import undo_change
from orderwell.domains.prices.models import PriceEntry
from orderwell.domains.prices.queries import ask_price
from orderwell.domains.prices.resolving import price_day
from orderwell.kernel.clock import utc_now
from orderwell.kernel.errors import Refusal
from orderwell.testing.actors import clerk
from orderwell.testing.factories import (
    make_channel,
    make_customer,
    make_group,
    make_price_list,
    make_variant,
    make_warehouse,
    stock_up,
)
from tests.domains.orders.builders import ACTOR, assert_lawful, draft, lines, placed, refusal

pytestmark = pytest.mark.django_db
D = Decimal
CLERK = replace(clerk(), id=None)


@pytest.fixture
def shop():
    return make_channel("desk")


@pytest.fixture
def tea():
    variant = make_variant("TEA", price="20.00")
    stock_up(variant, make_warehouse("north"), 1000)
    return variant


@pytest.fixture
def customer():
    made = make_customer("C1")
    Customer.objects.filter(pk=made.pk).update(group=make_group("retail"))
    made.refresh_from_db()
    return made


def why(order: Order) -> dict:
    return lines(order)[0].explanation["price"]


def test_the_customers_own_list_goes_before_the_groups_and_that_before_everyones(shop, tea, customer):
    make_price_list({tea: {0: "17.00"}}, everyone=True)
    assert placed(draft(shop, (tea, 1))).total_amount == 17
    make_price_list({tea: {0: "18.00"}}, group=customer.group, code="wholesale")
    order = placed(draft(shop, (tea, 2), customer="C1"))
    assert order.total_amount == 36
    assert why(order)["list"] == "wholesale"
    assert (why(order)["for"], why(order)["list_price"]) == ("group", "20.000000")
    make_price_list({tea: {0: "19.00"}}, customer=customer)
    assert placed(draft(shop, (tea, 1), customer="C1")).total_amount == 19
    assert placed(draft(shop, (tea, 1))).total_amount == 17
    assert_lawful()


def test_lines_of_the_same_product_reach_a_break_together(shop, tea):
    make_price_list({tea: {0: "18.00", 10: "15.00"}}, channel=shop)
    order = placed(draft(shop, (tea, 4), (tea, 6)))
    assert [line.unit_price for line in lines(order)] == [15, 15]
    assert (why(order)["minimum"], why(order)["units"]) == ("10", "10")
    assert [line.unit_price for line in lines(placed(draft(shop, (tea, 4), (tea, 5))))] == [18, 18]


def test_a_day_begins_and_ends_in_the_business_time_zone(shop, tea):
    evening = datetime(2026, 3, 1, 15, 59, tzinfo=UTC)  # 23:59 in Shanghai
    make_price_list({tea: {0: "10.00"}}, everyone=True, valid_from=date(2026, 3, 2))
    assert price_day(evening).isoformat() == "2026-03-01"
    before, after = (
        place_orders([draft(shop, (tea, 1))], actor=ACTOR, now=moment)[0].total_amount
        for moment in (evening, evening + timedelta(minutes=1))
    )
    assert (before, after) == (20, 10)


def test_lists_that_are_archived_over_or_in_another_currency_dont_count(shop, tea):
    make_price_list({tea: {0: "1.00"}}, everyone=True, active=False)
    make_price_list({tea: {0: "2.00"}}, everyone=True, valid_until=price_day(utc_now()) - timedelta(days=1))
    make_price_list({tea: {0: "3.00"}}, everyone=True, currency="USD")
    make_price_list({tea: {0: "4.00"}}, everyone=True, prices_include_tax=False)
    make_price_list({tea: {0: "5.00"}})
    order = placed(draft(shop, (tea, 1)))
    assert (order.total_amount, why(order)) == (20, {"source": "list_price"})
    assert placed(draft(shop, (tea, 1), currency="USD")).total_amount == 3
    net = make_channel("net", prices_include_tax=False)
    assert placed(draft(net, (tea, 1))).net_amount == 4


def test_a_typed_price_always_wins_and_is_marked(shop, tea):
    make_price_list({tea: {0: "18.00"}}, everyone=True, code="all")
    typed = OrderDraft(channel=shop.code, lines=(LineDraft(tea.sku, D(1), D("12.34")),))
    order = placed(typed)
    assert order.total_amount == D("12.34")
    assert (why(order)["source"], why(order)["list"], why(order)["list_price"]) == ("given", "all", "18.000000")
    assert refusal(typed, actor=CLERK) == [("price_override_denied", "/lines/0/unit_price")]
    same = OrderDraft(channel=shop.code, lines=(LineDraft(tea.sku, D(1), D("18.00")),))
    assert placed(same, actor=CLERK).total_amount == 18


def test_a_list_can_be_the_only_place_with_a_price(shop):
    bare = make_variant("BARE", price=None)
    stock_up(bare, make_warehouse(), 5)
    assert refusal(draft(shop, (bare, 1))) == [("no_price", "/lines/0/unit_price")]
    make_price_list({bare: {2: "6.00"}}, everyone=True)
    assert refusal(draft(shop, (bare, 1))) == [("no_price", "/lines/0/unit_price")]
    assert placed(draft(shop, (bare, 2))).total_amount == 12


def test_past_orders_know_no_price_lists(shop, tea):
    make_price_list({tea: {0: "1.00"}}, everyone=True)
    past = PastOrderDraft(channel=shop.code, lines=(LineDraft(tea.sku, D(1)),), placed_at=utc_now() - timedelta(days=9))
    order = placed(past)
    assert (order.total_amount, why(order)) == (20, {"source": "list_price"})


def test_a_quote_keeps_its_price_and_the_reason_for_it(shop, tea):
    made = make_price_list({tea: {10: "15.00"}}, everyone=True, code="many")
    quote = save_quote(draft=draft(shop, (tea, 10)), actor=ACTOR, now=utc_now())
    made.entries.update(unit_price=D(99))
    outcome = confirm_quote(order_id=quote.order_id, actor=ACTOR, now=utc_now())
    order = Order.objects.get(pk=outcome.order_id)
    assert order.total_amount == 150
    assert (why(order)["source"], why(order)["list"], why(order)["quote"]) == ("price_list", "many", quote.number)


def test_a_changed_order_keeps_the_price_of_its_lines_unless_asked(shop, tea):
    made = make_price_list({tea: {0: "18.00", 10: "15.00"}}, everyone=True)
    order = placed(draft(shop, (tea, 5)))
    line = lines(order)[0]
    more = OrderChange(lines=(LineChange(line.pk, quantity=D(12)),))
    assert preview_change(order_id=order.pk, change=more, actor=ACTOR, now=utc_now()).total.new == 12 * 18
    anew = OrderChange(lines=(LineChange(line.pk, quantity=D(12), reprice=True),))
    shown = preview_change(order_id=order.pk, change=anew, actor=CLERK, now=utc_now())
    assert (shown.total.new, shown.lines[0].price["minimum"]) == (180, "10")
    done = amend_order(order_id=order.pk, change=anew, agreed=shown.fingerprint, actor=CLERK, now=utc_now())
    assert done.order.total_amount == 180
    assert why(order) | {"list": "", "name_zh": "", "name_en": ""} == {
        "source": "price_list",
        "list": "",
        "name_zh": "",
        "name_en": "",
        "for": "everyone",
        "minimum": "10",
        "units": "12",
        "list_price": "20.000000",
        "change": 1,
    }
    assert made.code == why(order)["list"]
    undo_change(order_id=order.pk, number=1, actor=ACTOR, now=utc_now())
    assert (lines(order)[0].unit_price, "change" in why(order)) == (18, False)
    assert_lawful()


def test_an_added_line_is_priced_by_all_that_the_order_then_has(shop, tea):
    make_price_list({tea: {0: "18.00", 10: "15.00"}}, everyone=True)
    order = placed(draft(shop, (tea, 6)))
    change = OrderChange(add_lines=(LineDraft(tea.sku, D(4)),))
    amend_order(order_id=order.pk, change=change, actor=ACTOR, now=utc_now())
    assert [line.unit_price for line in lines(order)] == [18, 15]
    assert Order.objects.get(pk=order.pk).total_amount == 6 * 18 + 4 * 15
    assert_lawful()


def test_a_price_typed_into_a_placed_order_is_marked_as_typed(shop, tea):
    order = placed(draft(shop, (tea, 1)))
    change = OrderChange(lines=(LineChange(lines(order)[0].pk, unit_price=D("11.00")),))
    amend_order(order_id=order.pk, change=change, actor=ACTOR, now=utc_now())
    assert why(order) == {"source": "given", "list_price": "20.000000"}


def test_what_has_no_price_any_more_cant_be_priced_anew(shop, tea):
    order = placed(draft(shop, (tea, 1)))
    VariantPrice.objects.all().delete()
    change = OrderChange(lines=(LineChange(lines(order)[0].pk, reprice=True),))
    with pytest.raises(Refusal) as refused:
        amend_order(order_id=order.pk, change=change, actor=ACTOR, now=utc_now())
    assert [(error.code, error.pointer) for error in refused.value.errors] == [("no_price", "/lines/0/reprice")]


def test_reordering_asks_for_todays_price_of_this_customer(shop, tea, customer):
    order = placed(draft(shop, (tea, 10), customer="C1"))
    make_price_list({tea: {10: "15.00"}}, customer=customer)
    assert reorder(ACTOR, order.pk, now=utc_now()).lines[0].price_now == 15


def test_the_preview_says_why_and_when_it_gets_cheaper(shop, tea):
    make_price_list({tea: {0: "18.00", 10: "15.50"}}, channel=shop)
    line = preview_order(draft=draft(shop, (tea, 3)), actor=ACTOR, now=utc_now()).lines[0]
    assert line.further is not None
    with translation.override("en"):
        assert said(line.explanation, "CNY").endswith(", for this channel")
        assert said_break(line.further, "CNY") == "10 or more: 15.50"
    with translation.override("zh-hans"):
        assert said(line.explanation, "CNY").endswith("，适用于此渠道")


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(
    st.lists(st.tuples(st.integers(1, 30), st.decimals("0.01", "50", places=3)), min_size=1, max_size=5),
    st.lists(st.integers(1, 12), min_size=1, max_size=4),
)
def test_preview_placing_and_the_question_agree_and_cents_add_up(shop, tea, entries, quantities):
    made = make_price_list(everyone=True)
    for minimum, price in dict(entries).items():
        PriceEntry.objects.create(price_list=made, variant=tea, minimum=D(minimum), unit_price=price)
    stock_up(tea, Warehouse.objects.get(), 100)
    wanted = draft(shop, *((tea, quantity) for quantity in quantities))
    shown = preview_order(draft=wanted, actor=ACTOR, now=utc_now())
    order = placed(wanted)
    asked = ask_price(ACTOR, sku=tea.sku, quantity=D(sum(quantities)), day=price_day(utc_now()), channel=shop.code)
    kept = lines(order)
    assert {line.unit_price for line in kept} == {line.unit_price for line in shown.lines} == {asked.price}
    assert order.total_amount == shown.total.gross == sum(line.gross_amount for line in kept)
    assert all(line.net_amount + line.tax_amount == line.gross_amount for line in kept)
    made.delete()


@pytest.mark.usefixtures("timeless_caches")
def test_a_company_without_price_lists_pays_no_query_for_them_and_others_one(shop, tea):
    def queries() -> int:
        with CaptureQueriesContext(
            connection,
        ) as seen:
            placed(draft(shop, (tea, 1)))
        return len(seen)

    queries()
    without = queries()
    made = make_price_list({tea: {0: "5.00"}}, everyone=True)
    assert queries() == without + 1
    made.assignments.all().delete()
    assert queries() == without
