from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orderwell.domains.integrations import grouping
from orderwell.domains.integrations.errors import (
    DuplicateColumn,
    MissingColumns,
    NotADate,
    NotANumber,
    UnknownMappingField,
    UnknownOption,
)
from orderwell.domains.integrations.grouping import group_rows
from orderwell.domains.integrations.mapping import check_columns, check_options, propose
from orderwell.domains.integrations.reading import SourceRow
from orderwell.domains.integrations.values import parse_moment, parse_number, parse_reference
from orderwell.platform.countries import country_code


def rows(*references: str) -> list[SourceRow]:
    return [SourceRow(number, [reference]) for number, reference in enumerate(references, 2)]


def key(row: SourceRow) -> str:
    return row.cells[0]


def test_interleaved_orders_are_put_together_within_the_window() -> None:
    groups = list(group_rows(rows("a", "a", "b", "a", "c"), key))
    assert [(group.reference, [row.number for row in group.rows]) for group in groups] == [
        ("b", [4]),
        ("a", [2, 3, 5]),
        ("c", [6]),
    ]


def test_beyond_the_window_a_reference_makes_a_group_of_its_own() -> None:
    groups = list(group_rows(rows("a", "b", "c", "d", "a"), key, window=2))
    assert [group.reference for group in groups] == ["a", "b", "c", "d", "a"]


def test_lines_without_a_reference_stand_alone() -> None:
    assert [len(group.rows) for group in group_rows(rows("", "a", "", "a"), key)] == [1, 1, 2]


def test_an_endless_order_does_not_fill_the_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(grouping, "MAX_GROUP", 3)
    groups = list(group_rows(rows(*"aaaaaaa", "b"), key))
    assert [(len(group.rows), group.too_long) for group in groups] == [
        (4, True),
        (1, True),
        (1, True),
        (1, True),
        (1, False),
    ]


@given(st.lists(st.sampled_from(["", "a", "b", "c", "d"]), max_size=60), st.integers(1, 10))
def test_every_row_is_in_exactly_one_group(references: list[str], window: int) -> None:
    groups = list(group_rows(rows(*references), key, window=window))
    assert sorted(row.number for group in groups for row in group.rows) == list(range(2, len(references) + 2))
    assert all({key(row) for row in group.rows} == {group.reference} for group in groups)


@pytest.mark.parametrize(("text", "value"), [("12", "12"), (" -3.50 ", "-3.50"), ("0.001", "0.001")])
def test_plain_numbers(text: str, value: str) -> None:
    assert parse_number(text) == Decimal(value)


@pytest.mark.parametrize(
    "text", ["", "=1+1", "+5", "@SUM(A1)", "1,000", "1E+05", "NaN", "Infinity", "٣", "1.", ".5", "--1", "1" * 40]
)
def test_what_is_not_plainly_a_number_is_refused(text: str) -> None:
    with pytest.raises(NotANumber):
        parse_number(text)


def test_a_decimal_comma_is_a_choice() -> None:
    assert parse_number("3,50", decimal_mark=",") == Decimal("3.50")
    assert parse_number("1.234,50", decimal_mark=",") == Decimal("1234.50")
    for text in ("1,234.50", "1.234", "1.23,50"):
        with pytest.raises(NotANumber):
            parse_number(text, decimal_mark=",")


@pytest.mark.parametrize(
    ("text", "value"),
    [("1,118.90", "1118.90"), ("￥1,118.90", "1118.90"), ("-12,345,678", "-12345678"), ("１，２３４．５", "1234.5")],
)
def test_thousands_that_can_be_nothing_else(text: str, value: str) -> None:
    assert parse_number(text) == Decimal(value)


@pytest.mark.parametrize("text", ["1,11.90", "1118,900.5", "12,3456", ",118.90", "1,118.", "1,,118.90", "1,118"])
def test_thousands_that_may_be_something_else_are_refused(text: str) -> None:
    with pytest.raises(NotANumber):
        parse_number(text)


def test_local_time_becomes_utc_also_when_clocks_change() -> None:
    london = ZoneInfo("Europe/London")
    assert parse_moment("2011-01-10 09:00:00", london) == datetime(2011, 1, 10, 9, tzinfo=UTC)
    assert parse_moment("2011-07-10 09:00:00", london) == datetime(2011, 7, 10, 8, tzinfo=UTC)
    assert parse_moment("2011-07-10T09:00:00+02:00", london) == datetime(2011, 7, 10, 7, tzinfo=UTC)
    assert parse_moment("10.07.2011", london, "%d.%m.%Y") == datetime(2011, 7, 9, 23, tzinfo=UTC)


@pytest.mark.parametrize(
    "text",
    [
        "2026/11/21",
        "2026/11/21 00:00:00",
        "2026.11.21",
        "2026年11月21日",
        "2026 年 11 月 21 日",
        "２０２６／１１／２１",
        "20261121",
    ],
)
def test_dates_as_spreadsheets_of_china_write_them(text: str) -> None:
    assert parse_moment(text, ZoneInfo("UTC")) == datetime(2026, 11, 21, tzinfo=UTC)
    assert parse_moment("2026/1/5 9:30", ZoneInfo("UTC")) == datetime(2026, 1, 5, 9, 30, tzinfo=UTC)


def test_which_of_day_and_month_comes_first_is_a_choice() -> None:
    utc = ZoneInfo("UTC")
    assert parse_moment("21.11.2026", utc, day_order="dmy") == datetime(2026, 11, 21, tzinfo=UTC)
    assert parse_moment("1/2/2026 9:05", utc, day_order="dmy") == datetime(2026, 2, 1, 9, 5, tzinfo=UTC)
    assert parse_moment("01/02/2026", utc, day_order="mdy") == datetime(2026, 1, 2, tzinfo=UTC)
    assert parse_moment("2026/11/21", utc, day_order="dmy") == datetime(2026, 11, 21, tzinfo=UTC)
    for text, order in (("21.11.2026", ""), ("11/21/2026", "dmy"), ("2026/11-21", ""), ("2026/13/01", "")):
        with pytest.raises(NotADate):
            parse_moment(text, utc, day_order=order)


@pytest.mark.parametrize("text", ["", "yesterday", "2011-13-01", "01/02/2011", "0001-01-01T00:00:00+14:00"])
def test_what_is_not_a_time_is_refused(text: str) -> None:
    with pytest.raises(NotADate):
        parse_moment(text, ZoneInfo("Europe/London"))


def test_numbers_that_are_names_lose_the_point_of_the_spreadsheet() -> None:
    assert [parse_reference(text) for text in ("17850.0", " 536365 ", "A1.0", "10", "1.50")] == [
        *("17850", "536365", "A1.0", "10", "1.50")
    ]


def test_country_names_of_real_files() -> None:
    names = [
        "United Kingdom",
        "EIRE",
        "USA",
        "RSA",
        "Germany",
        "Czech Republic",
        "Hong Kong",
        "Unspecified",
        "Atlantis",
    ]
    assert [country_code(name) for name in names] == ["GB", "IE", "US", "ZA", "DE", "CZ", "HK", "", ""]


def test_columns_are_proposed_from_english_and_chinese_headers() -> None:
    assert propose(["Order No.", "SKU", "Qty", "Unit Price", "Colour"]) == {
        "order_reference": "Order No.",
        "sku": "SKU",
        "quantity": "Qty",
        "unit_price": "Unit Price",
    }
    assert propose(["订单号", "商品编码", "数量", "收货人", "手机号"]) == {
        "order_reference": "订单号",
        "sku": "商品编码",
        "quantity": "数量",
        "recipient": "收货人",
        "phone": "手机号",
    }


def test_a_mapping_is_checked_against_the_file() -> None:
    header = ["ref", "sku", "n"]
    check_columns({"order_reference": "ref", "sku": "sku", "quantity": "n"}, header)
    with pytest.raises(MissingColumns) as caught:
        check_columns({"order_reference": "ref", "sku": "SKU!"}, header)
    assert caught.value.data == {"missing": "SKU!, quantity", "found": "ref, sku, n"}
    with pytest.raises(UnknownMappingField):
        check_columns({"colour": "n"}, header)
    with pytest.raises(DuplicateColumn):
        check_columns({"order_reference": "ref", "sku": "n", "quantity": "n"}, header)


@pytest.mark.parametrize(
    "options",
    [{"colour": "red"}, {"decimal_mark": "x"}, {"time_zone": "Mars/North"}, {"encoding": "ebcdic"}, {"channel": 3}],
)
def test_an_option_that_cannot_be_used_is_refused(options: dict[str, object]) -> None:
    with pytest.raises(UnknownOption):
        check_options(options)
