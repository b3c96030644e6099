"""A return booked by mistake: taken back with all it did to stock, shipments and the order, until its money is settled."""

from __future__ import annotations

from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from orderwell.domains.analytics.periods import Period
from orderwell.domains.analytics.service_level import returned
from orderwell.domains.automation.crediting import returns_to_credit
from orderwell.domains.automation.errors import AlreadyCredited
from orderwell.domains.automation.services.take_back import credit_return, take_back
from orderwell.domains.automation.services.undo_return import undo_return
from orderwell.domains.fulfilment.errors import ReturnedGoodsGone, ReturnSettled, ReturnUndone
from orderwell.domains.fulfilment.models import Return, ShipmentLine
from orderwell.domains.fulfilment.services.record_return import ReturnedUnits, record_return
from orderwell.domains.fulfilment.services.settle_return import settle_without_credit
from orderwell.domains.fulfilment.services.ship import ship
from orderwell.domains.fulfilment.services.track import deliver
from orderwell.domains.inventory.models import StockItem, StockMovement
from orderwell.domains.orders.models import Order
from orderwell.kernel.errors import NotFound, Refusal
from orderwell.platform.events.models import Event
from orderwell.platform.permissions import PermissionDenied
from orderwell.testing.actors import outsider, owner, warehouse_worker
from orderwell.testing.factories import make_bundle, make_variant, make_warehouse, stock_up
from tests.domains.books import NOW, D, differences, lines_of, place, stocked

pytestmark = pytest.mark.django_db


def back(order: Order, quantity: str, disposition: str = "restock") -> Return:
    (line,) = lines_of(order)
    units = [ReturnedUnits(line.pk, D(quantity), disposition)]
    return record_return(order_id=order.pk, lines=units, reason="too small", actor=warehouse_worker(), now=NOW)


def undo(document: Return, reason: str = "counted wrong", actor: object = None) -> Return:
    return undo_return(return_id=document.pk, reason=reason, actor=actor or warehouse_worker(), now=NOW)  # type: ignore[arg-type]


def on_hand() -> Decimal:
    return StockItem.objects.get().on_hand


def shipped(quantity: int = 4, arrived: bool = False) -> Order:
    order = place([(stocked(10), quantity)])
    (shipment,) = ship(order_id=order.pk, actor=owner(), now=NOW)
    if arrived:
        deliver(shipment_id=shipment.pk, actor=owner(), now=NOW)
    return order


@pytest.mark.parametrize(("arrived", "state"), [(True, "delivered"), (False, "shipped")])
def test_everything_is_as_before_and_the_right_return_follows(arrived: bool, state: str) -> None:
    order = shipped(arrived=arrived)
    wrong = back(order, "4")
    assert Order.objects.get(pk=order.pk).fulfilment_state == "returned"
    undone = undo(wrong)
    assert (undone.undone_at, undone.undone_by, undone.undone_reason) == (
        NOW,
        warehouse_worker().label,
        "counted wrong",
    )
    (line,) = lines_of(order)
    assert (line.quantity_returned, ShipmentLine.objects.get().quantity_returned, on_hand()) == (0, 0, 6)
    assert Order.objects.get(pk=order.pk).fulfilment_state == state
    moves = StockMovement.objects.filter(cause=f"return:{wrong.pk}").order_by("pk")
    assert list(moves.values_list("kind", "quantity", "note")) == [
        ("return", 4, "too small"),
        ("return", -4, "counted wrong"),
    ]
    assert Event.objects.get(name="fulfilment.return.undone").data["reason"] == "counted wrong"
    right = back(order, "1", "scrap")
    assert (right.gross_amount, on_hand()) == (D(10), 6)
    assert differences() == []


def test_amounts_of_what_follows_add_up_again() -> None:
    order = place([(stocked(price="3.335"), 3)], discount="1.00")
    ship(order_id=order.pk, actor=owner(), now=NOW)
    undo(back(order, "2"))
    returns = [back(order, "1") for _ in range(3)]
    assert sum(document.gross_amount for document in returns) == order.total_amount
    assert sum(document.tax_amount for document in returns) == order.tax_amount


def test_only_once_and_nothing_is_credited_afterwards() -> None:
    document = back(shipped(), "2")
    undo(document)
    for again in (
        lambda: undo(document),
        lambda: credit_return(return_id=document.pk, actor=owner(), now=NOW),
        lambda: settle_without_credit(return_id=document.pk, reason="exchanged", actor=owner(), now=NOW),
    ):
        with pytest.raises(ReturnUndone):
            again()
    assert returns_to_credit(owner(), limit=5) == []
    assert on_hand() == 6
    assert differences() == []


def test_not_once_its_money_is_settled() -> None:
    order = shipped()
    (line,) = lines_of(order)
    taken = take_back(order_id=order.pk, lines=[ReturnedUnits(line.pk, D(1))], reason="broken", actor=owner(), now=NOW)
    with pytest.raises(AlreadyCredited) as refused:
        undo(taken.document, actor=owner())
    assert taken.credit_notes[0].number in refused.value.message.format(**refused.value.data)
    settled = back(order, "1")
    settle_without_credit(return_id=settled.pk, reason="exchanged", actor=owner(), now=NOW)
    with pytest.raises(ReturnSettled):
        undo(settled)
    assert on_hand() == 8
    assert differences() == []


def test_not_when_the_goods_have_moved_on() -> None:
    variant = stocked(4)
    order = place([(variant, 4)])
    ship(order_id=order.pk, actor=owner(), now=NOW)
    document = back(order, "3")
    place([(variant, 2)])
    with pytest.raises(Refusal) as refusal:
        undo(document)
    (error,) = refusal.value.errors
    assert (error.code, error.data["value"], error.data["free"]) == (ReturnedGoodsGone.code, "3", "1")
    assert Return.objects.get().undone_at is None
    assert differences() == []


def test_what_was_scrapped_never_was_in_stock() -> None:
    order = shipped()
    undo(back(order, "2", "scrap"))
    assert (on_hand(), StockMovement.objects.filter(kind="return").count()) == (6, 0)
    (line,) = lines_of(order)
    assert line.quantity_returned == 0
    assert differences() == []


def test_a_bundle_is_undone_component_by_component() -> None:
    north, south = make_warehouse(priority=1), make_warehouse(priority=2)
    cup, tea = make_variant(), make_variant()
    stock_up(cup, north, 10)
    stock_up(tea, south, 10)
    order = place([(make_bundle({cup: 2, tea: 1}), 3)])
    ship(order_id=order.pk, actor=owner(), now=NOW)
    undo(back(order, "2"))
    assert StockItem.objects.get(variant=cup).on_hand == 4
    assert StockItem.objects.get(variant=tea).on_hand == 7
    assert differences() == []


def test_reason_and_rights() -> None:
    document = back(shipped(), "1")
    with pytest.raises(Refusal):
        undo(document, reason=" ")
    with pytest.raises(PermissionDenied):
        undo(document, actor=outsider())
    with pytest.raises(NotFound):
        undo_return(return_id=document.pk + 99, reason="wrong", actor=owner(), now=NOW)


def test_the_overview_counts_what_stands() -> None:
    order = shipped()
    undo(back(order, "1"))
    back(order, "2")
    zone = ZoneInfo("Asia/Shanghai")
    day = NOW.astimezone(zone).date()
    share = returned(actor=owner(), period=Period(day, day), zone=zone)
    assert (share.part, share.whole) == (1, 1)
