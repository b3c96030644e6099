"""The order page and the change of an order in a real browser: difference, undo, two people, a thousand lines."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.web.browser.conftest import Site

pytestmark = pytest.mark.browser
Open = Callable[..., Page]
PLACE = """
from decimal import Decimal
from orderwell.kernel.clock import utc_now
from orderwell.platform.accounts.actor import system_actor
from orderwell.domains.orders.drafts import AddressDraft, LineDraft, OrderDraft
from orderwell.domains.orders.services.place import place_orders
where = AddressDraft(recipient="王小明", phone="13812345678", street="人民路1号", city="上海市")
lines = tuple(LineDraft(sku, Decimal(1)) for sku in {skus!r}) or (LineDraft("CUP", Decimal(5)), LineDraft("POT", Decimal(1)))
draft = OrderDraft(channel="shop", customer="C1", lines=lines, ship_to=where)
print(place_orders([draft], actor=system_actor(), now=utc_now())[0].order_id)
"""
MANY = """
import itertools
from orderwell.testing import factories as f
f._counter = itertools.count(5000)
from orderwell.domains.inventory.models import Warehouse
house = Warehouse.objects.get(code="main")
for number in range(1000):
    f.stock_up(f.make_variant(f"BIG{number:04d}", price="3.00"), house, 10)
"""


def order(site: Site, skus: list[str] | None = None) -> int:
    return int(site.shell(PLACE.format(skus=skus or [])).splitlines()[-1])


def quantity(page: Page, sku: str) -> object:
    return page.locator("#change-rows tr", has_text=sku).locator("input[name^=q-]")


def test_a_change_shows_the_difference_is_made_and_undone(sign_in: Open, site: Site) -> None:
    page = sign_in("anna")
    page.goto(f"/orders/{order(site)}/")
    page.keyboard.press("e")
    page.wait_for_url("**/change/")
    panel = page.locator("#change-difference")
    field = quantity(page, "CUP")
    field.fill("0")
    expect(page.locator("[data-error^=q-]").first).to_contain_text("greater than zero")
    field.fill("8")
    expect(panel).to_contain_text("¥190.00 → ¥250.00")
    expect(panel).to_contain_text("3 × CUP taken from")
    expect(page.locator("#change-rows tr", has_text="CUP").locator("td.hide-narrow")).to_have_text("¥160.00")
    page.locator("#add-product-ts-control").click()
    page.keyboard.type("POT", delay=20)
    page.locator("#add-product-ts-dropdown .option").first.wait_for()
    page.keyboard.press("Enter")
    expect(page.locator("[name=new_quantity]")).to_be_focused()
    page.keyboard.type("2")
    expect(panel).to_contain_text("¥190.00 → ¥430.00")
    page.fill("[name=reason]", "wants more")
    expect(panel.locator("[name=seen]")).to_have_count(1)
    page.keyboard.press("Control+Enter")
    page.wait_for_url(re.compile(r"/orders/\d+/$"))
    expect(page.locator(".facts-money").first).to_contain_text("¥430.00")
    expect(page.locator("#told")).to_contain_text("wants more")
    page.locator("a", has_text="Undo").first.click()
    expect(page.locator("#dialog")).to_contain_text("¥430.00 → ¥190.00")
    page.locator("#dialog .btn-primary").click()
    expect(page.locator("#told")).to_contain_text("Change 1 undone")
    expect(page.locator(".facts-money").first).to_contain_text("¥190.00")


def test_two_people_on_one_order_lose_nothing(sign_in: Open, site: Site) -> None:
    number = order(site)
    anna, carl = sign_in("anna"), sign_in("carl")
    for page in (anna, carl):
        page.goto(f"/orders/{number}/change/")
    carl.fill("[name=note]", "ring twice")
    quantity(carl, "CUP").fill("7")
    expect(carl.locator("#change-difference [name=seen]")).to_have_count(1)
    carl.keyboard.press("Control+Enter")
    carl.wait_for_url(re.compile(r"/orders/\d+/$"))
    quantity(anna, "POT").fill("2")
    quantity(anna, "CUP").fill("4")
    expect(anna.locator("[data-error^=q-]").first).to_contain_text("carl changed this to “7”")
    anna.keyboard.press("Control+Enter")
    expect(anna.locator("#content")).to_contain_text("carl changed this meanwhile, and it is taken over: Note")
    anna.get_by_role("button", name="Take theirs").first.click()
    expect(quantity(anna, "CUP")).to_have_value("7")
    expect(quantity(anna, "POT")).to_have_value("2")
    expect(anna.locator("#change-difference [name=seen]")).to_have_count(1)
    anna.keyboard.press("Control+Enter")
    anna.wait_for_url(re.compile(r"/orders/\d+/$"))
    expect(anna.locator(".facts-money").first).to_contain_text("¥320.00")
    expect(anna.locator("#content")).to_contain_text("ring twice")


def test_an_order_of_a_thousand_lines_stays_usable(sign_in: Open, site: Site) -> None:
    site.shell(MANY)
    number = order(site, [f"BIG{number:04d}" for number in range(1000)])
    page = sign_in("anna")
    page.goto(f"/orders/{number}/")
    rows = page.locator("#order-lines tr:not([data-more-lines])")
    expect(rows).to_have_count(100)
    page.locator("[data-more-lines]").scroll_into_view_if_needed()
    expect(rows).to_have_count(200)
    page.fill(".order-lines-tools [name=q]", "BIG0777")
    expect(rows).to_have_count(1)
    page.goto(f"/orders/{number}/change/")
    page.fill("[data-filter-rows]", "BIG0999")
    quantity(page, "BIG0999").fill("3")
    expect(page.locator("#change-difference")).to_contain_text("¥3,000.00 → ¥3,006.00")
    page.keyboard.press("Control+Enter")
    page.wait_for_url(re.compile(r"/orders/\d+/$"))
    expect(page.locator(".facts-money").first).to_contain_text("¥3,006.00")


def test_files_are_attached_and_the_story_is_filtered(sign_in: Open, site: Site, tmp_path: Path) -> None:
    page = sign_in("anna", width=390, height=844)
    page.goto(f"/orders/{order(site)}/")
    for name in ("delivery note.txt", "second.txt"):
        (tmp_path / name).write_text("cups")
    page.locator("#drop-file").focus()
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Tab")
    expect(page.locator("#drop-file")).to_be_focused()
    expect(page.locator(".drop-zone")).to_have_css("outline-style", "solid")
    page.set_input_files("#drop-file", [tmp_path / "delivery note.txt", tmp_path / "second.txt"])
    expect(page.locator("#files .file-row")).to_have_count(3)  # and the order confirmation
    expect(page.locator("#told [data-topic=order]").first).to_be_visible()
    page.locator("[data-topic-filter=talk]").click()
    expect(page.locator("#told [data-topic=order]").first).to_be_hidden()
    expect(page.locator("#told [data-topic=talk]").first).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
