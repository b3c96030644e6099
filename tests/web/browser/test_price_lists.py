"""A price list from nothing to an order that says why it costs what it costs, in both languages."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.web.browser.conftest import Site
from tests.web.browser.test_order_entry import choose_customer, scan, start

pytestmark = pytest.mark.browser
Open = Callable[..., Page]
PASTE = """text => {
  const data = new DataTransfer();
  data.setData("text", text);
  document.activeElement.dispatchEvent(new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true }));
}"""


def in_language(page: Page, locale: str) -> None:
    if not (page.locator("html").get_attribute("lang") or "").startswith(locale[:2]):
        page.locator("[name=language]").click()
        page.wait_for_load_state()


@pytest.mark.parametrize(
    ("locale", "code", "saved", "reason"),
    [
        ("en-GB", "club", "3 prices were saved.", "Club, agreed with this customer"),
        ("zh-CN", "club-zh", "已保存 3 个价格。", "会员价，与此客户约定"),
    ],
)
def test_a_list_is_made_prices_pasted_and_an_order_says_why(
    sign_in: Open, site: Site, locale: str, code: str, saved: str, reason: str
) -> None:
    page = sign_in("anna", locale=locale)
    in_language(page, locale)
    page.goto("/price-lists/new/")
    page.fill("[name=code]", code)
    page.fill("[name=name_zh]", "会员价")
    page.fill("[name=name_en]", "Club")
    page.locator("#id_customers-ts-control").click()
    page.keyboard.type("wangxiaoming", delay=15)
    page.locator("#id_customers-ts-dropdown .option").first.wait_for()
    page.keyboard.press("Enter")
    page.locator("[name=note]").click()
    page.keyboard.press("Control+Enter")
    page.wait_for_url(re.compile(r"/price-lists/\d+/$"))
    list_page = page.url

    page.locator("#price-new [name=entry_sku]").first.click()
    page.evaluate(PASTE, "CUP\t18.00\nCUP\t10\t16.50\nPOT\t80\nNOTHING\t5")
    expect(page.locator("#price-new [name=entry_sku]").nth(2)).to_have_value("POT")
    page.keyboard.press("Control+Enter")
    expect(page.locator("body")).to_contain_text(saved)
    wrong = page.locator("#price-new .is-invalid")
    expect(wrong).to_have_count(1)
    expect(wrong).to_have_value("NOTHING")
    assert Axe().run(page).violations_count == 0, Axe().run(page).generate_report()

    start(page)
    choose_customer(page)
    scan(page, "6901234567892")
    expect(page.locator("[name=line_quantity]")).to_be_focused()
    page.keyboard.type("3")
    page.keyboard.press("Enter")
    why = page.locator(".entry-row [data-why]").first
    expect(why).to_contain_text(reason)
    expect(why).to_contain_text("16.50")
    expect(page.locator("[data-total=total]")).to_have_text("¥54.00")
    page.locator("[name=line_quantity]").first.fill("10")
    expect(page.locator("[data-total=total]")).to_have_text("¥165.00")
    page.keyboard.press("Control+Enter")
    page.wait_for_url(re.compile(r"/orders/\d+/$"))
    page.locator(".line-why summary").first.click()
    expect(page.locator(".line-why").first).to_contain_text(reason)

    page.goto(list_page)
    page.locator(".price-change form button").first.click()
    expect(page.locator("[name=entry_price]").first).to_have_value("")
    site.shell("from orderwell.domains.prices.models import PriceList; PriceList.objects.all().delete()")


def test_asking_who_pays_what_on_a_phone(sign_in: Open) -> None:
    page = sign_in("anna", width=390, height=844)
    page.goto("/price-lists/ask/")
    page.fill("[name=sku]", "CUP")
    page.fill("[name=quantity]", "5")
    page.locator("form.card .btn-primary").click()
    expect(page.locator(".price-answer")).to_contain_text("¥20.00")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    assert Axe().run(page).violations_count == 0, Axe().run(page).generate_report()
