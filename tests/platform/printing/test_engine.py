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
    code, word = "LONGSKU-003-VERYVERYLONG-CODE-WITH-PARTS-0123456789", "ABCDEFGHIJKLMNOPQRSTUVWXYZ" * 5
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


def test_on_small_paper_a_name_has_a_line_of_its_own_above_its_numbers() -> None:
    numbers = ["1,200", "12,345.67", "13 %", "¥123,456.78", "¥16,049.38", "¥139,506.16"]
    columns = [{"title": "货号", "kind": "text"}, {"title": "品名", "kind": "wide"}]
    columns += [{"title": "金额", "kind": "number"} for _number in numbers]
    rows = [[f"TEA-{index}", f"铁观音乌龙茶礼盒装{index}号", *numbers] for index in range(100, 160)]
    content = document() | {"columns": columns, "rows": rows}

    def lines_of(paper: str) -> list[list[str]]:
        (pdf,) = typeset(STANDARD, given(content, paper=paper))
        return [["".join(line.split()) for line in text.split("\n")] for text in pages(pdf)]

    found = lines_of("a5")
    assert len(found) > 2
    for index in range(100, 160):
        (page,) = [page for page in found if f"铁观音乌龙茶礼盒装{index}号" in page]
        assert "品名" in page, "the head is not repeated"
        assert any(line.startswith(f"TEA-{index}") for line in page), "the numbers went to the next page"
    assert any(line.startswith("TEA-100铁观音乌龙茶礼盒装100号1,200") for line in lines_of("a4")[0])


@pytest.mark.parametrize("paper", ["a5", "roll80"])
def test_facts_keep_their_numbers_on_the_page(paper: str) -> None:
    """Also where their names are in both languages, and where two addresses stand before them on a roll."""
    facts = [["订单 Order", "SO00000238"], ["客户编号 Customer number", "C00129"]]
    ship_to = {"title": "收货地址", "lines": ["广东省深圳市南山区学院路 364 号 11 幢 2204 室", "518052 China"]}
    (pdf,) = typeset(STANDARD, given(document(facts=facts) | {"ship-to": ship_to}, paper=paper))
    (page,) = PdfReader(io.BytesIO(pdf)).pages
    ends: list[float] = []

    def visit(text: str, space: list[float], matrix: list[float], _font: object, size: float) -> None:
        if "SO00000238" in text:
            ends.append(space[4] + matrix[4] + len("SO00000238") * 0.55 * size)

    whole = page.extract_text(visitor_text=visit)
    assert ends and ends[0] < float(page.mediabox.width) - 10
    assert "上海龘靐茶业有限公司" in whole and "518052 China" in whole


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
