"""What came back: never more than went out, into the right place, worth what was charged."""

from __future__ import annotations

import pytest

from orderwell.domains.fulfilment.errors import QuantityAboveShipped, UnknownWarehouse, WarehouseNeeded
from orderwell.domains.fulfilment.models import Return, ReturnedItem, ShipmentLine
from orderwell.domains.fulfilment.queries import return_detail, return_list
from orderwell.domains.fulfilment.services.record_return import ReturnedUnits, record_return
from orderwell.domains.fulfilment.services.ship import ship
from orderwell.domains.inventory.models import StockItem, StockMovement
from orderwell.domains.orders.errors import UnknownLine
from orderwell.domains.orders.models import Order, OrderLine
from orderwell.kernel.errors import InvalidValue, NotFound, Refusal
from orderwell.platform.events.models import Event
from orderwell.testing.actors import limited, owner, warehouse_worker
from orderwell.testing.factories import make_bundle, make_variant, make_warehouse, stock_up
from tests.domains.books import NOW, D, differences, lines_of, place, stocked

pytestmark = pytest.mark.django_db


def give_back(order: Order, *units: ReturnedUnits, reason: str = "too small") -> Return:
    return record_return(order_id=order.pk, lines=units, reason=reason, actor=warehouse_worker(), now=NOW)


def codes(refusal: pytest.ExceptionInfo[Refusal]) -> list[str]:
    return [error.code for error in refusal.value.errors]


def test_back_into_stock_or_scrapped() -> None:
    variant, elsewhere = stocked(10), make_warehouse()
    order = place([(variant, 4)])
    ship(order_id=order.pk, actor=owner(), now=NOW)
    (line,) = lines_of(order)
    document = give_back(
        order,
        ReturnedUnits(line.pk, D(1)),
        ReturnedUnits(line.pk, D(1), "scrap"),
        ReturnedUnits(line.pk, D(1), "restock", elsewhere.code),
    )
    (line,) = lines_of(order)
    assert (line.quantity_returned, document.gross_amount) == (3, D(30))
    on_hand = dict(StockItem.objects.filter(variant=variant).values_list("warehouse__code", "on_hand"))
    assert on_hand.pop(elsewhere.code) == 1
    assert list(on_hand.values()) == [7]
    assert StockMovement.objects.filter(cause=f"return:{document.pk}", kind="return").count() == 2
    event = Event.objects.get(name="fulfilment.return.recorded")
    assert event.data["freed_variants"] == [variant.pk]
    assert differences() == []


def test_never_more_than_was_shipped() -> None:
    order = place([(stocked(10), 5)])
    (line,) = lines_of(order)
    ship(order_id=order.pk, lines={line.pk: D(2)}, actor=owner(), now=NOW)
    for units in ([D(3)], [D(1), D(2)], [D(0)], [D("0.5")], [D("NaN")]):
        with pytest.raises(Refusal):
            give_back(order, *[ReturnedUnits(line.pk, quantity) for quantity in units])
    give_back(order, ReturnedUnits(line.pk, D(2)))
    with pytest.raises(Refusal) as refusal:
        give_back(order, ReturnedUnits(line.pk, D(1)))
    assert codes(refusal) == [QuantityAboveShipped.code]
    assert Return.objects.count() == 1
    assert differences() == []


def test_every_problem_at_once() -> None:
    order = place([(stocked(10), 5)])
    (line,) = lines_of(order)
    ship(order_id=order.pk, actor=owner(), now=NOW)
    with pytest.raises(Refusal) as refusal:
        give_back(
            order,
            ReturnedUnits(line.pk + 99, D(1)),
            ReturnedUnits(line.pk, D(1), "eaten"),
            ReturnedUnits(line.pk, D(1), "restock", "nowhere"),
            ReturnedUnits(line.pk, D(9)),
        )
    assert codes(refusal) == [UnknownLine.code, InvalidValue.code, UnknownWarehouse.code, QuantityAboveShipped.code]
    assert [error.pointer for error in refusal.value.errors][3] == "/lines/3/quantity"
    with pytest.raises(Refusal):
        give_back(order, ReturnedUnits(line.pk, D(1)), reason=" ")
    assert not Return.objects.exists()


def test_thirds_of_a_discounted_line_add_up() -> None:
    order = place([(stocked(price="3.335"), 3)], discount="1.00")
    ship(order_id=order.pk, actor=owner(), now=NOW)
    (line,) = lines_of(order)
    returns = [give_back(order, ReturnedUnits(line.pk, D(1))) for _ in range(3)]
    assert sum(document.gross_amount for document in returns) == order.total_amount
    assert sum(document.tax_amount for document in returns) == order.tax_amount
    order.refresh_from_db()
    assert order.fulfilment_state == Order.FulfilmentState.RETURNED
    assert differences() == []


def test_oldest_shipment_first_or_the_one_that_is_named() -> None:
    order = place([(stocked(10), 4)])
    (line,) = lines_of(order)
    first, second = (ship(order_id=order.pk, lines={line.pk: D(2)}, actor=owner(), now=NOW)[0] for _ in range(2))
    give_back(order, ReturnedUnits(line.pk, D(1), shipment_id=second.pk))
    give_back(order, ReturnedUnits(line.pk, D(3)))
    assert list(ShipmentLine.objects.order_by("pk").values_list("quantity_returned", flat=True)) == [2, 2]
    assert ReturnedItem.objects.count() == 3
    assert first.pk < second.pk
    assert differences() == []


def test_a_named_shipment_takes_back_only_its_own() -> None:
    order = place([(stocked(10), 4)])
    (line,) = lines_of(order)
    first, _ = (ship(order_id=order.pk, lines={line.pk: D(2)}, actor=owner(), now=NOW)[0] for _ in range(2))
    with pytest.raises(Refusal) as refusal:
        give_back(order, ReturnedUnits(line.pk, D(3), shipment_id=first.pk))
    assert refusal.value.errors[0].data["left"] == "2"


def test_a_bundle_comes_back_as_components() -> None:
    north, south = make_warehouse(priority=1), make_warehouse(priority=2)
    cup, tea = make_variant(), make_variant()
    stock_up(cup, north, 10)
    stock_up(tea, south, 10)
    order = place([(make_bundle({cup: 2, tea: 1}), 3)])
    ship(order_id=order.pk, actor=owner(), now=NOW)
    (line,) = lines_of(order)
    document = give_back(order, ReturnedUnits(line.pk, D(2)))
    assert StockItem.objects.get(variant=cup).on_hand == 8
    assert StockItem.objects.get(variant=tea).on_hand == 9
    assert document.gross_amount == D(60)
    assert differences() == []


def test_goods_of_a_past_order_need_a_place() -> None:
    """A past order was shipped elsewhere: no shipment of ours knows whence, so the return must say whither."""
    order = place([(stocked(10), 2)])
    (line,) = lines_of(order)
    ship(order_id=order.pk, actor=owner(), now=NOW)
    ReturnedItem.objects.all().delete()
    ShipmentLine.objects.all().delete()
    Order.objects.filter(pk=order.pk).update(history=True, state="completed")
    with pytest.raises(Refusal) as refusal:
        give_back(order, ReturnedUnits(line.pk, D(1)))
    assert codes(refusal) == [WarehouseNeeded.code]
    warehouse = StockItem.objects.get(variant_id=line.variant_id).warehouse
    document = give_back(order, ReturnedUnits(line.pk, D(1), "restock", warehouse.code))
    give_back(order, ReturnedUnits(line.pk, D(1), "scrap"))
    assert StockItem.objects.get(variant_id=line.variant_id).on_hand == 9
    assert OrderLine.objects.get(pk=line.pk).quantity_returned == 2
    assert return_detail(owner(), document.pk).gross_amount == D(10)


def test_who_may() -> None:
    order = place([(stocked(10), 2)])
    (line,) = lines_of(order)
    ship(order_id=order.pk, actor=owner(), now=NOW)
    stranger = limited(owner(), channels=frozenset())
    with pytest.raises(NotFound):
        record_return(order_id=order.pk, lines=[ReturnedUnits(line.pk, D(1))], reason="no", actor=stranger, now=NOW)
    document = give_back(order, ReturnedUnits(line.pk, D(1)))
    assert return_list(stranger).rows == []
    with pytest.raises(NotFound):
        return_detail(stranger, document.pk)
    assert [row.pk for row in return_list(owner(), text=document.number.lower()).rows] == [document.pk]


@pytest.mark.parametrize(
    ("model", "column", "law"),
    [
        (OrderLine, "quantity_shipped", "fulfilment.shipped_is_the_sum_of_shipments"),
        (OrderLine, "quantity_returned", "fulfilment.returned_is_the_sum_of_returns"),
        (ShipmentLine, "quantity_returned", "fulfilment.returned_items_match_shipments"),
        (ShipmentLine, "quantity", "fulfilment.stock_moves_with_goods"),
        (Return, "net_amount", "fulfilment.return_is_the_sum_of_its_lines"),
    ],
)
def test_a_wrong_sum_is_found(model: type, column: str, law: str) -> None:
    order = place([(stocked(10), 3)])
    (line,) = lines_of(order)
    ship(order_id=order.pk, lines={line.pk: D(2)}, actor=owner(), now=NOW)
    give_back(order, ReturnedUnits(line.pk, D(1)))
    changes = {column: D(2) if column != "quantity_shipped" else D(3)}
    if column == "quantity":
        changes = {column: D(3)}
    if model is Return:
        changes = {"net_amount": D(1), "gross_amount": D(1), "tax_amount": D(0)}
    model.objects.update(**changes)
    assert law in [name for name, _ in differences()]


def test_a_wrong_delivery_state_is_found() -> None:
    order = place([(stocked(10), 3)])
    ship(order_id=order.pk, actor=owner(), now=NOW)
    Order.objects.filter(pk=order.pk).update(fulfilment_state="delivered")
    assert "fulfilment.delivered_orders_arrived" in [name for name, _ in differences()]


def test_a_component_nobody_accounts_for_is_found() -> None:
    warehouse = make_warehouse()
    cup, tea = stocked(9, warehouse=warehouse), stocked(9, warehouse=warehouse)
    order = place([(make_bundle({cup: 2, tea: 1}), 3)])
    ship(order_id=order.pk, actor=owner(), now=NOW)
    ShipmentLine.objects.filter(stock_item__variant=tea).update(quantity=2)
    assert "fulfilment.bundles_are_shipped_reserved_or_backordered" in [name for name, _ in differences()]
