"""What the fonts of documents can show. The rest is left out (emoji) or stands as 〓: never as an empty box.

Typst falls back from font to font and in the end to a box, and stumbles over some scripts that no font has: so what a
document says is looked through before it is set.
"""

from __future__ import annotations

import re
import struct
import unicodedata
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

FONTS = Path(__file__).resolve().parent / "fonts"
# A printer's mark for a character that is not at hand.
MISSING = "〓"
# Text of which every font has everything: nearly all there is.
_USUAL = re.compile(r"[\n\x20-\x7e\xa0-\xff、-〃「-】一-鿯！-～￥·–—‘’“”…−×]*")
_SPACES = re.compile(r" {2,}")
# What Typst brings along besides (Libertinus, New Computer Modern, DejaVu Sans Mono), as `first-last` in hexadecimal.
_EMBEDDED = """
104-10F 114-119 11C-127 12C-142 145-146 149-14B 150-151 154-167 16E-191 193-19F 1A2-1AE 1B1-1C3 1DD-1E3 1E6-1F0
1F4-1F6 1FC-221 224-241 243-245 24C-24D 250 252-260 262-2B9 2BC-2C1 2C6 2C8 2CC-2D3 2D6-2D8 2DA-2DE 2E0-2E9 2EE 2F3
302-303 305-306 308-30B 30D-33F 343 358 361 374-377 37A-37F 384-38A 38C 38E-390 3AA-3B0 3CA-3CE 3D0-3E1 3F0-400
402-40F 450 452-45F 462-463 472-473 490-49B 4A2-4A5 4AA-4B3 4BA-4BB 4C0-4C4 4C7-4C8 4CB-4CC 4CF-4F9 510-511 51A-51D
531-556 559-55F 561-587 589-58A 5D0-5EA 606-607 609-60A 60C 615 61B 61F 621-63A 640-655 65A 660-66D 674 679-67B
67E-680 683-684 686-687 691 698 6A4 6A9 6AF 6BE 6CC 6F0-6F9 900-97F E3F E81-E82 E84 E87-E88 E8A E8D E94-E97 E99-E9F
EA1-EA3 EA5 EA7 EAA-EAB EAD-EB9 EBB-EBC EC8-ECD 10D0-10FC 1D02 1D08-1D09 1D14 1D16-1D17 1D1D-1D1F 1D2C-1D2E 1D30-1D3C
1D3E-1D5B 1D62-1D65 1D77-1D78 1D7B 1D85 1D9B-1DB7 1DB9-1DBF 1E00-1E13 1E18-1E2D 1E30-1E3D 1E40-1E4D 1E54-1E63
1E68-1E79 1E7C-1E99 1E9B 1E9F 1F00-1F15 1F18-1F1D 1F20-1F45 1F48-1F4D 1F50-1F57 1F59 1F5B 1F5D 1F5F-1F7D 1F80-1FB4
1FB6-1FC4 1FC6-1FD3 1FD6-1FDB 1FDD-1FEF 1FF2-1FF4 1FF6-1FFE 2000-2001 2004-200A 2017 201B 201F 2023 202F 2031 2034
2036-2037 203D-203F 2045-2046 204B 205F 2070-2071 2075-208E 2090-209C 20A0-20A8 20AA 20AD-20B5 20B8-20BA 20BD 2102
210D-210E 2115 2117 2119-211A 211D 2124 212A 2148 2150-2151 2153-215F 2189 219A-21B7 21BA-21C3 21C7-21CA 21CD-21CF
21D1 21D3 21D5-21E5 21EA-21F4 21F6-21FF 2201 2204 220C-220E 2210 2217-2219 221B-221C 2238-223C 2241-2242 2244
2246-2247 2249-224B 224D-225F 2263 2268-2269 226D 2270-2271 2274-2275 2278-2281 2288-2289 228D-2294 229A-229F
22A1-22A4 22B2-22B5 22B8 22C2-22C6 22CD-22D1 22DC-22E9 2300-2304 2308-2311 2313-2315 2319 231C-2321 2325-2328 232B
2335-237A 237D 2380-2383 2388-238B 2395 239B-23AE 23CF 25AC-25B0 25B4-25B5 25B8-25BB 25BE-25BF 25C2-25C5 25C8 25CD
25D4-25E1 25E7-25EE 25F0-25FF 2604 260A-260D 2610-2615 2618-261B 2620-262E 2638-263F 2643-265F 2670-2671 267E-268B
2690-269C 26A1 2701 2703-2704 2706-2709 270C-2712 2714 2717-2719 271B-2726 272A-273C 273E 2741-274B 274D 274F-2752
2758-275E 2761-2775 2794 2798-27A0 27A2-27AF 27B1-27BE 27C2 27C5-27C6 27DC 27E0 27E6-27EB 27F5-27F7 2987-2988
2997-2998 29EB 2A00 2A2F 2A6A-2A6B 2B08-2B0D 2B12-2B19 2C64 2C6D-2C70 2C75-2C77 2C79-2C7A 2C7C-2C7F 2E18 2E1F
2E22-2E25 2E2E A708-A716 A71B-A71F A722-A727 A789-A78E A790-A791 A7AA A7F8-A7F9 FB52-FB81 FB8A-FB95 FB9E-FB9F
FBAA-FBAD FBE8-FBE9 FBFC-FBFF FE70-FE74 FE76-FEFC FFFC-FFFD 1D55A 1D670-1D6A3 1D7F6-1D7FF
"""


def font_folders() -> list[Path]:
    """Our own fonts, and the package with the one for rarer characters: some 2,000 of CJK Extension B, Korean, symbols."""
    found = find_spec("noto_cjk_sans_jp_regular")
    return [FONTS, *(Path(place) for place in (found.submodule_search_locations or () if found else ()))]


def missing_in(text: str) -> list[str]:
    """The characters of a text that no font has and that are no mere ornament, each once, in the order they stand."""
    if _USUAL.fullmatch(text):
        return []
    return list(dict.fromkeys(c for c in text if not _covered(c) and not _left_out(c)))


def settable(text: str) -> str:
    """The text as it can be set."""
    if _USUAL.fullmatch(text):
        return text
    made = "".join(c if _covered(c) else "" if _left_out(c) else MISSING for c in text)
    if made == text:
        return text
    made = _SPACES.sub(" ", made).strip(" ")
    return made or (MISSING if text.strip() else made)


def settable_throughout(value: Any) -> Any:
    """Every text in lists and mappings, as it can be set."""
    if isinstance(value, str):
        return settable(value)
    if isinstance(value, dict):
        return {key: settable_throughout(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [settable_throughout(item) for item in value]
    return value


def texts_in(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for item in value.values():
            yield from texts_in(item)
    elif isinstance(value, list | tuple):
        for item in value:
            yield from texts_in(item)


def _left_out(character: str) -> bool:
    """Emoji with all that joins and colours them, and what is never seen; accents go with their letter."""
    kind = unicodedata.category(character)
    return kind in {"So", "Sk", "Cf", "Cc", "Mn", "Me"} or (kind == "Cn" and 0x1F000 <= ord(character) < 0x20000)


def _covered(character: str) -> bool:
    starts, ends = _ranges()
    code = ord(character)
    at = bisect_right(starts, code) - 1
    return character == "\n" or (at >= 0 and code <= ends[at])


@lru_cache(maxsize=1)
def _ranges() -> tuple[list[int], list[int]]:
    """Where runs of characters begin that some font has, and where each ends."""
    found = list(_embedded())
    for folder in font_folders():
        for path in (*folder.glob("*Regular.ttf"), *folder.glob("*.otf")):
            found += character_ranges(path)
    starts: list[int] = []
    ends: list[int] = []
    for first, last in sorted(found):
        if ends and first <= ends[-1] + 1:
            ends[-1] = max(ends[-1], last)
        else:
            starts.append(first)
            ends.append(last)
    return starts, ends


def _embedded() -> Iterator[tuple[int, int]]:
    for part in _EMBEDDED.split():
        first, _, last = part.partition("-")
        yield int(first, 16), int(last or first, 16)


def character_ranges(path: Path) -> list[tuple[int, int]]:
    """The characters that a font has: its `cmap` table, of which formats 4 and 12 are in use."""
    with path.open("rb") as file:
        count = struct.unpack(">4xH6x", file.read(12))[0]
        tables = {name: (at, size) for name, _sum, at, size in struct.iter_unpack(">4sLLL", file.read(16 * count))}
        start, size = tables[b"cmap"]
        file.seek(start)
        table = file.read(size)
    places = {at for _platform, _encoding, at in struct.iter_unpack(">HHL", table[4 : 4 + 8 * _number(table, 2)])}
    by_format = {_number(table, at): at for at in places}
    if (at := by_format.get(12)) is not None:  # has all that format 4 has
        groups = struct.unpack_from(">L", table, at + 12)[0]
        body = table[at + 16 : at + 16 + 12 * groups]
        return [(first, last) for first, last, _glyph in struct.iter_unpack(">LLL", body)]
    return list(_segments(table, by_format[4]))


def _segments(table: bytes, at: int) -> Iterable[tuple[int, int]]:
    """Format 4 says of each segment how characters become glyphs; glyph 0 is the empty box."""
    double = _number(table, at + 6)
    words = struct.unpack_from(f">{double // 2}H", table, at + 14)
    firsts = struct.unpack_from(f">{double // 2}H", table, at + 16 + double)
    deltas = struct.unpack_from(f">{double // 2}H", table, at + 16 + 2 * double)
    offsets_at = at + 16 + 3 * double
    for index, (first, last) in enumerate(zip(firsts, words, strict=True)):
        offset = _number(table, offsets_at + 2 * index)
        for code in range(first, min(last, 0xFFFE) + 1):
            if offset:
                glyph = _number(table, offsets_at + 2 * index + offset + 2 * (code - first))
                glyph = (glyph + deltas[index]) & 0xFFFF if glyph else 0
            else:
                glyph = (code + deltas[index]) & 0xFFFF
            if glyph:
                yield code, code


def _number(table: bytes, at: int) -> int:
    value: int = struct.unpack_from(">H", table, at)[0]
    return value


def code_points(characters: Sequence[str]) -> str:
    """How characters are named that cannot be shown: U+20000, U+2A6D6."""
    return ", ".join(f"U+{ord(character):04X}" for character in characters)
