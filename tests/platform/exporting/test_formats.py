"""Files of tables: exact, harmless to spreadsheets, and written in bounded memory."""

from __future__ import annotations

import csv
import tracemalloc
from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from arro3.io import read_parquet
from openpyxl import load_workbook

from orderwell.platform.exporting import Column, write
from orderwell.platform.exporting.xlsx_file import write_xlsx

ZONE = ZoneInfo("Asia/Shanghai")
COLUMNS = (
    Column("name", "名称"),
    Column("amount", "Amount", "number"),
    Column("count", "Count", "whole"),
    Column("at", "At", "moment"),
    Column("day", "Day", "day"),
    Column("held", "Held", "yes_no"),
)
MOMENT = datetime(2026, 1, 31, 23, 30, tzinfo=UTC)


def row(index: int) -> tuple[Any, ...]:
    return (f"O{index}", Decimal(index) / 8, index, MOMENT, date(2026, 1, 31), index % 2 == 0)


def chunks(count: int, size: int = 2000) -> Iterator[list[tuple[Any, ...]]]:
    for start in range(0, count, size):
        yield [row(index) for index in range(start, min(start + size, count))]


def written(folder: Path, kind: str, rows: list[tuple[Any, ...]]) -> Path:
    path = folder / f"x.{kind}"
    write(kind, path, COLUMNS, [rows], zone=ZONE)
    return path


def test_csv_has_a_mark_exact_numbers_and_the_clock_of_the_business(tmp_path: Path) -> None:
    data = written(tmp_path, "csv", [("茶", Decimal("-1234567890123.4500"), 7, MOMENT, date(2026, 2, 1), True)])
    assert data.read_bytes().startswith(b"\xef\xbb\xbf")
    lines = list(csv.reader(data.read_text("utf-8-sig").splitlines()))
    assert lines == [
        ["名称", "Amount", "Count", "At", "Day", "Held"],
        ["茶", "-1234567890123.45", "7", "2026-02-01 07:30:00", "2026-02-01", "yes"],
    ]


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "＝1", '=HYPERLINK("http://x")'])
def test_text_never_becomes_a_formula(tmp_path: Path, text: str) -> None:
    rows = [(text, None, None, None, None, None)]
    with written(tmp_path, "csv", rows).open(encoding="utf-8-sig", newline="") as file:
        assert list(csv.reader(file))[1][0] == f"'{text}"
    sheet = load_workbook(written(tmp_path, "xlsx", rows)).active
    assert sheet is not None
    cell = sheet["A2"]
    assert cell.data_type == "s" and cell.value == text


def test_spreadsheets_keep_all_digits_and_what_xml_cannot_hold_is_left_out(tmp_path: Path) -> None:
    rows = [
        ("a\x0bb", Decimal("1234567890123456.7891"), 1, MOMENT, None, None),
        ("c", Decimal("12.34"), 2, None, None, None),
    ]
    sheet = load_workbook(written(tmp_path, "xlsx", rows)).active
    assert sheet is not None
    found = list(sheet.iter_rows(min_row=2, values_only=True))
    assert found[0][:2] == ("ab", "1234567890123456.7891")  # more digits than a number of a spreadsheet has
    assert found[1][1] == 12.34 and found[0][3] == datetime(2026, 2, 1, 7, 30)  # noqa: DTZ001


def test_a_sheet_that_is_full_is_followed_by_another(tmp_path: Path) -> None:
    path = tmp_path / "x.xlsx"
    write_xlsx(path, COLUMNS, chunks(25, 4), zone=ZONE, sheet="Orders", rows_per_sheet=10)
    book = load_workbook(path)
    assert book.sheetnames == ["Orders", "Orders 2", "Orders 3"]
    names = [line[0] for sheet in book for line in sheet.iter_rows(min_row=2, values_only=True)]
    assert names == [f"O{index}" for index in range(25)]


def test_parquet_keeps_kinds_and_nothing(tmp_path: Path) -> None:
    rows = [row(3), (None,) * 6]
    table = read_parquet(written(tmp_path, "parquet", rows)).read_all()
    assert table.column_names == [column.key for column in COLUMNS]
    assert table.column("amount").to_pylist() == [Decimal("0.375000"), None]
    assert table.column("at").to_pylist()[0].astimezone(UTC) == MOMENT
    assert table.column("day").to_pylist() == [date(2026, 1, 31), None]
    assert table.column("held").to_pylist() == [False, None]


def check_large(folder: Path, kind: str, count: int) -> int:
    """Write `count` rows, count them again in the file; the most memory that Python held meanwhile."""
    path = folder / f"large.{kind}"
    tracemalloc.start()
    write(kind, path, COLUMNS, chunks(count), zone=ZONE, options={"bom": False})
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    if kind == "csv":
        with path.open(encoding="utf-8", newline="") as file:
            found = sum(1 for _line in csv.reader(file)) - 1
    elif kind == "parquet":
        found = sum(batch.num_rows for batch in read_parquet(path))
    else:
        book = load_workbook(path, read_only=True)
        found = sum(sum(1 for _line in sheet.iter_rows(min_row=2, values_only=True)) for sheet in book)
    assert found == count
    return peak


@pytest.mark.parametrize("kind", ["csv", "xlsx", "parquet"])
def test_twice_the_rows_take_no_more_memory(tmp_path: Path, kind: str) -> None:
    small, large = check_large(tmp_path, kind, 10_000), check_large(tmp_path, kind, 20_000)
    assert large < small * 1.3 + 500_000


@pytest.mark.soak
@pytest.mark.parametrize("kind", ["csv", "parquet", "xlsx"])
def test_a_million_rows_are_exported_whole(tmp_path: Path, kind: str) -> None:
    assert check_large(tmp_path, kind, 1_100_000) < 50_000_000
