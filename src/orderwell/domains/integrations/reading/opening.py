"""Which kind of file it is, decided by its content, and the right reader for it."""

from __future__ import annotations

import gzip
import re
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import IO, cast

from orderwell.domains.integrations.errors import (
    DuplicateColumn,
    ExcelUnreadable,
    FileUnreadable,
    NoObjects,
    UnknownEncoding,
    UnknownFormat,
)
from orderwell.domains.integrations.reading import csv_file, json_lines, xlsx_file
from orderwell.domains.integrations.reading.encoding import detect_encoding
from orderwell.domains.integrations.reading.rows import MAX_COLUMNS, SourceInfo, SourceRow
from orderwell.kernel.errors import Phrase
from orderwell.kernel.refusals import EmptyFile

_GZIP, _ZIP = b"\x1f\x8b", b"PK\x03\x04"
_START = 4096
_OBJECT = re.compile(rb"(?:\xef\xbb\xbf)?\s*\{")
# Neither CSV nor JSON Lines: a line of it that happens to be an object must not come in without those around it.
_LIST_OF_OBJECTS = re.compile(rb"(?:\xef\xbb\xbf)?\s*(\[\s*\{.*)")
# Bytes that no text has, but for UTF-16.
_NO_TEXT = bytes({*range(0x20)} - {0x09, 0x0A, 0x0B, 0x0C, 0x0D, 0x1A, 0x1B})


def inspect(path: Path, name: str, options: Mapping[str, str] | None = None) -> SourceInfo:
    """How `path` is to be read. Raises a DomainError that says what is wrong with the file as a whole."""
    options = options or {}
    packed = _starts_with(path, _GZIP)
    with open_bytes(path, name, packed=packed) as file:
        start = file.read(_START)
    if not start.strip():
        raise EmptyFile(name=name)
    if start.startswith(_ZIP):
        with open_bytes(path, name, packed=packed) as file:
            return _checked(name, SourceInfo("xlsx", xlsx_file.header_of(file, name), packed))
    if listed := _LIST_OF_OBJECTS.match(start):
        raise NoObjects(line=1, value=" ".join(listed[1].decode("utf-8", "replace").split())[:40])
    if _named_json_lines(name) or _OBJECT.match(start):
        with open_bytes(path, name, packed=packed) as file:
            return _checked(name, SourceInfo("json_lines", json_lines.header_of(file), packed))
    with open_bytes(path, name, packed=packed) as file:
        encoding = _encoding_of(file, name, options.get("encoding", ""))
    binary = start.translate(None, _NO_TEXT) != start
    if binary and not encoding.startswith("utf-16") and (named_excel(name) or b"\0" in start[:64]):
        raise ExcelUnreadable(name=name) if named_excel(name) else UnknownFormat(name=name)
    with open_bytes(path, name, packed=packed) as file:
        delimiter, header = csv_file.header_of(file, name, encoding, options.get("delimiter", ""))
    return _checked(name, SourceInfo("csv", header, packed, encoding, delimiter))


def read_rows(path: Path, name: str, info: SourceInfo) -> Iterator[SourceRow]:
    """All rows below the header, in constant memory."""
    with open_bytes(path, name, packed=info.packed) as file:
        if info.format == "xlsx":
            yield from xlsx_file.rows_of(file, name, info)
        elif info.format == "json_lines":
            yield from json_lines.rows_of(file, info)
        else:
            yield from csv_file.rows_of(file, name, info)


@contextmanager
def open_bytes(path: Path, name: str, *, packed: bool) -> Iterator[IO[bytes]]:
    """The file, unpacked; damage inside a gzip shows while reading."""
    try:
        with gzip.open(path) if packed else path.open("rb") as file:
            yield cast(IO[bytes], file)  # GzipFile is a binary stream without saying so
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise FileUnreadable(name=name, format="gzip", reason=str(error)) from None


def _starts_with(path: Path, magic: bytes) -> bool:
    with path.open("rb") as file:
        return file.read(len(magic)) == magic


def _encoding_of(file: IO[bytes], name: str, asked: str) -> str:
    try:
        return detect_encoding(file, asked)
    except UnknownEncoding:
        if named_excel(name):  # no text at all: a damaged workbook, or one of the old format
            raise ExcelUnreadable(name=name) from None
        raise


def named_excel(name: str) -> bool:
    """By its name alone: a text called .xlsx is still read as what it is."""
    return name.lower().removesuffix(".gz").endswith((".xlsx", ".xlsm", ".xls"))


def _named_json_lines(name: str) -> bool:
    return name.lower().removesuffix(".gz").endswith((".jsonl", ".ndjson"))


def _checked(name: str, info: SourceInfo) -> SourceInfo:
    if not any(info.header):
        raise EmptyFile(name=name)
    if len(info.header) > MAX_COLUMNS:
        raise FileUnreadable(
            name=name, format=info.format, reason=Phrase("it has more than {count} columns", count=MAX_COLUMNS)
        )
    seen: set[str] = set()
    for column in filter(None, info.header):
        if column in seen:
            raise DuplicateColumn(column=column)
        seen.add(column)
    return info
