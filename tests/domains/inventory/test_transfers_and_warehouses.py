"""Transfers, warehouses and their policy, buffers."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from orderwell.domains.catalog.errors import UnknownChannel, UnknownSku
from orderwell.domains.inventory.drafts import (
    ArrivalDraft,
    BufferDraft,
    TransferDraft,
    TransferLineDraft,
    WarehouseDraft,
)
from orderwell.domains.inventory.errors import (
    BelowReserved,
    UnknownWarehouse,
)
from orderwell.domains.inventory.models import ChannelBuffer, StockItem, Transfer, Warehouse
from orderwell.domains.inventory.resolving import active_warehouses
from orderwell.domains.inventory.services.save_buffer import save_buffer
from orderwell.domains.inventory.services.save_warehouse import save_warehouse
from orderwell.domains.inventory.services.transfer_stock import (
    cancel_transfer,
    change_transfer,
    create_transfer,
    dispatch_transfer,
    receive_transfer,
)
from orderwell.kernel.errors import NotFound, Refusal, StaleVersion
from orderwell.kernel.transitions import IllegalTransition
from orderwell.platform.events.models import Event
from orderwell.platform.permissions import PermissionDenied
from orderwell.testing.actors import clerk, limited, owner, warehouse_worker
from orderwell.testing.factories import make_channel, make_variant, make_warehouse, stock_up
from tests.domains.inventory.helpers import balance, codes_of, differences, hold

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 3, 1, 2, 30, tzinfo=UTC)


@pytest.fixture
def item() -> StockItem:
    """20 cups in the main warehouse; another warehouse lies in the east."""
    make_warehouse("east")
    return stock_up(make_variant("CUP"), make_warehouse("main"), 20)


def plan(quantity: object = 8, **given: object) -> TransferDraft:
    lines = (TransferLineDraft(sku="CUP", quantity=Decimal(str(quantity))),)
    return TransferDraft(**{"origin": "main", "destination": "east", "lines": lines, **given})  # type: ignore[arg-type]


def planned(quantity: object = 8) -> Transfer:
    return create_transfer(plan(quantity), actor=warehouse_worker(), now=NOW)


def in_the_east() -> Decimal:
    return sum(StockItem.objects.filter(warehouse__code="east").values_list("on_hand", flat=True), Decimal(0))


def test_goods_leave_here_travel_and_arrive_there(item: StockItem) -> None:
    transfer = planned()
    assert transfer.number == f"TR{transfer.pk:06d}"
    assert balance(item) == (20, 0)
    dispatch_transfer(transfer_id=transfer.pk, actor=owner(), now=NOW)
    assert (balance(item), in_the_east()) == ((12, 0), 0)
    received = receive_transfer(transfer_id=transfer.pk, actor=owner(), now=NOW)
    assert (received.state, in_the_east()) == ("received", 8)
    assert list(Event.objects.filter(stream=f"transfer:{transfer.pk}").values_list("name", flat=True)) == [
        "inventory.transfer.created",
        "inventory.transfer.dispatched",
        "inventory.transfer.received",
        "inventory.stock.received",
    ]
    assert not differences()


def test_goods_arrive_in_parts_and_some_get_lost(item: StockItem) -> None:
    transfer = planned()
    dispatch_transfer(transfer_id=transfer.pk, actor=owner(), now=NOW)
    line = transfer.lines.get().pk
    part = receive_transfer(
        transfer_id=transfer.pk, arrivals=[ArrivalDraft(line=line, received=Decimal(5))], actor=owner(), now=NOW
    )
    assert (part.state, part.received_at) == ("dispatched", None)
    assert not differences()
    with pytest.raises(Refusal) as refused:
        receive_transfer(
            transfer_id=transfer.pk,
            arrivals=[ArrivalDraft(line=line, received=Decimal(3), lost=Decimal(1))],
            actor=owner(),
            now=NOW,
        )
    assert codes_of(refused) == {"/arrivals/0/received": "above_in_transit"}
    whole = receive_transfer(
        transfer_id=transfer.pk,
        arrivals=[ArrivalDraft(line=line, received=Decimal(2), lost=Decimal(1))],
        actor=owner(),
        now=NOW,
    )
    assert (whole.state, in_the_east(), balance(item)) == ("received", 7, (12, 0))
    last = Event.objects.filter(name="inventory.transfer.received").order_by("id").last()
    assert last and last.data["lost"] == {"CUP": "1"}
    assert not differences()


@pytest.mark.parametrize("allow_negative", [False, True])
def test_only_free_stock_leaves(item: StockItem, allow_negative: bool) -> None:
    hold(item, 15, line_id=7)
    save_warehouse(WarehouseDraft(code="main", allow_negative=allow_negative), actor=owner(), now=NOW)
    transfer = planned(6)
    with pytest.raises(Refusal) as refused:
        dispatch_transfer(transfer_id=transfer.pk, actor=owner(), now=NOW)
    detail = refused.value.details[0]
    assert (detail.code, detail.data["free"], detail.data["line_ids"]) == ("stock_not_free", "5", [7])
    transfer.refresh_from_db()
    assert (transfer.state, balance(item)) == ("draft", (20, 15))


def test_steps_come_in_their_order(item: StockItem) -> None:
    transfer = planned()
    with pytest.raises(IllegalTransition):
        receive_transfer(transfer_id=transfer.pk, actor=owner(), now=NOW)
    dispatch_transfer(transfer_id=transfer.pk, actor=owner(), now=NOW)
    for step in (dispatch_transfer, cancel_transfer):
        with pytest.raises(IllegalTransition):
            step(transfer_id=transfer.pk, actor=owner(), now=NOW)
    with pytest.raises(IllegalTransition):
        change_transfer(transfer_id=transfer.pk, draft=plan(1), actor=owner(), now=NOW)
    assert balance(item) == (12, 0)


def test_a_plan_can_change_until_it_leaves_and_be_given_up(item: StockItem) -> None:
    transfer = planned()
    changed = change_transfer(transfer_id=transfer.pk, draft=plan(3, note="less"), version=1, actor=owner(), now=NOW)
    assert (changed.version, changed.lines.get().quantity) == (2, 3)
    with pytest.raises(StaleVersion):
        cancel_transfer(transfer_id=transfer.pk, version=1, actor=owner(), now=NOW)
    assert cancel_transfer(transfer_id=transfer.pk, version=2, actor=owner(), now=NOW).state == "cancelled"
    assert balance(item) == (20, 0)


@pytest.mark.parametrize(
    ("given", "pointer", "code"),
    [
        ({"origin": "moon"}, "/origin", "unknown_warehouse"),
        ({"destination": "main"}, "/destination", "same_warehouse"),
        ({"lines": ()}, "/lines", "value_missing"),
        ({"expected_at": datetime(2026, 3, 2)}, "/expected_at", "missing_time_zone"),  # noqa: DTZ001  that is the point
        ({"quantity": 0}, "/lines/0/quantity", "quantity_not_positive"),
        ({"lines": (TransferLineDraft(sku="NO", quantity=Decimal(1)),)}, "/lines/0/sku", "unknown_sku"),
        ({"lines": plan(1).lines * 2}, "/lines/1/sku", "sku_given_twice"),
    ],
)
def test_a_bad_plan_is_refused(item: StockItem, given: dict[str, object], pointer: str, code: str) -> None:
    with pytest.raises(Refusal) as refused:
        create_transfer(plan(given.pop("quantity", 8), **given), actor=owner(), now=NOW)
    assert codes_of(refused)[pointer] == code
    assert not Transfer.objects.exists()


@pytest.mark.parametrize(
    "arrivals", [[], [ArrivalDraft(line=0, received=Decimal(1))], [ArrivalDraft(line=0, received=Decimal(-1))]]
)
def test_a_bad_arrival_is_refused(item: StockItem, arrivals: list[ArrivalDraft]) -> None:
    transfer = planned()
    dispatch_transfer(transfer_id=transfer.pk, actor=owner(), now=NOW)
    with pytest.raises(Refusal):
        receive_transfer(transfer_id=transfer.pk, arrivals=arrivals, actor=owner(), now=NOW)
    negative = [ArrivalDraft(line=transfer.lines.get().pk, received=Decimal(5), lost=Decimal(-1))]
    with pytest.raises(Refusal) as refused:
        receive_transfer(transfer_id=transfer.pk, arrivals=negative, actor=owner(), now=NOW)
    assert codes_of(refused) == {"/arrivals/0/lost": "quantity_not_positive"}
    twice = [ArrivalDraft(line=transfer.lines.get().pk, received=Decimal(1))] * 2
    with pytest.raises(Refusal) as refused:
        receive_transfer(transfer_id=transfer.pk, arrivals=twice, actor=owner(), now=NOW)
    assert codes_of(refused) == {"/arrivals/1/line": "sku_given_twice"}
    assert in_the_east() == 0


def test_each_end_is_for_those_who_work_there(item: StockItem) -> None:
    east = Warehouse.objects.get(code="east")
    there = limited(warehouse_worker(), warehouses=frozenset({east.pk}))
    transfer = planned()
    with pytest.raises(NotFound):
        dispatch_transfer(transfer_id=transfer.pk, actor=there, now=NOW)
    dispatch_transfer(transfer_id=transfer.pk, actor=owner(), now=NOW)
    here = limited(warehouse_worker(), warehouses=frozenset({item.warehouse_id}))
    with pytest.raises(NotFound):
        receive_transfer(transfer_id=transfer.pk, actor=here, now=NOW)
    assert receive_transfer(transfer_id=transfer.pk, actor=there, now=NOW).state == "received"
    with pytest.raises(PermissionDenied):
        planned_by_clerk = plan()
        create_transfer(planned_by_clerk, actor=clerk(), now=NOW)


def test_goods_are_sent_from_one_s_own_warehouse_to_any(item: StockItem) -> None:
    here = limited(warehouse_worker(), warehouses=frozenset({item.warehouse_id}))
    transfer = create_transfer(plan(), actor=here, now=NOW)
    assert change_transfer(transfer_id=transfer.pk, draft=plan(5), actor=here, now=NOW).lines.get().quantity == 5
    assert dispatch_transfer(transfer_id=transfer.pk, actor=here, now=NOW).state == "dispatched"
    with pytest.raises(Refusal) as refused:
        create_transfer(plan(origin="east", destination="main"), actor=here, now=NOW)
    assert codes_of(refused) == {"/origin": "unknown_warehouse"}


def test_nothing_is_planned_for_a_day_that_is_over(item: StockItem) -> None:
    yesterday, today = NOW - timedelta(days=1), NOW - timedelta(minutes=5)
    with pytest.raises(Refusal) as refused:
        create_transfer(plan(expected_at=yesterday), actor=owner(), now=NOW)
    assert codes_of(refused) == {"/expected_at": "day_over"}
    transfer = create_transfer(plan(expected_at=today), actor=owner(), now=NOW)
    later = NOW + timedelta(days=3)
    changed = change_transfer(transfer_id=transfer.pk, draft=plan(3, expected_at=today), actor=owner(), now=later)
    assert (changed.lines.get().quantity, changed.expected_at) == (3, today)


def test_the_events_of_a_transfer_say_how_much(item: StockItem) -> None:
    transfer = planned()
    change_transfer(transfer_id=transfer.pk, draft=plan(6, note="less"), actor=owner(), now=NOW)
    assert change_transfer(transfer_id=transfer.pk, draft=plan(6, note="less"), actor=owner(), now=NOW).version == 2
    dispatch_transfer(transfer_id=transfer.pk, actor=owner(), now=NOW)
    arrival = ArrivalDraft(line=transfer.lines.get().pk, received=Decimal(5), lost=Decimal(1))
    receive_transfer(transfer_id=transfer.pk, arrivals=[arrival], actor=owner(), now=NOW)
    _made, changed, left, came = Event.objects.filter(name__startswith="inventory.transfer.").order_by("id")
    assert changed.data["changes"] == {"CUP.quantity": ["8", "6"], "note": ["", "less"]}
    assert left.data["lines"] == {"CUP": "6"}
    assert (came.data["received"], came.data["lost"]) == ({"CUP": "5"}, {"CUP": "1"})


def test_what_stands_against_a_step_is_told_of_this_transfer(item: StockItem) -> None:
    transfer = planned()
    with pytest.raises(IllegalTransition, match="has not left yet; dispatch it first"):
        receive_transfer(transfer_id=transfer.pk, actor=owner(), now=NOW)
    dispatch_transfer(transfer_id=transfer.pk, actor=owner(), now=NOW)
    with pytest.raises(IllegalTransition, match="has left already"):
        cancel_transfer(transfer_id=transfer.pk, actor=owner(), now=NOW)
    receive_transfer(transfer_id=transfer.pk, actor=owner(), now=NOW)
    with pytest.raises(IllegalTransition, match=f"^illegal_transition: {transfer.number}"):
        receive_transfer(transfer_id=transfer.pk, actor=owner(), now=NOW)


def test_a_warehouse_is_known_to_the_order_engine_at_once() -> None:
    active_warehouses()
    save_warehouse(WarehouseDraft(code="west", name_zh="西仓", priority=1), actor=owner(), now=NOW)
    assert next(iter(active_warehouses())) == "west"
    save_warehouse(WarehouseDraft(code="west", active=False), actor=owner(), now=NOW)
    assert "west" not in active_warehouses()


def test_selling_below_zero_is_forbidden_only_when_all_is_covered(item: StockItem) -> None:
    allow = WarehouseDraft(code="main", allow_negative=True)
    forbid = WarehouseDraft(code="main", allow_negative=False)
    save_warehouse(allow, actor=owner(), now=NOW)
    assert not differences()
    hold(item, 25)
    with pytest.raises(BelowReserved) as refused:
        save_warehouse(forbid, actor=owner(), now=NOW)
    assert refused.value.data["skus"] == "CUP"
    item.refresh_from_db()
    assert item.allow_negative and Warehouse.objects.get(code="main").allow_negative
    stock_up(item.variant, Warehouse.objects.get(code="main"), 5)
    save_warehouse(forbid, actor=owner(), now=NOW)
    item.refresh_from_db()
    assert not item.allow_negative
    assert not differences()


@pytest.mark.parametrize(
    ("given", "pointer"),
    [({"code": "a b"}, "/code"), ({"country": "China"}, "/country"), ({"priority": -1}, "/priority")],
)
def test_a_bad_warehouse_is_refused(given: dict[str, object], pointer: str) -> None:
    with pytest.raises(Refusal) as refused:
        save_warehouse(WarehouseDraft(**{"code": "west", **given}), actor=owner(), now=NOW)  # type: ignore[arg-type]
    assert pointer in codes_of(refused)
    with pytest.raises(PermissionDenied):
        save_warehouse(WarehouseDraft(code="west"), actor=warehouse_worker(), now=NOW)
    assert not Warehouse.objects.exists()


def test_a_buffer_names_what_exists(item: StockItem) -> None:
    make_channel("shop")
    one = Decimal(1)
    with pytest.raises(UnknownChannel):
        save_buffer(BufferDraft(channel="none", quantity=one), actor=owner(), now=NOW)
    with pytest.raises(UnknownSku):
        save_buffer(BufferDraft(channel="shop", sku="NONE", quantity=one), actor=owner(), now=NOW)
    with pytest.raises(UnknownWarehouse):
        save_buffer(BufferDraft(channel="shop", warehouse="moon", quantity=one), actor=owner(), now=NOW)
    with pytest.raises(Refusal):
        save_buffer(BufferDraft(channel="shop", quantity=-one), actor=owner(), now=NOW)
    assert not ChannelBuffer.objects.exists()
    for quantity in (one, one, Decimal(2), Decimal(0), None, None):
        save_buffer(BufferDraft(channel="shop", quantity=quantity), actor=owner(), now=NOW)
    assert not ChannelBuffer.objects.exists()
    assert Event.objects.filter(name="inventory.buffer.changed").count() == 4
