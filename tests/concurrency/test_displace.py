"""Orders are placed, shipped and cancelled while counts take goods from them: nothing is oversold, every unit accounted for."""

from __future__ import annotations

import random
import threading
from decimal import Decimal

import pytest
from django.db import OperationalError

from orderwell.domains.fulfilment.services.ship import ship
from orderwell.domains.inventory.drafts import AdjustmentDraft, AdjustmentLineDraft
from orderwell.domains.inventory.models import StockItem
from orderwell.domains.orders.models import Backorder, Order
from orderwell.domains.orders.services import displace, promises
from orderwell.domains.orders.services.cancel import cancel_units
from orderwell.domains.orders.services.displace import correct_stock
from orderwell.kernel.clock import utc_now
from orderwell.kernel.errors import DomainError
from orderwell.platform.database import is_postgresql
from orderwell.platform.events.models import Event
from orderwell.testing.concurrency import in_threads
from orderwell.testing.factories import make_channel, make_variant, make_warehouse, stock_up
from tests.domains.orders.builders import ACTOR, assert_lawful, draft, place, placed

pytestmark = [pytest.mark.concurrency, pytest.mark.django_db(transaction=True)]
D = Decimal
SEED = 20


def test_a_count_displaces_while_orders_come_and_go():
    tea, cup, north = make_variant("TEA", price="10.00"), make_variant("CUP", price="3.00"), make_warehouse("north")
    for variant in (tea, cup):
        stock_up(variant, north, 60)
    channel = make_channel(backorder=True)
    first = [placed(draft(channel, (tea, 3), (cup, 3))) for _ in range(12)]

    def work(index: int) -> list[str]:
        dice, done = random.Random(SEED + index), []
        for turn in range(6):
            order = first[(index + turn * 5) % len(first)]
            try:
                done.append(_deed(index, order, channel, (tea, cup), dice))
            except DomainError as refusal:
                done.append(refusal.code)
        return done

    results = in_threads(work, 6)
    assert all(isinstance(result, list) for result in results), results
    deeds = {deed for result in results if isinstance(result, list) for deed in result}
    assert {"displaced", "placed"} <= deeds, results
    assert Event.objects.filter(name="orders.reservation.displaced").exists()
    assert all(item.on_hand >= item.reserved >= 0 for item in StockItem.objects.all())
    assert_lawful()


def _deed(index: int, order: Order, channel, goods, dice: random.Random) -> str:
    match index % 3:
        case 0:
            lines = tuple(
                AdjustmentLineDraft(sku=variant.sku, counted=D(dice.randint(5, 30)))
                for variant in dice.sample(goods, 2)  # whichever is named first, locks are taken in one order
            )
            what = AdjustmentDraft(warehouse="north", reason="count", lines=lines, displace=True)
            correct_stock(what, actor=ACTOR, now=utc_now())
            return "displaced"
        case 1:
            variant = dice.choice(goods)
            return type(place(draft(channel, (variant, dice.randint(1, 9))))[0]).__name__.lower()
        case _ if dice.random() < 0.5:
            ship(order_id=order.pk, warehouse="north", lines=None, actor=ACTOR, now=utc_now())
            return "shipped"
        case _:
            cancel_units(order_id=order.pk, lines=None, reason="changed my mind", actor=ACTOR, now=utc_now())
            return "cancelled"


def test_two_counts_of_one_shelf_follow_each_other():
    tea = make_variant("TEA", price="10.00")
    stock_up(tea, make_warehouse("north"), 20)
    orders = [placed(draft(make_channel(), (tea, 5))) for _ in range(4)]

    def count(index: int) -> str:
        line = AdjustmentLineDraft(sku="TEA", counted=D(3 + index))
        what = AdjustmentDraft(warehouse="north", reason="count", lines=(line,), displace=True)
        correct_stock(what, actor=ACTOR, now=utc_now())
        return "counted"

    assert in_threads(count, 4) == ["counted"] * 4
    item = StockItem.objects.get()
    waiting = sum(Backorder.objects.values_list("quantity", flat=True))
    assert item.reserved + waiting == 20 and len(orders) == 4
    assert item.reserved == 3 <= item.on_hand <= 6
    assert_lawful()


def test_of_forms_opened_at_one_moment_only_the_first_is_written() -> None:
    """What the others counted may be from before or after it: they are asked, whatever was looked at before the lock."""
    tea = make_variant("TEA", price="10.00")
    stock_up(tea, make_warehouse("north"), 20)
    opened = utc_now()

    def count(index: int) -> str:
        line = AdjustmentLineDraft(sku="TEA", counted=D(10 + index))
        what = AdjustmentDraft(warehouse="north", reason="count", lines=(line,))
        try:
            correct_stock(what, actor=ACTOR, now=utc_now(), shown_at=opened)
        except DomainError as refusal:
            return refusal.details[0].code
        return "counted"

    assert sorted(in_threads(count, 4)) == ["counted"] + ["moved_since_shown"] * 3
    assert_lawful()


def cancel_while_counted(monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """The order is being cancelled, its reservations are read, its stock is not locked yet: now the count comes."""
    if not is_postgresql():
        pytest.skip("SQLite has one writer at a time, so nobody can come between")
    tea = make_variant("TEA", price="10.00")
    stock_up(tea, make_warehouse("north"), 10)
    order = placed(draft(make_channel(), (tea, 8)))
    read, counted, lock_items = threading.Event(), threading.Event(), promises.lock_items

    def slowly(items):
        read.set()
        counted.wait(timeout=1)
        return lock_items(items)

    monkeypatch.setattr(promises, "lock_items", slowly)

    def work(index: int) -> str:
        if index == 0:
            cancel_units(order_id=order.pk, lines=None, reason="changed my mind", actor=ACTOR, now=utc_now())
            return "cancelled"
        assert read.wait(timeout=30)
        line = AdjustmentLineDraft(sku="TEA", counted=D(5))
        what = AdjustmentDraft(warehouse="north", reason="count", lines=(line,), displace=True)
        correct_stock(what, actor=ACTOR, now=utc_now())
        counted.set()
        return "counted"

    return list(in_threads(work, 2))


def test_a_count_waits_for_the_order_that_is_being_cancelled(monkeypatch: pytest.MonkeyPatch) -> None:
    assert cancel_while_counted(monkeypatch) == ["cancelled", "counted"]
    item = StockItem.objects.get()
    assert (item.on_hand, item.reserved) == (5, 0) and not Backorder.objects.exists()
    assert_lawful()


def test_control_without_the_lock_on_orders_one_of_them_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(displace, "lock_orders", lambda order_ids: {})
    results = cancel_while_counted(monkeypatch)
    assert any(isinstance(result, OperationalError | DomainError) for result in results), results
