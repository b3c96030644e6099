"""Cancelling many orders at once, each with a verdict, and taking it back where nothing else has happened."""

from __future__ import annotations

import pytest

from orderwell.domains.fulfilment.services.ship import ship
from orderwell.domains.inventory.models import StockItem
from orderwell.domains.orders.drafts import LineDraft, OrderDraft
from orderwell.domains.orders.models import Order
from orderwell.domains.orders.services.many import cancel_orders, uncancel_orders
from orderwell.domains.orders.services.quote import save_quote
from orderwell.testing.actors import owner
from orderwell.testing.factories import make_channel, make_customer
from tests.domains.books import NOW, D, differences, lines_of, place, stocked

pytestmark = pytest.mark.django_db


def cancel(*orders: Order):
    return cancel_orders([order.pk for order in orders], data={"reason": "no longer wanted"}, actor=owner(), now=NOW)


def take_back(verdicts) -> list[tuple[str, tuple[str, ...]]]:
    rows = [(verdict.id, verdict.memory) for verdict in verdicts if verdict.outcome == "done"]
    found = uncancel_orders(rows, actor=owner(), now=NOW)
    return [(verdict.outcome, tuple(error.code for error in verdict.errors)) for verdict in found]


def reserved(order: Order) -> list[object]:
    skus = [line.sku for line in lines_of(order)]
    return list(StockItem.objects.filter(variant__sku__in=skus).values_list("reserved", flat=True))


def test_all_is_as_it_was_before_and_a_second_time_changes_nothing() -> None:
    first, second = place([(stocked(), 3)]), place([(stocked(), 2)])
    verdicts = cancel(first, second)
    assert [verdict.outcome for verdict in verdicts] == ["done", "done"]
    assert set(Order.objects.values_list("state", flat=True)) == {"cancelled"}
    assert reserved(first) == [0]
    assert take_back(verdicts) == [("done", ()), ("done", ())]
    assert set(Order.objects.values_list("state", flat=True)) == {"placed"}
    assert (reserved(first), reserved(second)) == ([3], [2])
    assert take_back(verdicts) == [("refused", ("already_undone",))] * 2
    assert differences() == []


def test_the_part_that_was_shipped_stays_shipped() -> None:
    order = place([(stocked(), 3)])
    (line,) = lines_of(order)
    ship(order_id=order.pk, lines={line.pk: D(1)}, actor=owner(), now=NOW)
    assert take_back(cancel(order)) == [("done", ())]
    (line,) = lines_of(order)
    assert (line.quantity_shipped, line.quantity_cancelled, reserved(order)) == (1, 0, [2])
    assert differences() == []


def test_only_this_cancellation_is_taken_back_not_an_earlier_one() -> None:
    order = place([(stocked(), 3)])
    first = cancel(order)
    assert take_back(first) == [("done", ())]
    second = cancel(order)
    assert take_back(first) == [("refused", ("already_undone",))]
    assert Order.objects.get(pk=order.pk).state == "cancelled"
    assert take_back(second) == [("done", ())]


def test_a_quote_that_was_dropped_stays_dropped() -> None:
    sku = stocked().sku
    draft = OrderDraft(channel=make_channel().code, customer=make_customer().number, lines=(LineDraft(sku, D(1)),))
    quote = Order.objects.get(pk=save_quote(draft=draft, actor=owner(), now=NOW).order_id)
    assert take_back(cancel(quote)) == [("refused", ("not_reversible",))]
    assert Order.objects.get(pk=quote.pk).state == "cancelled"
