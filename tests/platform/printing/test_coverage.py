"""No document shows an empty box: what the fonts have is set, emoji are left out, and the rest is said to be missing."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
import typst
from pypdf import PdfReader

from orderwell.platform.printing.coverage import (
    FONTS,
    MISSING,
    _embedded,
    character_ranges,
    font_folders,
    missing_in,
    settable,
    settable_throughout,
)
from orderwell.platform.printing.engine import LAYOUTS, typeset
from tests.platform.printing.test_engine import STANDARD, document, given, pages

RARE = "𠮷𡈽𣘺𠮟𧘇"  # in CJK Extension B, and in names


def shows(text: str, folder: Path) -> bool:
    """Whether Typst can set a text without a box: an archive format allows none."""
    (folder / "main.typ").write_text(
        f'#set text(font: ("Noto Sans SC", "Noto Sans CJK JP"))\n{text}\n', encoding="utf-8"
    )
    fonts = [str(place) for place in font_folders()]
    try:
        typst.compile(str(folder / "main.typ"), font_paths=fonts, ignore_system_fonts=True, pdf_standards=["a-2u"])
    except typst.TypstError as error:
        assert "could not be displayed" in str(error), error
        return False
    return True


def test_a_name_with_a_rare_character_is_printed_as_it_is() -> None:
    assert (missing_in(RARE), settable(RARE)) == ([], RARE)
    block = {"title": "客户", "lines": [f"{RARE}野家"]}
    (pdf,) = typeset(STANDARD, given(document(recipient=block)))
    (text,) = pages(pdf)
    assert f"{RARE}野家" in text
    resources = PdfReader(io.BytesIO(pdf)).pages[0]["/Resources"]["/Font"].get_object()  # type: ignore[index]
    assert "NotoSansCJKjp" in str({name: font.get_object() for name, font in resources.items()})


def test_the_second_font_is_asked_for_by_the_layout() -> None:
    assert '("Noto Sans SC", "Noto Sans CJK JP")' in (LAYOUTS / "house.typ").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("text", "made", "missing"),
    [
        ("王芳", "王芳", []),
        ("Åsa Ünï €5 „Ж“ Ω عربي שלום", "Åsa Ünï €5 „Ж“ Ω عربي שלום", []),
        ("한국", "한국", []),
        ("𠀀𠀁王𠀀", "〓〓王〓", ["𠀀", "𠀁"]),
        ("Emma 🌸 Li", "Emma Li", []),
        ("👩\u200d🚀❤\ufe0fLi", "❤Li", []),
        ("😀", "〓", []),
        ("a\u202eb", "ab", []),
        ("葛\U000e0100城", "葛城", []),
        ("ไทย", "〓〓〓", ["ไ", "ท", "ย"]),
    ],
)
def test_what_no_font_has_is_left_out_or_marked(text: str, made: str, missing: list[str]) -> None:
    assert (settable(text), missing_in(text)) == (made, missing)
    assert settable_throughout({"a": [text, (text, 1)]}) == {"a": [made, [made, 1]]}


def test_what_is_said_to_be_there_is_there(tmp_path: Path) -> None:
    assert not shows("𠀀", tmp_path)  # the question can be answered with no
    ours, other = (character_ranges(path) for path in (FONTS / "NotoSansSC-Regular.ttf", _wheel()))
    for ranges in (ours, other, list(_embedded())):
        codes = [code for first, last in ranges for code in range(first, last + 1)]
        letters = [chr(code) for code in codes if chr(code).isalpha()]
        assert shows(" ".join(letters[:: max(1, len(letters) // 400)]), tmp_path)
    assert sum(0x20000 <= code < 0x2A6E0 for first, last in other for code in range(first, last + 1)) > 2000
    assert MISSING in {chr(code) for first, last in ours for code in range(first, last + 1)}


def _wheel() -> Path:
    return next(path for folder in font_folders()[1:] for path in folder.glob("*.otf"))
