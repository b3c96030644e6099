"""What an image file is, read from its own bytes: kind, width and height. Pure; nothing is decoded."""

from __future__ import annotations

import struct
from dataclasses import dataclass

# More than any camera makes; a small file that claims more would fill the memory of whoever looks at it.
MAX_PIXELS = 60_000_000
CONTENT_TYPES = {"png": "image/png", "jpg": "image/jpeg", "gif": "image/gif", "webp": "image/webp"}
# Markers of JPEG segments that carry the size: start of frame, without the tables that share their range.
_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_ALONE = frozenset({0x01, *range(0xD0, 0xD9)})


@dataclass(frozen=True, slots=True)
class Picture:
    kind: str
    width: int
    height: int


def picture_of(content: bytes) -> Picture | None:
    """None for what is no image of a known kind, is cut off before its size, or is larger than `MAX_PIXELS`."""
    try:
        found = _read(content)
    except (struct.error, IndexError):
        return None
    if found is None or not found.width or not found.height or found.width * found.height > MAX_PIXELS:
        return None
    return found


def content_type_of(name: str) -> str:
    """Of a stored file, whose name ends in its kind."""
    return CONTENT_TYPES.get(name.rpartition(".")[2], "application/octet-stream")


def _read(content: bytes) -> Picture | None:
    if content.startswith(b"\x89PNG\r\n\x1a\n") and content[12:16] == b"IHDR":
        return Picture("png", *struct.unpack(">II", content[16:24]))
    if content[:6] in (b"GIF87a", b"GIF89a"):
        return Picture("gif", *struct.unpack("<HH", content[6:10]))
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return _webp(content)
    return _jpeg(content) if content.startswith(b"\xff\xd8\xff") else None


def _webp(content: bytes) -> Picture | None:
    match content[12:16]:
        case b"VP8X":
            return Picture("webp", _three(content, 24) + 1, _three(content, 27) + 1)
        case b"VP8L":
            (bits,) = struct.unpack("<I", content[21:25])
            return Picture("webp", (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1)
        case b"VP8 ":
            width, height = struct.unpack("<HH", content[26:30])
            return Picture("webp", width & 0x3FFF, height & 0x3FFF)
    return None


def _three(content: bytes, start: int) -> int:
    return content[start] | content[start + 1] << 8 | content[start + 2] << 16


def _jpeg(content: bytes) -> Picture | None:
    place = 2
    while place + 4 <= len(content):
        if content[place] != 0xFF:
            return None
        marker = content[place + 1]
        if marker == 0xFF or marker in _ALONE:
            place += 1 if marker == 0xFF else 2
            continue
        if marker in _FRAMES:
            height, width = struct.unpack(">HH", content[place + 5 : place + 9])
            return Picture("jpg", width, height)
        (length,) = struct.unpack(">H", content[place + 2 : place + 4])
        if length < 2:
            return None
        place += 2 + length
    return None
