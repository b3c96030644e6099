"""CSV as spreadsheet programs read it: UTF-8 with a mark at the start if wanted, and no text that acts as a formula."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from orderwell.platform.exporting.base import Chunks, Column

BOM = "﻿"
# https://owasp.org/www-community/attacks/CSV_Injection
_ACTIVE = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def harmless(text: str) -> str:
    """Text that a spreadsheet would take for a formula gets an apostrophe, which makes it text again."""
    return f"'{text}" if text.startswith(_ACTIVE) else text


def csv_bytes(columns: Sequence[Column], chunks: Chunks, *, zone: ZoneInfo, bom: bool = True) -> Iterator[bytes]:
    """The file piece by piece, a chunk of rows at a time."""
    convert = [_converter(column, zone) for column in columns]
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\r\n")
    buffer.write(BOM if bom else "")
    writer.writerow([harmless(column.title) for column in columns])
    for rows in chunks:
        writer.writerows(
            [None if value is None else turn(value) for turn, value in zip(convert, row, strict=True)] for row in rows
        )
        yield buffer.getvalue().encode()
        buffer.seek(0)
        buffer.truncate()
    yield buffer.getvalue().encode()


def exact(value: Decimal) -> str:
    """All digits that count and no others; never an exponent."""
    text = format(value, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def _converter(column: Column, zone: ZoneInfo) -> Callable[[Any], Any]:
    match column.kind:
        case "number":
            return exact
        case "whole":
            return str
        case "moment":
            return lambda value: _moment(value, zone)
        case "day":
            return date.isoformat
        case "yes_no":
            return lambda value: column.yes if value else column.no
        case _:
            return lambda value: harmless(str(value))


def _moment(value: datetime, zone: ZoneInfo) -> str:
    return value.astimezone(zone).strftime("%Y-%m-%d %H:%M:%S")
