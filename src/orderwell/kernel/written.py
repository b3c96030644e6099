"""Numbers as people, spreadsheets and shops write them: ￥9.9, １２, 9.90元. One rule for whatever reads them."""

from __future__ import annotations

import re

# A number as programs send it: digits and a point. What Python would read besides (" 5 ", "+5", "５", "1_000", "1e3") others
# read as something else, or not at all.
PLAIN = r"-?[0-9]+(?:\.[0-9]+)?"
_PLAIN = re.compile(PLAIN)
SIGNS = "¥￥$€£"
HALF_WIDTH = str.maketrans("０１２３４５６７８９．，－＋", "0123456789.,-+")
# Left and right marks, embeddings, overrides, isolates. Address books put them around numbers that are copied out of them.
DIRECTION_MARKS = "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
_SIGNED = re.compile(rf"([-+]?)\s*[{SIGNS}]\s*(.*)", re.DOTALL)
_YUAN = re.compile(r"(?<=[0-9])\s*[元圆]$")


def is_plain_number(text: str) -> bool:
    return _PLAIN.fullmatch(text) is not None


def bare_number(text: str) -> str:
    """A number in half-width characters, without the sign of a currency; any other text is only made half-width."""
    half = text.translate(HALF_WIDTH).strip()
    signed = _SIGNED.fullmatch(half)
    return _YUAN.sub("", f"{signed[1]}{signed[2]}" if signed else half)
