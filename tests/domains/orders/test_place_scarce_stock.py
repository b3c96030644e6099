"""Orders for what is scarce: buffers, bundles that share components, and what is said of a shortage."""

from decimal import Decimal

import pytest

from orderwell.domains.inventory.models import ChannelBuffer
from orderwell.domains.orders.models import LineComponent, Order
from orderwell.domains.orders.outcomes import Placed, Refused
from orderwell.testing.factories import make_bundle, make_channel, make_variant, make_warehouse, stock_up
from tests.domains.orders.builders import assert_lawful, draft, lines, place, placed, refusal, stock

pytestmark = pytest.mark.django_db
D = Decimal


def test_what_is_missing_of_a_bundle_is_named(shop, tea):
    """Nobody wants 14 SET: 4 of them and 6 cups need 14 cups."""
    cup = make_variant("CUP")
    stock_up(cup, make_warehouse("south"), 5)
    bundle = make_bundle({cup: 2, tea: 1}, sku="SET", price="50.00")
    (refused,) = place(draft(shop, (bundle, 4), (cup, 6)))
    assert [(error.code, error.pointer, error.text()) for error in refused.errors] == [
        ("out_of_stock", "/lines/0", "CUP, which SET needs: 14 wanted, 5 available."),
        ("out_of_stock", "/lines/1", "CUP: 14 wanted, 5 available."),
    ]


def test_quantities_are_told_without_zeros_at_their_end(tea):
    answered = place(draft(make_channel(backorder=True), (tea, "50.0"), (make_variant(price="1"), "2.0")))[0]
    assert [[str(n) for n in (line.quantity, line.reserved, line.backordered)] for line in answered.lines] == [
        ["50", "10", "40"],
        ["2", "0", "2"],
    ]
    line, _other = lines(Order.objects.get(pk=answered.order_id))
    (sourcing,) = line.explanation["sourcing"]
    assert (sourcing["free"], sourcing["taken"], sourcing["backordered"]) == ({"north": "10"}, {"north": "10"}, "40")


def test_a_channel_buffer_is_not_promised(shop, tea):
    ChannelBuffer.objects.create(channel=shop, variant=tea, quantity=D(4))
    assert refusal(draft(shop, (tea, 7))) == [("out_of_stock", "/lines/0")]
    assert placed(draft(shop, (tea, 6)))
    assert placed(draft(make_channel(), (tea, 4)))


def test_a_channel_buffer_without_a_warehouse_is_held_back_once(shop, tea):
    """Tea: 10 in the north; 3 more in the south. Of 13, 5 stay: not 5 in each warehouse."""
    stock_up(tea, make_warehouse("south"), 3)
    ChannelBuffer.objects.create(channel=shop, variant=tea, quantity=D(5))
    (refused,) = place(draft(shop, (tea, 9)))
    assert [(e.code, e.data["wanted"], e.data["available"]) for e in refused.errors] == [("out_of_stock", "9", "8")]
    both = place(draft(shop, (tea, 7)), draft(shop, (tea, 2)), draft(shop, (tea, 1)))
    assert [type(outcome) for outcome in both] == [Placed, Refused, Placed]
    assert refusal(draft(shop, (tea, 1))) == [("out_of_stock", "/lines/0")]
    assert placed(draft(make_channel(), (tea, 5)))
    assert_lawful()


def test_a_bundle_reserves_its_components(shop, tea):
    cup = make_variant()
    stock_up(cup, make_warehouse("south"), 4)
    bundle = make_bundle({tea: 2, cup: 1}, price="50.00")
    order = placed(draft(shop, (bundle, 3)))
    assert stock(tea)["north"] == (D(10), D(6))
    assert stock(cup)["south"] == (D(4), D(3))
    assert LineComponent.objects.filter(line__order=order).count() == 2
    assert order.total_amount == D("150.00")


def test_two_lines_that_share_a_component_are_summed_before_the_check(shop, tea):
    bundle = make_bundle({tea: 2})
    assert refusal(draft(shop, (bundle, 3), (tea, 5))) == [("out_of_stock", "/lines/0"), ("out_of_stock", "/lines/1")]
    assert placed(draft(shop, (bundle, 3), (tea, 4)))
    assert_lawful()


def test_what_the_line_before_took_is_not_told_as_free_for_the_next(tea):
    """Tea: 10 in the north, 4 in the south, and nobody has 12."""
    stock_up(tea, make_warehouse("south"), 4)
    (answered,) = place(draft(make_channel(), (tea, 7), (tea, 5)))
    told = [line.explanation["sourcing"][0] for line in lines(Order.objects.get(pk=answered.order_id))]
    assert [(one["free"], one["taken"]) for one in told] == [
        ({"north": "10", "south": "4"}, {"north": "7"}),
        ({"north": "3", "south": "4"}, {"north": "3", "south": "2"}),
    ]
