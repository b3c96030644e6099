"""Prices that change while orders are placed: each order gets the one price or the other, and money that belongs to it."""

from __future__ import annotations

from decimal import Decimal

import pytest

from orderwell.domains.orders.models import Order
from orderwell.domains.prices.drafts import EntryDraft
from orderwell.domains.prices.models import PriceChange, PriceEntry
from orderwell.domains.prices.services.set_entries import set_entries
from orderwell.kernel.clock import utc_now
from orderwell.testing.concurrency import in_threads
from orderwell.testing.factories import make_channel, make_price_list, make_variant, make_warehouse, stock_up
from tests.domains.orders.builders import ACTOR, assert_lawful, draft, lines, placed

pytestmark = [pytest.mark.concurrency, pytest.mark.django_db(transaction=True)]
D = Decimal
OLD, NEW = (D("18.00"), D("15.50")), (D("17.10"), D("14.40"))


def test_an_order_takes_the_old_prices_or_the_new_ones_and_never_some_of_each():
    house, channel = make_warehouse("north"), make_channel()
    tea, cup = make_variant("TEA", price="20.00"), make_variant("CUP", price="30.00")
    for variant in (tea, cup):
        stock_up(variant, house, 1000)
    row = make_price_list({tea: {0: str(OLD[0])}, cup: {0: str(OLD[1])}}, everyone=True)

    def work(index: int) -> tuple[Decimal, ...] | None:
        if index % 3 == 0:
            prices = NEW if index % 2 else OLD
            entries = [EntryDraft("TEA", prices[0]), EntryDraft("CUP", prices[1])]
            set_entries(entries, list_id=row.pk, actor=ACTOR, now=utc_now())
            return None
        order = placed(draft(channel, (tea, 3), (cup, 2)))
        assert order.total_amount == sum(line.gross_amount for line in lines(order))
        return tuple(line.unit_price for line in lines(order))

    found = [prices for prices in in_threads(work, 18) if prices is not None]
    assert set(found) <= {OLD, NEW}
    assert {order.total_amount for order in Order.objects.all()} <= {
        3 * OLD[0] + 2 * OLD[1],
        3 * NEW[0] + 2 * NEW[1],
    }
    assert_lawful()


def test_changes_of_one_list_follow_each_other_and_none_is_lost():
    make_variant("TEA")
    row = make_price_list()

    def work(index: int) -> None:
        set_entries([EntryDraft("TEA", D(10 + index), D(2 + index))], list_id=row.pk, actor=ACTOR, now=utc_now())

    in_threads(work, 8)
    assert PriceEntry.objects.filter(price_list=row).count() == 8
    numbers = sorted(PriceChange.objects.filter(price_list=row).values_list("number", flat=True))
    assert numbers == list(range(1, 9))
    row.refresh_from_db()
    assert row.version == 9
