"""The tasks of a working day, done as people do them: with the keyboard, on a wide screen and on a phone."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.web.browser.conftest import Site

pytestmark = pytest.mark.browser
Open = Callable[..., Page]


def type_order(page: Page, *lines: tuple[str, str], customer: str = "5678") -> None:
    """By keyboard alone: customer, product, quantity, product, quantity."""
    page.keyboard.press("n")
    page.wait_for_url("**/orders/new/")
    page.locator("#id_customer-ts-control").wait_for()
    page.keyboard.type(customer, delay=20)
    page.locator("#id_customer-ts-dropdown .option", has_text="王小明").wait_for()
    page.keyboard.press("Enter")
    for product, quantity in lines:
        expect(page.locator("#add-product-ts-control")).to_be_focused()
        page.keyboard.type(product, delay=20)
        page.locator("#add-product-ts-dropdown .option").first.wait_for()
        page.keyboard.press("Enter")
        expect(page.locator("[name=line_quantity]").last).to_be_focused()
        page.keyboard.type(quantity)
        page.keyboard.press("Enter")


def place_order(page: Page, *lines: tuple[str, str]) -> str:
    type_order(page, *lines)
    expect(page.locator("[data-total=total]")).not_to_have_text("—")
    page.keyboard.press("Control+Enter")
    page.wait_for_url(re.compile(r"/orders/\d+/$"))
    found = re.search(r"SO\d+", page.locator("h1").inner_text())
    assert found
    return found[0]


def test_an_order_is_typed_by_keyboard_alone(sign_in: Open) -> None:
    page = sign_in("anna")
    type_order(page, ("chabei", "3"), ("POT", "2"))
    expect(page.locator("[data-total=total]")).to_have_text("¥240.00")
    expect(page.locator("[name=ship_street]")).to_have_value("人民路1号")
    page.keyboard.press("Control+Enter")
    page.wait_for_url(re.compile(r"/orders/\d+/$"))
    expect(page.locator("h1")).to_contain_text("Reserved")
    expect(page.locator(".facts-money").first).to_contain_text("¥240.00")


def test_a_double_click_places_one_order(sign_in: Open, site: Site) -> None:
    count = "from orderwell.domains.orders.models import Order; print(Order.objects.count())"
    before = int(site.shell(count))
    page = sign_in("anna")
    type_order(page, ("CUP", "1"))
    page.locator("button[data-busy]").first.dblclick()
    page.wait_for_url(re.compile(r"/orders/\d+/$"))
    page.go_back()
    assert int(site.shell(count)) == before + 1


def test_an_error_stands_at_its_cell_and_can_be_put_right(sign_in: Open) -> None:
    page = sign_in("anna")
    type_order(page, ("CUP", "1.5"))
    expect(page.locator("[data-error=quantity]").first).to_contain_text("decimal places")
    with page.expect_navigation():  # the mark alone is there before the server has answered
        page.keyboard.press("Control+Enter")
    expect(page.locator("[name=line_quantity]").first).to_have_class(re.compile("is-invalid"))
    page.locator("[name=line_quantity]").first.fill("2")
    page.keyboard.press("Control+Enter")
    page.wait_for_url(re.compile(r"/orders/\d+/$"))


def test_lines_are_pasted_from_a_spreadsheet(sign_in: Open) -> None:
    page = sign_in("anna")
    page.goto("/orders/new/")
    page.locator("#add-product-ts-control").click()
    page.evaluate(
        """() => {
          const data = new DataTransfer();
          data.setData("text", "CUP\\t4\\nPOT\\t1\\nNOPE\\t2");
          document.activeElement.dispatchEvent(new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true }));
        }"""
    )
    expect(page.locator(".entry-row")).to_have_count(3)
    expect(page.locator("[data-error=sku]").nth(2)).to_contain_text("NOPE")


def test_an_order_is_found_from_anywhere(sign_in: Open) -> None:
    page = sign_in("anna")
    number = place_order(page, ("CUP", "1"))
    page.goto("/stock/")
    page.keyboard.press("/")
    page.keyboard.type(number, delay=20)
    page.locator("#search-results a.marked", has_text=number).wait_for()
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/orders/\d+/$"))
    expect(page.locator("h1")).to_contain_text(number)


def test_ship_invoice_and_take_payment_with_single_keys(sign_in: Open) -> None:
    page = sign_in("anna")
    place_order(page, ("CUP", "2"))
    page.keyboard.press("s")
    page.locator("#dialog [name=carrier]").fill("DHL")
    page.locator("#dialog [name=tracking_number]").fill("T-100")
    page.keyboard.press("Control+Enter")
    expect(page.locator("h1")).to_contain_text("Shipped")
    expect(page.locator("main")).to_contain_text("T-100")
    page.keyboard.press("i")
    page.locator("#dialog button.btn-primary").click()
    expect(page.locator("main")).to_contain_text("INV-")
    page.keyboard.press("p")
    amount = page.locator("#dialog [name=amount]")
    expect(amount).to_have_value("40.00")
    amount.fill("abc")
    page.keyboard.press("Control+Enter")
    expect(page.locator("#id_amount_error")).to_be_visible()
    page.locator("#dialog [name=amount]").fill("40.00")
    page.keyboard.press("Control+Enter")
    expect(page.locator("h1")).to_contain_text("Paid")


def test_hold_and_release(sign_in: Open) -> None:
    page = sign_in("anna")
    place_order(page, ("CUP", "1"))
    page.keyboard.press("h")
    page.locator("#dialog [name=reason]").fill("call the customer first")
    page.keyboard.press("Control+Enter")
    expect(page.locator("#order-next.order-blocked")).to_contain_text("call the customer first")
    page.keyboard.press("l")
    page.locator("#dialog [name=reason]").fill("done")
    page.keyboard.press("Control+Enter")
    expect(page.locator("#order-next.order-blocked")).to_have_count(0)


def test_the_list_is_walked_by_keyboard(sign_in: Open) -> None:
    page = sign_in("anna")
    number = place_order(page, ("CUP", "1"))
    page.goto("/orders/")
    page.keyboard.press("j")
    expect(page.locator("tr.row-marked")).to_contain_text(number)
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/orders/\d+/$"))
    page.keyboard.press("Escape")
    page.wait_for_url("**/orders/")
    page.keyboard.press("g")
    page.keyboard.press("c")
    page.wait_for_url("**/customers/")
    page.keyboard.press("?")
    expect(page.locator("#keys")).to_be_visible()


def test_tabs_count_what_is_behind_them(sign_in: Open) -> None:
    page = sign_in("anna")
    place_order(page, ("CUP", "1"))
    page.goto("/orders/")
    expect(page.locator("[data-count=waiting]")).to_have_text(re.compile(r"\d+"))


def test_charts_are_drawn(sign_in: Open) -> None:
    page = sign_in("anna")
    place_order(page, ("CUP", "1"))
    page.goto("/overview/")
    expect(page.locator("#sales-chart canvas")).to_be_visible()
    expect(page.locator("main")).to_contain_text("Top customers")


def test_language_and_appearance_are_switched_and_kept(sign_in: Open) -> None:
    # Somebody of their own: what is kept here would be found by every later test of that person.
    page = sign_in("lin", locale="zh-CN")
    expect(page.locator("h1")).to_contain_text("销售台")
    page.locator("button[name=language]").click()
    expect(page.locator("h1")).to_contain_text("Sales desk")
    before = page.locator("html").get_attribute("data-bs-theme")
    with page.expect_response("**/account/theme/"):
        page.locator("[data-theme-switch]").click()
    page.reload()
    expect(page.locator("html")).not_to_have_attribute("data-bs-theme", before or "")


def test_a_warehouse_worker_ships_from_a_phone(sign_in: Open) -> None:
    place_order(sign_in("anna"), ("CUP", "1"))
    page = sign_in("wei", width=390, height=844)
    # The start page has the most urgent twelve; whose order that is depends on what was done before.
    row = page.locator("#start-shipping li").first
    number = row.locator("a").first.inner_text().split()[0]
    row.get_by_role("link", name="Ship").click()
    page.locator("#dialog button.btn-primary").click()
    expect(page.locator("h1")).to_contain_text("Shipped")
    expect(page.locator("h1")).to_contain_text(number)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


def test_typed_work_is_not_lost_without_a_question(sign_in: Open) -> None:
    page = sign_in("anna")
    type_order(page, ("CUP", "1"))
    asked = []
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.accept()))
    page.goto("/orders/")
    assert asked == ["beforeunload"]


def test_an_import_is_tried_run_and_undone(sign_in: Open) -> None:
    page = sign_in("anna")
    page.goto("/imports/new/")
    rows = "order number,date,sku,quantity,unit price\nA-1,2026-01-05,CUP,2,20\nA-2,2026-01-06,NONE,x,5\n"
    file = {"name": "orders.csv", "mimeType": "text/csv", "buffer": rows.encode()}
    page.locator("[name=file]").set_input_files(file)
    page.locator("[name=channel]").select_option("shop")
    page.locator("main button[data-busy]").click()
    page.wait_for_url(re.compile(r"/imports/\d+/mapping/"))
    page.locator("main button[data-busy]").click()
    page.get_by_role("link", name="Start the dry run").click()
    page.locator("#dialog button.btn-primary").click()
    expect(page.get_by_role("button", name="Import for real")).to_be_visible(timeout=60_000)
    page.goto(page.url.split("?")[0] + "?verdict=refused")
    expect(page.locator("main table").first).to_contain_text("x is not a number")
    page.get_by_role("button", name="Import for real").click()
    expect(page.get_by_role("link", name="Undo")).to_be_visible(timeout=60_000)
    page.get_by_role("link", name="Undo").click()
    page.locator("#dialog button.btn-danger").click()
    expect(page.locator("h1")).to_contain_text("Undone", timeout=60_000)


def test_colleagues_are_offered_after_an_at_sign_and_taken_by_keyboard(sign_in: Open) -> None:
    page = sign_in("anna")
    place_order(page, ("CUP", "1"))
    page.keyboard.press("t")
    note = page.locator("#dialog textarea[data-mentions]")
    expect(note).to_be_focused()
    page.keyboard.type("Please ask @", delay=20)
    offered = page.locator("#dialog .mention-hits.show [role=option]")
    # Oneself is nobody to tell.
    expect(offered).to_have_text(["carl", "gao", "lin", "wei"])
    expect(note).to_have_attribute("aria-activedescendant", "id_body-mention-0")
    page.keyboard.press("ArrowDown")
    expect(note).to_have_attribute("aria-activedescendant", "id_body-mention-1")
    page.keyboard.press("Escape")
    # Escape closes what is offered, and not the dialog.
    expect(offered).to_have_count(0)
    expect(note).to_be_visible()
    page.keyboard.type("we", delay=20)
    expect(offered).to_have_text(["wei"])
    page.keyboard.press("Enter")
    page.keyboard.type("now, a@b", delay=20)
    expect(note).to_have_value("Please ask @wei now, a@b")
    expect(offered).to_have_count(0)
    page.keyboard.press("Control+Enter")
    expect(page.locator("#dialog")).to_be_hidden()
    expect(page.locator("main")).to_contain_text("Please ask @wei now")


def test_what_is_typed_before_a_dialog_has_settled_stays(sign_in: Open) -> None:
    page = sign_in("anna")
    place_order(page, ("CUP", "1"))
    # As on a slow machine: what came is shown, and its last touches follow late.
    page.evaluate("htmx.config.defaultSettleDelay = 4000")
    page.evaluate(
        """document.getElementById('dialog').addEventListener(
            'htmx:afterSettle', () => (document.body.dataset.settled = '1'))"""
    )
    page.keyboard.press("t")
    note = page.locator("#dialog textarea[data-mentions]")
    expect(note).to_be_focused()
    page.keyboard.type("Ring ", delay=20)
    settled = page.locator("body[data-settled]")
    expect(settled).to_have_count(0)
    settled.wait_for()
    page.keyboard.type("first")
    expect(note).to_have_value("Ring first")


def test_colleagues_are_offered_on_a_phone(sign_in: Open) -> None:
    page = sign_in("anna")
    place_order(page, ("CUP", "1"))
    page.set_viewport_size({"width": 390, "height": 760})
    page.goto(page.url.rstrip("/").replace("/orders/", "/tasks/add/order/") + "/")
    task = page.locator("input[data-mentions]")
    task.click()
    page.keyboard.type("@li", delay=20)
    expect(task).to_have_attribute("aria-expanded", "true")
    page.locator(".mention-hits.show [role=option]", has_text="lin").click()
    expect(task).to_have_value("@lin ")
    expect(task).to_have_attribute("aria-expanded", "false")
    expect(task).to_be_focused()
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
