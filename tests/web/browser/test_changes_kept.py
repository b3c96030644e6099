"""What is typed over an order or a quote is kept as a new order is: through a crash, another language, no connection."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.web.browser.conftest import Site
from tests.web.browser.test_order_page import order, quantity

pytestmark = pytest.mark.browser
Open = Callable[..., Page]
# What the browser notes of requests without a connection, also of the parts of a page that are fetched anew meanwhile.
AWAY = "4(01|22)|INTERNET_DISCONNECTED|htmx:"
QUOTE = """
from decimal import Decimal
from orderwell.kernel.clock import utc_now
from orderwell.platform.accounts.actor import system_actor
from orderwell.domains.orders.drafts import LineDraft, OrderDraft
from orderwell.domains.orders.services.quote import save_quote
draft = OrderDraft(channel="shop", customer="C1", lines=(LineDraft("CUP", Decimal(2)),), note="as agreed")
print(save_quote(draft=draft, actor=system_actor(), now=utc_now()).order_id)
"""


def quote(site: Site) -> int:
    return int(site.shell(QUOTE).splitlines()[-1])


def kept(page: Page) -> Locator:
    return page.locator("#entry-kept")


@pytest.fixture
def in_english(site: Site, request: pytest.FixtureRequest) -> None:
    forget = "from orderwell.platform.accounts.models import User; User.objects.update(language='')"
    request.addfinalizer(lambda: site.shell(forget))


def test_a_change_survives_the_death_of_the_browser(sign_in: Open, site: Site) -> None:
    page, path = sign_in("anna"), f"/orders/{order(site)}/change/"
    page.goto(path)
    quantity(page, "CUP").fill("8")
    page.fill("[name=reason]", "wants more")
    expect(kept(page)).to_have_text("Draft saved")
    page.context.close()
    again = sign_in("anna")
    again.goto(path)
    expect(quantity(again, "CUP")).to_have_value("5")
    again.locator(".entry-drafts a").click()
    expect(quantity(again, "CUP")).to_have_value("8")
    expect(again.locator("[name=reason]")).to_have_value("wants more")
    expect(again.locator("#change-difference")).to_contain_text("¥190.00 → ¥250.00")
    again.locator("#change-confirm").click()
    again.wait_for_url(re.compile(r"/orders/\d+/$"))
    again.goto(path)
    expect(quantity(again, "CUP")).to_have_value("8")
    expect(again.locator(".entry-drafts")).to_have_count(0)


def test_what_was_typed_and_taken_back_is_no_draft(sign_in: Open, site: Site) -> None:
    page, path = sign_in("anna"), f"/orders/{order(site)}/change/"
    page.goto(path)
    quantity(page, "CUP").fill("8")
    expect(kept(page)).to_have_text("Draft saved")
    with page.expect_response(re.compile("/change/draft/$")):
        quantity(page, "CUP").fill("5")
    page.goto(path)
    expect(page.locator("#order-change")).to_be_visible()
    expect(page.locator(".entry-drafts")).to_have_count(0)


@pytest.mark.usefixtures("in_english")
def test_another_language_opens_the_change_as_it_was_typed(sign_in: Open, site: Site) -> None:
    page, path = sign_in("anna"), f"/orders/{order(site)}/change/"
    page.goto(path)
    quantity(page, "CUP").fill("8")
    page.locator("label[for^=x-]").last.click()
    # At once: nothing of it needs to have been kept before.
    page.locator("[data-other-language] button").click()
    expect(page.locator("html")).to_have_attribute("lang", re.compile("^zh"))
    expect(quantity(page, "CUP")).to_have_value("8")
    expect(page.locator("#change-rows .row-removed")).to_contain_text("POT")


@pytest.mark.usefixtures("in_english")
def test_another_language_opens_the_quote_as_it_was_typed(sign_in: Open, site: Site) -> None:
    page, path = sign_in("anna"), f"/orders/{quote(site)}/edit/"
    page.goto(path)
    expect(page.locator("#entry:not(.entry-waits)")).to_be_visible()
    page.locator("[name=line_quantity]").fill("7")
    page.fill("[name=note]", "as agreed by phone")
    page.locator("[data-other-language] button").click()
    expect(page.locator("html")).to_have_attribute("lang", re.compile("^zh"))
    expect(page.locator("[name=line_quantity]")).to_have_value("7")
    expect(page.locator("[name=note]")).to_have_value("as agreed by phone")
    page.keyboard.press("Control+Enter")
    page.wait_for_url(re.compile(r"/orders/\d+/$"))
    expect(page.locator("#content")).to_contain_text("as agreed by phone")
    page.goto(path)
    expect(page.locator("#entry:not(.entry-waits)")).to_be_visible()
    expect(page.locator(".entry-drafts")).to_have_count(0)


def test_a_quote_that_is_only_looked_at_leaves_no_draft(sign_in: Open, site: Site) -> None:
    page, number = sign_in("anna"), quote(site)
    page.goto(f"/orders/{number}/edit/")
    expect(page.locator("[data-total=total]")).to_have_text("¥40.00")
    page.goto(f"/orders/{number}/")
    count = f"from orderwell.platform.drafts.models import Draft; print(Draft.objects.filter(kind='quote:{number}').count())"
    assert site.shell(count) == "0"


@pytest.mark.parametrize("form", ["change", "edit"])
def test_without_a_connection_it_is_kept_on_the_device_until_the_form_is_opened_again(
    sign_in: Open, site: Site, form: str
) -> None:
    page = sign_in("anna", meant=AWAY)
    path = f"/orders/{order(site) if form == 'change' else quote(site)}/{form}/"
    page.goto(path)
    expect(page.locator("form[data-main]:not(.entry-waits)")).to_be_visible()
    page.context.set_offline(True)
    page.fill("[name=note]", "typed in the tunnel")
    expect(kept(page)).to_contain_text("kept on this device")
    assert "typed in the tunnel" in page.evaluate("JSON.stringify({...localStorage})")
    page.goto("about:blank")
    page.context.set_offline(False)
    # A new order is another form.
    page.goto("/orders/new/")
    expect(page.locator("#id_customer-ts-control")).to_be_focused()
    page.wait_for_load_state("networkidle")
    assert page.url.endswith("/orders/new/")
    page.goto(path)
    page.wait_for_url(re.compile(r"\?draft=\w+$"))
    expect(page.locator("[name=note]")).to_have_value("typed in the tunnel")
    assert "typed in the tunnel" not in page.evaluate("JSON.stringify({...localStorage})")
