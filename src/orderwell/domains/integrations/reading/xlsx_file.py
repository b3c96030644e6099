"""XLSX: the first sheet. Formulas and error values are refused at their cell, because a stored result may be stale."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from decimal import Decimal
from typing import IO, Any

from orderwell.domains.integrations.errors import CellCount, ErrorCell, ExcelUnreadable, FileUnreadable, FormulaCell
from orderwell.domains.integrations.reading.rows import MAX_COLUMNS, Fault, SourceInfo, SourceRow
from orderwell.kernel.errors import DomainError, Phrase

# A sheet of a million lines unpacks to some hundred megabytes; more is a zip bomb.
MAX_UNPACKED = 2 * 1024**3


def header_of(file: IO[bytes], name: str) -> tuple[str, ...]:
    with _sheet(file, name) as rows:
        for cells in rows:
            names = [_text(cell.value) for cell in cells[:MAX_COLUMNS]]
            while names and not names[-1].strip():
                names.pop()
            if names:
                return tuple(text.strip() for text in names)
    return ()


def rows_of(file: IO[bytes], name: str, info: SourceInfo) -> Iterator[SourceRow]:
    """The rows below the header. A row without any value is no row, but counts in the numbering."""
    header_seen = False
    with _sheet(file, name) as rows:
        for number, cells in enumerate(rows, start=1):
            row = _row(number, cells, info.header)
            if row is not None:
                if header_seen:
                    yield row
                header_seen = True


def _row(number: int, cells: Sequence[Any], header: tuple[str, ...]) -> SourceRow | None:
    fault = None
    texts = []
    for index, cell in enumerate(cells):
        value = cell.value
        kind = "n" if value is None else cell.data_type
        column = header[index] if index < len(header) else ""
        if kind == "f":
            fault = fault or Fault.of(column, FormulaCell(value=str(getattr(value, "text", value))[:80]))
        elif kind == "e":
            fault = fault or Fault.of(column, ErrorCell(value=str(value)))
        texts.append(_text(value))
    if not any(text.strip() for text in texts):
        return None
    texts += [""] * (len(header) - len(texts))
    if any(texts[len(header) :]):
        fault = fault or Fault.of("", CellCount(found=len(texts), expected=len(header)))
    return SourceRow(number, texts[: len(header)], fault)


def _text(value: Any) -> str:
    """A cell as text. A number is the shortest one that the file's binary number stands for: 2.55, not 2.5499999."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float):
        return format(Decimal(repr(value)), "f")
    if isinstance(value, datetime):
        return value.isoformat(sep=" ", timespec="seconds")
    if isinstance(value, date):
        return value.isoformat()
    return str(value)


@contextmanager
def _sheet(file: IO[bytes], name: str) -> Iterator[Iterator[Sequence[Any]]]:
    """The rows of the first sheet, one after the other."""
    from openpyxl import load_workbook  # large, and most processes never see such a file

    try:
        with zipfile.ZipFile(file) as archive:
            unpacked = sum(entry.file_size for entry in archive.infolist())
        if unpacked > MAX_UNPACKED:
            raise FileUnreadable(name=name, format="XLSX", reason=Phrase("it unpacks to {count} bytes", count=unpacked))
        file.seek(0)
        book = load_workbook(file, read_only=True, data_only=False, keep_links=False)
        try:
            sheet = book.worksheets[0]
            sheet.reset_dimensions()  # what the file says about its size is often wrong
            yield sheet.iter_rows(max_col=MAX_COLUMNS + 1)
        finally:
            book.close()
    except (DomainError, GeneratorExit):
        raise
    except Exception as error:  # a damaged part makes openpyxl raise nearly anything
        raise ExcelUnreadable(name=name) from error
