"""Adjustments and receipts."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from orderwell.domains.inventory.drafts import (
    AdjustmentDraft,
    AdjustmentLineDraft,
    ExpectedReceiptDraft,
    ReceiptDraft,
    ReceiptLineDraft,
)
from orderwell.domains.inventory.errors import BelowReceived, UnknownWarehouse
from orderwell.domains.inventory.models import Adjustment, ExpectedReceipt, StockItem, StockMovement
from orderwell.domains.inventory.services.adjust_stock import adjust_stock, adjust_stocks
from orderwell.domains.inventory.services.expect_receipt import cancel_expected_receipt, expect_receipt
from orderwell.domains.inventory.services.receive_stock import receive_stock
from orderwell.kernel.errors import NotFound, Refusal
from orderwell.platform.events.models import Event
from orderwell.platform.permissions import PermissionDenied
from orderwell.testing.actors import clerk, limited, owner, warehouse_worker
from orderwell.testing.factories import make_bundle, make_variant, make_warehouse, stock_up
from tests.domains.inventory.helpers import balance, codes_of, differences, hold

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 3, 1, 2, 30, tzinfo=UTC)


def line(sku: str, change: object = None, counted: object = None) -> AdjustmentLineDraft:
    number = lambda value: None if value is None else Decimal(str(value))  # noqa: E731  two short conversions
    return AdjustmentLineDraft(sku=sku, change=number(change), counted=number(counted))


def draft(*lines: AdjustmentLineDraft, **given: str) -> AdjustmentDraft:
    return AdjustmentDraft(**{"warehouse": "main", "reason": "damaged", "lines": lines, **given})  # type: ignore[arg-type]


def test_a_correction_moves_stock_and_says_why() -> None:
    main = make_warehouse("main")
    cup, pot = make_variant("CUP"), make_variant("POT")
    item = stock_up(cup, main, 10)
    adjustment = adjust_stock(draft(line("CUP", -3), line("POT", 4), note="fell"), actor=warehouse_worker(), now=NOW)
    assert balance(item) == (7, 0)
    assert StockItem.objects.get(variant=pot).on_hand == 4
    movement = item.movements.get(cause=f"adjustment:{adjustment.pk}")
    assert (movement.kind, movement.quantity, movement.reason, movement.note, movement.actor_label) == (
        "adjustment",
        -3,
        "damaged",
        "fell",
        "Wei Worker",
    )
    assert Event.objects.get(name="inventory.stock.adjusted").data["changes"] == {"CUP": "-3", "POT": "4"}
    assert Event.objects.get(name="inventory.stock.received").data["variant_ids"] == [pot.pk]
    assert not differences()


def test_a_count_says_what_is_there() -> None:
    item = stock_up(make_variant("CUP"), make_warehouse("main"), 10)
    adjust_stock(draft(line("CUP", counted=8), reason="count"), actor=owner(), now=NOW)
    assert balance(item) == (8, 0)
    adjust_stock(draft(line("CUP", counted=8), reason="count"), actor=owner(), now=NOW)
    assert item.movements.count() == 2
    assert Adjustment.objects.count() == 2


def test_reserved_goods_are_not_written_off() -> None:
    item = stock_up(make_variant("CUP"), make_warehouse("main"), 10)
    other = stock_up(make_variant("POT"), item.warehouse, 10)
    hold(item, 6, line_id=41)
    with pytest.raises(Refusal) as refused:
        adjust_stock(draft(line("POT", -1), line("CUP", -5)), actor=owner(), now=NOW)
    detail = refused.value.details[0]
    assert (detail.pointer, detail.code) == ("/lines/1/change", "stock_reserved")
    assert detail.data["line_ids"] == [41]
    assert "10 on hand, 6 of them reserved for 1 order lines. At most 4" in detail.text()
    assert (balance(item), balance(other)) == ((10, 6), (10, 0))
    assert not Adjustment.objects.exists()
    with pytest.raises(Refusal):
        adjust_stock(draft(line("CUP", counted=5)), actor=owner(), now=NOW)
    adjust_stock(draft(line("CUP", -4)), actor=owner(), now=NOW)
    assert balance(item) == (6, 6)


def test_a_warehouse_that_may_sell_below_zero_may_be_counted_there() -> None:
    item = stock_up(make_variant("CUP"), make_warehouse("main", allow_negative=True), 2)
    hold(item, 5)
    adjust_stock(draft(line("CUP", -4)), actor=owner(), now=NOW)
    assert balance(item) == (-2, 5)


def test_many_corrections_see_each_other_and_stand_alone() -> None:
    item = stock_up(make_variant("CUP"), make_warehouse("main"), 10)
    drafts = [
        draft(line("CUP", -6), external_id="a"),
        draft(line("CUP", -6), external_id="b"),
        draft(line("CUP", -4), external_id="c"),
        draft(line("CUP", -6), external_id="a"),
        draft(line("NONE", -1)),
    ]
    verdicts = adjust_stocks(drafts, actor=owner(), now=NOW)
    assert [v.outcome for v in verdicts] == ["created", "refused", "created", "unchanged", "refused"]
    assert verdicts[3].id == verdicts[0].id
    assert balance(item) == (0, 0)
    assert [v.outcome for v in adjust_stocks(drafts[:1], actor=owner(), now=NOW)] == ["unchanged"]
    assert balance(item) == (0, 0)


@pytest.mark.parametrize(
    ("given", "pointer", "code"),
    [
        ({"warehouse": "moon"}, "/warehouse", "unknown_warehouse"),
        ({"reason": "because"}, "/reason", "invalid_value"),
        ({"lines": ()}, "/lines", "value_missing"),
        ({"note": "x" * 241}, "/note", "text_too_long"),
        ({"external_id": " "}, "/external_id", "value_missing"),
        ({"lines": (line("CUP"),)}, "/lines/0/change", "change_or_count"),
        ({"lines": (line("CUP", 1, 1),)}, "/lines/0/change", "change_or_count"),
        ({"lines": (line("CUP", 0),)}, "/lines/0/change", "nothing_changes"),
        ({"lines": (line("CUP", "0.5"),)}, "/lines/0/change", "quantity_too_precise"),
        ({"lines": (line("CUP", "-1e12"),)}, "/lines/0/change", "quantity_too_large"),
        ({"lines": (line("CUP", "NaN"),)}, "/lines/0/change", "not_a_number"),
        ({"lines": (line("CUP", counted=-1),)}, "/lines/0/counted", "quantity_not_positive"),
        ({"lines": (line("CUP", 1), line("CUP", 2))}, "/lines/1/sku", "sku_given_twice"),
        ({"lines": (line("SET", 1),)}, "/lines/0/sku", "stock_of_bundle"),
        ({"lines": (line("NONE", 1),)}, "/lines/0/sku", "unknown_sku"),
    ],
)
def test_bad_input_is_told_with_its_place(given: dict[str, object], pointer: str, code: str) -> None:
    make_warehouse("main")
    make_bundle({make_variant("CUP"): 1}, sku="SET")
    with pytest.raises(Refusal) as refused:
        adjust_stock(draft(**{"lines": (line("CUP", 1),), **given}), actor=owner(), now=NOW)  # type: ignore[arg-type]
    assert codes_of(refused)[pointer] == code
    assert not StockMovement.objects.exists()


def test_only_in_the_actor_s_warehouses() -> None:
    main, east = make_warehouse("main"), make_warehouse("east")
    make_variant("CUP")
    actor = limited(warehouse_worker(), warehouses=frozenset({east.pk}))
    with pytest.raises(Refusal) as refused:
        adjust_stock(draft(line("CUP", 1)), actor=actor, now=NOW)
    assert codes_of(refused) == {"/warehouse": "unknown_warehouse"}
    with pytest.raises(UnknownWarehouse):
        receive_stock(receipt(1), actor=actor, now=NOW)
    with pytest.raises(PermissionDenied):
        adjust_stock(draft(line("CUP", 1)), actor=clerk(), now=NOW)
    assert not StockItem.objects.filter(warehouse=main).exists()


def receipt(quantity: object, expected: int | None = None, sku: str = "CUP") -> ReceiptDraft:
    lines = (ReceiptLineDraft(sku=sku, quantity=Decimal(str(quantity)), expected_receipt=expected),)
    return ReceiptDraft(warehouse="main", reference="DN-7", lines=lines)


def announce(quantity: int, reference: str = "PO-1") -> ExpectedReceipt:
    given = ExpectedReceiptDraft(
        reference=reference, sku="CUP", warehouse="main", quantity=Decimal(quantity), due_at=NOW + timedelta(days=3)
    )
    return expect_receipt(given, actor=owner(), now=NOW)


def test_goods_that_nobody_announced_come_in() -> None:
    cup, main = make_variant("CUP"), make_warehouse("main")
    received = receive_stock(receipt(5), actor=owner(), now=NOW)
    item = StockItem.objects.get(variant=cup, warehouse=main)
    movement = item.movements.get()
    assert (movement.kind, movement.quantity, movement.cause) == ("receipt", 5, received.document)
    event = Event.objects.get(name="inventory.stock.received")
    assert (event.data["variant_ids"], event.data["warehouse_id"]) == ([cup.pk], main.pk)
    assert not differences()


def test_announced_goods_come_in_parts() -> None:
    make_variant("CUP")
    make_warehouse("main")
    expected = announce(10)
    receive_stock(receipt(4, expected.pk), actor=owner(), now=NOW)
    expected.refresh_from_db()
    assert expected.quantity_received == 4
    with pytest.raises(Refusal) as refused:
        receive_stock(receipt(7, expected.pk), actor=owner(), now=NOW)
    assert codes_of(refused) == {"/lines/0/quantity": "above_expected"}
    assert refused.value.details[0].data["surplus"] == "1"
    receive_stock(receipt(6, expected.pk), actor=owner(), now=NOW)
    assert StockItem.objects.get().on_hand == 10
    assert not differences()


def test_an_announcement_can_change_but_not_below_what_came() -> None:
    make_variant("CUP")
    make_warehouse("main")
    expected = announce(10)
    assert announce(12).pk == expected.pk
    receive_stock(receipt(8, expected.pk), actor=owner(), now=NOW)
    with pytest.raises(BelowReceived):
        announce(7)
    cancel_expected_receipt(expected_receipt_id=expected.pk, actor=owner(), now=NOW)
    with pytest.raises(Refusal) as refused:
        receive_stock(receipt(1, expected.pk), actor=owner(), now=NOW)
    assert codes_of(refused) == {"/lines/0/expected_receipt": "unknown_expected_receipt"}
    assert list(Event.objects.filter(stream=f"expected_receipt:{expected.pk}").values_list("name", flat=True)) == [
        "inventory.expected-receipt.announced",
        "inventory.expected-receipt.changed",
        "inventory.stock.received",
        "inventory.expected-receipt.cancelled",
    ]
    stranger = limited(owner(), warehouses=frozenset())
    with pytest.raises(NotFound):
        cancel_expected_receipt(expected_receipt_id=expected.pk, actor=stranger, now=NOW)


@pytest.mark.parametrize(
    ("draft_", "code"),
    [
        (receipt(0), "quantity_not_positive"),
        (receipt("1.5"), "quantity_too_precise"),
        (receipt(1, sku="NONE"), "unknown_sku"),
        (receipt(1, expected=99), "unknown_expected_receipt"),
        (ReceiptDraft(warehouse="main", lines=()), "value_missing"),
    ],
)
def test_a_bad_receipt_brings_nothing_in(draft_: ReceiptDraft, code: str) -> None:
    make_variant("CUP")
    make_warehouse("main")
    with pytest.raises(Refusal) as refused:
        receive_stock(draft_, actor=owner(), now=NOW)
    assert code in codes_of(refused).values()
    assert not StockMovement.objects.exists()
    assert not Adjustment.objects.exists()
