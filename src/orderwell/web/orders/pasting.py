"""Reads what was copied from a spreadsheet, a mail or a file: which column is the product, the quantity, the price. Pure."""

from __future__ import annotations

import csv
import re
from collections.abc import Sequence
from dataclasses import dataclass

MOST_LINES = 2000
# Words of headings, in both languages, by what they head.
_HEADINGS = {
    "product": (
        *("sku", "item", "product", "code", "barcode", "ean", "gtin", "article", "name", "part"),
        *("货号", "编码", "编号", "条码", "条形码", "商品", "产品", "品名", "名称", "型号", "物料"),
    ),
    "quantity": (
        "quantity",
        "qty",
        "amount",
        "count",
        "pcs",
        "units",
        "minimum",
        "from",
        "数量",
        "件数",
        "个数",
        "订购数",
        "采购数",
        "起订量",
        "起量",
    ),
    "price": ("price", "unit price", "单价", "价格", "含税价", "售价"),
}
# A column with one of these wins over others for the product: a name is less exact than a number.
_EXACT = ("sku", "code", "barcode", "ean", "gtin", "article", "货号", "编码", "编号", "条码", "条形码")
_NUMBER = re.compile(r"[-+]?[¥￥$€£]?\s*[\d０-９][\d０-９,，. ．]*\s*[A-Za-z一-鿿]{0,3}")
_UNIT = re.compile(r"[¥￥$€£\s]|[A-Za-z一-鿿]{1,3}$")


@dataclass(frozen=True, slots=True)
class Pasted:
    """One line as it stood there; `quantity` and `price` are text, cleaned of currency signs and units."""

    product: str
    quantity: str = "1"
    price: str = ""


def read_pasted(text: str, *, prices: bool = False) -> list[Pasted]:
    """At most `MOST_LINES` lines; empty ones and a row of headings are left out.

    `prices`: rows of a price list. Without headings the last cell of each is the price, a number before it the quantity
    from which it holds, and a row without one has none.
    """
    default = "" if prices else "1"
    rows = [[cell.strip() for cell in row] for row in _cells(text.replace("\0", "")[:2_000_000])]
    rows = [row for row in rows if any(row)][: MOST_LINES + 1]
    if not rows:
        return []
    columns = _headed(rows[0])
    if columns:
        rows = rows[1:]
    elif prices:
        return [line for line in map(_priced, rows) if line.product][:MOST_LINES]
    else:
        columns = _guessed(rows)
    found = [
        Pasted(
            _cell(row, columns.get("product", 0)),
            _number(_cell(row, columns["quantity"])) or default if "quantity" in columns else default,
            _number(_cell(row, columns["price"])) if "price" in columns else "",
        )
        for row in rows
    ]
    return [line for line in found if line.product][:MOST_LINES]


def _cells(text: str) -> list[list[str]]:
    lines = text.replace("\r\n", "\n").replace("\r", "\n").strip("\n").split("\n")
    for mark in ("\t", ";", "；", ",", "，"):
        if sum(mark in line for line in lines) * 2 >= len(lines):
            return list(csv.reader(lines, delimiter=mark)) if mark in "\t;," else [line.split(mark) for line in lines]
    return [_words(line) for line in lines]


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
    for at, cell in enumerate(row):
        plain = cell.casefold()
        for kind in ("price", "quantity", "product"):
            if any(word in plain for word in _HEADINGS[kind]):
                better = kind == "product" and any(word in plain for word in _EXACT)
                known = row[columns[kind]].casefold() if kind in columns else ""
                if kind not in columns or (better and not any(word in known for word in _EXACT)):
                    columns[kind] = at
                break
    return columns if "product" in columns and (len(columns) > 1 or len(row) == 1) else {}


def _guessed(rows: Sequence[Sequence[str]]) -> dict[str, int]:
    """The first column names the product; the first column of numbers after it is the quantity, the next the price."""
    width = max(len(row) for row in rows)
    numbers = [at for at in range(1, width) if sum(_is_number(_cell(row, at)) for row in rows) * 2 > len(rows)]
    columns = {"product": 0}
    if not numbers and width > 1:
        numbers = [1]
    columns.update(zip(("quantity", "price"), numbers, strict=False))
    return columns


def _priced(row: Sequence[str]) -> Pasted:
    cells = [cell for cell in row[1:] if cell]
    numbers = [cell for cell in cells[:-1] if _is_number(cell)]
    return Pasted(row[0], _number(numbers[-1]) if numbers else "", _number(cells[-1]) if cells else "")


def _cell(row: Sequence[str], at: int) -> str:
    return row[at].strip() if at < len(row) else ""


def _is_number(text: str) -> bool:
    return bool(text) and _NUMBER.fullmatch(text.strip()) is not None


def _number(text: str) -> str:
    """Without a currency sign or a unit; what is no number stays as it was, to be put right where it stands."""
    return _UNIT.sub("", text) if _is_number(text) else text
