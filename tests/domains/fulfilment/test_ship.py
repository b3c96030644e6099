"""Only what is reserved leaves, from where it lies, and everything counted along the way agrees."""

from __future__ import annotations

import pytest

from orderwell.domains.fulfilment.errors import QuantityAboveReserved, UnknownWarehouse
from orderwell.domains.fulfilment.models import Shipment, ShipmentLine
from orderwell.domains.fulfilment.queries import shipment_detail, shipment_list
from orderwell.domains.fulfilment.services.many import ShipRequest, deliver_many, ship_many
from orderwell.domains.fulfilment.services.ship import ship
from orderwell.domains.fulfilment.services.track import deliver, set_tracking
from orderwell.domains.inventory.models import Reservation, StockItem, StockMovement
from orderwell.domains.orders.errors import HeldOrder, NothingToDo, OrderStateForbids, PartlyShipped, UnknownLine
from orderwell.domains.orders.models import Order
from orderwell.domains.orders.services.allocate import allocate_backorders
from orderwell.domains.orders.services.cancel import cancel_units
from orderwell.domains.orders.services.hold import place_hold
from orderwell.kernel.errors import NotFound, Refusal, StaleVersion
from orderwell.platform.events.models import Event
from orderwell.platform.permissions import PermissionDenied
from orderwell.testing.actors import clerk, limited, owner, warehouse_worker
from orderwell.testing.factories import make_bundle, make_variant, make_warehouse, stock_up
from tests.domains.books import NOW, D, differences, lines_of, place, stocked

pytestmark = pytest.mark.django_db


def codes(refusal: pytest.ExceptionInfo[Refusal]) -> list[str]:
    return [error.code for error in refusal.value.errors]


def test_all_that_is_reserved_leaves() -> None:
    variant = stocked(10)
    order = place([(variant, 3)])
    (shipment,) = ship(order_id=order.pk, carrier="SF", tracking_number=" SF123 ", actor=warehouse_worker(), now=NOW)
    order.refresh_from_db()
    (line,) = lines_of(order)
    item = StockItem.objects.get(variant=variant)
    assert (line.quantity_shipped, item.on_hand, item.reserved) == (3, 7, 0)
    assert order.fulfilment_state == Order.FulfilmentState.SHIPPED
    assert (shipment.carrier, shipment.tracking_number, shipment.state) == ("SF", "SF123", "shipped")
    movement = StockMovement.objects.get(cause=f"shipment:{shipment.pk}")
    assert movement.quantity == -3
    assert Event.objects.filter(stream=f"order:{order.pk}", name="fulfilment.shipment.shipped").count() == 1
    assert not Reservation.objects.exists()
    assert differences() == []


def test_a_carrier_turns_nothing_round() -> None:
    order = place([(stocked(10), 3)])
    with pytest.raises(Refusal) as refusal:
        ship(order_id=order.pk, carrier="DHL \u202elatx", tracking_number="1\t2", actor=warehouse_worker(), now=NOW)
    assert [(error.pointer, error.data["place"], error.data["character"]) for error in refusal.value.errors] == [
        ("/carrier", 5, "U+202E"),
        ("/tracking_number", 2, "U+0009"),
    ]


def test_part_after_part() -> None:
    order = place([(stocked(10), 5)])
    (line,) = lines_of(order)
    ship(order_id=order.pk, lines={line.pk: D(2)}, actor=owner(), now=NOW)
    order.refresh_from_db()
    assert order.fulfilment_state == Order.FulfilmentState.PARTIAL
    with pytest.raises(Refusal) as refusal:
        ship(order_id=order.pk, lines={line.pk: D(4)}, actor=owner(), now=NOW)
    assert codes(refusal) == [QuantityAboveReserved.code]
    assert refusal.value.errors[0].data["reserved"] == "3"
    ship(order_id=order.pk, lines={line.pk: D(3)}, actor=owner(), now=NOW)
    order.refresh_from_db()
    assert order.fulfilment_state == Order.FulfilmentState.SHIPPED
    assert differences() == []


def test_a_shipment_for_each_warehouse() -> None:
    north, south = make_warehouse(priority=1), make_warehouse(priority=2)
    variant = make_variant()
    stock_up(variant, north, 2)
    stock_up(variant, south, 5)
    order = place([(variant, 6)])
    shipments = ship(order_id=order.pk, actor=owner(), now=NOW)
    assert {shipment.warehouse_id for shipment in shipments} == {north.pk, south.pk}
    assert ShipmentLine.objects.count() == 2
    assert lines_of(order)[0].quantity_shipped == 6
    assert differences() == []


def test_one_warehouse_only() -> None:
    north, south = make_warehouse(priority=1), make_warehouse(priority=2)
    variant = make_variant()
    stock_up(variant, north, 2)
    stock_up(variant, south, 5)
    order = place([(variant, 6)])
    (line,) = lines_of(order)
    with pytest.raises(Refusal) as refusal:
        ship(order_id=order.pk, lines={line.pk: D(3)}, warehouse=north.code, actor=owner(), now=NOW)
    assert codes(refusal) == [QuantityAboveReserved.code]
    with pytest.raises(UnknownWarehouse):
        ship(order_id=order.pk, warehouse="nowhere", actor=owner(), now=NOW)
    worker = limited(owner(), warehouses=frozenset({north.pk}))
    with pytest.raises(UnknownWarehouse):
        ship(order_id=order.pk, warehouse=south.code, actor=worker, now=NOW)
    (shipment,) = ship(order_id=order.pk, actor=worker, now=NOW)
    assert shipment.warehouse_id == north.pk
    assert lines_of(order)[0].quantity_shipped == 2
    assert differences() == []


def test_a_bundle_leaves_as_its_components() -> None:
    warehouse = make_warehouse()
    cup, tea = stocked(20, warehouse=warehouse), stocked(20, warehouse=warehouse)
    order = place([(make_bundle({cup: 2, tea: 1}), 3), (cup, 1)])
    bundle, _cup = lines_of(order)
    ship(order_id=order.pk, lines={bundle.pk: D(1)}, actor=owner(), now=NOW)
    assert StockItem.objects.get(variant=cup).on_hand == 18
    assert StockItem.objects.get(variant=tea).on_hand == 19
    assert lines_of(order)[0].quantity_shipped == 1
    told = Event.objects.get(stream=f"order:{order.pk}", name="fulfilment.shipment.shipped").data["lines"]
    assert {line["sku"]: line["quantity"] for line in told} == {cup.sku: "2", tea.sku: "1"}
    ship(order_id=order.pk, actor=owner(), now=NOW)
    assert [line.quantity_shipped for line in lines_of(order)] == [3, 1]
    assert StockItem.objects.get(variant=cup).on_hand == 13
    assert differences() == []


def test_a_component_that_arrives_is_named_itself() -> None:
    warehouse = make_warehouse()
    cup, tea = stocked(20, warehouse=warehouse), make_variant()
    order = place([(make_bundle({cup: 1, tea: 2}), 3)], backorder=True)
    stock_up(tea, warehouse, 10)
    allocate_backorders(variant_ids=[tea.pk], actor=owner(), now=NOW)
    told = Event.objects.get(stream=f"order:{order.pk}", name="orders.backorder.filled").data
    assert (told["sku"], told["quantity"]) == (tea.sku, "6")


def test_a_bundle_over_two_warehouses_counts_when_it_is_complete() -> None:
    north, south = make_warehouse(priority=1), make_warehouse(priority=2)
    cup, tea = stocked(4, warehouse=north), stocked(4, warehouse=south)
    order = place([(make_bundle({cup: 1, tea: 1}), 2)])
    ship(order_id=order.pk, warehouse=north.code, actor=owner(), now=NOW)
    assert lines_of(order)[0].quantity_shipped == 0
    assert differences() == []
    with pytest.raises(PartlyShipped):
        cancel_units(order_id=order.pk, lines=None, reason="too late", actor=owner(), now=NOW)
    ship(order_id=order.pk, warehouse=south.code, actor=owner(), now=NOW)
    assert lines_of(order)[0].quantity_shipped == 2
    assert differences() == []


def test_components_wait_for_a_bundle_that_cannot_be_complete() -> None:
    warehouse = make_warehouse()
    cup, tea = stocked(4, warehouse=warehouse), stocked(1, warehouse=warehouse)
    order = place([(make_bundle({cup: 1, tea: 1}), 3)], backorder=True)
    ship(order_id=order.pk, actor=owner(), now=NOW)
    assert lines_of(order)[0].quantity_shipped == 1
    assert StockItem.objects.get(variant=cup).on_hand == 3
    with pytest.raises(NothingToDo) as refusal:
        ship(order_id=order.pk, actor=owner(), now=NOW)
    assert refusal.value.data["waiting"] == "2"
    assert differences() == []


def test_who_waits_for_stock_is_told_so() -> None:
    order = place([(stocked(5), 50)], backorder=True)
    ship(order_id=order.pk, actor=owner(), now=NOW)
    shipped = Event.objects.get(stream=f"order:{order.pk}", name="fulfilment.shipment.shipped")
    assert shipped.data["lines"][0]["quantity"] == "5"
    with pytest.raises(NothingToDo) as refusal:
        ship(order_id=order.pk, actor=owner(), now=NOW)
    (said,) = refusal.value.details
    assert said.text() == f"Nothing of order {order.number} can be shipped now: 45 of it wait for stock."
    cancel_units(order_id=order.pk, lines={lines_of(order)[0].pk: D(45)}, reason="gone", actor=owner(), now=NOW)
    cancelled = Event.objects.get(stream=f"order:{order.pk}", name="orders.line.cancelled")
    assert cancelled.data["quantity"] == "45"
    with pytest.raises(NothingToDo) as refusal:
        ship(order_id=order.pk, actor=owner(), now=NOW)
    assert refusal.value.details[0].text() == f"There is nothing left to ship on order {order.number}."


def test_a_hold_stops_it() -> None:
    order = place([(stocked(), 1)])
    place_hold(order_id=order.pk, kind="fraud", reason="odd", actor=owner(), now=NOW)
    with pytest.raises(HeldOrder):
        ship(order_id=order.pk, actor=owner(), now=NOW)
    assert not Shipment.objects.exists()


@pytest.mark.parametrize("quantity", ["0", "-1", "1.5", "NaN", "1e30"])
def test_unusable_quantities(quantity: str) -> None:
    order = place([(stocked(), 2)])
    (line,) = lines_of(order)
    with pytest.raises(Refusal):
        ship(order_id=order.pk, lines={line.pk: D(quantity)}, actor=owner(), now=NOW)
    with pytest.raises(Refusal) as refusal:
        ship(order_id=order.pk, lines={line.pk + 99: D(1)}, actor=owner(), now=NOW)
    assert codes(refusal) == [UnknownLine.code]
    assert not Shipment.objects.exists()


def test_who_may() -> None:
    order = place([(stocked(), 2)])
    with pytest.raises(PermissionDenied):
        ship(order_id=order.pk, actor=clerk(), now=NOW)
    with pytest.raises(NotFound):
        ship(order_id=order.pk, actor=limited(owner(), channels=frozenset()), now=NOW)
    (shipment,) = ship(order_id=order.pk, actor=owner(), now=NOW)
    stranger = limited(owner(), channels=frozenset())
    assert shipment_list(stranger).rows == []
    with pytest.raises(NotFound):
        shipment_detail(stranger, shipment.pk)
    with pytest.raises(NotFound):
        deliver(shipment_id=shipment.pk, actor=stranger, now=NOW)
    assert [row.pk for row in shipment_list(owner(), text=shipment.number[:4].lower()).rows] == [shipment.pk]


def test_delivery_moves_forward_only() -> None:
    order = place([(stocked(), 2)])
    (line,) = lines_of(order)
    first, second = (ship(order_id=order.pk, lines={line.pk: D(1)}, actor=owner(), now=NOW)[0] for _ in range(2))
    deliver(shipment_id=first.pk, actor=owner(), now=NOW)
    order.refresh_from_db()
    assert order.fulfilment_state == Order.FulfilmentState.SHIPPED
    deliver(shipment_id=second.pk, actor=owner(), now=NOW)
    order.refresh_from_db()
    assert order.fulfilment_state == Order.FulfilmentState.DELIVERED
    again = deliver(shipment_id=second.pk, actor=owner(), now=NOW)
    assert (again.state, again.version) == ("delivered", 2)
    assert Event.objects.filter(name="fulfilment.shipment.delivered").count() == 2
    with pytest.raises(OrderStateForbids):
        cancelled = place([(stocked(), 2)])
        cancel_units(order_id=cancelled.pk, lines=None, reason="gone", actor=owner(), now=NOW)
        ship(order_id=cancelled.pk, actor=owner(), now=NOW)
    assert differences() == []


def test_tracking_can_be_corrected() -> None:
    order = place([(stocked(), 2)])
    (shipment,) = ship(order_id=order.pk, actor=owner(), now=NOW)
    changed = set_tracking(
        shipment_id=shipment.pk, carrier="YTO", tracking_number="Y1", version=1, actor=owner(), now=NOW
    )
    assert (changed.carrier, changed.version) == ("YTO", 2)
    with pytest.raises(StaleVersion):
        set_tracking(shipment_id=shipment.pk, carrier="A", tracking_number="B", version=1, actor=owner(), now=NOW)
    with pytest.raises(Refusal):
        set_tracking(shipment_id=shipment.pk, carrier="A" * 61, tracking_number="B", actor=owner(), now=NOW)
    assert [row.pk for row in shipment_list(owner(), text="Y1").rows] == [shipment.pk]


def test_many_at_once_each_with_a_verdict() -> None:
    good, held = place([(stocked(), 1)]), place([(stocked(), 1)])
    place_hold(order_id=held.pk, kind="credit", reason="limit", actor=owner(), now=NOW)
    verdicts = ship_many(requests=[ShipRequest(good.pk), ShipRequest(held.pk), ShipRequest(0)], actor=owner(), now=NOW)
    assert [verdict.outcome for verdict in verdicts] == ["created", "refused", "refused"]
    assert [error.code for verdict in verdicts for error in verdict.errors] == ["order_on_hold", "not_found"]
    shipped = verdicts[0].id or 0
    assert [v.outcome for v in deliver_many(shipment_ids=[shipped, 0], actor=owner(), now=NOW)] == [
        "updated",
        "refused",
    ]
    assert Shipment.objects.get().state == "delivered"
