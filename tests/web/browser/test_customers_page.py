"""A customer on a phone, without signing in, and the colleague who answers; in both languages."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from tests.web.browser.conftest import Site

pytestmark = pytest.mark.browser
DELIVERED = """
from decimal import Decimal
from orderwell.kernel.clock import utc_now
from orderwell.platform.accounts.actor import system_actor
from orderwell.domains.orders.drafts import AddressDraft, LineDraft, OrderDraft
from orderwell.domains.orders.services.place import place_orders
from orderwell.domains.fulfilment.services.ship import ship
from orderwell.domains.fulfilment.services.track import deliver
from orderwell.domains.cases.services.link import order_link, token_of
a, now = system_actor(), utc_now()
draft = OrderDraft(channel="shop", customer="C1", lines=(LineDraft("CUP", Decimal(3)),),
                   ship_to=AddressDraft(recipient="x", phone="13812345678", city="Shanghai"))
placed = place_orders([draft], actor=a, now=now)[0]
for parcel in ship(order_id=placed.order_id, carrier="SF", tracking_number="SF1", actor=a, now=now):
    deliver(shipment_id=parcel.pk, actor=a, now=now)
print(placed.number, token_of(order_link(order_id=placed.order_id, actor=a, now=now)))
"""
WORDS = {
    "en-GB": {"send": "Send", "return": "Announce a return", "request": "Send the request", "rate": "Send the rating"},
    "zh-CN": {"send": "发送", "return": "申请退货", "request": "提交申请", "rate": "提交评价"},
}


@pytest.fixture
def phone(site: Site, browser: Browser) -> Iterator[Callable[[str], Page]]:
    contexts, complaints = [], []

    def open_page(locale: str) -> Page:
        viewport = {"width": 390, "height": 844}
        context = browser.new_context(base_url=site.address, locale=locale, viewport=viewport, java_script_enabled=True)
        context.set_default_timeout(30_000)
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: complaints.append(str(error)))
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert not complaints


def check(page: Page) -> None:
    """Axe finds nothing, and nothing has to be scrolled sideways."""
    found = Axe().run(page).response["violations"]
    assert not found, [(item["id"], [node["html"] for node in item["nodes"]]) for item in found]
    assert page.evaluate("document.documentElement.scrollWidth") <= page.viewport_size["width"]  # type: ignore[index]


@pytest.mark.parametrize("locale", WORDS)
def test_a_customer_asks_returns_and_rates_and_is_answered(
    site: Site, phone: Callable[[str], Page], sign_in: Callable[..., Page], locale: str
) -> None:
    words = WORDS[locale]
    number, token = site.shell(DELIVERED).split()[-2:]
    page = phone(locale)
    page.goto(f"/track/o/{token}/")
    assert page.url.endswith("/track/order/")
    expect(page.locator("h1")).to_contain_text(number)
    check(page)
    page.locator("#ask_body").fill("Is it <b>safe</b>?")
    page.locator("form[action='/track/order/ask/'] button", has_text=words["send"]).last.click()
    expect(page.locator(".note.good")).to_be_visible()
    expect(page.locator(".talk .in")).to_contain_text("Is it <b>safe</b>?")

    staff = sign_in("anna", locale=locale, width=1280)
    staff.goto("/cases/?q=" + number)
    staff.locator("tr[data-href] a.fw-bold").first.click()
    staff.wait_for_url(re.compile(r"/cases/\d+/$"))
    staff.locator("#id_body").fill("Quite safe.")
    staff.locator("button[value=reply]").click()
    expect(staff.locator(".talk-out")).to_contain_text("Quite safe.")

    page.reload()
    expect(page.locator(".talk .out")).to_contain_text("Quite safe.")
    page.locator("summary", has_text=words["return"]).click()
    page.locator("#return .num-field").fill("9")
    page.locator("#return_reason").fill("broken")
    page.locator("button", has_text=words["request"]).click()
    expect(page.locator("#return .wrong")).to_be_visible()
    check(page)
    page.locator("#return .num-field").fill("2")
    page.locator("button", has_text=words["request"]).click()
    expect(page.locator(".note.good")).to_be_visible()
    page.locator("#rating input[value='5']").check()
    page.locator("button", has_text=words["rate"]).click()
    expect(page.locator("#rating .stars")).to_have_text("★★★★★")
    check(page)


@pytest.mark.parametrize("locale", WORDS)
def test_number_and_phone_open_the_order(site: Site, phone: Callable[[str], Page], locale: str) -> None:
    number = site.shell(DELIVERED).split()[-2]
    page = phone(locale)
    page.goto("/track/")
    check(page)
    page.locator("#id_number").fill(number)
    page.locator("#id_phone").fill("13900000001")
    page.keyboard.press("Enter")
    expect(page.locator(".note.bad")).to_be_visible()
    page.locator("#id_phone").fill("138 1234 5678")
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_contain_text(number)


@pytest.mark.parametrize("width", [1280, 390])
def test_pages_of_cases_are_accessible(site: Site, sign_in: Callable[..., Page], width: int) -> None:
    page = sign_in("anna", width=width)
    for path in ("/cases/", "/for-me/", "/ratings/", "/cases/new/", "/ask/"):
        page.goto(path)
        expect(page.locator("h1")).to_be_visible()
        found = Axe().run(page, options={"rules": {"color-contrast": {"enabled": True}}}).response["violations"]
        assert not found, (path, [(item["id"], [node["html"] for node in item["nodes"]]) for item in found])
