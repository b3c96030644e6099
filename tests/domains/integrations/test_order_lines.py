"""The general layout: columns by mapping, history and live."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.utils import translation
from openpyxl import Workbook

from orderwell.domains.catalog.models import Barcode, Channel, Pack
from orderwell.domains.catalog.resolving import forget_reference
from orderwell.domains.customers.models import Customer
from orderwell.domains.fulfilment.services.ship import ship
from orderwell.domains.integrations.errors import MissingColumns, NothingToResume, UnknownMapping, UnknownPreset
from orderwell.domains.integrations.models import ImportMapping, ImportRow
from orderwell.domains.integrations.queries import explain
from orderwell.domains.integrations.services.create import create_batch
from orderwell.domains.integrations.services.mappings import delete_mapping, save_mapping
from orderwell.domains.integrations.services.run import run_batch
from orderwell.domains.integrations.services.undo import undo_batch
from orderwell.domains.inventory.models import Reservation
from orderwell.domains.orders.models import Order, OrderLine
from orderwell.domains.orders.services.cancel import cancel_units
from orderwell.kernel.clock import utc_now
from orderwell.kernel.errors import NotFound
from orderwell.platform.verify import run_laws
from orderwell.testing.factories import make_channel, make_customer, make_team, make_variant, make_warehouse, stock_up
from tests.domains.integrations.bringing import bring_in, importer, prepare, refused, write_csv

pytestmark = pytest.mark.django_db
HEADER = (
    "Order number",
    "Date",
    "SKU",
    "Qty",
    "Unit price",
    "Customer number",
    "Recipient",
    "City",
    "Country",
    "Postage",
)
A = ("W1", "2026-03-01 09:30", "CUP", "2", "3.5", "K1", "王芳", "杭州", "CN", "10")
B = ("W1", "", "BOWL", "1", "12", "", "", "", "", "")
C = ("W2", "2026-03-02 10:00", "CUP", "1", "4", "", "Ann", "London", "GB", "")


@pytest.fixture(autouse=True)
def shop() -> None:
    warehouse = make_warehouse()
    make_channel("web", prices_include_tax=True)
    make_customer(number="K1")
    for sku in ("CUP", "BOWL"):
        stock_up(make_variant(sku=sku), warehouse, 5)


def run(tmp_path: Path, rows: Sequence[Sequence[Any]], header: Sequence[str] = HEADER, **how: Any) -> Any:
    how = {"mode": "history", "mapping": {"options": {"channel": "web", "time_zone": "Asia/Shanghai"}}, **how}
    return bring_in(write_csv(tmp_path / "orders.csv", rows, header), preset="order-lines", **how)


def test_lines_with_the_same_number_are_one_order(tmp_path: Path) -> None:
    batch = run(tmp_path, [A, B, C])
    assert (batch.done, batch.orders, batch.source_total, batch.accounted_total) == (3, 2, Decimal(33), Decimal(33))
    order = Order.objects.get(external_id="W1")
    assert (order.history, order.total_amount, order.ship_city) == (True, Decimal(29), "杭州")
    assert order.placed_at is not None and order.placed_at.isoformat() == "2026-03-01T01:30:00+00:00"
    assert list(order.lines.order_by("position").values_list("sku", flat=True)) == ["CUP", "BOWL", "SHIPPING"]
    assert not Reservation.objects.exists()
    assert [verdict for verdict in run_laws() if verdict.result.differences] == []


def test_a_line_that_was_there_tells_nothing_of_another_teams_or_channels_order(tmp_path: Path) -> None:
    south, north = make_team(), make_team()
    Customer.objects.filter(number="K1").update(team=south)
    make_customer(number="K2")
    Customer.objects.filter(number="K2").update(team=north)
    make_channel("other")
    run(tmp_path, [A, B])
    number = Order.objects.get().number
    again = (*A[:5], "K2", *A[6:])
    web, other = Channel.objects.get(code="web").pk, Channel.objects.get(code="other").pk
    for limits, code in (
        ({"team_ids": frozenset({north.pk})}, "used_elsewhere"),
        ({"channel_ids": frozenset({other})}, "unknown_channel"),
        ({"team_ids": frozenset({south.pk}), "channel_ids": frozenset({web})}, ""),
    ):
        actor = replace(importer(), **limits)
        path = write_csv(tmp_path / "again.csv", [A if not code else again], HEADER)
        how = {"preset": "order-lines", "mode": "history", "actor": actor, "now": utc_now()}
        options = {"channel": "web", "time_zone": "Asia/Shanghai"}
        batch = create_batch(path=path, file_name=path.name, mapping={"options": options}, **how)
        run_batch(batch_id=batch.pk, actor=actor)
        row = ImportRow.objects.get(batch=batch)
        assert (row.verdict, row.code, bool(row.target)) == ("refused" if code else "duplicate", code, not code)
        assert number not in str(row.data)


def test_live_orders_reserve_stock(tmp_path: Path) -> None:
    batch = run(tmp_path, [A, B, C], mode="live")
    assert (batch.done, batch.orders) == (3, 2)
    assert sorted(Reservation.objects.values_list("quantity", flat=True)) == [Decimal(1), Decimal(1), Decimal(2)]
    assert run(tmp_path, [A, B, C], mode="live").duplicate == 3


def test_live_orders_that_stock_cannot_fill_are_refused_at_the_line(tmp_path: Path) -> None:
    greedy = (*B[:3], "6", *B[4:])
    batch = run(tmp_path, [A, greedy, C], mode="live")
    assert refused(batch) == [(2, "", "other_line_refused"), (3, "SKU", "out_of_stock")]
    assert batch.done == 1


def test_a_dry_run_of_live_orders_counts_stock_down_but_keeps_it(tmp_path: Path) -> None:
    rows = [(f"W{number}", "", "CUP", "2", "3", "", "", "", "", "") for number in range(4)]
    rehearsal = run(tmp_path, rows, mode="live", dry_run=True)
    assert [(number, code) for number, _, code in refused(rehearsal)] == [(4, "out_of_stock"), (5, "out_of_stock")]
    assert not Reservation.objects.exists() and not Order.objects.exists()
    assert refused(run(tmp_path, rows, mode="live")) == refused(rehearsal)


@pytest.mark.parametrize(
    ("column", "value", "expected"),
    [
        (2, "NOPE", ("SKU", "unknown_sku")),
        (2, "", ("SKU", "value_missing")),
        (3, "0", ("Qty", "quantity_not_positive")),
        (3, "-1", ("Qty", "quantity_not_positive")),
        (3, "1.5", ("Qty", "quantity_too_precise")),
        (3, "99999999999", ("Qty", "quantity_too_large")),
        (3, "=2+2", ("Qty", "not_a_number")),
        (4, "0.0000001", ("Unit price", "price_too_precise")),
        (4, "999999999999", ("Unit price", "price_out_of_range")),
        (4, "@x", ("Unit price", "not_a_number")),
        (1, "soon", ("Date", "not_a_date")),
        (1, "", ("Date", "value_missing")),
        (1, "2930-11-07", ("Date", "placed_in_future")),
        (5, "K9", ("Customer number", "unknown_customer")),
        (9, "1.005", ("Postage", "amount_too_precise")),
        (8, "GBR", ("Country", "invalid_value")),
        (0, "", ("Order number", "value_missing")),
    ],
)
def test_what_is_wrong_is_told_at_the_cell(tmp_path: Path, column: int, value: str, expected: tuple[str, str]) -> None:
    row = list(C)
    row[column] = value
    batch = run(tmp_path, [A, B, row])
    assert refused(batch) == [(4, *expected)]
    assert batch.done == 2


def test_too_many_lines_are_told_at_the_order_and_not_at_a_product(tmp_path: Path) -> None:
    batch = run(tmp_path, [A] * 2001)
    assert refused(batch)[0] == (2, HEADER[0], "too_many_lines")


def test_lines_that_disagree_about_their_order_are_refused(tmp_path: Path) -> None:
    other = (*B[:7], "上海", *B[8:])
    assert refused(run(tmp_path, [A, other])) == [(2, "", "other_line_refused"), (3, "City", "conflicting_value")]


def test_an_order_that_exists_with_other_lines_is_not_touched(tmp_path: Path) -> None:
    run(tmp_path, [A])
    batch = run(tmp_path, [A, B])
    assert (batch.duplicate, refused(batch)) == (1, [(3, "", "document_differs")])
    assert Order.objects.get().lines.count() == 2


def test_lines_of_another_currency_are_not_those_that_exist(tmp_path: Path) -> None:
    """29 dollars were said to be accounted for by an order over 29 yuan."""
    header = (*HEADER, "Currency")
    run(tmp_path, [(*A, "CNY"), (*B, "CNY")], header)
    batch = run(tmp_path, [(*A, "USD"), (*B, "USD")], header)
    assert refused(batch) == [(2, "Currency", "currency_differs"), (3, "", "other_line_refused")]
    row = ImportRow.objects.get(batch=batch, row_number=2)
    assert (row.data["value"], row.data["expected"]) == ("USD", "CNY")
    assert run(tmp_path, [(*A, "CNY"), (*B, "")], header).duplicate == 2
    assert [verdict for verdict in run_laws() if verdict.result.differences] == []


def test_a_line_is_not_found_in_the_order_of_another_channel(tmp_path: Path) -> None:
    """Two channels may use the same order numbers."""
    make_channel("other", prices_include_tax=True)
    header = (*HEADER, "Channel")
    cup, bowl, second = ("W1", *A[1:-1], ""), ("W1", A[1], *B[2:-1], ""), ("W2", *A[1:-1], "")
    run(tmp_path, [(*cup, "web"), (*bowl, "other"), (*second, "other")], header)
    batch = run(tmp_path, [(*cup, "web"), (*bowl, "web"), (*second, "other")], header)
    assert (batch.duplicate, refused(batch)) == (2, [(3, "", "document_differs")])
    assert run(tmp_path, [(*cup, "web"), (*bowl, "other"), (*second, "other")], header).duplicate == 3


def test_a_spreadsheet_and_json_lines_come_in_like_csv(tmp_path: Path) -> None:
    book = Workbook()
    for row in (HEADER, A, B, C):
        book.active.append(list(row))
    book.active["D2"] = 2
    book.active["E2"] = 3.5
    book.save(tmp_path / "orders.xlsx")
    how = {"preset": "order-lines", "mapping": {"options": {"channel": "web"}}}
    assert bring_in(tmp_path / "orders.xlsx", **how).done == 3
    import json

    lines = [json.dumps(dict(zip(HEADER, row, strict=True)), ensure_ascii=False) for row in (A, B, C)]
    (tmp_path / "orders.jsonl").write_text("\n".join(lines), encoding="utf-8")
    batch = bring_in(tmp_path / "orders.jsonl", **how)
    assert (batch.duplicate, batch.refused) == (3, 0)


def test_a_price_that_the_file_does_not_say_comes_from_the_list(tmp_path: Path) -> None:
    header, rows = HEADER[:4], [("W9", "2026-03-01", "CUP", "2")]
    batch = run(tmp_path, rows, header)
    assert (batch.done, batch.source_total, batch.accounted_total) == (1, Decimal(0), Decimal(0))
    assert Order.objects.get().total_amount > 0
    assert run(tmp_path, rows, header).duplicate == 1
    assert [verdict for verdict in run_laws() if verdict.result.differences] == []


def test_a_saved_mapping_is_used_again(tmp_path: Path) -> None:
    columns = {"order_reference": "ref", "sku": "what", "quantity": "how many", "placed_at": "when"}
    save_mapping(name="ours", columns=columns, options={"channel": "web"}, actor=importer())
    path = write_csv(tmp_path / "f.csv", [("W1", "CUP", "1", "2026-03-01")], ("ref", "what", "how many", "when"))
    assert bring_in(path, preset="order-lines", mapping_name="ours").done == 1
    with pytest.raises(UnknownMapping) as caught:
        prepare(path, preset="order-lines", mapping_name="theirs")
    assert caught.value.data["expected"] == "ours"
    delete_mapping(name="ours", actor=importer())
    assert not ImportMapping.objects.exists()
    with pytest.raises(NotFound):
        delete_mapping(name="ours", actor=importer())


def test_a_file_without_what_is_needed_is_refused_as_a_whole(tmp_path: Path) -> None:
    path = write_csv(tmp_path / "f.csv", [("a", "b")], ("SKU", "colour"))
    with pytest.raises(MissingColumns) as caught:
        prepare(path, preset="order-lines")
    assert caught.value.data == {"missing": "order number, quantity, date", "found": "SKU, colour"}
    with pytest.raises(UnknownPreset):
        prepare(path, preset="nothing")


def test_a_column_of_customers_is_their_numbers_where_its_cells_are(tmp_path: Path) -> None:
    header = ("订单号", "日期", "SKU", "数量", "单价", "客户")
    known = run(tmp_path, [("Z1", "2026/3/1", "CUP", "1", "4", "K1"), ("Z2", "2026/3/1", "CUP", "1", "4", "")], header)
    assert known.mapping["columns"]["customer"] == "客户" and "customer_name" not in known.mapping["columns"]
    order = Order.objects.get(external_id="Z1")
    assert order.customer is not None and order.customer.number == "K1"
    names = run(
        tmp_path, [("Z3", "2026/3/1", "CUP", "1", "4", "K1"), ("Z4", "2026/3/1", "CUP", "1", "4", "王芳")], header
    )
    assert names.mapping["columns"]["customer_name"] == "客户" and "customer" not in names.mapping["columns"]


def test_a_live_file_that_was_undone_comes_in_again_mended(tmp_path: Path) -> None:
    row = ("L-1", "", "CUP", "2", "4", "K1", "", "", "", "")
    first = run(tmp_path, [row], mode="live")
    old = Order.objects.get(external_id="L-1")
    undo_batch(batch_id=first.pk, actor=importer())
    old.refresh_from_db()
    assert old.state == "cancelled" and (old.external_id or "").startswith("L-1 (")
    again = run(tmp_path, [(*row[:3], "5", *row[4:])], mode="live")
    assert (again.done, again.duplicate, again.refused) == (1, 0, 0)
    new = Order.objects.get(external_id="L-1")
    assert new.pk != old.pk and new.lines.get().quantity == 5
    # Another line under a number that is taken names the order as people know it.
    other = run(tmp_path, [(*row[:2], "BOWL", *row[3:])], mode="live")
    told = ImportRow.objects.get(batch=other)
    assert told.code == "document_differs" and told.data["document"] == new.number
    # Cancelled by hand before the undo: its number is free all the same.
    cancel_units(order_id=new.pk, lines=None, reason="wrong", actor=importer(), now=utc_now())
    undone = undo_batch(batch_id=again.pk, actor=importer())
    assert (undone.undone, undone.kept) == (1, [])
    assert run(tmp_path, [row], mode="live").done == 1
    assert not [item for verdict in run_laws() for item in verdict.result.differences]


def test_what_was_shipped_meanwhile_is_kept_and_its_row_says_why(tmp_path: Path) -> None:
    row = ("L-1", "", "CUP", "2", "4", "K1", "", "", "", "")
    batch = run(tmp_path, [row, ("L-2", *row[1:])], mode="live")
    shipped = Order.objects.get(external_id="L-1")
    ship(order_id=shipped.pk, actor=importer(), now=utc_now())
    undone = undo_batch(batch_id=batch.pk, actor=importer())
    assert (undone.undone, [kept.document for kept in undone.kept]) == (1, [f"order:{shipped.pk}"])
    kept, gone = ImportRow.objects.filter(batch=batch).order_by("row_number")
    assert (kept.verdict, kept.code) == ("done", undone.kept[0].code) and gone.code == "undone"
    with translation.override("zh-hans"):
        assert explain(kept) == f"订单 {shipped.number} 已没有可取消的内容。"
    with translation.override("en"):
        assert explain(kept) == undone.kept[0].message
    # Asked again, it is tried again.
    assert [each.document for each in undo_batch(batch_id=batch.pk, actor=importer()).kept] == [f"order:{shipped.pk}"]


def test_a_channel_is_meant_by_its_code_or_its_name_in_either_language(tmp_path: Path) -> None:
    Channel.objects.create(code="phone", name_zh="电话订购", name_en="Phone orders", currency="CNY")
    forget_reference()
    header = ("Order number", "Date", "Channel", "SKU", "Qty")
    names = ("phone", "PHONE", "电话订购", "phone  ORDERS", "ｐｈｏｎｅ")
    rows = [(f"N{at}", "2026-03-01", name, "CUP", "1") for at, name in enumerate(names)]
    # Two spellings of one channel are one channel: the lines of an order stay together.
    rows += [("N9", "2026-03-01", "phone", "CUP", "1"), ("N9", "", "电话订购", "BOWL", "1")]
    batch = run(tmp_path, rows, header)
    assert (batch.refused, batch.orders, batch.done) == (0, 6, 7)
    assert set(Order.objects.values_list("channel__code", flat=True)) == {"phone"}
    assert refused(run(tmp_path, [("N10", "2026-03-01", "fax", "CUP", "1")], header)) == [
        (2, "Channel", "unknown_channel")
    ]
    by_name = {"options": {"channel": "电话订购", "time_zone": "Asia/Shanghai"}}
    assert run(tmp_path, [("N11", "2026-03-01", "CUP", "1")], (*header[:2], *header[3:]), mapping=by_name).done == 1


def test_a_name_that_two_channels_have_means_neither(tmp_path: Path) -> None:
    for code in ("one", "two"):
        Channel.objects.create(code=code, name_zh="网店", name_en=code.title(), currency="CNY")
    forget_reference()
    header = ("Order number", "Date", "Channel", "SKU", "Qty")
    rows = [("N1", "2026-03-01", "网店", "CUP", "1"), ("N2", "2026-03-01", "TWO", "CUP", "1")]
    assert refused(run(tmp_path, rows, header)) == [(2, "Channel", "unknown_channel")]


def test_a_product_is_meant_by_sku_barcode_or_name_in_any_width(tmp_path: Path) -> None:
    mug = make_variant(sku="MUG-1", barcodes=["2000000101651"], name_zh="大茶杯")
    carton = Pack.objects.create(variant=mug, unit="箱", quantity=Decimal(12))
    Barcode.objects.create(code="2000000101668", variant=mug, pack=carton)
    header = ("Order number", "Date", "SKU", "Qty", "Unit price")
    rows = [
        ("P1", "2026-03-01", "2000000101651", "２", "９．５"),
        ("P2", "2026-03-01", "ｍｕｇ－１", "1", "9.5"),
        ("P3", "2026-03-01", "大茶杯", "1", "9.5"),
        ("P4", "2026-03-01", "2000000101668", "2", "114"),  # two cartons: the line is worth what the file says
        ("P5", "2026-03-01", "2000000101668", "1", "100"),
        ("P6", "2026-03-01", "2000000101999", "1", "9.5"),
    ]
    batch = run(tmp_path, rows, header)
    assert refused(batch) == [(6, "Unit price", "pack_price"), (7, "SKU", "unknown_sku")]
    lines = OrderLine.objects.order_by("order__external_id")
    assert list(lines.values_list("order__external_id", "sku", "quantity", "unit_price")) == [
        ("P1", "MUG-1", Decimal(2), Decimal("9.5")),
        ("P2", "MUG-1", Decimal(1), Decimal("9.5")),
        ("P3", "MUG-1", Decimal(1), Decimal("9.5")),
        ("P4", "MUG-1", Decimal(24), Decimal("9.5")),
    ]
    again = run(tmp_path, rows[:4], header)
    assert (again.duplicate, again.refused) == (4, 0)
    assert not [item for verdict in run_laws() for item in verdict.result.differences]


def test_marks_of_direction_in_a_name_are_refused_at_their_cell(tmp_path: Path) -> None:
    assert refused(run(tmp_path, [(*A[:6], "王\u202e芳", *A[7:])])) == [(2, "Recipient", "control_character")]


def test_numbers_of_a_file_are_kept_in_half_width(tmp_path: Path) -> None:
    row = ("ＷＢ－１２３", "２０２６－０３－０１", "ＣＵＰ", "１", "３．５", "Ｋ１", "王芳", "杭州", "ＣＮ", "")
    assert run(tmp_path, [row]).done == 1
    order = Order.objects.get(external_id="WB-123")
    assert order.customer is not None and order.customer.number == "K1"


def test_a_finished_import_has_nothing_to_resume(tmp_path: Path) -> None:
    batch = run(tmp_path, [A])
    with pytest.raises(NothingToResume) as caught:
        run_batch(batch_id=batch.pk, actor=importer())
    assert (
        str(caught.value).removeprefix("import_finished: ")
        == f"Import {batch.pk} is finished; there is nothing to resume."
    )
