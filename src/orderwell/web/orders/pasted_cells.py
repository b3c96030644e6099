"""Pasted text as rows of cells: what separates them, "3 x CUP-1", numbers of rows, thousands with a comma. Pure."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

_DIGITS = r"\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:[.．]\d+)?"
_UNITS = r"(?:pcs?|pieces?|[个件只箱盒套支台瓶包条张把块袋桶双本份])"
# The letter stands apart from what it counts: "3XL-SHIRT" and "Box3" are names.
_LEADING = re.compile(rf"({_DIGITS})\s*{_UNITS}?\s*(?:[×✕✖╳*＊]\s*|[xXｘＸ]\s+)(\S.*)")
_TRAILING = re.compile(rf"(.+?)(?:\s*[×✕✖╳*＊]\s*|\s+[xXｘＸ]\s*)({_DIGITS})\s*{_UNITS}?(?:\s+({_DIGITS}))?")
_SPACED = re.compile(rf"(.+?)\s+({_DIGITS})\s*{_UNITS}?(?:\s+({_DIGITS}))?")
# As a quantity it would be absurd: EAN-8 is the shortest.
_BARCODE = re.compile(r"\d{8,}")
_COUNTED = re.compile(rf"({_DIGITS})\s*{_UNITS}?\s*[×✕✖╳*＊xXｘＸ]")
_ROW_NUMBER = re.compile(r"\s*(\d{1,5})(?:[、)）．]\s*|\.\s+)(\S.*)")
_PLAIN_ROW_NUMBER = re.compile(r"\s*(\d{1,5})\s+(\S.*)")
# "1,000" after a space: no separator of columns.
_THOUSANDS = re.compile(r"(?<=\s)[1-9]\d{0,2}(?:,\d{3})+(?![\d,])")
_MOST_GROUPS = 12


@dataclass(slots=True)
class Cells:
    """One line. `written`: the whole of a text that was taken apart, which may be one name after all. `comma`: commas of
    this line separate cells, so a comma among thousands would too. `unclear`: it can be read in two ways."""

    cells: list[str]
    written: str = ""
    comma: bool = False
    unclear: bool = False


def rows_of(text: str) -> list[Cells]:
    """Every line that holds something."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").strip("\n").split("\n")
    lines = _without_row_numbers(lines)
    rows = list(_split(lines))
    for row in rows:
        row.cells = [" ".join(cell.split()) for cell in row.cells]
    return [one for row in rows if any(row.cells) for one in _each(row)]


def _split(lines: list[str]) -> Iterator[Cells]:
    for mark in ("\t", ";", "；", ",", "，"):
        if sum(mark in _THOUSANDS.sub("", line) for line in lines) * 2 < len(lines):
            continue
        rows = _quoted(lines, mark) if mark in "\t;," else [line.split(mark) for line in lines]
        plain = {line.strip() for line in lines} if mark in ",，" else set()
        for row in rows:
            yield Cells(row, comma=mark.join(row).strip() in plain)
        return
    yield from map(_words, lines)


def _quoted(lines: list[str], mark: str) -> list[list[str]]:
    """Cells in quotes may hold the separator and ends of lines; quotes that don't come in such pairs are plain text."""
    try:
        return list(csv.reader((f"{line}\n" for line in lines), delimiter=mark, strict=True))
    except csv.Error:
        return [line.split(mark) for line in lines]


def _words(line: str) -> Cells:
    """Without separators: "CUP-1 x 3", "3 x CUP-1", "CUP-1  3", "CUP-1 3 20.00"."""
    wide, text = re.split(r"\s{2,}", line.strip()), " ".join(line.split())
    if len(wide) <= 2 and (found := times(text)):
        return found
    if len(wide) > 1:
        return Cells(wide)
    spaced = _SPACED.fullmatch(text)
    if spaced is None:
        return Cells([text])
    unclear = any("," in (part or "") and not re.search(r",0", part) for part in spaced.groups()[1:])
    return Cells([part or "" for part in spaced.groups()], written=text, unclear=unclear)


def times(text: str) -> Cells | None:
    """ "3 x CUP-1" or "CUP-1 × 3" as product, quantity and price, if one stands behind."""
    found = _LEADING.fullmatch(text)
    if found and not (_BARCODE.fullmatch(found[1]) and len(found[2]) < len(found[1])):
        return Cells([found[2], found[1]], written=text)
    if found := _TRAILING.fullmatch(text):
        return Cells([part or "" for part in found.groups()], written=text)
    return None


def _each(row: Cells) -> list[Cells]:
    """A line such as "3 x CUP-1, 2 x POT" is several; "3 ×" in a cell of its own counts the cell behind it."""
    parts = [times(cell) for cell in row.cells]
    if len(parts) > 1 and all(parts):
        return [part for part in parts if part is not None]
    counted = _COUNTED.fullmatch(row.cells[0]) if len(row.cells) > 1 else None
    if counted and not row.written:
        row.cells = [row.cells[1], counted[1], *row.cells[2:]]
    elif len(row.cells) > 1 and parts[0] and not any(re.match(r"\W*\d", cell) for cell in row.cells[1:]):
        row.cells, row.written = [*parts[0].cells[:2], *row.cells[1:]], parts[0].written
    return [row]


def _without_row_numbers(lines: list[str]) -> list[str]:
    """Lines that begin with "1. ", "2. " …, or with 1, 2, 3 … before what is a product with its quantity already."""
    filled = [line for line in lines if line.strip()]
    for pattern in (_ROW_NUMBER, _PLAIN_ROW_NUMBER):
        found = [pattern.fullmatch(line) for line in filled]
        rest = [match[2] for match in found if match]
        if len(rest) < max(2, len(filled)) or not _run([match[1] for match in found if match]):
            continue
        if pattern is _ROW_NUMBER or not any(mark in line for line in filled for mark in "\t;；,，"):
            whole = [_words(line).cells for line in rest]
            if pattern is _ROW_NUMBER or all(len(cells) > 1 for cells in whole):
                return rest
    return lines


def _run(numbers: Sequence[str]) -> bool:
    """1, 2, 3 … to the end, at least two of them."""
    return len(numbers) > 1 and all(
        text.isdecimal() and len(text) < 6 and int(text) == at for at, text in enumerate(numbers, start=1)
    )


def running(rows: Sequence[Sequence[str]], at: int) -> bool:
    """Whether a column only numbers the rows; sums at the foot may stand behind the last."""
    column = [row[at].strip() if at < len(row) else "" for row in rows]
    while column and not column[-1].isdecimal():
        column.pop()
    return _run(column)


def drop_row_numbers(rows: Sequence[Cells]) -> None:
    """Leave out a first column that only numbers the rows, where a product and a number stand beside it."""
    cells = [row.cells for row in rows]
    if not running(cells, 0) or any(row.written for row in rows):
        return
    numbered = [row for row in cells if row[0].isdecimal()]
    beside = [row[1] for row in numbered if len(row) > 2]
    # "1, 5, 20.00": a short number is no product, so the first column is one.
    if len(beside) < len(numbered) or any(re.fullmatch(r"[\d.,]{0,4}", cell) for cell in beside):
        return
    for row in rows:
        if row.cells[0].isdecimal():
            row.cells = row.cells[1:]


def settle_thousands(rows: Sequence[Cells], width: int) -> None:
    """In lines with commas between the cells, "1,000" is two of them: put together where only that fits the `width` of
    the headings, left where other lines show that there are so many columns, and otherwise marked as unclear."""
    sound = {len(row.cells) for row in rows if row.comma and len(_readings(row.cells)) == 1}
    for row in rows:
        readings = _readings(row.cells) if row.comma else []
        if len(readings) < 2:
            continue
        likely = [cells for cells in readings if not _has_zeros_apart(cells)]
        fitting = [cells for cells in likely if len(cells) == width]
        if len(fitting) == 1:
            row.cells = fitting[0]
        else:
            row.unclear = bool(width) or len(row.cells) not in sound or row.cells not in likely


def _readings(cells: Sequence[str]) -> list[list[str]]:
    """All ways to read a line: cells as they are, or neighbours that would be one number with thousands put together."""
    found: list[list[str]] = [[]]
    for at, cell in enumerate(cells):
        more = []
        if at and at < _MOST_GROUPS and re.fullmatch(r"\d{3}(?:\.\d+)?", cell):
            more = [
                [*row[:-1], f"{row[-1]},{cell}"]
                for row in found
                if len(row) > 1 and re.fullmatch(r"[1-9]\d{0,2}(?:,\d{3})*", row[-1])
            ]
        found = [[*row, cell] for row in found] + more
    return found


def _has_zeros_apart(cells: Sequence[str]) -> bool:
    """Nobody writes an amount of 000 or 050."""
    return any(re.fullmatch(r"0\d\d(?:\.\d+)?", cell) for cell in cells[1:])
