"""CSV: any of the usual delimiters, quoted fields over several lines, BOM and CRLF."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Generator, Iterator
from typing import IO

from orderwell.domains.integrations.errors import CellCount, FileUnreadable, LineTooLong, QuoteNeverClosed
from orderwell.domains.integrations.reading.rows import MAX_LINE, Fault, SourceInfo, SourceRow
from orderwell.kernel.errors import Phrase

DELIMITERS = (",", ";", "\t", "|")
_BREAK = re.compile(r"\r\n|\r|\n")


def header_of(file: IO[bytes], name: str, encoding: str, asked_delimiter: str = "") -> tuple[str, tuple[str, ...]]:
    """The delimiter and the column names: the delimiter is the one that gives the most columns."""
    first = ""
    for first in _lines(_text(file, encoding), name):
        if first.strip():
            break
    candidates = (asked_delimiter,) if asked_delimiter else DELIMITERS
    parsed = [(delimiter, _cells(first, delimiter, name)) for delimiter in candidates]
    delimiter, cells = max(parsed, key=lambda pair: len(pair[1]))
    return delimiter, tuple(cell.strip() for cell in cells)


def _cells(line: str, delimiter: str, name: str) -> list[str]:
    try:
        return next(csv.reader([line], delimiter=delimiter), [])
    except csv.Error as error:
        raise FileUnreadable(name=name, format="CSV", reason=str(error)) from None


def rows_of(file: IO[bytes], name: str, info: SourceInfo) -> Iterator[SourceRow]:
    """The rows below the header. A line without any value is no row, but counts in the numbering."""
    ended: list[bool] = []
    lines = _lines(_text(file, info.encoding), name, ended)
    reader = csv.reader(lines, delimiter=info.delimiter)
    width = len(info.header)
    number = read = 0
    header_seen = False
    try:
        for cells in reader:
            number += 1
            if ended:  # the reader asked for more: a row that is whole ends with its line
                yield _unclosed_row(number, cells, reader.line_num, name, header_seen=header_seen)
            elif len(cells) == width and cells[0]:
                if header_seen:
                    yield SourceRow(number, cells)
                header_seen = True
            elif any(cell.strip() for cell in cells):
                if header_seen:
                    yield _odd_row(number, cells, width)
                header_seen = True
            read = reader.line_num
    except csv.Error as error:
        reason = Phrase("row {number}: {error}", number=number + 1, error=str(error))
        if reader.line_num > read + 1:  # a cell over many lines is longer than csv takes
            reason = Phrase("a quote of the row that begins in line {line} is not closed", line=read + 1)
        raise FileUnreadable(name=name, format="CSV", reason=reason) from None
    finally:
        lines.close()


def _unclosed_row(number: int, cells: list[str], last_line: int, name: str, *, header_seen: bool) -> SourceRow:
    """The last row of a file that ends inside a quote: all that follows it is in its cell."""
    lines = len(_BREAK.findall(cells[-1])) + (not cells[-1].endswith(("\r", "\n")))
    error = QuoteNeverClosed(line=last_line - lines + 1)
    if not header_seen:
        reason = Phrase("a quote of the row that begins in line {line} is not closed", line=error.data["line"])
        raise FileUnreadable(name=name, format="CSV", reason=reason)
    return SourceRow(number, cells, Fault.of("", error))


def _odd_row(number: int, cells: list[str], width: int) -> SourceRow:
    if len(cells) == width:
        return SourceRow(number, cells)
    # Spreadsheets add empty cells at the end of a line, and leave them out.
    extra = cells[width:]
    if len(cells) > width and not any(extra):
        return SourceRow(number, cells[:width])
    return SourceRow(number, cells, Fault.of("", CellCount(found=len(cells), expected=width)))


def _text(file: IO[bytes], encoding: str) -> io.TextIOWrapper:
    return io.TextIOWrapper(file, encoding=encoding, newline="")


def _lines(text: io.TextIOWrapper, name: str, ended: list[bool] | None = None) -> Generator[str]:
    """`ended` gets an entry when there is no further line."""
    readline = text.readline
    try:
        while line := readline(MAX_LINE):
            if len(line) == MAX_LINE and not line.endswith("\n"):
                raise LineTooLong(limit=MAX_LINE)
            yield line
        if ended is not None:
            ended.append(True)
    except UnicodeError as error:
        raise FileUnreadable(name=name, format="CSV", reason=str(error)) from None
    finally:
        # The byte stream belongs to the caller; the wrapper must not close it when it goes.
        text.detach()
