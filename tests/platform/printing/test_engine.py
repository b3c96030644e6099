"""Setting documents: what comes out, what a template may not do, and how a wrong one is told."""

from __future__ import annotations

import io

import pytest
from pypdf import PdfReader

from orderwell.platform.printing.codes import bar_code, qr_code
from orderwell.platform.printing.engine import LAYOUTS, MAIN, typeset
from orderwell.platform.printing.errors import TemplateBroken, TemplateTooSlow

STANDARD = (LAYOUTS / "standard.typ").read_text(encoding="utf-8")


def document(number: str = "INV-1", rows: int = 1, **changes: object) -> dict[str, object]:
    return {
        "title": "发票",
        "number": number,
        "barcode": bar_code(number),
        "qr": qr_code(number),
        "mark": "",
        "recipient": {"title": "客户", "lines": ["上海龘靐茶业有限公司", "南京路 1 号"]},
        "ship-to": None,
        "facts": [["日期", "2026-11-25"]],
        "columns": [{"title": "品名", "kind": "wide"}, {"title": "金额", "kind": "number"}],
        "rows": [[["红茶礼盒", "TEA-12"], "¥12.00"]] * rows,
        "sums": [{"name": "合计", "value": "¥12.00", "strong": True}],
        "notes": ["谢谢惠顾"],
        "signatures": ["签收人"],
        "extra": {},
        **changes,
    }


def given(*documents: dict[str, object], paper: str = "a4") -> dict[str, object]:
    return {
        "paper": paper,
        "language": "zh",
        "region": "cn",
        "title": "INV-1",
        "colour": "#066fd1",
        "closing": "",
        "page-words": "第 {page} 页，共 {pages} 页",
        "company": {"name": "顺单商贸", "lines": ["税号 91310000"], "footer": "开户行", "logo": ""},
        "documents": list(documents),
    }


def pages(pdf: bytes) -> list[str]:
    return [page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages]


def test_chinese_text_can_be_read_out_of_the_pdf_again() -> None:
    (pdf,) = typeset(STANDARD, given(document()))
    (text,) = pages(pdf)
    for wanted in ("发票", "INV-1", "上海龘靐茶业有限公司", "红茶礼盒", "¥12.00", "第 1 页，共 1 页", "税号 91310000"):
        assert wanted in text.replace("\n", ""), text
    fonts = str(PdfReader(io.BytesIO(pdf)).pages[0]["/Resources"]["/Font"].get_object())  # type: ignore[index]
    assert fonts
    assert len(pdf) < 300_000, "the whole font went into the file"


def test_every_document_counts_its_own_pages_and_repeats_its_head() -> None:
    (pdf,) = typeset(STANDARD, given(document("A-1", rows=60), document("A-2", rows=1)))
    texts = [text.replace("\n", "") for text in pages(pdf)]
    total = len(texts) - 1
    assert total > 1
    assert f"第 1 页，共 {total} 页" in texts[0]
    assert f"第 {total} 页，共 {total} 页" in texts[-2]
    assert "第 1 页，共 1 页" in texts[-1]
    assert all("品名" in text for text in texts)
    assert "A-2" in texts[-1]


def test_long_codes_words_and_facts_break_and_leave_the_rest_its_room() -> None:
    code, word = "LONGSKU-003-VERYVERYLONG-CODE-WITH-PARTS-0123456789", "ABCDEFGHIJKLMNOPQRSTUVWXYZ" * 2
    numbers = ["12", "123,456.78", "13 %", "¥123,456.78", "¥16,049.38", "¥139,506.16"]
    columns = [{"title": "货号", "kind": "text"}, {"title": "品名", "kind": "wide"}]
    columns += [{"title": "金额", "kind": "number"} for _number in numbers]
    rows = [[code, "手工紫砂壶西施款", *numbers], ["TEA-1", word, *numbers]]
    facts = [["贵方编号", "REF" * 40]]
    (pdf,) = typeset(STANDARD, given(document() | {"columns": columns, "rows": rows, "facts": facts}))
    (text,) = pages(pdf)
    lines = text.split("\n")
    assert any("手工紫砂壶" in line for line in lines) and any("上海龘靐茶业有限公司" in line for line in lines), text
    assert not any(whole in line for whole in (code, word, "REF" * 40) for line in lines), text
    for whole in (code, word, "REF" * 40):
        assert whole in text.replace("\n", ""), "what is copied out of the file is no longer what was put in"


@pytest.mark.parametrize("paper", ["a4", "a5", "roll80", "label100x150"])
def test_every_paper_can_be_printed(paper: str) -> None:
    (pdf,) = typeset(STANDARD, given(document(), paper=paper))
    assert "INV-1" in pages(pdf)[0]


def test_a_label_carries_its_codes() -> None:
    (pdf,) = typeset((LAYOUTS / "label.typ").read_text(), given(document("S-77"), paper="label100x150"))
    assert "S-77" in pages(pdf)[0]
    assert len(pages(pdf)) == 1


def test_previews_are_one_picture_a_page() -> None:
    pictures = typeset(STANDARD, given(document(rows=60)), output="png")
    assert len(pictures) > 1
    assert all(picture.startswith(b"\x89PNG") for picture in pictures)


@pytest.mark.parametrize(
    ("markup", "line", "said"),
    [
        ("#let document(doc, given) = {\n  heed(doc)\n}", 2, "heed"),
        ("#let document(doc, given) = [\n\n#(1 +]", 3, ""),
        ('#let document(doc, given) = read("/etc/passwd")', 1, "file not found"),
        ('#let document(doc, given) = read("../../../etc/passwd")', 1, ""),
        ('#import "@preview/cetz:0.3.0"\n#let document(doc, given) = []', 1, "package"),
        ("#let x = 1", 1, "it must define #let document"),
        ("#let document(doc, given) = { while true { } }", 1, "always true"),
    ],
)
def test_a_template_that_is_wrong_or_reaches_out_is_refused_with_its_line(markup: str, line: int, said: str) -> None:
    with pytest.raises(TemplateBroken) as caught:
        typeset(markup, given(document()))
    assert said in str(caught.value)
    if "#let x" not in markup:
        assert caught.value.data["line"] == line


def test_a_template_that_takes_for_ever_is_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("orderwell.platform.printing.engine.SECONDS", 1)
    markup = (
        "#let document(doc, given) = { let x = 0; for i in range(20000) { for j in range(20000) { x += j } }; [#x] }"
    )
    with pytest.raises(TemplateTooSlow):
        typeset(markup, given(document()))


def test_text_is_text_and_never_markup() -> None:
    """A customer called `#read("x")` is printed, not run."""
    name = '#read("/etc/passwd") *bold* $x$ <label> \\ @ref'
    (pdf,) = typeset(STANDARD, given(document(recipient={"title": "客户", "lines": [name]})))
    assert '#read("/etc/passwd") *bold* $x$ <label>' in pages(pdf)[0].replace("\n", "")


def test_codes() -> None:
    assert "<svg" in bar_code("SO-1")
    assert bar_code("订单") == ""
    assert bar_code("") == ""
    assert "<svg" in qr_code("订单 7")
    assert "template.typ" in MAIN
