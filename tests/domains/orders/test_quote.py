from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from orderwell.domains.catalog.models import VariantPrice
from orderwell.domains.orders.drafts import AddressDraft, ChargeDraft, LineDraft, OrderDraft
from orderwell.domains.orders.errors import OrderStateForbids
from orderwell.domains.orders.models import Order
from orderwell.domains.orders.outcomes import Placed
from orderwell.domains.orders.services.cancel import cancel_units
from orderwell.domains.orders.services.preview import preview_order
from orderwell.domains.orders.services.quote import AlreadyAnOrder, confirm_quote, save_quote, update_quote
from orderwell.kernel.clock import utc_now
from orderwell.kernel.errors import Refusal, StaleVersion
from orderwell.testing.actors import clerk
from orderwell.testing.factories import make_channel, make_variant, make_warehouse, stock_up
from tests.domains.orders.builders import ACTOR, assert_lawful, draft, lines, place, placed, stock

pytestmark = pytest.mark.django_db
D = Decimal


@pytest.fixture
def tea():
    variant = make_variant(price="20.00")
    stock_up(variant, make_warehouse("north"), 10)
    return variant


def test_a_quote_promises_nothing_until_it_is_confirmed(tea):
    quote = save_quote(draft=draft(make_channel(), (tea, 4), shipping=D(5)), actor=ACTOR, now=utc_now())
    assert Order.objects.get().state == "draft"
    assert stock(tea)["north"] == (D(10), D(0))
    outcome = confirm_quote(order_id=quote.order_id, actor=ACTOR, now=utc_now())
    assert isinstance(outcome, Placed)
    order = Order.objects.get()
    assert (order.number, order.state, order.total_amount) == (quote.number, "placed", D("85.00"))
    assert stock(tea)["north"] == (D(10), D(4))
    assert_lawful()


def test_the_quoted_price_holds_and_needs_no_permission_to_confirm(tea):
    special = OrderDraft(channel=make_channel().code, lines=(LineDraft(tea.sku, D(2), D("15.00")),), discount=D(1))
    quote = save_quote(draft=special, actor=ACTOR, now=utc_now())
    VariantPrice.objects.update(unit_price=D(99))
    outcome = confirm_quote(order_id=quote.order_id, actor=replace(clerk(), id=None), now=utc_now())
    assert isinstance(outcome, Placed)
    assert outcome.total_amount == D("29.00")


def test_a_quote_can_be_rewritten_but_not_over_somebody_else(tea):
    channel = make_channel()
    quote = save_quote(draft=draft(channel, (tea, 4)), actor=ACTOR, now=utc_now())
    new = draft(channel, (tea, 1), charges=(ChargeDraft("WRAP", "Gift wrap", D(3)),))
    update_quote(order_id=quote.order_id, draft=new, version=1, actor=ACTOR, now=utc_now())
    order = Order.objects.get()
    assert order.total_amount == D("23.00")
    assert [line.sku for line in lines(order)] == [tea.sku, "WRAP"]
    with pytest.raises(StaleVersion):
        update_quote(order_id=quote.order_id, draft=new, version=1, actor=ACTOR, now=utc_now())
    assert confirm_quote(order_id=quote.order_id, actor=ACTOR, now=utc_now()).total_amount == D("23.00")


def test_what_is_wrong_with_a_quote_is_told(tea):
    with pytest.raises(Refusal) as refused:
        save_quote(draft=draft(make_channel(), ("NOPE", 1)), actor=ACTOR, now=utc_now())
    assert [item.code for item in refused.value.details] == ["unknown_sku"]
    assert not Order.objects.exists()


def test_a_confirmed_quote_cannot_be_confirmed_or_rewritten_again(tea):
    channel = make_channel()
    quote = save_quote(draft=draft(channel, (tea, 4)), actor=ACTOR, now=utc_now())
    confirm_quote(order_id=quote.order_id, actor=ACTOR, now=utc_now())
    with pytest.raises(OrderStateForbids):
        confirm_quote(order_id=quote.order_id, actor=ACTOR, now=utc_now())
    with pytest.raises(OrderStateForbids):
        update_quote(order_id=quote.order_id, draft=draft(channel, (tea, 1)), version=None, actor=ACTOR, now=utc_now())


def test_a_quote_that_cannot_be_filled_stays_a_quote(tea):
    quote = save_quote(draft=draft(make_channel(), (tea, 40)), actor=ACTOR, now=utc_now())
    assert confirm_quote(order_id=quote.order_id, actor=ACTOR, now=utc_now()).verdict == "refused"
    order = Order.objects.get()
    assert (order.state, order.total_amount) == ("draft", D("800.00"))


def test_an_external_id_is_one_order_or_quote(tea):
    channel = make_channel()
    order = placed(draft(channel, (tea, 1), external_id="X-1"))
    with pytest.raises(AlreadyAnOrder) as raised:
        save_quote(draft=draft(channel, (tea, 1), external_id="X-1"), actor=ACTOR, now=utc_now())
    assert raised.value.data["number"] == order.number
    quote = save_quote(draft=draft(channel, (tea, 1), external_id="X-2"), actor=ACTOR, now=utc_now())
    assert confirm_quote(order_id=quote.order_id, actor=ACTOR, now=utc_now()).verdict == "placed"
    assert place(draft(channel, (tea, 1), external_id="X-2"))[0].verdict == "duplicate"


def test_a_dropped_quote_is_cancelled(tea):
    quote = save_quote(draft=draft(make_channel(), (tea, 4)), actor=ACTOR, now=utc_now())
    dropped = cancel_units(order_id=quote.order_id, lines=None, reason="lost", actor=ACTOR, now=utc_now())
    assert dropped.state == "cancelled"
    assert_lawful()


def test_a_preview_prices_and_sources_without_writing(tea):
    channel = make_channel()
    preview = preview_order(draft=draft(channel, (tea, 3), discount=D(6)), actor=ACTOR, now=utc_now())
    assert preview.total.gross == D("54.00")
    assert preview.errors == ()
    short = preview_order(draft=draft(channel, (tea, 30)), actor=ACTOR, now=utc_now())
    assert [item.code for item in short.errors] == ["out_of_stock"]
    assert short.total.gross == D("600.00")
    assert not Order.objects.exists()
    assert stock(tea)["north"] == (D(10), D(0))


def test_who_writes_over_a_newer_quote_is_told_what_differs(tea):
    channel = make_channel()
    quote = save_quote(draft=draft(channel, (tea, 4)), actor=ACTOR, now=utc_now())
    update_quote(
        order_id=quote.order_id, draft=draft(channel, (tea, 6), note="theirs"), version=1, actor=ACTOR, now=utc_now()
    )
    yours = draft(
        channel,
        (tea, 5),
        note="yours",
        ship_to=AddressDraft(street="Secret 1", city="Bern", recipient="Ann", country="CH"),
    )
    with pytest.raises(StaleVersion) as refused:
        update_quote(order_id=quote.order_id, draft=yours, version=1, actor=ACTOR, now=utc_now())
    told = refused.value.data
    assert told["current"] == 2 and told["changed_by"] == ACTOR.label
    found = {item.pop("field"): item for item in told["differences"]}
    assert found["/lines/0/quantity"] == {"theirs": "6", "yours": "5"}
    assert found["/note"] == {"theirs": "theirs", "yours": "yours"}
    assert found["/ship_to/city"] == {"theirs": "", "yours": "Bern"}
    # Personal data is named only: errors are kept with the request.
    assert found["/ship_to/street"] == {} and found["/ship_to/recipient"] == {} and "Secret" not in str(told)
    assert "/lines/0/unit_price" not in found
