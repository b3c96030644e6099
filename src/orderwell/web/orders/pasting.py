"""Reads what was copied from a spreadsheet, a mail or a file: which column is the product, the quantity, the price. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from django.utils.translation import gettext as _

from orderwell.kernel.written import SIGNS, bare_number
from orderwell.web.orders.pasted_cells import Cells, drop_row_numbers, rows_of, running, settle_thousands, times
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
_NUMBER = re.compile(
    r"(?:[×✕✖╳*＊]\s*|[xXｘＸ]\s+)?[-+]?[" + SIGNS + r"]?\s*\d[\d,，. ．]*\s*(?:[×✕✖╳*＊]|[A-Za-z一-鿿/]{0,5})"
)
_UNIT = re.compile(r"[×✕✖╳*＊\s]|^[xXｘＸ]\s+|[A-Za-z一-鿿/]{1,5}$")


@dataclass(frozen=True, slots=True)
class Pasted:
    """One line as it stood there; `quantity` and `price` are text, cleaned of currency signs and units.

    `written`: all of a text that was taken apart at an "x" or a space, as it may be the name of a product after all.
    `problem`: why a line was not taken apart, in words; then it has no quantity.
    """

    product: str
    quantity: str = "1"
    price: str = ""
    written: str = field(default="", compare=False)
    problem: str = field(default="", compare=False)


def read_pasted(text: str, *, prices: bool = False, otherwise: str = "1") -> list[Pasted]:
    """Every line that holds something, but for a row of headings. One without a product comes as it stood there.

    `prices`: rows of a price list. Without headings the last cell of each is the price, a number before it the quantity
    from which it holds, and a row without one has none. `otherwise`: the quantity of a line that says none.
    """
    rows = rows_of(text.replace("\0", "")[:2_000_000])
    columns = _headed([row.cells for row in rows]) if rows else {}
    width = len(rows.pop(0).cells) if columns else 0
    if not columns:
        drop_row_numbers(rows)
    settle_thousands(rows, width)
    if not columns and not prices:
        columns = _guessed([row.cells for row in rows if not row.unclear])
    otherwise = "" if prices else otherwise
    headed = bool(width) and not prices
    return [
        _unclear(row)
        if row.unclear
        else _headed_line(row, columns)
        if headed
        else _line(row, columns, prices, otherwise)
        for row in rows
    ]


def _headed_line(row: Cells, columns: Mapping[str, int]) -> Pasted:
    """Below headings an empty cell says nothing: a price list leaves the quantity of what isn't wanted empty."""
    line = _line(row, columns, False, "" if "quantity" in columns else "1")
    if not _cell(row.cells, columns["product"]):
        # A column without a heading of ours may name it.
        line = replace(line, product=" ".join(c for at, c in enumerate(row.cells) if c and at not in columns.values()))
    if not line.product:
        return replace(line, problem=_("There is no product in this line."))
    return line if line.quantity else replace(line, problem=_("There is no quantity in this line."))


def _line(row: Cells, columns: Mapping[str, int], prices: bool, otherwise: str) -> Pasted:
    if not columns:
        return _priced(row.cells)
    product = _cell(row.cells, columns.get("product", 0)) or " ".join(filter(None, row.cells))
    quantity = _number(_cell(row.cells, columns["quantity"])) if "quantity" in columns else ""
    price = _number(_cell(row.cells, columns["price"])) if "price" in columns else ""
    counted = None if quantity or prices else times(product)
    if counted:
        product, quantity = counted.cells[0], _number(counted.cells[1])
    return Pasted(product, quantity or otherwise, price, counted.written if counted else row.written)


def _unclear(row: Cells) -> Pasted:
    written = row.written or ",".join(row.cells)
    text = _(
        "“%(line)s” can be read in two ways. Write a thousand as 1000, or put tabs or semicolons between the columns."
    )
    return Pasted(row.cells[0], "", "", row.written, text % {"line": written[:80]})


def most_lines(lines: list[Pasted]) -> tuple[list[Pasted], str]:
    """As many as one order or sheet takes at once, and what to say of the others."""
    if len(lines) <= MOST_LINES:
        return lines, ""
    text = _("Only the first %(most)s of %(count)s lines were taken over. Paste the others by themselves.")
    return lines[:MOST_LINES], text % {"most": thousands(MOST_LINES), "count": thousands(len(lines))}


def _headed(rows: Sequence[Sequence[str]]) -> dict[str, int]:
    """Which column is what, when the first row says so; empty when it is a line like the others."""
    row = rows[0]
    if any(_is_number(cell) for cell in row):
        return {}
    # A column that only counts the rows is a product only where nothing else is.
    counting = {at for at in range(len(row)) if running(rows[1:], at)}
    columns: dict[str, int] = {}
    for kind, (best, other) in _HEADINGS.items():
        free = [at for at in range(len(row)) if at not in columns.values()]
        passes = [[at for at in free if at not in counting], free] if kind == "product" else [free]
        found = next(
            (at for places in passes for words in (best, other) for at in places if _names(row[at], words)), None
        )
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
    width = max((len(row) for row in rows), default=0)
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
    return bare_number(_UNIT.sub("", text)) if _is_number(text) else text
