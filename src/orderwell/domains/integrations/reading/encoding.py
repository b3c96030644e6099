"""Which encoding a text file is written in: UTF-8, UTF-16 with a mark, GB18030 or Windows-1252.

Every line is looked at, because a file that is UTF-8 on its first thousand lines and something else on the next is
common (two exports pasted together), and guessing would garble names for good.
"""

from __future__ import annotations

import codecs
import re
from typing import IO

from orderwell.domains.integrations.errors import LineTooLong, MixedEncodings, UnknownEncoding, WrongEncoding
from orderwell.domains.integrations.reading.rows import MAX_LINE

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
# Chinese text in GB18030 is pairs of bytes that are nearly all above 0x80; Western accents stand alone among letters.
_HIGH_RUN = re.compile(rb"[\x80-\xff]+")
_THREE_BYTE_UTF8 = re.compile(rb"[\xe0-\xef][\x80-\xbf]{2}")


def detect_encoding(file: IO[bytes], asked: str = "") -> str:
    """The encoding of the whole file, read from its start. `asked` is what the user named, or ""."""
    start = file.read(4)
    file.seek(0)
    for mark, name in _MARKS:
        if start.startswith(mark):
            try:
                _check(file, asked or name)
            except WrongEncoding as wrong:
                if asked:
                    raise
                said = name.removesuffix("-sig").upper()
                raise MixedEncodings(line=wrong.data["line"], first_line=1, expected=said) from wrong
            return asked or name
    if asked:
        _check(file, asked)
        return asked
    return _guess(file)


def _check(file: IO[bytes], encoding: str) -> None:
    decoder = codecs.getincrementaldecoder(encoding)()
    line = 1
    while chunk := file.read(1 << 16):
        text, good = _decoded(decoder, chunk)
        line += text.count("\n")
        if not good:
            raise WrongEncoding(line=line, expected=encoding)
    if not _decoded(decoder, b"", final=True)[1]:
        raise WrongEncoding(line=line, expected=encoding)


def _decoded(decoder: codecs.IncrementalDecoder, chunk: bytes, *, final: bool = False) -> tuple[str, bool]:
    """The text up to the first byte that cannot be decoded, and whether there was none."""
    try:
        return decoder.decode(chunk, final), True
    except UnicodeDecodeError as error:
        return error.object[: error.start].decode(error.encoding, errors="replace"), False


class _Sample:
    """The lines of one kind: where the first is, and their high bytes."""

    def __init__(self) -> None:
        self.first_line = 0
        self.even_runs = 0
        self.odd_runs = 0
        self.other_characters = 0
        self.gb18030 = True
        self.windows_1252 = True
        self.three_byte = False

    def add(self, number: int, line: bytes) -> None:
        self.first_line = self.first_line or number
        for run in _HIGH_RUN.findall(line):
            if len(run) % 2 == 0:
                self.even_runs += 1
            else:
                self.odd_runs += 1
        self.three_byte = self.three_byte or _THREE_BYTE_UTF8.search(line) is not None
        self.gb18030 = self.gb18030 and _decodes(line, "gb18030")
        self.windows_1252 = self.windows_1252 and _decodes(line, "cp1252")

    @property
    def looks_chinese(self) -> bool:
        # Rare characters have a low second byte, which makes a run odd; text is still mostly even runs.
        return self.gb18030 and self.even_runs > self.odd_runs


def _decodes(line: bytes, encoding: str) -> bool:
    try:
        line.decode(encoding)
    except UnicodeDecodeError:
        return False
    return True


def _guess(file: IO[bytes]) -> str:
    utf8, other = _Sample(), _Sample()
    number = 0
    while line := file.readline(MAX_LINE):
        number += 1
        if len(line) == MAX_LINE and not line.endswith(b"\n"):
            raise LineTooLong(limit=MAX_LINE, line=number)
        if not line.isascii():
            (utf8 if _decodes(line, "utf-8") else other).add(number, line)
    if not other.first_line:
        return "utf-8"
    if utf8.first_line:
        return _settle(utf8, other)
    if other.looks_chinese:
        return "gb18030"
    if other.windows_1252:
        return "cp1252"
    if other.gb18030:
        return "gb18030"
    raise UnknownEncoding(line=other.first_line)


def _settle(utf8: _Sample, other: _Sample) -> str:
    """Some lines are UTF-8 and some are not. Short Chinese text in GB18030 can pass for UTF-8 by accident."""
    if other.looks_chinese and utf8.gb18030 and not utf8.three_byte:
        return "gb18030"
    if utf8.first_line < other.first_line:
        raise MixedEncodings(line=other.first_line, first_line=utf8.first_line, expected="UTF-8")
    name = "GB18030" if other.looks_chinese else "Windows-1252"
    raise MixedEncodings(line=utf8.first_line, first_line=other.first_line, expected=name)
