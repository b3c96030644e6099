"""Every page: small, well-formed for those who hear it, nothing inline, and in Chinese without a word of English."""

from __future__ import annotations

import gzip
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from orderwell.testing.judging import markup_problems, title_of, untranslated, words_of
from orderwell.testing.pages import Page, clients, every_page
from orderwell.testing.reading import Element, read

LIMIT = 100_000
PARTS = Path(__file__).parents[3] / "src/orderwell/locale/zh_Hans/parts"
# Where data, names for programs or the other language's term stand by themselves, and why.
FREE = {
    "diagnostics": "files for support, as programs write them",
    "help-search": "marks the English word that was searched for",
    "help-page": "the glossary gives each term in both languages",
    "import-mapping": "columns as the file names them",
    "offline": "without the server there is nobody to ask for the language: it stands there in both",
    "admin-fields": "keys of own fields, for the API",
    "admin-channels": "codes of channels, for the API",
}


@pytest.fixture
def pages(whole_company: None, db: None) -> list[Page]:
    return [page for page in every_page("admin")[0] if page.kind != "data"]


def opened(pages: list[Page], language: str) -> Iterator[tuple[Page, Element, bytes]]:
    asking = clients("admin", language=language)
    for page in pages:
        content = asking[page.who].get(page.path).content
        yield page, read(content.decode()), content


def test_every_page_is_small_and_sound(pages: list[Page], capsys: pytest.CaptureFixture[str]) -> None:
    problems, sizes = [], []
    titles: Counter[str] = Counter()
    for page, root, content in opened(pages, "en"):
        problems += [f"{page.name}: {problem}" for problem in markup_problems(root, whole=page.kind != "part")]
        sizes.append((len(gzip.compress(content)), page.name))
        if page.kind == "page" and ":" not in page.name and page.who == "staff":
            titles[title_of(root)] += 1
    with capsys.disabled():
        sys.stdout.writelines(f"\n{size:>8,} bytes  {name}" for size, name in sorted(sizes, reverse=True)[:12])
    assert not problems, "\n".join(problems)
    assert max(sizes)[0] < LIMIT
    assert [title for title, count in titles.items() if count > 1 or title.startswith("·")] == []


def messages() -> set[str]:
    """English texts of ours that read otherwise in Chinese."""
    from babel.messages.pofile import read_po

    found: set[str] = set()
    for path in PARTS.glob("*.po"):
        with path.open("rb") as file:
            for message in read_po(file):
                one: Any = message.id if isinstance(message.id, str) else message.id[0]
                other: Any = message.string if isinstance(message.string, str) else message.string[0]
                if one and one != other:
                    found.add(one)
    return found


def test_no_chinese_page_shows_an_english_text_or_a_raw_name(pages: list[Page]) -> None:
    ours, left = messages(), []
    assert len(ours) > 1500
    for page, root, _content in opened(pages, "zh-hans"):
        if page.name.split(":")[0] in FREE:
            continue
        for text, element in words_of(root):
            if found := untranslated(text, ours, {"Orderwell"}):
                left.append(f"{page.name}: {found!r} in <{element.tag} class={element.get('class')!r}> {text[:80]!r}")
    assert not left, "\n".join(left)


def test_what_is_wrong_is_noticed() -> None:
    """The control."""
    wrong = (
        '<html><body><h1>A</h1><h3 id="a">B</h3><p id="a" style="x"><input name="q"><img src="x"><a href="/"></a>'
        "<script>1</script></p></body></html>"
    )
    found = " | ".join(markup_problems(read(wrong), whole=True))
    for problem in (
        "the same id twice",
        "has no name",
        "no label",
        "has style=",
        "in the page",
        "level 3 follows",
        "alt",
    ):
        assert problem in found
    assert untranslated("Order number", {"Order number"}, set()) == "Order number"
    assert untranslated("expected_receipt 16", set(), set()) == "expected_receipt"
    assert untranslated("订单 order_id", set(), set()) == ""
