"""The manual in the product: contents, pages, the panel beside the work, and the search."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from django.test import Client

from orderwell.web.help import book, markdown
from orderwell.web.help.search import index, marked

LANGUAGES = ("en", "zh")


def first_titles(language: str, text: str, count: int = 3) -> list[str]:
    return [hit.entry.place for hit in index(language).search(text)[:count]]


def test_contents_lead_to_every_page(owner: Client) -> None:
    page = owner.get("/help/").content.decode()
    for name in book.PAGES:
        assert f'href="/help/{name}/"' in page
        assert owner.get(f"/help/{name}/").status_code == 200
    assert owner.get("/help/nothing-here/").status_code == 404


def test_the_manual_speaks_the_language_of_the_reader(browse: Callable[..., Client]) -> None:
    assert "Enter an order by keyboard" in browse("viewer").get("/help/entry/").content.decode()
    chinese = browse("viewer", language="zh-hans", username="li").get("/help/entry/").content.decode()
    assert "全键盘录入订单" in chinese and "Enter an order" not in chinese


def test_pages_follow_each_other() -> None:
    before, after = book.neighbours("en", book.PAGES[1])
    assert before and after
    assert (before.name, after.name) == (book.PAGES[0], book.PAGES[2])
    assert book.neighbours("en", book.PAGES[0])[0] is None
    assert book.neighbours("en", book.PAGES[-1])[1] is None


@pytest.mark.parametrize("language", LANGUAGES)
def test_links_inside_the_manual_lead_to_places_that_exist(language: str) -> None:
    known = {f"{page.name}#{anchor}" for page in book.pages(language) for anchor in page.anchors}
    known |= {f"{page.name}#" for page in book.pages(language)}
    linked = {
        place
        for page in book.pages(language)
        for html in [page.lead, *(section.html for section in page.sections)]
        for place in re.findall(r'data-help-open="([^"]+)"', html)
    }
    assert linked and linked <= known


def test_no_html_of_a_page_gets_through() -> None:
    text = '## <a id="x"></a>T\n\n<script>alert(1)</script> <img src=x onerror=alert(1)> [a](javascript:alert(1))'
    html = markdown.render(markdown.parse(text, "orders"))
    assert '<h2 id="x">T</h2>' in html
    assert "<script" not in html and "<img" not in html and 'href="javascript' not in html


def test_the_panel_shows_the_section_of_the_screen(owner: Client) -> None:
    panel = owner.get("/help/panel/?at=orders%23order-cancel").content.decode()
    assert "Cancel an order or a part of it" in panel and "Release a hold" not in panel
    assert not re.search(r'<h2[^>]* id="', panel)  # the page beside it may have the same ids
    field = owner.get("/help/panel/?at=orders%23order-cancel-reason").content.decode()
    assert 'data-at="order-cancel-reason"' in field and 'data-anchor="order-cancel-reason"' in field
    assert "Finding your way" in owner.get("/help/panel/?at=nowhere%23x").content.decode()
    assert "挂起" in owner.get("/help/panel/?at=glossary%23hold").content.decode()


def test_words_are_found_by_their_beginning_title_first() -> None:
    assert first_titles("en", "cancel", 1) == ["orders#order-cancel"]
    assert "billing#order-invoice" in first_titles("en", "issue invo")
    assert index("en").search("xyzzy") == []
    assert index("en").search("  ") == []


def test_chinese_is_found_without_spaces() -> None:
    assert first_titles("zh", "取消订单", 1) == ["orders#order-cancel"]
    assert "billing#order-payment" in first_titles("zh", "登记收款", 2)
    assert "counting#count-new" in first_titles("zh", "盘点")


def test_a_question_may_be_asked_as_one_speaks() -> None:
    assert "orders#order-change" in first_titles("zh", "如何修改订单的数量呢")
    assert "orders#order-cancel" in first_titles("en", "whereabouts can I cancel an order please", 4)
    assert "billing#order-refund" in first_titles("en", "How do I refund?", 4)
    assert "billing#order-refund" in first_titles("zh", "如何退款？", 4)
    assert index("zh").search("拆单")
    assert index("en").search("how do I") == index("en").search("how do I")
    assert "<mark>d</mark>" not in "".join(hit.excerpt for hit in index("en").search("how do I refund"))


def test_chinese_titles_are_found_by_pinyin_and_initials() -> None:
    assert "billing#order-payment" in first_titles("zh", "dengjishoukuan")
    assert "billing#order-payment" in first_titles("zh", "djsk")


def test_the_word_of_the_other_language_finds_the_place_too() -> None:
    assert "orders#order-hold" in first_titles("zh", "hold", 4)
    assert any(place.startswith("glossary#backorder") for place in first_titles("zh", "backorder"))
    assert any(place.startswith("glossary#backorder") for place in first_titles("en", "缺货待补"))


def test_hits_are_marked_and_nothing_else_gets_through() -> None:
    assert marked("Cancel <b>", ["cancel"]) == "<mark>Cancel</mark> &lt;b&gt;"


def test_search_on_the_screen(browse: Callable[..., Client]) -> None:
    client = browse("viewer", language="zh-hans")
    part = client.get("/help/search/?q=退货", headers={"HX-Request": "true"}).content.decode()
    assert "<mark>退货</mark>" in part and "<html" not in part
    whole = client.get("/help/search/?q=%3Cscript%3Eqqzz").content.decode()
    assert "<script>qq" not in whole and "手册中没有" in whole


def test_fields_carry_a_mark_that_leads_to_their_explanation(owner: Client) -> None:
    page = owner.get("/customers/new/").content.decode()
    assert 'data-help-open="customers#customer-credit"' in page
    assert 'href="/help/customers/#customer-credit"' in page


def test_a_page_lists_the_terms_it_uses_in_both_languages() -> None:
    found = book.page("zh", "orders")
    assert found and ("Hold", "挂起") in {(term.english, term.chinese) for term in found.terms}


def test_a_line_broken_within_chinese_is_joined_without_a_space() -> None:
    tokens = markdown.parse(
        "订单变为**已取消**。\n已开票的商品：用\n`orderwell` 命令，\n**再**开 credit\nnote。", "orders"
    )
    assert markdown.plain(tokens) == "订单变为已取消。已开票的商品：用 orderwell 命令，再开 credit note。"
    assert "。已开票" in markdown.render(tokens) and "，<strong>再" in markdown.render(tokens)
