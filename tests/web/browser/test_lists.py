"""Lists worked with the keyboard: columns, quick look, many rows at once with one that is refused, export."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.web.browser.conftest import Site

pytestmark = pytest.mark.browser
Open = Callable[..., Page]
PLACE = """
from decimal import Decimal
from orderwell.domains.orders.drafts import LineDraft, OrderDraft
from orderwell.domains.orders.services.place import place_orders
from orderwell.domains.orders.services.cancel import cancel_units
from orderwell.kernel.clock import utc_now
from orderwell.platform.accounts.actor import system_actor
actor = system_actor()
drafts = [OrderDraft(channel="shop", customer="C1", lines=(LineDraft("CUP", Decimal(1)),)) for _ in range(3)]
made = place_orders(drafts, actor=actor, now=utc_now())
cancel_units(order_id=made[1].order_id, lines=None, reason="not wanted", actor=actor, now=utc_now())
print(" ".join(item.number for item in made))
"""


def test_rows_are_moved_through_looked_at_and_opened_by_keyboard(sign_in: Open, site: Site) -> None:
    newest, before = list(reversed(site.shell(PLACE).split()))[:2]
    page = sign_in("anna")
    page.goto("/orders/")
    page.keyboard.press("j")
    expect(page.locator("tr.row-marked")).to_contain_text(newest)
    expect(page.locator("tr.row-marked")).to_be_focused()
    page.keyboard.press("Space")
    expect(page.locator("#quick-look h2")).to_have_text(newest)
    page.keyboard.press("ArrowDown")
    expect(page.locator("#quick-look h2")).to_have_text(before)
    page.keyboard.press("Escape")
    expect(page.locator("#quick-look")).to_be_hidden()
    page.keyboard.press("k")
    page.keyboard.press("Enter")
    page.wait_for_url("**/orders/*/")
    expect(page.locator("h1")).to_contain_text(newest)
    page.go_back()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.wait_for_url("**/orders/*/")
    expect(page.locator("h1")).to_contain_text(before)
    page.keyboard.press("Escape")
    page.wait_for_url("**/orders/")
    expect(page.locator("tr.row-marked")).to_contain_text(before)
    expect(page.locator("tr.row-marked")).to_be_focused()
    page.goto("/orders/")  # it came in another way
    page.wait_for_load_state("networkidle")
    expect(page.locator("tr.row-marked")).to_have_count(0)


COUNT = """
from orderwell.domains.inventory.drafts import CountDraft
from orderwell.domains.inventory.services.count_stock import open_count
from orderwell.kernel.clock import utc_now
from orderwell.platform.accounts.actor import system_actor
for sku in ("CUP", "POT"):
    open_count(CountDraft(warehouse="main", skus=(sku,)), actor=system_actor(), now=utc_now())
"""


@pytest.mark.parametrize("path", ["/stock/past/", "/counts/"])
def test_the_focus_goes_with_the_marked_row_where_nothing_can_be_ticked(sign_in: Open, site: Site, path: str) -> None:
    """Only the colour moved: Enter opened the link on which the focus had stayed, and nothing was read out."""
    if path == "/counts/":
        site.shell(COUNT)
    page = sign_in("anna")
    page.goto(path)
    rows = page.locator("table[data-rows] tbody tr")
    rows.first.locator("a").focus()
    page.keyboard.press("ArrowDown")
    expect(rows.first).to_be_focused()
    page.keyboard.press("ArrowDown")
    expect(page.locator("tr.row-marked")).to_be_focused()
    expect(rows.nth(1)).to_be_focused()
    page.keyboard.press("k")
    page.keyboard.press("j")
    address = rows.nth(1).get_attribute("data-href")
    assert address and address != rows.first.get_attribute("data-href")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**{address}")


def test_escape_leads_back_to_the_list_as_it_was_filtered(sign_in: Open, site: Site) -> None:
    numbers = site.shell(PLACE).split()
    page = sign_in("anna")
    page.goto(f"/orders/?q={numbers[0]}")
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    page.wait_for_url("**/orders/*/")
    page.keyboard.press("Escape")
    page.wait_for_url(f"**/orders/?q={numbers[0]}")
    page.goto(f"/to-ship/?q={numbers[0]}")  # the same page from another list
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    page.wait_for_url("**/orders/*/")
    page.keyboard.press("Escape")
    page.wait_for_url(f"**/to-ship/?q={numbers[0]}")
    expect(page.locator("tr.row-marked")).to_contain_text(numbers[0])
    page.evaluate("document.querySelector('#sign-out').requestSubmit()")
    page.wait_for_url("**/sign-in/**")
    assert numbers[0] not in page.evaluate("JSON.stringify({...sessionStorage})")


def test_columns_are_chosen_by_keyboard_and_stay(sign_in: Open) -> None:
    page = sign_in("carl")
    page.goto("/orders/")
    page.keyboard.press("c")
    external = page.locator("#dialog li", has_text="External number").locator("input")
    external.focus()
    page.keyboard.press("Space")
    for _ in range(8):  # to the top
        page.keyboard.press("Alt+ArrowUp")
    expect(external).to_be_focused()
    page.keyboard.press("Control+Enter")
    expect(page.locator("thead th").nth(1)).to_have_text("External number")
    page.reload()
    expect(page.locator("thead th").nth(1)).to_have_text("External number")
    page.keyboard.press("c")
    page.get_by_role("button", name="Back to the usual columns").click()
    expect(page.locator("thead th").nth(1)).to_have_text("Number")


def test_papers_of_ticked_rows_open_as_one_file_and_a_filter_says_what_it_comes_to(sign_in: Open, site: Site) -> None:
    site.shell(PLACE)
    page = sign_in("anna")
    page.goto("/orders/?currency=CNY")
    expect(page.locator(".pager-count")).to_contain_text("sum ¥")
    boxes = page.locator("#list-body [data-pick]")
    boxes.nth(0).check()
    boxes.nth(2).check()
    wanted = [boxes.nth(place).input_value() for place in (0, 2)]
    page.locator("[data-bulk-bar]").get_by_role("button", name="Print").click()
    with page.expect_popup() as opened:
        page.get_by_role("button", name="Pick list").click()
    opened.value.wait_for_load_state()
    assert "/lists/orders/print/pick-list/?" in opened.value.url
    assert [part[3:] for part in opened.value.url.split("?")[1].split("&") if part.startswith("id=")] == wanted


def test_one_refused_row_stops_no_other_and_is_not_tried_in_vain(sign_in: Open, site: Site) -> None:
    cancelled = site.shell(PLACE).split()[1]
    page = sign_in("anna")
    page.goto("/orders/")
    page.keyboard.press("j")
    page.keyboard.press("x")
    page.locator("[data-pick]").nth(2).click(modifiers=["Shift"])  # the whole range
    expect(page.locator("[data-bulk-count]")).to_have_text("3 selected")
    page.get_by_role("button", name="Hold", exact=True).click()
    page.locator("#id_reason").fill("check the address")
    page.keyboard.press("Control+Enter")
    result = page.locator("#dialog")
    expect(result).to_contain_text("Done 2")
    expect(result).to_contain_text("Refused 1")
    expect(result.locator("tbody")).to_contain_text(cancelled)
    expect(result.locator("tbody tr")).to_have_count(1)
    # What is cancelled stays so.
    expect(page.get_by_role("button", name="Try the refused again")).to_have_count(0)
    page.get_by_role("link", name="Close", exact=True).click()
    expect(page.locator("#list-body tr", has_text=cancelled)).to_be_visible()
    expect(page.locator("#list-body svg[aria-label='On hold']")).not_to_have_count(0)


def test_a_file_of_the_list_comes_without_leaving_it(sign_in: Open, site: Site) -> None:
    site.shell(PLACE)
    page = sign_in("anna")
    page.goto("/orders/?state=placed")
    page.get_by_role("link", name="Export", exact=True).click()
    page.locator("#id_format").select_option("csv")
    with page.expect_download() as caught:
        page.locator("#dialog").get_by_role("button", name="Export").click()
    assert caught.value.suggested_filename.endswith(".csv")
    assert "/orders/?state=placed" in page.url
    expect(page.locator("#dialog")).to_be_hidden()


def test_a_list_on_a_phone_shows_every_row_whole(sign_in: Open, site: Site) -> None:
    site.shell(PLACE)
    page = sign_in("wei", width=390, height=844)
    for path in ("/orders/", "/to-ship/", "/stock/"):
        page.goto(path)
        expect(page.locator("#list-body tr[data-row]").first).to_be_visible()
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), path
