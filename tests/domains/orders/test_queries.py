from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from orderwell.domains.customers.drafts import CustomerDraft
from orderwell.domains.customers.services.save_customer import save_customer
from orderwell.domains.orders import queries
from orderwell.domains.orders.drafts import AddressDraft
from orderwell.domains.orders.queries import OrderFilters, order_count, order_detail, order_list, timeline
from orderwell.domains.orders.services.quote import save_quote
from orderwell.kernel.clock import utc_now
from orderwell.platform.paging import UnknownCursor
from orderwell.platform.permissions import PermissionDenied
from orderwell.testing.actors import clerk, limited, outsider
from orderwell.testing.factories import make_channel, make_customer, make_team, make_variant, make_warehouse, stock_up
from tests.domains.orders.builders import ACTOR, draft, placed

pytestmark = pytest.mark.django_db


@pytest.fixture
def tea():
    variant = make_variant()
    stock_up(variant, make_warehouse(), 1000)
    return variant


def numbers(actor=ACTOR, **filters) -> list[str]:
    return [order.number for order in order_list(actor, OrderFilters(**filters), now=utc_now()).rows]


def test_pages_follow_each_other_without_gap_or_repetition(tea):
    channel = make_channel()
    expected = [placed(draft(channel, (tea, 1))).number for _ in range(7)][::-1]
    found, cursor = [], None
    while True:
        page = order_list(ACTOR, OrderFilters(), cursor=cursor, limit=3, now=utc_now())
        found += [order.number for order in page.rows]
        cursor = page.next_cursor
        if cursor is None:
            break
    assert found == expected


def test_a_foreign_cursor_is_refused(tea):
    with pytest.raises(UnknownCursor):
        order_list(ACTOR, OrderFilters(), cursor="nonsense", now=utc_now())


def test_a_search_finds_by_what_people_know(tea):
    channel, customer = make_channel(), make_customer(name="Wang Trading", phone="021-5555 1234")
    address = AddressDraft(recipient="张三", phone="138 0013 8000", email="Zhang@Example.com", street="1")
    order = placed(draft(channel, (tea, 1), external_id="WEB-77", ship_to=address))
    theirs = placed(draft(channel, (tea, 1), customer=customer.number))
    for text in (order.number, order.number[:-1].lower(), "WEB-7", "+86 13800138000", "8000", "zhang@example.com"):
        assert order.number in numbers(text=text), text
    for text in ("Wang Tr", customer.number, "02155551234", "1234"):
        assert theirs.number in numbers(text=text), text
    for text in ("nothing like it", "@", "SO%", "WEB_"):
        assert numbers(text=text) == [], text


def test_filters_narrow_and_drafts_stay_out(tea):
    web, desk = make_channel(), make_channel()
    on_web, at_desk = placed(draft(web, (tea, 1))), placed(draft(desk, (tea, 1)))
    quote = save_quote(draft=draft(web, (tea, 1)), actor=ACTOR, now=utc_now())
    assert numbers() == [at_desk.number, on_web.number]
    assert numbers(channel=web.code) == [on_web.number]
    assert numbers(state="draft") == [quote.number]
    assert numbers(payment_state="paid") == []
    assert numbers(since=utc_now() + timedelta(minutes=1)) == []
    assert numbers(on_hold=True) == []


def test_late_orders_are_those_past_their_date(tea):
    late = placed(draft(make_channel(), (tea, 1), requested_at=utc_now() - timedelta(days=1)))
    placed(draft(make_channel(), (tea, 1), requested_at=utc_now() + timedelta(days=1)))
    assert numbers(late=True) == [late.number]


def test_counts_stop_at_the_cap(tea):
    channel = make_channel()
    for _ in range(4):
        placed(draft(channel, (tea, 1)))
    assert order_count(ACTOR, OrderFilters(), now=utc_now(), cap=10) == 4
    assert order_count(ACTOR, OrderFilters(), now=utc_now(), cap=2) == 3


def test_everybody_sees_only_their_rows(tea):
    team, channel = make_team(), make_channel()
    theirs = placed(draft(channel, (tea, 1), customer=make_customer(team=team).number))
    other = placed(draft(make_channel(), (tea, 1)))
    only_team = limited(clerk(), teams=frozenset({team.pk}))
    only_channel = limited(clerk(), channels=frozenset({channel.pk}))
    for actor in (only_team, only_channel):
        assert numbers(actor) == [theirs.number]
        assert order_detail(actor, other.pk) is None
        assert timeline(actor, other.pk) == []
        assert numbers(actor, text=other.number) == []
    with pytest.raises(PermissionDenied):
        numbers(outsider())
    assert numbers(replace(only_team, channel_ids=frozenset())) == []


@pytest.mark.parametrize("few", [0, 5_000])
def test_a_warehouse_and_a_tag_find_the_same_however_many_match(tea, few, monkeypatch):
    monkeypatch.setattr(queries, "FEW_RESERVATIONS", few)
    monkeypatch.setattr(queries, "FEW_CUSTOMERS", few)
    coffee, south = make_variant(), make_warehouse("south")
    stock_up(coffee, south, 1000)
    tagged = save_customer(CustomerDraft(name="Gold", tags=("gold",)), actor=ACTOR, now=utc_now())
    channel, other = make_channel(), make_customer()
    here = placed(draft(channel, (tea, 1), customer=other.number)).number
    there = placed(draft(channel, (coffee, 1), customer=tagged.number)).number
    both = placed(draft(channel, (coffee, 1), (tea, 1))).number
    assert numbers(warehouse="south") == [both, there]
    assert numbers(warehouse="south", fulfilment_state="reserved", tag="gold") == [there]
    assert numbers(tag="gold") == [there]
    assert here not in numbers(tag="silver", warehouse="nowhere") == []
