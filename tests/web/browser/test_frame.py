"""The frame in a real browser: search by keyboard, live parts, undo, a lost session, the keyboard map."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.web.browser.conftest import PASSWORD, Site
from tests.web.browser.test_daily_work import place_order

pytestmark = pytest.mark.browser
Open = Callable[..., Page]


def hold(page: Page, reason: str) -> None:
    page.keyboard.press("h")
    page.locator("#dialog [name=reason]").fill(reason)
    page.keyboard.press("Control+Enter")
    expect(page.locator("#order-next.order-blocked")).to_contain_text(reason)


def test_search_finds_by_keyboard_what_is_not_an_order(sign_in: Open) -> None:
    page = sign_in("anna")
    for typed, address in (
        ("chabei", r"/products/\d+/$"),
        ("hcb", r"/products/\d+/$"),
        ("13812345678", r"/customers/\d+/$"),
        ("wxm", r"/customers/\d+/$"),
        ("tiaozheng", r"/stock/"),
        ("new cust", r"/customers/new/$"),
    ):
        page.goto("/account/")
        page.keyboard.press("Control+k")
        page.keyboard.type(typed, delay=15)
        page.locator("#search-results a.marked").wait_for()
        links = page.locator("#search-results a[role=option]")
        at = next(
            index for index in range(links.count()) if re.search(address, links.nth(index).get_attribute("href") or "")
        )
        for _ in range(at):
            page.keyboard.press("ArrowDown")
        page.keyboard.press("Enter")
        page.wait_for_url(re.compile(address))


def test_enter_opens_the_exact_hit_even_before_the_list_came(sign_in: Open) -> None:
    page = sign_in("anna")
    page.goto("/stock/")
    page.keyboard.press("/")
    page.keyboard.insert_text("CUP")  # as a scanner does it
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/products/\d+/$"))


def test_an_empty_search_shows_what_was_opened_last(sign_in: Open) -> None:
    page = sign_in("anna")
    number = place_order(page, ("CUP", "1"))
    page.goto("/stock/")
    page.keyboard.press("/")
    expect(page.locator("#search-results a").first).to_contain_text(number)


def test_a_hold_is_undone_from_its_toast(sign_in: Open) -> None:
    page = sign_in("anna")
    place_order(page, ("CUP", "1"))
    hold(page, "wrong order")
    page.locator(".toast").get_by_role("button", name="Undo").click()
    expect(page.locator(".toast")).to_contain_text("The hold is gone again.")
    expect(page.locator("#order-next.order-blocked")).to_have_count(0)


def test_a_start_page_follows_what_a_colleague_does(sign_in: Open) -> None:
    anna = sign_in("anna")
    carl = sign_in("carl")
    carl.goto("/")
    carl.locator("#start-held").wait_for()
    carl.locator("#start-late a, #start-late .start-empty").first.wait_for()
    number = place_order(anna, ("CUP", "1"))
    hold(anna, "please look")
    expect(carl.locator("#start-held")).to_contain_text(number, timeout=20_000)
    expect(carl.locator("[data-counter=on-hold]")).to_have_text(re.compile(r"^\d+"), timeout=20_000)


def test_a_part_that_is_typed_in_is_left_alone(sign_in: Open) -> None:
    anna = sign_in("anna")
    carl = sign_in("carl")
    carl.goto("/")
    carl.evaluate(
        """() => { const field = document.createElement("input"); field.id = "typed";
                   document.querySelector("#start-held").append(field); field.focus(); field.value = "half a wo"; }"""
    )
    number = place_order(anna, ("CUP", "1"))
    hold(anna, "another")
    expect(carl.locator("[data-counter=on-hold]")).to_have_text(re.compile(r"^\d+"), timeout=20_000)
    carl.wait_for_timeout(5000)
    expect(carl.locator("#typed")).to_have_value("half a wo")
    carl.locator("h1").click()
    carl.evaluate("document.activeElement.blur()")
    expect(carl.locator("#start-held")).to_contain_text(number, timeout=20_000)


def test_a_lost_session_loses_nothing_of_a_form(sign_in: Open, site: Site) -> None:
    page = sign_in("carl")
    page.goto("/customers/new/")
    page.fill("[name=name]", "Half a customer")
    page.context.clear_cookies()
    page.evaluate("window.Orderwell.lookNow()")
    page.locator("#signed-out[open]").wait_for()
    page.fill("#again-password", "wrong")
    page.keyboard.press("Enter")
    expect(page.locator("#signed-out .alert")).to_be_visible()
    page.fill("#again-password", PASSWORD)
    page.keyboard.press("Enter")
    page.locator("#signed-out[open]").wait_for(state="hidden")
    expect(page.locator("[name=name]")).to_have_value("Half a customer")
    page.keyboard.press("Control+Enter")
    page.wait_for_url(re.compile(r"/customers/\d+/$"))
    count = "from orderwell.domains.customers.models import Customer; print(Customer.objects.filter(name='Half a customer').count())"
    assert site.shell(count) == "1"


@pytest.mark.parametrize("path, field", [("/customers/new/", "name"), ("/admin/teams/new/", "name")])
def test_a_session_lost_a_moment_ago_loses_nothing_either(sign_in: Open, path: str, field: str) -> None:
    """The form of a page of its own, sent seconds after the page came: nobody has looked whether the session stands."""
    page = sign_in("anna", meant="4(01|03|22)")  # 403: a hint that was seen is told a moment later
    page.goto(path)
    typed = f"Typed in time {path.split('/')[1]}"
    page.fill(f"[name={field}]", typed)
    page.context.clear_cookies()
    page.keyboard.press("Control+Enter")
    page.locator("#signed-out[open]").wait_for()
    expect(page.locator(f"[name={field}]")).to_have_value(typed)
    with page.expect_navigation():  # what was to be sent is sent
        page.fill("#again-password", PASSWORD)
        page.keyboard.press("Enter")
    expect(page.locator("#content")).to_contain_text(typed)


def test_another_language_keeps_what_was_typed(sign_in: Open, site: Site, request: pytest.FixtureRequest) -> None:
    # The choice is the user's; the tests after this one read what their browser asks for.
    forget = "from orderwell.platform.accounts.models import User; User.objects.update(language='')"
    request.addfinalizer(lambda: site.shell(forget))
    page = sign_in("carl")
    page.goto("/customers/new/")
    page.fill("[name=name]", "半个客户")
    page.locator("[data-other-language] button").click()
    page.wait_for_function("document.documentElement.lang.startsWith('zh')")
    expect(page.locator("[name=name]")).to_have_value("半个客户")
    page.fill("[name=name]", "")
    page.locator("[data-other-language] button").click()
    page.wait_for_function("document.documentElement.lang === 'en'")
    expect(page.locator("[name=name]")).to_have_value("")


def test_a_dialog_survives_a_lost_session(sign_in: Open) -> None:
    # 403: that a hint was seen is told a moment later, and may find no session any more.
    page = sign_in("anna", meant="4(01|03|22)")
    place_order(page, ("CUP", "1"))
    page.keyboard.press("h")
    page.locator("#dialog [name=reason]").fill("typed before the session went")
    page.context.clear_cookies()
    page.keyboard.press("Control+Enter")
    page.locator("#signed-out[open]").wait_for()
    page.fill("#again-password", PASSWORD)
    page.keyboard.press("Enter")
    page.locator("#signed-out[open]").wait_for(state="hidden")
    expect(page.locator("#dialog [name=reason]")).to_have_value("typed before the session went")
    page.locator("#dialog [name=reason]").focus()
    page.keyboard.press("Control+Enter")
    expect(page.locator("#order-next.order-blocked")).to_contain_text("typed before the session went")


def test_a_form_that_is_sent_at_once_is_still_a_part_of_its_page(sign_in: Open) -> None:
    """What htmx has put into the page it makes its own a moment later; sent before that, a form would be a page."""
    page = sign_in("anna")
    place_order(page, ("CUP", "1"))
    page.evaluate("htmx.config.defaultSettleDelay = 5000")
    page.keyboard.press("h")
    page.locator("#dialog-content [name=reason]").wait_for(state="attached")
    with page.expect_request(lambda request: request.method == "POST" and "/hold" in request.url) as sent:
        page.evaluate("""
            const reason = document.querySelector("#dialog-content [name=reason]");
            reason.value = "at once";
            reason.form.requestSubmit();
        """)
    assert sent.value.headers.get("hx-request") == "true"
    expect(page.locator("#order-next.order-blocked")).to_contain_text("at once")


def test_the_keyboard_map_shows_what_the_page_offers(sign_in: Open) -> None:
    page = sign_in("anna")
    place_order(page, ("CUP", "1"))
    page.keyboard.press("?")
    here = page.locator("[data-keys-here]")
    expect(here).to_contain_text("Ship")
    expect(page.locator("[data-keys-go]")).to_contain_text("Customers")
    page.keyboard.press("Escape")
    page.goto("/payments/")
    page.keyboard.press("?")
    expect(page.locator("[data-keys-here]")).not_to_contain_text("Ship")


def test_focus_returns_to_where_a_dialog_was_opened(sign_in: Open) -> None:
    page = sign_in("anna")
    place_order(page, ("CUP", "1"))
    opener = page.locator("main a[data-dialog]:visible").first
    opener.focus()
    page.keyboard.press("Enter")
    page.locator("#dialog.show").wait_for()
    page.keyboard.press("Escape")
    page.locator("#dialog.show").wait_for(state="hidden")
    expect(opener).to_be_focused()


def test_escape_in_a_dialog_closes_the_dialog_alone(sign_in: Open) -> None:
    page = sign_in("anna")
    place_order(page, ("CUP", "1"))
    here = page.url
    page.keyboard.press("h")
    button = page.locator("#dialog .modal-footer .btn-primary")
    button.focus()
    page.keyboard.press("Escape")
    expect(page.locator("#dialog")).to_be_hidden()
    page.wait_for_timeout(300)
    assert page.url == here


def test_escape_closes_a_dialog_whose_focus_went_with_what_it_showed(sign_in: Open) -> None:
    page = sign_in("anna")
    place_order(page, ("CUP", "1"))
    page.keyboard.press("h")
    page.locator("#dialog .modal-footer .btn-primary").focus()
    page.evaluate("document.activeElement.blur()")
    page.keyboard.press("Escape")
    expect(page.locator("#dialog")).to_be_hidden()


def test_a_desk_is_chosen_and_kept(sign_in: Open) -> None:
    page = sign_in("anna")
    page.goto("/")
    page.get_by_role("button", name="Bookkeeping").click()
    expect(page.locator("#start-overdue")).to_be_visible()
    page.goto("/orders/")
    page.keyboard.press("g")
    page.keyboard.press("h")
    expect(page.locator("#start-overdue")).to_be_visible()
    page.get_by_role("button", name="Administration").click()
    expect(page.locator("main")).to_contain_text("Health")


def test_the_way_back_doubles_nothing(sign_in: Open, site: Site) -> None:
    page = sign_in("anna")
    number = place_order(page, ("CUP", "1"))
    hold(page, "once only")
    page.go_back()
    page.go_forward()
    count = f"from orderwell.domains.orders.models import Hold; print(Hold.objects.filter(order__number='{number}').count())"
    assert site.shell(count) == "1"


def test_an_answer_that_leads_to_a_place_of_the_same_page_loads_it_anew(sign_in: Open) -> None:
    page = sign_in("anna")
    page.goto("/account/#somewhere")
    page.route("**/undo/", lambda route: route.fulfill(status=204, headers={"HX-Redirect": "/account/#id_theme"}))
    page.evaluate("window.notLoadedAnew = true")
    with page.expect_event("load"):
        page.evaluate("htmx.ajax('POST', '/undo/', {swap: 'none'})")
    assert page.evaluate("window.notLoadedAnew") is None
    assert page.url.endswith("/account/#id_theme")


def test_a_refused_form_begins_at_what_is_wrong_and_says_all_of_it(sign_in: Open) -> None:
    page = sign_in("anna")
    page.goto("/admin/users/new/")
    page.locator("#id_username").fill("Bad User!")
    page.locator("#id_password").fill("short")
    page.locator("#id_password").press("Enter")
    page.wait_for_url(re.compile(r"refused="))
    expect(page.locator(".is-invalid")).to_have_count(2)
    expect(page.locator("#id_username")).to_be_focused()
    assert page.title().endswith(" · Orderwell")


@pytest.mark.parametrize("worker", [True, False])
def test_signing_out_without_a_network_says_that_nobody_is_signed_out(
    sign_in: Callable[..., Page], *, worker: bool
) -> None:
    """The browser's own error page said nothing, and whoever came next was signed in as somebody else."""
    page = sign_in("anna", worker=worker, meant="4(01|22)|ERR_INTERNET|htmx:")
    page.goto("/orders/")
    if worker:
        page.evaluate("navigator.serviceWorker.ready.then(() => 1)")
    page.evaluate("localStorage.setItem('entry:1', 'kept')")
    page.context.set_offline(True)
    page.evaluate("document.querySelector('#sign-out').requestSubmit()")
    expect(page.locator(".toast").filter(has_text="You are still signed in")).to_be_visible()
    assert page.url.endswith("/orders/") and page.evaluate("localStorage.getItem('entry:1')") == "kept"
    page.context.set_offline(False)
    page.evaluate("document.querySelector('#sign-out').requestSubmit()")
    page.wait_for_url("**/sign-in/**")
    assert page.evaluate("localStorage.getItem('entry:1')") is None
    page.goto("/orders/")
    assert "/sign-in/" in page.url
