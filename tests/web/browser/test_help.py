"""The manual beside the work: F1 at the right place, in dialogs too, and the search, with a real browser."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.browser
Open = Callable[..., Page]


def violations(page: Page) -> list[str]:
    found = Axe().run(page).response["violations"]
    return [f"{each['id']}: {[node['html'][:120] for node in each['nodes'][:3]]}" for each in found]


def test_f1_opens_the_manual_at_the_place_of_the_page(sign_in: Open) -> None:
    page = sign_in("anna")
    for path, heading in (
        ("/orders/", "The list of orders"),
        ("/stock/", "The list of stock"),
        ("/system/health/", "Health"),
    ):
        page.goto(path)
        page.keyboard.press("F1")
        expect(page.locator("#help-side h2")).to_have_text(heading)
        assert page.url.endswith(path)
        page.keyboard.press("Escape")
        expect(page.locator("#help-side")).to_be_hidden()


def test_f1_in_a_field_explains_the_field_and_gives_the_focus_back(sign_in: Open) -> None:
    page = sign_in("anna")
    page.goto("/customers/new/")
    page.locator("[name=credit_limit]").fill("500")
    page.keyboard.press("F1")
    expect(page.locator("#help-side .help-found")).to_have_text("Credit limit")
    page.keyboard.press("Escape")
    expect(page.locator("[name=credit_limit]")).to_be_focused()
    expect(page.locator("[name=credit_limit]")).to_have_value("500")


def test_f1_over_a_dialog_is_about_the_dialog(sign_in: Open) -> None:
    page = sign_in("anna")
    page.goto("/stock/")
    page.locator("a[href*='/stock/adjust/']").first.click()
    page.locator("[name=how]").wait_for()
    page.locator(".field-help[data-help-open='stock#adjust-how']").click()
    expect(page.locator("#help-side .help-found")).to_have_text("The quantities are")
    page.locator("#help-side input[type=search]").fill("hold")
    page.locator("#help-side .help-hit", has_text="Hold an order").first.click()
    expect(page.locator("#help-side h2")).to_have_text("Hold an order")
    page.keyboard.press("Escape")
    expect(page.locator("[name=how]")).to_be_visible()


def test_the_manual_is_searched_in_both_languages(sign_in: Open) -> None:
    page = sign_in("anna")
    page.goto("/help/")
    page.locator(".help-contents input[type=search]").fill("cancel")
    page.locator(".help-hit").first.click()
    page.wait_for_url("**/help/orders/#order-cancel")
    expect(page.locator("#order-cancel")).to_be_in_viewport()
    chinese = sign_in("anna", locale="zh-CN")
    chinese.goto("/help/")
    chinese.locator(".help-contents input[type=search]").fill("tuihuo")
    expect(chinese.locator(".help-hit").first).to_contain_text("退货")
    chinese.locator(".help-contents input[type=search]").fill("登记收款")
    expect(chinese.locator(".help-hit mark").first).to_have_text("登记收款")


def test_the_help_menu_holds_the_manual_and_the_keys(sign_in: Open) -> None:
    page = sign_in("wei", width=390, height=844)
    page.goto("/stock/")
    page.get_by_role("button", name="Help", exact=True).click()
    page.get_by_role("link", name=re.compile("About this page")).click()
    expect(page.locator("#help-side h2")).to_have_text("The list of stock")


@pytest.mark.parametrize(
    "path",
    ["/help/", "/help/orders/", "/help/glossary/", "/help/search/?q=order", "/help/tours/", "/system/diagnostics/"],
)
def test_the_manual_is_accessible(sign_in: Open, path: str) -> None:
    page = sign_in("anna")
    page.goto(path)
    assert not violations(page)


def test_the_open_panel_is_accessible(sign_in: Open) -> None:
    page = sign_in("anna")
    page.goto("/customers/new/")
    page.keyboard.press("F1")
    expect(page.locator("#help-side h2")).to_be_visible()
    assert not violations(page)
