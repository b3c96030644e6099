"""Search keys. "红色茶杯" is found by 茶杯, by chabei and by hscb."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

_HAN = re.compile(r"[㐀-鿿豈-﫿]+")
_SPACE = re.compile(r"\s+")
# A longer name is found by its beginning; the key stays small enough to be scanned.
MAX_NAME = 240


def normalise(text: str) -> str:
    """Full-width and half-width, upper and lower case are the same to a search box."""
    return _SPACE.sub(" ", unicodedata.normalize("NFKC", text).casefold()).strip()


@lru_cache(maxsize=4096)
def _pinyin(han: str) -> tuple[str, str]:
    """Full pinyin without tones and its initials, for one run of Chinese characters."""
    # Its dictionaries take 54 MB: a process that never writes a Chinese name need not hold them.
    from pypinyin import Style, lazy_pinyin

    return "".join(lazy_pinyin(han)), "".join(lazy_pinyin(han, style=Style.FIRST_LETTER))


# What a Chinese input method writes for the signs of numbers and codes. Brackets stay: names of companies have them.
_HALF_WIDTH = str.maketrans(
    {chr(code): chr(code - 0xFEE0) for code in range(0xFF01, 0xFF5F) if code - 0xFEE0 not in b"(),:;!?"}
)


def half_width(text: str) -> str:
    """A number or code as it is stored, however it was typed.

    >>> half_width("ＳＯ０００１－９（中国）")
    'SO0001-9（中国）'
    """
    return text.translate(_HALF_WIDTH)


def search_key(*texts: str) -> str:
    """The key of a row: each text as written, then the pinyin and the initials of what is Chinese in it."""
    parts: dict[str, None] = {}
    for text in texts:
        plain = normalise(text[:MAX_NAME])
        if not plain:
            continue
        parts[plain] = None
        runs = _HAN.findall(plain)
        if runs:
            spoken = [_pinyin(run) for run in runs]
            parts["".join(full for full, _ in spoken)] = None
            parts["".join(initials for _, initials in spoken)] = None
    return " ".join(parts)
