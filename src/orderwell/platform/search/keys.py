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


# How ü is typed after l and n, where keyboards have none: 吕 is lv in the keys.
_UMLAUT = str.maketrans("ǖǘǚǜ", "üüüü")
_SPELT = re.compile(r"(?<=[ln])(ü|yu|u)")
# Of so many places each is tried both ways: 路绿 is lulv.
_PLACES = 3


def spellings(text: str) -> list[str]:
    """The text, and as the keys have it where ü was typed otherwise: lü, lyu and lu may all mean 吕.

    >>> spellings("lü"), spellings("chabei"), spellings("nulu")
    (['lü', 'lv'], ['chabei'], ['nulu', 'nvlu', 'nulv', 'nvlv'])
    """
    plain = normalise(text)
    parts = _SPELT.split(plain.translate(_UMLAUT))
    typed = parts[1::2]
    if not typed:
        return [text]
    free = [at for at, spelt in enumerate(typed) if spelt != "ü"]
    ways = range(1 << len(free)) if len(free) <= _PLACES else (0, (1 << len(free)) - 1)
    found = {plain: None}
    for way in ways:
        here = ["v" if spelt == "ü" else spelt for spelt in typed]
        for bit, at in enumerate(free):
            here[at] = "v" if way >> bit & 1 else typed[at]
        found["".join(a + b for a, b in zip(parts[::2], [*here, ""], strict=True))] = None
    return list(found)


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


# Characters that are read in another way when they are a family name.
FAMILY_NAMES = {
    "曾": "zeng", "单": "shan", "解": "xie", "仇": "qiu", "查": "zha", "翟": "zhai", "覃": "qin", "区": "ou", "朴": "piao",
    "缪": "miao", "阚": "kan", "乐": "yue", "卜": "bu", "薄": "bo", "种": "chong", "隗": "wei", "折": "she", "秘": "bi",
    "召": "shao", "黑": "he", "员": "yun", "句": "gou", "繁": "po", "祭": "zhai", "洗": "xian",
}  # fmt: skip


@lru_cache(maxsize=1024)
def _as_family_name(han: str) -> tuple[str, str] | None:
    """The same of a run that may begin with a family name, where that is read in another way."""
    family = FAMILY_NAMES.get(han[0])
    if family is None:
        return None
    from pypinyin import lazy_pinyin

    syllables = [family, *lazy_pinyin(han)[1:]]
    return "".join(syllables), "".join(syllable[0] for syllable in syllables)


def search_key(*texts: str, people: bool = False) -> str:
    """The key of a row: each text as written, then the pinyin and the initials of what is Chinese in it. With `people`
    the texts may be names of people: 曾国藩 is found by zengguofan and by cengguofan.
    """
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
            named = _as_family_name(runs[0]) if people else None
            if named is not None:
                spoken[0] = named
                parts["".join(full for full, _ in spoken)] = None
                parts["".join(initials for _, initials in spoken)] = None
    return " ".join(parts)
