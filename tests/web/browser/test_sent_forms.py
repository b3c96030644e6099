"""What is typed into a form outlives the sending of it: one that was stopped, and one that reached no server."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, Route, expect

from tests.web.browser.conftest import Site

pytestmark = pytest.mark.browser
Open = Callable[..., Page]
# While another page is on its way nothing can be asked of this one from outside; keys are heard.
ON_KEYS = """document.addEventListener("keydown", ({ key }) => {
  if (key === "F8") window.stop(); // as the browser's button does it
})"""


@pytest.mark.parametrize("how", ["Escape", "F8"])
def test_a_form_that_was_stopped_on_its_way_can_be_typed_into_and_sent_again(
    sign_in: Open, site: Site, how: str
) -> None:
    """Its fields stayed at rest until the page was loaded anew, which took with it what was typed."""
    page = sign_in("anna")
    page.goto("/customers/new/")
    name = page.locator("#customer-form [name=name]")
    name.press_sequentially(f"Stopped by {how}")
    held: list[Route] = []
    page.route(
        "**/customers/new/",
        lambda route: held.append(route) if route.request.method == "POST" else route.continue_(),
    )
    page.evaluate(ON_KEYS)
    page.evaluate("setTimeout(() => document.querySelector('#customer-form [data-busy]').click())")
    while not held:
        page.wait_for_timeout(20)
    page.keyboard.press(how)
    expect(name).to_be_editable()
    assert page.url.endswith("/customers/new/")
    expect(name).to_have_value(f"Stopped by {how}")
    expect(page.locator("#customer-form button[data-busy]").first).to_be_enabled()
    # Nobody knows whether it arrived: the page asks before it is left.
    assert page.evaluate("!window.dispatchEvent(new Event('beforeunload', { cancelable: true }))")
    name.press("End")
    name.press_sequentially("!")
    page.unroute("**/customers/new/")
    page.keyboard.press("Control+Enter")
    page.wait_for_url(re.compile(r"/customers/\d+/$"))
    named = "from orderwell.domains.customers.models import Customer;"
    count = f"{named} print(Customer.objects.filter(name='Stopped by {how}!').count())"
    assert site.shell(count) == "1"


@pytest.mark.parametrize(
    ("path", "arrives"), [("/customers/new/", r"/customers/\d+/$"), ("/admin/teams/new/", r"/admin/teams/")]
)
def test_a_form_without_a_network_stays_and_says_so_once_and_is_sent_again(
    sign_in: Open, path: str, arrives: str
) -> None:
    page = sign_in("anna", meant="ERR_INTERNET|htmx:")
    page.goto(path)
    typed = page.locator("#content form[data-once] [name=name]")
    typed.fill("Typed in the tunnel")
    page.context.set_offline(True)
    for _ in range(2):
        typed.press("Control+Enter")
        told = page.locator(".toast", has_text=page.locator("body").get_attribute("data-text-offline") or "?")
        expect(told).to_be_visible()
        expect(typed).to_be_editable()
        expect(typed).to_have_value("Typed in the tunnel")
    expect(told).to_have_count(1)
    assert page.url.endswith(path)
    page.context.set_offline(False)
    with page.expect_navigation(url=re.compile(arrives)):
        typed.press("Control+Enter")
    expect(page.locator("#content")).to_contain_text("Typed in the tunnel")
