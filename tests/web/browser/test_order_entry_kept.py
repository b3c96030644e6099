"""What is typed into an order stays in it: through another language, and while it is on its way to the server."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, Route, expect

from tests.web.browser.conftest import Site
from tests.web.browser.test_order_entry import choose_customer, paste, rows, start

pytestmark = pytest.mark.browser
Open = Callable[..., Page]


def test_another_language_opens_the_order_as_it_was_typed(
    sign_in: Open, site: Site, request: pytest.FixtureRequest
) -> None:
    forget = "from orderwell.platform.accounts.models import User; User.objects.update(language='')"
    request.addfinalizer(lambda: site.shell(forget))
    page = sign_in("carl")
    start(page)
    choose_customer(page)
    paste(page, "3 x CUP\nPOT × 2")
    expect(page.locator(".entry-row")).to_have_count(2)
    page.fill("[name=note]", "before the switch")
    # At once: nothing of it needs to have been kept before.
    page.locator("[data-other-language] button").click()
    expect(page.locator("html")).to_have_attribute("lang", re.compile("^zh"))
    expect(page.locator("[name=note]")).to_have_value("before the switch")
    expect(page.locator("[data-total=total]")).to_have_text("¥240.00")
    assert rows(page) == [["CUP", "3"], ["POT", "2"]]
    assert page.locator("[name=customer]").input_value() == "C1"
    # What is already kept and nothing typed since; then one more word on the page that came back.
    page.locator("[data-other-language] button").click()
    expect(page.locator("html")).to_have_attribute("lang", "en")
    page.locator("[name=line_quantity]").first.fill("4")
    page.locator("[data-other-language] button").click()
    expect(page.locator("html")).to_have_attribute("lang", re.compile("^zh"))
    expect(page.locator("[name=line_quantity]").first).to_have_value("4")
    assert rows(page) == [["CUP", "4"], ["POT", "2"]]
    page.keyboard.press("Control+Enter")
    page.wait_for_url(re.compile(r"/orders/\d+/$"))
    expect(page.locator("#content")).to_contain_text("before the switch")


def test_nothing_is_typed_into_an_order_that_is_on_its_way(sign_in: Open) -> None:
    page = sign_in("carl")
    start(page)
    choose_customer(page)
    paste(page, "3 x CUP")
    expect(page.locator("[data-total=total]")).to_have_text("¥60.00")
    page.fill("[name=note]", "as it was sent")
    page.evaluate("document.querySelector('[name=ship_city]').readOnly = true")
    # On its way, and no answer yet.
    page.evaluate("window.addEventListener('submit', (event) => event.preventDefault())")
    page.locator("button[data-busy]").first.click()
    expect(page.locator("button[data-busy]").first).to_be_disabled()
    # A part of the page that is drawn anew meanwhile, as the list of running work is, ends nothing.
    page.evaluate(
        "document.dispatchEvent(new CustomEvent('htmx:afterSwap', { detail: { target: document.createElement('div') } }))"
    )
    for field in ("note", "line_quantity", "ship_city", "external_id"):
        page.evaluate("name => document.querySelector(`[name=${name}]`).focus()", field)
        page.keyboard.type("9")
    page.keyboard.press("Alt+KeyC")
    page.keyboard.press("Backspace")
    remove = page.locator(".entry-row button").first.bounding_box()
    assert remove
    page.mouse.click(remove["x"] + 5, remove["y"] + 5)
    assert rows(page) == [["CUP", "3"]]
    expect(page.locator("[name=note]")).to_have_value("as it was sent")
    assert page.locator("[name=customer]").input_value() == "C1"
    sent = page.evaluate("[...new FormData(document.querySelector('#entry')).entries()]")
    assert ["note", "as it was sent"] in sent and ["customer", "C1"] in sent and ["line_quantity", "3"] in sent
    assert "shop" in [value for name, value in sent if name == "channel"]
    # Given back, it is typed into as before; what was read-only before stays so.
    page.evaluate("window.dispatchEvent(new PageTransitionEvent('pageshow'))")
    page.locator("[name=note]").press_sequentially("!")
    expect(page.locator("[name=note]")).to_have_value(re.compile("!"))
    assert page.evaluate("document.querySelector('[name=ship_city]').readOnly")
    page.locator(".entry-row button").first.click()
    expect(page.locator(".entry-row")).to_have_count(0)


def test_the_last_words_before_a_page_is_left_by_a_link_are_kept_too(sign_in: Open) -> None:
    page = sign_in("anna")
    for words in ("before ten", "before nine", "ring first"):
        start(page)
        paste(page, "CUP\t3")
        expect(page.locator("#entry-kept")).to_have_text("Draft saved")
        draft = page.locator("[name=draft]").input_value()
        page.locator("[name=note]").fill(words)
        page.locator("nav a[href='/customers/']").first.click()
        page.wait_for_url("**/customers/")
        page.goto(f"/orders/new/?draft={draft}")
        expect(page.locator("[name=note]")).to_have_value(words)
        page.wait_for_load_state("networkidle")  # what the device kept is brought home, and opens the draft once more


@pytest.mark.parametrize("by", ["link", "form"])
def test_a_draft_that_comes_home_takes_nobody_back_who_is_leaving(sign_in: Open, by: str) -> None:
    page = sign_in("anna")
    start(page)
    key = f"left-by-{by}"
    page.evaluate(
        """key => localStorage.setItem(`entry:${document.body.dataset.me}:${key}`, JSON.stringify({
      key, version: "0", content: { title: "", fields: { note: "in the tunnel" }, rows: [] } }))""",
        key,
    )
    saving: list[Route] = []
    page.route("**/orders/drafts/", lambda route: saving.append(route))
    # The page that is gone to has nothing to show: on the way there is all that can be seen of it here.
    page.route("**/search/?q=tea" if by == "form" else "**/customers/", lambda route: route.fulfill(status=204))
    with page.expect_request("**/orders/drafts/"):
        page.reload()
    with page.expect_request(lambda request: request.is_navigation_request()):
        if by == "form":
            page.locator("#search-box").fill("tea")
            page.locator("#search-box").press("Enter")
        else:
            page.locator("nav a[href='/customers/']").first.click()
    saving[0].continue_()
    expect(page.locator(".toast", has_text="stands among the unfinished ones")).to_be_visible()
    assert page.url.endswith("/orders/new/")
    page.unroute_all()
    page.goto("/orders/new/")
    offer = page.locator(".entry-drafts li", has=page.locator(f"a[href='?draft={key}']"))
    expect(offer).to_have_count(1)
    page.locator(".entry-drafts").evaluate("drafts => { drafts.open = true; }")
    with page.expect_navigation():
        offer.locator("button").click()
