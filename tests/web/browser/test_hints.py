"""Hints in a real browser: seen, taken, taken back, dismissed, by keyboard, in both languages; on what is typed as well."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.web.browser.conftest import Site

pytestmark = pytest.mark.browser
Open = Callable[..., Page]
MAKE = """
from datetime import timedelta
from decimal import Decimal
from orderwell.domains.orders.drafts import AddressDraft, LineDraft, OrderDraft
from orderwell.domains.orders.services.place import place_orders
from orderwell.kernel.clock import utc_now
from orderwell.platform.accounts.actor import system_actor
from orderwell.testing.factories import make_customer
who = make_customer("{number}", name="{name}", phone="{phone}")
where = AddressDraft(recipient="{name}", street="人民路1号", district="黄浦区", city="上海市", region="上海市", postcode="200001")
def place(quantity, days):
    line = LineDraft("CUP", Decimal(quantity))
    draft = OrderDraft(channel="shop", customer="{number}", lines=(line,), ship_to=where)
    return place_orders([draft], actor=system_actor(), now=utc_now() - timedelta(days=days))[0].order_id
for days in (30, 20, 10):
    last = place(2, days)
print(place(90, 0) if {odd} else last)
"""
SIGHTS = """
from orderwell.domains.automation.models import HintSight
for row in HintSight.objects.filter(subject="order:{order}").order_by("rule"):
    print(row.rule, row.remedy or "-")
"""


def make(site: Site, number: str, name: str, phone: str, *, odd: bool = True) -> int:
    """A customer who took two cups three times, and then ninety of them; the id of the last order."""
    return int(site.shell(MAKE.format(number=number, name=name, phone=phone, odd=odd)).splitlines()[-1])


def clean(page: Page, context: str | None = None) -> None:
    expect(page.locator(".toast.showing")).to_have_count(0)  # half faded in, nothing has its contrast
    found = Axe().run(
        page, context=context, options={"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}
    )
    assert not found.response["violations"], found.generate_report()


def test_a_clerk_sees_takes_and_dismisses(site: Site, sign_in: Open) -> None:
    order = make(site, "H1", "陈一一", "13911110001")
    page = sign_in("carl")
    page.goto(f"/orders/{order}/")
    hints = page.locator(".hint")
    expect(hints).to_have_count(2)
    expect(hints.nth(0)).to_contain_text("90 × CUP: this customer took 2 each of the last 3 times.")
    clean(page)
    # The key leads to the first remedy; Enter takes it; the toast takes it back.
    page.keyboard.press("b")
    first = page.get_by_role("button", name="Take 2")
    expect(first).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator(".toast")).to_contain_text("Done: Take 2")
    expect(hints).to_have_count(1)
    page.locator(".toast").get_by_role("button", name="Undo").click()
    expect(hints).to_have_count(2)
    page.wait_for_timeout(1800)  # what was on the screen is told in one piece, a moment later
    assert site.shell(SIGHTS.format(order=order)) == "missing_phone -\nunusual_quantity set-quantity"
    # Dismissed in a dialog, with a reason; an empty one of one's own words is refused in its place.
    page.get_by_role("link", name="Dismiss: Unusual quantity").click()
    dialog = page.locator("#dialog")
    expect(dialog).to_contain_text("It stays away for everybody")
    clean(page)
    dialog.get_by_label("Something else").check()
    dialog.get_by_role("button", name="Dismiss").click()
    expect(dialog.locator(".invalid-feedback")).to_be_visible()
    dialog.get_by_label("In your words").fill("for the fair")
    page.keyboard.press("Control+Enter")
    expect(hints).to_have_count(1)
    expect(page.locator("#content")).to_contain_text("Hint “Unusual quantity” dismissed")
    page.locator(".toast").get_by_role("button", name="Undo").click()
    expect(hints).to_have_count(2)


def test_in_chinese_and_on_a_phone(site: Site, sign_in: Open) -> None:
    order = make(site, "H2", "陈二二", "13911110002")
    page = sign_in("carl", locale="zh-CN", width=390, height=800)
    page.goto(f"/orders/{order}/")
    phone = page.locator(".hint", has_text="缺少电话")
    phone.get_by_role("button", name="采用客户的 13911110002").click()
    expect(page.locator(".toast")).to_contain_text("已完成：采用客户的 13911110002")
    expect(phone).to_have_count(0)
    clean(page)
    quantity = page.locator(".hint", has_text="数量异常")
    quantity.get_by_role("link", name="忽略：数量异常").or_(quantity.get_by_role("link", name="忽略: 数量异常")).click()
    page.locator("#dialog").get_by_label("知道，就是这样").check()
    page.locator("#dialog").get_by_role("button", name="忽略").click()
    expect(page.locator(".hint")).to_have_count(0)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_on_what_is_typed_a_remedy_changes_the_form_and_nothing_is_lost(site: Site, sign_in: Open) -> None:
    make(site, "H3", "陈三三", "13911110003", odd=False)
    page = sign_in("carl")
    page.goto("/orders/new/?customer=H3")
    page.locator("#id_channel").select_option("shop")
    page.locator("#add-product-ts-control").click()
    page.keyboard.type("CUP", delay=15)
    page.locator("#add-product-ts-dropdown .option").first.wait_for()
    page.keyboard.press("Enter")
    field = page.locator(".entry-row [name=line_quantity]")
    field.fill("90")
    hint = page.locator("#entry-hints .hint", has_text="Unusual quantity")
    expect(hint).to_contain_text("this customer took 2 each")
    clean(page, ".hints")
    page.keyboard.press("Alt+h")
    expect(hint.get_by_role("button", name="Take 2")).to_be_focused()
    page.keyboard.press("Enter")
    expect(field).to_have_value("2")
    expect(hint).to_have_count(0)
    field.fill("80")
    expect(hint).to_contain_text("80 × CUP")
    hint.get_by_role("link", name="Dismiss").click()
    page.locator("#dialog").get_by_label("I know").check()
    page.locator("#dialog").get_by_role("button", name="Dismiss").click()
    expect(page.locator("#dialog")).to_be_hidden()
    expect(hint).to_have_count(0)
    expect(field).to_have_value("80")  # nothing typed was lost
    page.locator(".toast").get_by_role("button", name="Undo").click()
    expect(hint).to_contain_text("80 × CUP")
    expect(page.locator(".toast", has_text="The hint is shown again.")).to_be_visible()
    expect(field).to_have_value("80")
    assert page.url.endswith("/orders/new/?customer=H3")
    hint.get_by_role("link", name="Dismiss").click()
    page.locator("#dialog").get_by_label("I know").check()
    page.locator("#dialog").get_by_role("button", name="Dismiss").click()
    expect(page.locator("#dialog")).to_be_hidden()
    expect(hint).to_have_count(0)
    field.focus()
    page.keyboard.press("Control+Enter")
    page.wait_for_url(re.compile(r"/orders/\d+/$"))
    expect(page.locator(".hint", has_text="Unusual quantity")).to_have_count(0)


def test_the_rules_are_tuned(site: Site, sign_in: Open) -> None:
    page = sign_in("anna")
    page.goto("/admin/hints/")
    row = page.locator("tr", has_text="Unusual price")
    expect(row).to_contain_text("Difference in percent: 20")
    clean(page)
    row.get_by_role("link", name="Change").click()
    dialog = page.locator("#dialog")
    dialog.get_by_label("Difference in percent").fill("many")
    dialog.get_by_role("button", name="Save").click()
    expect(dialog).to_contain_text("a number from 1 to 1000")
    clean(page)
    dialog.get_by_label("Difference in percent").fill("25")
    dialog.get_by_role("button", name="Save").click()
    expect(page.locator("tr", has_text="Unusual price")).to_contain_text("Difference in percent: 25")
