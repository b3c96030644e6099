"""XLSX row by row. A sheet has room for 1,048,576 rows with its heading; what does not fit goes on a next sheet."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter

from orderwell.platform.exporting.base import Chunks, Column
from orderwell.platform.exporting.csv_file import exact

ROWS_PER_SHEET = 1_048_575
MOST_CHARACTERS = 32_767
# What a spreadsheet keeps of a number; beyond it, exact digits are worth more than being a number.
_DIGITS = 15
_WIDTHS = {"moment": 19, "day": 11, "number": 14, "whole": 9, "yes_no": 8}


def write_xlsx(
    path: Path,
    columns: Sequence[Column],
    chunks: Chunks,
    *,
    zone: ZoneInfo,
    sheet: str = "",
    rows_per_sheet: int = ROWS_PER_SHEET,
) -> None:
    book = Workbook(write_only=True)
    name = "".join(character for character in sheet if character not in r"[]:*?/\\")[:25] or "Sheet"
    page, room, number = _sheet(book, name, columns), rows_per_sheet, 1
    for rows in chunks:
        for row in rows:
            if not room:
                number += 1
                page, room = _sheet(book, f"{name} {number}", columns), rows_per_sheet
            convert = _converters(page, columns, zone)
            page.append([None if value is None else turn(value) for turn, value in zip(convert, row, strict=True)])
            room -= 1
    book.save(path)


def _sheet(book: Workbook, title: str, columns: Sequence[Column]) -> Any:
    page = book.create_sheet(title)
    page.freeze_panes = "A2"
    for index, column in enumerate(columns, start=1):
        width = max(_WIDTHS.get(column.kind, 18), min(len(column.title) * 2, 30))
        page.column_dimensions[get_column_letter(index)].width = width
    heading = []
    for column in columns:
        cell = _text(page, column.title)
        cell.font = Font(bold=True)
        heading.append(cell)
    page.append(heading)
    page.converters = None
    return page


def _converters(page: Any, columns: Sequence[Column], zone: ZoneInfo) -> list[Callable[[Any], Any]]:
    if page.converters is None:
        page.converters = [_converter(page, column, zone) for column in columns]
    found: list[Callable[[Any], Any]] = page.converters
    return found


def _converter(page: Any, column: Column, zone: ZoneInfo) -> Callable[[Any], Any]:
    match column.kind:
        case "number":
            return lambda value: _number(page, value)
        case "whole" | "day":
            return lambda value: value
        case "moment":
            # Spreadsheets know no time zones: what stands there is the clock of the business.
            return lambda value: value.astimezone(zone).replace(tzinfo=None, microsecond=0)
        case "yes_no":
            return lambda value: column.yes if value else column.no
        case _:
            return lambda value: _safe(page, str(value))


def _number(page: Any, value: Decimal) -> Any:
    return value if len(value.normalize().as_tuple().digits) <= _DIGITS else _safe(page, exact(value))


def _safe(page: Any, text: str) -> Any:
    text = ILLEGAL_CHARACTERS_RE.sub("", text)[:MOST_CHARACTERS]
    # Only what could be taken for something other than text needs a cell of its own; that is several times slower.
    return _text(page, text) if text[:1] in {"=", "+", "-", "@", "#"} else text


def _text(page: Any, text: str) -> Any:
    cell: Any = WriteOnlyCell(page, value="")
    cell._value, cell.data_type = ILLEGAL_CHARACTERS_RE.sub("", text), "s"
    return cell
