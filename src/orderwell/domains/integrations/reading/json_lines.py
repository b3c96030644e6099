"""JSON Lines: one object a line; its keys are the columns. Numbers are kept as they are written, never as floats."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import IO, Any

from orderwell.domains.integrations.errors import LineTooLong, MissingColumns, NestedValue, NoObjects, NotAnObject
from orderwell.domains.integrations.reading.rows import MAX_COLUMNS, MAX_LINE, Fault, SourceInfo, SourceRow
from orderwell.kernel.errors import Phrase

_SHOWN = 40


def header_of(file: IO[bytes]) -> tuple[str, ...]:
    """All keys that any line has, in the order of their first appearance."""
    seen: dict[str, None] = {}
    first = 0
    for number, value, _fault in _objects(file):
        first = first or number
        if value is not None:
            for key in value:
                seen.setdefault(key)
        if len(seen) > MAX_COLUMNS:
            raise MissingColumns(missing="", found=Phrase("more than {count} different keys", count=MAX_COLUMNS))
    if first and not seen:
        file.seek(0)
        *_, line = (file.readline(MAX_LINE) for _ in range(first))
        raise NoObjects(line=first, value=line.decode("utf-8", "replace").strip()[:40])
    return tuple(seen)


def rows_of(file: IO[bytes], info: SourceInfo) -> Iterator[SourceRow]:
    for number, value, fault in _objects(file):
        if value is None:
            yield SourceRow(number, [""] * len(info.header), fault)
            continue
        cells = []
        for key in info.header:
            cell = value.get(key, "")
            if isinstance(cell, dict | list):
                fault = fault or Fault.of(key, NestedValue())
                cell = ""
            cells.append("" if cell is None else str(cell).lower() if isinstance(cell, bool) else cell)
        yield SourceRow(number, cells, fault)


def _objects(file: IO[bytes]) -> Iterator[tuple[int, dict[str, Any] | None, Fault | None]]:
    number = 0
    while line := file.readline(MAX_LINE):
        number += 1
        if len(line) == MAX_LINE and not line.endswith(b"\n"):
            while line and not line.endswith(b"\n"):
                line = file.readline(MAX_LINE)
            yield number, None, Fault.of("", LineTooLong(limit=MAX_LINE))
            continue
        if number == 1:
            line = line.removeprefix(b"\xef\xbb\xbf")
        if not line.strip():
            continue
        yield number, *_object(line)


def _object(line: bytes) -> tuple[dict[str, Any] | None, Fault | None]:
    try:
        value = json.loads(
            line.decode(), parse_float=str, parse_int=str, parse_constant=str, object_pairs_hook=_keys_once
        )
    except _KeyTwice as error:
        return None, Fault.of("", NotAnObject(reason=Phrase("the key {key} stands there twice", key=error.args[0])))
    except (ValueError, RecursionError) as error:
        reason = "it is nested too deeply" if isinstance(error, RecursionError) else str(error)
        return None, Fault.of("", NotAnObject(reason=reason))
    if not isinstance(value, dict):
        return None, Fault.of("", NotAnObject(reason=Phrase("it is a {kind}", kind=type(value).__name__)))
    if any("\ud800" <= character <= "\udfff" for text in _texts(value) for character in text):
        return None, Fault.of("", NotAnObject(reason="it has half of a surrogate pair"))
    return value, None


class _KeyTwice(Exception):
    """A key of the object stands there twice, and nobody can tell which of the two is meant."""


def _keys_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    value = dict(pairs)
    if len(value) < len(pairs):
        keys = [key for key, _ in pairs]
        twice = next(key for key in keys if keys.count(key) > 1)
        raise _KeyTwice(twice.encode("utf-8", "replace").decode()[:_SHOWN])
    return value


def _texts(value: dict[str, Any]) -> Iterator[str]:
    yield from value
    yield from (cell for cell in value.values() if isinstance(cell, str) and not cell.isascii())
