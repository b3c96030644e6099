"""The customer's page in a real browser: two contacts, favourites to an order, the statement, duplicates and a merge."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.web.browser.conftest import Site

pytestmark = pytest.mark.browser
Open = Callable[..., Page]
CUSTOMER = """
import itertools
from orderwell.testing import factories as f
f._counter = itertools.count({start})
from decimal import Decimal
from orderwell.kernel.clock import utc_now
from orderwell.platform.accounts.actor import system_actor
from orderwell.domains.orders.drafts import LineDraft, OrderDraft
from orderwell.domains.orders.services.place import place_orders
from orderwell.domains.billing.services.invoice import issue_invoice
c = f.make_customer("{number}", name="{name}", phone="{phone}", email="{number}@example.com")
draft = OrderDraft(channel="shop", customer="{number}", lines=(LineDraft("CUP", Decimal(4)), LineDraft("POT", Decimal(1))))
done = place_orders([draft], actor=system_actor(), now=utc_now())[0]
issue_invoice(order_id=done.order_id, actor=system_actor(), now=utc_now())
print(c.pk)
"""


def customer(site: Site, number: str, name: str, phone: str, start: int) -> int:
    code = CUSTOMER.format(number=number, name=name, phone=phone, start=start)
    return int(site.shell(code).splitlines()[-1])


def accessible(page: Page) -> None:
    page.wait_for_load_state("networkidle")
    found = Axe().run(page)
    assert not found.response["violations"], found.generate_report()


def fits(page: Page) -> None:
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth + 1")


@pytest.mark.parametrize(
    ("locale", "add", "phone", "start"),
    [("en-GB", "Add contact", "13700000001", 7000), ("zh-CN", "添加联系人", "13700000002", 7100)],
)
def test_a_clerk_gives_a_customer_two_contacts(
    sign_in: Open, site: Site, locale: str, add: str, phone: str, start: int
) -> None:
    key = customer(site, f"TWO-{locale[:2]}", f"Two {locale[:2]}", phone, start)
    page = sign_in("carl", locale=locale)
    page.goto(f"/customers/{key}/")
    expect(page.locator("#happenings .happening-order")).to_have_count(1)
    expect(page.locator("#figures canvas")).to_have_count(1)
    accessible(page)
    page.keyboard.press("e")
    page.wait_for_url("**/change/")
    page.get_by_role("button", name=add).click()
    row = page.locator("[data-parts=contact] .part-row").last
    row.locator("input[name$=-name]").fill("李会计")
    row.locator("input[name$=-email]").fill(f"li-{locale[:2]}@example.com")
    row.locator("input[name$=role_accounts]").check()
    accessible(page)
    page.keyboard.press("Control+Enter")
    page.wait_for_url(re.compile(r"/customers/\d+/$"))
    expect(page.locator("#people")).to_contain_text("李会计")
    page.goto(f"/customers/{key}/people/")
    expect(page.locator("svg.people-map")).to_contain_text("李会计")
    expect(page.locator("table").last).to_contain_text(f"li-{locale[:2]}@example.com")
    accessible(page)
    page.set_viewport_size({"width": 390, "height": 844})
    fits(page)
    for part in ("", "change/", "statement/"):
        page.goto(f"/customers/{key}/{part}")
        fits(page)


def test_favourites_become_an_order(sign_in: Open, site: Site) -> None:
    key = customer(site, "FAV", "Favourite", "13700000111", 7300)
    page = sign_in("carl")
    page.goto(f"/customers/{key}/")
    page.locator("[name='q-CUP']").fill("7")
    page.locator("#favourites button").click()
    page.wait_for_url("**/orders/new/**")
    rows = page.locator(".entry-row")
    expect(rows).to_have_count(2)
    expect(rows.first.locator("[name=line_quantity]")).to_have_value(re.compile("7|1"))
    expect(page.locator("[data-total=total]")).to_contain_text("230.00")
    page.keyboard.press("Control+Enter")
    page.wait_for_url(re.compile(r"/orders/\d+/$"))
    expect(page.locator(".facts-money").first).to_contain_text("¥230.00")


def test_a_statement_ties_and_prints(sign_in: Open, site: Site) -> None:
    key = customer(site, "STATE", "Statement", "13700000222", 7400)
    page = sign_in("anna")
    page.goto(f"/customers/{key}/")
    page.keyboard.press("a")
    page.wait_for_url("**/statement/")
    expect(page.locator("#closing")).to_have_text("¥170.00")
    expect(page.locator("tbody tr").last).to_contain_text("¥170.00")
    accessible(page)
    with page.expect_popup() as opened:
        page.get_by_role("button", name="Print").click()
    popup = opened.value
    popup.wait_for_load_state()
    assert "/print/statement/?ids=" in popup.url


def test_a_twin_is_noticed_merged_and_taken_apart(sign_in: Open, site: Site) -> None:
    first = customer(site, "TWIN-A", "Twin", "13700000333", 7500)
    second = customer(site, "TWIN-B", "Twin Ltd", "13700000334", 7600)
    page = sign_in("anna")
    page.goto("/customers/new/")
    page.fill("[name=name]", "Twin")
    page.locator("[name$=-phone]").first.fill("13700000334")
    page.keyboard.press("Tab")
    expect(page.locator("#look-alikes")).to_contain_text("TWIN-A")
    expect(page.locator("#look-alikes")).to_contain_text("TWIN-B")
    page.evaluate("document.querySelector('#customer-form').dataset.clean = 'yes'")
    page.goto(f"/customers/{first}/merge/?other=TWIN-B")
    expect(page.locator("table")).to_contain_text("Twin Ltd")
    accessible(page)
    page.get_by_role("button", name="Merge", exact=True).click()
    page.wait_for_url(re.compile(rf"/customers/{first}/$"))
    expect(page.locator("#money")).to_contain_text("¥340.00")
    page.goto(f"/customers/{second}/")
    expect(page.locator("#content")).to_contain_text("Became part of")
    page.goto(f"/customers/{first}/")
    page.get_by_role("button", name="Undo merge").click()
    page.wait_for_url(re.compile(rf"/customers/{second}/$"))
    expect(page.locator("#money")).to_contain_text("¥170.00")
