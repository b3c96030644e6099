"""Transfers, cases and ratings worked with in both languages: keyboard, quick look, columns, filter, view, many rows, file."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

import pytest
from playwright.sync_api import Page, expect

from tests.web.browser.conftest import Site

pytestmark = pytest.mark.browser
Open = Callable[..., Page]
MAKE = """
from decimal import Decimal
from orderwell.domains.cases.models import Case
from orderwell.domains.cases.services.link import enter_by_link, order_link, token_of
from orderwell.domains.cases.services.open_case import CaseDraft, open_case
from orderwell.domains.cases.services.speak import rate
from orderwell.domains.fulfilment.services.many import deliver_many
from orderwell.domains.fulfilment.services.ship import ship
from orderwell.domains.inventory.drafts import TransferDraft, TransferLineDraft
from orderwell.domains.inventory.models import Warehouse
from orderwell.domains.inventory.services.transfer_stock import create_transfer
from orderwell.domains.orders.drafts import LineDraft, OrderDraft
from orderwell.domains.orders.services.place import place_orders
from orderwell.kernel.clock import utc_now
from orderwell.platform.accounts.actor import system_actor
from orderwell.testing.factories import make_warehouse
by = {"actor": system_actor(), "now": utc_now()}
if not Warehouse.objects.filter(code="north").exists():
    make_warehouse("north", priority=500)
line = TransferLineDraft(sku="CUP", quantity=Decimal(1))
for _ in range(3):
    create_transfer(TransferDraft(origin="main", destination="north", lines=(line,)), **by)
drafts = [OrderDraft(channel="shop", customer="C1", lines=(LineDraft("CUP", Decimal(1)),)) for _ in range(3)]
for made in place_orders(drafts, **by):
    deliver_many(shipment_ids=[shipment.pk for shipment in ship(order_id=made.order_id, **by)], **by)
    access = enter_by_link(token=token_of(order_link(order_id=made.order_id, **by)), address="", now=by["now"])
    rate(access=access, score=4, comment="Well packed", now=by["now"])
    open_case(draft=CaseDraft(kind=Case.Kind.QUESTION, subject="A question", body="When?", order_id=made.order_id), **by)
"""


@dataclass(frozen=True)
class Case:
    """`column` is one that is not shown at first; `narrow` a filter with a value that the rows have."""

    path: str
    titles: tuple[str, str]
    column: tuple[str, str, str]
    narrow: tuple[str, str]
    action: str
    reason: bool = False


LISTS = {
    "transfers": Case("/transfers/", ("Transfers", "调拨"), ("note", "Note", "备注"), ("state", "draft"), "dispatch"),
    "cases": Case("/cases/", ("Cases", "工单"), ("priority", "Priority", "优先级"), ("kind", "question"), "close"),
    "ratings": Case(
        "/ratings/", ("Ratings", "评价"), ("hidden_at", "Hidden on", "隐藏时间"), ("score", "4"), "hide", True
    ),
}


@pytest.mark.parametrize("locale", ["en-GB", "zh-CN"])
@pytest.mark.parametrize("name", LISTS)
def test_a_list_is_worked_with_from_the_keyboard_to_the_file(sign_in: Open, site: Site, name: str, locale: str) -> None:
    wanted, chinese = LISTS[name], locale == "zh-CN"
    site.shell(MAKE)
    page = sign_in("anna", locale=locale)
    page.goto(wanted.path)
    expect(page.locator("h1")).to_have_text(wanted.titles[chinese])
    _look(page)
    _choose_column(page, wanted, chinese)
    _narrow_and_keep(page, wanted, f"{name} {locale}")
    _act(page, wanted)
    _take_along(page, name)


def _look(page: Page) -> None:
    """Down and up, and the quick look follows."""
    page.keyboard.press("j")
    marked = page.locator("tr.row-marked")
    expect(marked).to_be_focused()
    first = marked.get_attribute("data-row")
    page.keyboard.press("Space")
    expect(page.locator("#quick-look h2")).to_be_visible()
    page.keyboard.press("ArrowDown")
    expect(page.locator(f"tr.row-marked:not([data-row='{first}'])")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("#quick-look")).to_be_hidden()


def _choose_column(page: Page, wanted: Case, chinese: bool) -> None:
    key, *titles = wanted.column
    head = page.locator("thead th", has_text=titles[chinese])
    # The same person has been here before, in another language.
    page.keyboard.press("c")
    page.locator("#dialog button[name=reset]").click()
    page.wait_for_url("**/?view=all")
    expect(head).to_have_count(0)
    page.keyboard.press("c")
    page.locator(f"#dialog input[value='{key}']").check()
    page.keyboard.press("Control+Enter")
    expect(head).to_have_count(1)


def _narrow_and_keep(page: Page, wanted: Case, title: str) -> None:
    key, value = wanted.narrow
    page.locator(f"[data-filters] select[name={key}]").select_option(value)
    page.wait_for_url(re.compile(rf"[?&]{key}={value}"))
    expect(page.locator(".chips .chip")).to_have_count(1)
    assert page.locator("#list-body tr[data-row]").count() >= 3
    page.locator(".list-tools a[href*='/views/new/']").click()
    page.locator("#dialog #id_name").fill(title)
    page.keyboard.press("Control+Enter")
    tab = page.locator("nav.tabs a", has_text=title)
    expect(tab).to_have_attribute("aria-current", "true")
    page.goto(wanted.path + "?view=all")
    tab.click()
    expect(page.locator(f"[data-filters] select[name={key}]")).to_have_value(value)


def _act(page: Page, wanted: Case) -> None:
    """Three rows at once, by a range."""
    page.locator("[data-pick]").nth(0).click()
    page.locator("[data-pick]").nth(2).click(modifiers=["Shift"])
    expect(page.locator("[data-bulk-count]")).to_contain_text("3")
    page.locator(f"[data-act*='/{wanted.action}/']").click()
    expect(page.locator("#dialog [data-busy]")).to_be_visible()
    if wanted.reason:
        page.locator("#dialog #id_reason").fill("rude")
    page.keyboard.press("Control+Enter")
    expect(page.locator("#dialog .run-counts .look-good")).to_contain_text("3")
    expect(page.locator("#dialog .run-counts .look-bad")).to_have_count(0)
    page.keyboard.press("Escape")
    expect(page.locator("#dialog")).to_be_hidden()


def _take_along(page: Page, name: str) -> None:
    page.locator(".list-tools a[href*='/export']").click()
    page.locator("#id_format").select_option("csv")
    with page.expect_download() as caught:
        page.keyboard.press("Control+Enter")
    assert caught.value.suggested_filename.endswith(".csv")
    assert caught.value.path().read_text(encoding="utf-8-sig").count("\n") >= 1, name
