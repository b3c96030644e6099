"""Typing orders as a clerk does: with the keyboard, in both languages, from a spreadsheet, with a scanner, through a crash."""

from __future__ import annotations

import re
import sys
import time
from collections.abc import Callable

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.web.browser.conftest import Site
from tests.web.browser.test_daily_work import type_order

pytestmark = pytest.mark.browser
Open = Callable[..., Page]
# What the browser notes of requests without a connection.
AWAY = "4(01|22)|INTERNET_DISCONNECTED"
PASTE = """text => {
  const data = new DataTransfer();
  data.setData("text", text);
  document.activeElement.dispatchEvent(new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true }));
}"""


def start(page: Page) -> None:
    page.goto("/orders/new/")
    expect(page.locator("#id_customer-ts-control")).to_be_focused()


def choose_customer(page: Page) -> None:
    page.keyboard.type("wangxiaoming", delay=15)
    page.locator("#id_customer-ts-dropdown .option").first.wait_for()
    page.keyboard.press("Enter")
    expect(page.locator("#add-product-ts-control")).to_be_focused()


def scan(page: Page, code: str) -> None:
    """As a keyboard-wedge scanner types: at once, with Enter at the end."""
    page.keyboard.type(code)
    page.keyboard.press("Enter")


def paste(page: Page, text: str) -> None:
    page.locator("#add-product-ts-control").click()
    page.evaluate(PASTE, text)


def rows(page: Page) -> list[tuple[str, str]]:
    return page.evaluate(
        "() => [...document.querySelectorAll('.entry-row')].map(r => [r.querySelector('[name=line_sku]').value, r.querySelector('[name=line_quantity]').value])"
    )


@pytest.mark.parametrize(
    ("locale", "stock", "placed"), [("zh-CN", "有现货", "已下达"), ("en-GB", "In stock", "was placed")]
)
def test_customer_to_confirmation_by_keyboard_alone(sign_in: Open, locale: str, stock: str, placed: str) -> None:
    page = sign_in("carl", locale=locale)
    if not (page.locator("html").get_attribute("lang") or "").startswith(locale[:2]):
        page.locator("[name=language]").click()
        page.wait_for_load_state()
    start(page)
    choose_customer(page)
    page.keyboard.type("zishahu", delay=15)
    page.locator("#add-product-ts-dropdown .option").first.wait_for()
    page.keyboard.press("Enter")
    expect(page.locator("[name=line_quantity]")).to_be_focused()
    page.keyboard.type("2")
    page.keyboard.press("Enter")
    expect(page.locator("#add-product-ts-control")).to_be_focused()
    expect(page.locator("[data-date]").first).to_have_text(stock)
    expect(page.locator("[data-total=total]")).to_have_text("¥180.00")
    page.keyboard.press("Alt+n")
    expect(page.locator("[name=note]")).to_be_focused()
    page.keyboard.type("call first")
    page.keyboard.press("Control+Enter")
    page.wait_for_url(re.compile(r"/orders/\d+/$"))
    expect(page.locator("body")).to_contain_text("call first")


def test_a_scanner_is_faster_than_the_list(sign_in: Open) -> None:
    page = sign_in("carl")
    start(page)
    choose_customer(page)
    scan(page, "6901234567892")
    expect(page.locator("[name=line_quantity]")).to_be_focused()
    scan(page, "6901234567892")
    expect(page.locator("[name=line_quantity]")).to_have_value("2")
    assert rows(page) == [["CUP", "2"]]
    page.keyboard.press("Alt+l")
    scan(page, "0000000000000")
    expect(page.locator("#entry-unknown")).to_contain_text("0000000000000")


def test_a_hundred_pasted_lines_with_errors_put_right_in_place(sign_in: Open) -> None:
    page = sign_in("carl")
    start(page)
    paste(
        page,
        "货号\t数量\n"
        + "\n".join(f"{'CUP' if n % 2 else '紫砂壶'}\t{n}" for n in range(1, 100))
        + "\nCUPP\t5\nCUP\tfive",
    )
    expect(page.locator(".entry-row")).to_have_count(101)
    expect(page.locator("#entry-count")).to_contain_text("2 with errors")
    wrong = page.locator(".entry-row").nth(99)
    expect(wrong.locator("[data-error=sku]")).to_contain_text("CUPP")
    wrong.locator("[name=line_sku]").fill("cup")
    wrong.locator("[name=line_sku]").press("Enter")
    expect(wrong.locator("[data-name]")).to_have_text("Tea cup")
    page.locator(".entry-row").nth(100).locator("[name=line_quantity]").fill("5")
    expect(page.locator("#entry-count")).not_to_contain_text("with errors")
    assert rows(page)[1] == ["POT", "2"]


def test_the_browsers_back_leads_to_a_refused_order_as_it_was_left(sign_in: Open) -> None:
    page = sign_in("carl")
    start(page)
    choose_customer(page)
    paste(page, "CUP\t2")
    expect(page.locator("[data-total=total]")).to_have_text("¥40.00")
    page.fill("[name=note]", "ring twice")
    page.fill("[name=requested_on]", "2300-01-01")
    page.keyboard.press("Control+Enter")
    page.wait_for_url(re.compile(r"draft="))
    refused = page.locator("[name=requested_on].is-invalid")
    expect(refused).to_be_visible()
    page.goto("/orders/")
    page.go_back()
    expect(refused).to_be_visible()
    expect(page.locator("[name=note]")).to_have_value("ring twice")
    assert rows(page) == [("CUP", "2")] or rows(page) == [["CUP", "2"]]
    page.fill("[name=requested_on]", "2100-01-01")
    page.keyboard.press("Control+Enter")
    page.wait_for_url(re.compile(r"/orders/\d+/$"))
    page.go_back()
    expect(page.locator("#entry")).to_be_visible()
    expect(page.locator(".toast", has_text="not there any more")).to_be_visible()
    assert rows(page) == []


def test_what_was_typed_survives_the_death_of_the_browser(sign_in: Open) -> None:
    page = sign_in("carl")
    start(page)
    choose_customer(page)
    scan(page, "6901234567892")
    expect(page.locator("[name=line_quantity]")).to_be_focused()
    page.keyboard.type("41")
    expect(page.locator("#entry-kept")).to_have_text("Draft saved")
    page.wait_for_timeout(1500)
    page.context.close()
    again = sign_in("carl")
    again.goto("/orders/new/")
    again.locator(".entry-drafts").evaluate("drafts => { drafts.open = true; }")
    link = again.locator(".entry-drafts a").first
    draft = link.get_attribute("href")
    link.click()
    expect(again.locator("[name=line_quantity]")).to_have_value("41")
    expect(again.locator("[name=ship_street]")).to_have_value("人民路1号")
    expect(again.locator("[data-total=total]")).to_have_text("¥820.00")
    again.keyboard.press("Control+Enter")
    again.wait_for_url(re.compile(r"/orders/\d+/$"))
    again.goto("/orders/new/")
    expect(again.locator(f'.entry-drafts a[href="{draft}"]')).to_have_count(0)


def test_two_windows_keep_two_drafts(sign_in: Open, site: Site) -> None:
    count = "from orderwell.platform.drafts.models import Draft; print(Draft.objects.filter(finished=False).count())"
    page = sign_in("anna")
    before = int(site.shell(count))
    start(page)
    other = page.context.new_page()
    start(other)
    for window, quantity in ((page, "3"), (other, "4")):
        window.bring_to_front()
        paste(window, f"CUP\t{quantity}")
        expect(window.locator("#entry-kept")).to_have_text("Draft saved")
    assert int(site.shell(count)) == before + 2


def test_an_address_goes_with_its_customer_and_what_was_typed_stays(sign_in: Open) -> None:
    page = sign_in("anna")
    start(page)
    choose_customer(page)
    expect(page.locator("[name=ship_phone]")).to_have_value("13812345678")
    expect(page.locator("[name=ship_recipient]")).to_have_value("王小明")
    page.locator("[name=ship_postcode]").fill("518000")
    page.keyboard.press("Alt+w")
    page.locator("#dialog [name=name]").fill("Blue Tea Ltd")
    page.keyboard.press("Control+Enter")
    expect(page.locator(".entry-customer")).to_contain_text("Blue Tea Ltd")
    expect(page.locator("[name=ship_phone]")).to_have_value("")
    expect(page.locator("[name=ship_recipient]")).to_have_value("")
    expect(page.locator("[name=ship_postcode]")).to_have_value("518000")


def test_the_last_price_is_taken_with_one_key_and_the_new_customer_stays_in_the_order(sign_in: Open) -> None:
    page = sign_in("anna")
    start(page)
    page.keyboard.press("Alt+w")
    page.locator("#dialog [name=name]").fill("Green Tea Ltd")
    page.keyboard.press("Control+Enter")
    expect(page.locator("#add-product-ts-control")).to_be_focused()
    expect(page.locator(".entry-customer")).to_contain_text("Green Tea Ltd")
    scan(page, "6901234567892")
    expect(page.locator("[name=line_quantity]")).to_be_focused()
    page.keyboard.type("2")
    page.locator("[name=line_unit_price]").fill("17.50")
    expect(page.locator("[data-total=total]")).to_have_text("¥35.00")
    expect(page.locator("[data-why]").first).to_contain_text("list price 20.00")
    page.keyboard.press("Control+Enter")
    page.wait_for_url(re.compile(r"/orders/\d+/$"))
    start(page)
    page.keyboard.type("Green Tea", delay=15)
    page.locator("#id_customer-ts-dropdown .option").first.wait_for()
    page.keyboard.press("Enter")
    expect(page.locator("#entry-usual-items button")).to_contain_text("Tea cup")
    scan(page, "6901234567892")
    expect(page.locator("[data-last]").first).to_contain_text("17.50 × 2")
    page.keyboard.press("Alt+p")
    expect(page.locator("[name=line_unit_price]").first).to_have_value("17.5")
    page.locator("[name=line_quantity]").first.fill("2")
    expect(page.locator("#entry-hints")).to_contain_text("The same goods as")


@pytest.mark.parametrize("width", [1280, 390])
def test_the_page_is_accessible(sign_in: Open, width: int) -> None:
    page = sign_in("anna", width=width)
    start(page)
    choose_customer(page)
    page.locator("#add-product-ts-control").click()
    page.evaluate(PASTE, "CUP\t2\nNOPE\t3")
    expect(page.locator("[data-error=sku]").nth(1)).to_contain_text("NOPE")
    found = Axe().run(page).response["violations"]
    assert not [f"{each['id']}: {[node['html'][:160] for node in each['nodes'][:3]]}" for each in found]
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


MANY = """
import itertools
from orderwell.testing import factories as f
f._counter = itertools.count(7000)
from orderwell.domains.inventory.models import Warehouse
house = Warehouse.objects.get(code="main")
for number in range(1000):
    # Names of their own: the other tests look for cups and pots, and find theirs first.
    names = {"name_zh": f"清单货品 {number}", "name_en": f"List item {number}"}
    f.stock_up(f.make_variant(f"LONG{number:04d}", price="3.00", **names), house, 5000)
"""


def timed(act: Callable[[], object]) -> float:
    since = time.perf_counter()
    act()
    return time.perf_counter() - since


@pytest.mark.parametrize("width", [1280, 390])
def test_a_draft_of_a_thousand_lines_is_opened_edited_and_confirmed(sign_in: Open, site: Site, width: int) -> None:
    known = (
        "from orderwell.domains.catalog.models import Variant\nprint(Variant.objects.filter(sku='LONG0000').count())"
    )
    if site.shell(known) == "0":
        site.shell(MANY)
    page = sign_in("anna", width=width)
    page.set_default_timeout(60_000)
    start(page)
    choose_customer(page)
    total = page.locator("[data-total=total]")
    paste(page, "\n".join(f"LONG{number:04d}\t1" for number in range(1000)))
    expect(total).to_have_text("¥3,000.00", timeout=60_000)
    expect(page.locator("#entry[data-clean=yes]")).to_be_visible(timeout=60_000)
    key = page.locator("[name=draft]").input_value()
    opened = timed(
        lambda: (page.goto(f"/orders/new/?draft={key}"), expect(total).to_have_text("¥3,000.00", timeout=60_000))
    )
    assert len(rows(page)) == 1000

    answers: list[str] = []
    page.on(
        "request",
        lambda request: answers.append(request.url) if request.url.endswith(("/preview/", "/last/")) else None,
    )
    field = page.locator("[name=line_quantity]").nth(500)
    row = page.locator(".entry-row").nth(500)
    edited = timed(lambda: (field.fill("6000"), expect(total).to_have_text("¥20,997.00", timeout=60_000)))
    expect(row.locator("[data-amount]")).to_have_text("¥18,000.00")
    expect(row.locator("[data-free]")).to_contain_text("missing 1")
    expect(page.locator("#entry-count")).to_contain_text("1 not fully in stock")
    field.fill("none")
    expect(row.locator("[data-error=quantity]")).not_to_be_empty(timeout=60_000)
    field.fill("3")
    expect(total).to_have_text("¥3,006.00", timeout=60_000)
    expect(row.locator("[data-error=quantity]")).to_be_empty()
    expect(row.locator("[data-free]")).not_to_contain_text("missing")
    assert not [url for url in answers if url.endswith("/last/")], "what was asked once is known"

    confirmed = timed(
        lambda: (page.keyboard.press("Control+Enter"), page.wait_for_url(re.compile(r"/orders/\d+/$"), timeout=60_000))
    )
    expect(page.locator(".facts-money").first).to_contain_text("¥3,006.00")
    sys.stdout.write(f"{width} px, 1,000 lines: open {opened:.2f} s, edit {edited:.2f} s, confirm {confirmed:.2f} s\n")


def test_without_a_connection_nothing_typed_is_lost_and_the_page_stays(sign_in: Open) -> None:
    page = sign_in("carl", meant=AWAY)
    start(page)
    choose_customer(page)
    paste(page, "3 x CUP\nPOT × 2")
    expect(page.locator("body:has(.entry-row ~ .entry-row) #entry-kept")).to_have_text("Draft saved")
    page.context.set_offline(True)
    expect(page.locator("#entry-kept")).to_contain_text("kept on this device")
    page.locator("[name=note]").fill("typed in the tunnel")
    page.keyboard.press("Control+Enter")
    expect(page.locator(".toast", has_text="the order is not placed")).to_be_visible()
    assert page.url.endswith("/orders/new/") and rows(page) == [["CUP", "3"], ["POT", "2"]]
    # The computer is closed; the next page of order entry brings it to the server.
    kept = page.evaluate("JSON.stringify({...localStorage})")
    assert "typed in the tunnel" in kept
    page.goto("about:blank")
    page.context.set_offline(False)
    page.goto("/orders/new/")
    page.wait_for_url(re.compile(r"/orders/new/\?draft=\w+$"))
    expect(page.locator("[name=note]")).to_have_value("typed in the tunnel")
    assert rows(page) == [["CUP", "3"], ["POT", "2"]]
    assert "typed in the tunnel" not in page.evaluate("JSON.stringify({...localStorage})")
    page.keyboard.press("Control+Enter")
    page.wait_for_url(re.compile(r"/orders/\d+/$"))


def test_a_connection_that_comes_back_goes_on_where_it_was(sign_in: Open) -> None:
    page = sign_in("carl", meant=AWAY)
    start(page)
    choose_customer(page)
    paste(page, "CUP x 2\nPOT x 1")
    expect(page.locator("body:has(.entry-row ~ .entry-row) #entry-kept")).to_have_text("Draft saved")
    page.context.set_offline(True)
    page.locator("[name=note]").fill("once more")
    expect(page.locator("#entry-kept")).to_contain_text("kept on this device")
    page.context.set_offline(False)
    expect(page.locator("#entry-kept")).to_have_text("Draft saved")
    page.keyboard.press("Control+Enter")
    page.wait_for_url(re.compile(r"/orders/\d+/$"))
    expect(page.locator("#content")).to_contain_text("once more")


def test_totals_that_did_not_come_are_asked_for_again(sign_in: Open) -> None:
    page = sign_in("carl", meant="503|ERR_FAILED")
    start(page)
    choose_customer(page)
    paste(page, "CUP x 2")
    expect(page.locator("[data-total=total]")).to_have_text("¥40.00")
    answers = iter([lambda route: route.abort(), lambda route: route.fulfill(status=503)])
    page.route("**/preview/", lambda route: next(answers, lambda route: route.continue_())(route))
    page.locator("[name=line_quantity]").fill("3")
    expect(page.locator("[data-total=total]")).to_have_text("¥60.00")
    assert next(answers, None) is None


def test_what_is_not_on_a_line_yet_stops_the_order_once(sign_in: Open, site: Site) -> None:
    count = "from orderwell.domains.orders.models import Order; print(Order.objects.count())"
    before = int(site.shell(count))
    page = sign_in("anna")
    type_order(page, ("CUP", "1"))
    expect(page.locator("#add-product-ts-control")).to_be_focused()
    page.keyboard.type("NOSUCHSKU", delay=20)
    page.keyboard.press("Control+Enter")
    expect(page.locator("#entry-unknown")).to_contain_text("NOSUCHSKU is not on a line yet")
    assert int(site.shell(count)) == before
    # A product that is known becomes a line first, for its quantity to be looked at.
    page.keyboard.type("POT", delay=20)
    page.keyboard.press("Control+Enter")
    expect(page.locator(".entry-row")).to_have_count(2)
    assert int(site.shell(count)) == before
    expect(page.locator("[name=line_quantity]").last).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#entry-unknown")).to_be_hidden()
    page.keyboard.type("NOSUCHSKU", delay=20)
    page.keyboard.press("Control+Enter")
    expect(page.locator("#entry-unknown")).to_be_visible()
    page.keyboard.press("Control+Enter")
    page.wait_for_url(re.compile(r"/orders/\d+/$"))
    assert int(site.shell(count)) == before + 1
