"""Reads what was copied from a spreadsheet, a mail or a file: which column is the product, the quantity, the price. Pure."""

from __future__ import annotations

import csv
import re
from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from orderwell.web.templatetags.orderwell import thousands

MOST_LINES = 2000
# Words of headings, in both languages, by what they head; those of the first group win over those of the second. In this
# order: a "unit price" is no unit, and a "product count" no product.
_HEADINGS = {
    "price": (("price", "单价", "价格", "含税价", "售价"), ()),
    "quantity": (
        (*("quantity", "qty", "pcs", "units"), *("数量", "件数", "个数", "订购数", "采购数", "起订量", "起量")),
        ("amount", "count", "minimum", "from"),
    ),
    "product": (
        # A name is less exact than a number.
        (*("sku", "code", "barcode", "ean", "gtin", "article"), *("货号", "编码", "编号", "条码", "条形码")),
        (*("item", "product", "name", "part"), *("商品", "产品", "品名", "名称", "型号", "物料")),
    ),
}
_NUMBER = re.compile(r"[-+]?[¥￥$€£]?\s*[\d０-９][\d０-９,，. ．]*\s*[A-Za-z一-鿿/]{0,5}")
_UNIT = re.compile(r"[¥￥$€£\s]|[A-Za-z一-鿿/]{1,5}$")


@dataclass(frozen=True, slots=True)
class Pasted:
    """One line as it stood there; `quantity` and `price` are text, cleaned of currency signs and units."""

    product: str
    quantity: str = "1"
    price: str = ""


def read_pasted(text: str, *, prices: bool = False) -> list[Pasted]:
    """Every line that holds something, but for a row of headings. One without a product comes as it stood there.

    `prices`: rows of a price list. Without headings the last cell of each is the price, a number before it the quantity
    from which it holds, and a row without one has none.
    """
    default = "" if prices else "1"
    rows = [[" ".join(cell.split()) for cell in row] for row in _cells(text.replace("\0", "")[:2_000_000])]
    rows = [row for row in rows if any(row)]
    if not rows:
        return []
    columns = _headed(rows[0])
    if columns:
        rows = rows[1:]
    elif prices:
        return list(map(_priced, rows))
    else:
        columns = _guessed(rows)
    return [
        Pasted(
            _cell(row, columns.get("product", 0)) or " ".join(filter(None, row)),
            _number(_cell(row, columns["quantity"])) or default if "quantity" in columns else default,
            _number(_cell(row, columns["price"])) if "price" in columns else "",
        )
        for row in rows
    ]


def most_lines(lines: list[Pasted]) -> tuple[list[Pasted], str]:
    """As many as one order or sheet takes at once, and what to say of the others."""
    if len(lines) <= MOST_LINES:
        return lines, ""
    text = _("Only the first %(most)s of %(count)s lines were taken over. Paste the others by themselves.")
    return lines[:MOST_LINES], text % {"most": thousands(MOST_LINES), "count": thousands(len(lines))}


def _cells(text: str) -> list[list[str]]:
    lines = text.replace("\r\n", "\n").replace("\r", "\n").strip("\n").split("\n")
    for mark in ("\t", ";", "；", ",", "，"):
        if sum(mark in line for line in lines) * 2 >= len(lines):
            return _quoted(lines, mark) if mark in "\t;," else [line.split(mark) for line in lines]
    return [_words(line) for line in lines]


def _quoted(lines: list[str], mark: str) -> list[list[str]]:
    """Cells in quotes may hold the separator and ends of lines; quotes that don't come in such pairs are plain text."""
    try:
        return list(csv.reader((f"{line}\n" for line in lines), delimiter=mark, strict=True))
    except csv.Error:
        return [line.split(mark) for line in lines]


def _words(line: str) -> list[str]:
    """Without separators: "CUP-1 x 3", "CUP-1  3", "CUP-1 3 20.00"."""
    wide = re.split(r"\s{2,}", line.strip())
    if len(wide) > 1:
        return wide
    found = re.fullmatch(r"(.+?)\s*(?:[x×*]\s*|\s)(\d+(?:\.\d+)?)(?:\s+(\d+(?:\.\d+)?))?", line.strip())
    return [part or "" for part in found.groups()] if found else [line.strip()]


def _headed(row: Sequence[str]) -> dict[str, int]:
    """Which column is what, when the first row says so; empty when it is a line like the others."""
    if any(_is_number(cell) for cell in row):
        return {}
    columns: dict[str, int] = {}
    for kind, (best, other) in _HEADINGS.items():
        free = [at for at in range(len(row)) if at not in columns.values()]
        found = next((at for words in (best, other) for at in free if _names(row[at], words)), None)
        if found is not None:
            columns[kind] = found
    return columns if "product" in columns and (len(columns) > 1 or len(row) == 1) else {}


def _names(heading: str, words: Sequence[str]) -> bool:
    """Whether one of the words stands in a heading: as a whole word in English, anywhere in Chinese."""
    plain = heading.casefold()
    whole = {part.removesuffix("s") for part in re.findall("[a-z]+", plain)} | set(re.findall("[a-z]+", plain))
    return any(word in whole if word.isascii() else word in plain for word in words)


def _guessed(rows: Sequence[Sequence[str]]) -> dict[str, int]:
    """The first column names the product; the first column of numbers after it is the quantity, the next the price."""
    width = max(len(row) for row in rows)
    numbers = []
    for at in range(1, width):
        filled = [cell for row in rows if (cell := _cell(row, at))]
        if sum(map(_is_number, filled)) * 2 > len(filled):
            numbers.append(at)
    columns = {"product": 0}
    if not numbers and width > 1:
        numbers = [1]
    columns.update(zip(("quantity", "price"), numbers, strict=False))
    return columns


def _priced(row: Sequence[str]) -> Pasted:
    cells = [cell for cell in row[1:] if cell]
    numbers = [cell for cell in cells[:-1] if _is_number(cell)]
    product = row[0] or " ".join(filter(None, row))
    return Pasted(product, _number(numbers[-1]) if numbers else "", _number(cells[-1]) if cells else "")


def _cell(row: Sequence[str], at: int) -> str:
    return row[at].strip() if at < len(row) else ""


def _is_number(text: str) -> bool:
    return bool(text) and _NUMBER.fullmatch(text.strip()) is not None


def _number(text: str) -> str:
    """Without a currency sign or a unit; what is no number stays as it was, to be put right where it stands."""
    return _UNIT.sub("", text) if _is_number(text) else text
