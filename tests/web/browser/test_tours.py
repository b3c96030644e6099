"""Tours done for real in the practice company: begun from the real one, from the first step to the certificate."""

from __future__ import annotations

import json
import os
import re
import signal
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.web.browser.conftest import Site

pytestmark = pytest.mark.browser
Open = Callable[..., Page]


def folder(site: Site) -> Path:
    return site.installation.directory / "home" / "sandbox"


@pytest.fixture(scope="module")
def practice(site: Site) -> Iterator[Site]:
    """The real company; its practice company is stopped afterwards."""
    yield site
    try:
        state = json.loads((folder(site) / "state.json").read_text())
    except OSError:
        return
    os.kill(state["supervisor"], signal.SIGTERM)
    deadline = time.monotonic() + 30
    while (folder(site) / "state.json").exists() and time.monotonic() < deadline:
        time.sleep(0.1)


def begin(page: Page, tour: str) -> None:
    page.goto("/help/tours/")
    if page.locator("[data-phase=running]").count() == 0:
        prepare = page.get_by_role("button", name="Prepare the practice company")
        if prepare.count():
            prepare.click()
        page.locator("#tours-status[data-phase=running]").wait_for(timeout=300_000)
        page.goto("/help/tours/")
    page.locator(f"[data-tour={tour}]").click()
    page.locator(".practice-bar").wait_for()
    page.locator("#practice .practice-steps").wait_for()


def step(page: Page, task: str) -> None:
    """The step ticks itself; nobody presses anything for it."""
    expect(page.locator(f"#practice li[data-task={task}]")).to_have_class(re.compile(r"\bdone\b"))


def still_open(page: Page, task: str) -> None:
    page.reload()
    page.locator("#practice .practice-steps").wait_for()
    expect(page.locator(f"#practice li[data-task={task}]")).not_to_have_class(re.compile(r"\bdone\b"))


def local(page: Page, path: str) -> str:
    return "/".join(page.url.split("/")[:3]) + path


def type_order(page: Page) -> None:
    page.goto(local(page, "/orders/new/"))
    page.locator("#id_customer-ts-control").wait_for()
    page.locator("#id_customer-ts-control").click()
    page.keyboard.type("C00001", delay=20)
    page.locator("#id_customer-ts-dropdown .option").first.wait_for()
    page.keyboard.press("Enter")
    page.locator("#add-product-ts-control").click()
    page.keyboard.type("TEA", delay=20)
    page.locator("#add-product-ts-dropdown .option").first.wait_for()
    page.keyboard.press("Enter")
    page.locator("[name=line_quantity]").last.fill("2")
    page.keyboard.press("Control+Enter")
    page.wait_for_url(re.compile(r"/orders/\d+/$"))


def test_the_clerk_s_tour_from_start_to_certificate(sign_in: Open, practice: Site) -> None:
    page = sign_in("anna")
    begin(page, "clerk")
    assert page.url.split("/")[2] != practice.address.split("/")[2]
    still_open(page, "find")
    expect(page.locator(".practice-bar")).to_be_visible()
    assert not [each["id"] for each in Axe().run(page).response["violations"]]
    page.goto(local(page, "/customers/"))
    page.locator("table a[href^='/customers/']").first.click()
    step(page, "find")
    still_open(page, "enter")
    type_order(page)
    step(page, "enter")
    order = page.url
    # Somebody else's order doesn't count: only the one that was just entered.
    page.get_by_role("button", name="Hint").click()
    expect(page.locator(".practice-hint")).to_be_visible()
    page.keyboard.press("Escape")
    page.goto(order)
    page.keyboard.press("e")
    page.wait_for_url("**/change/")
    page.locator("input[name^=q-]").first.fill("3")
    page.locator("#change-difference [name=seen]").wait_for(state="attached")
    page.keyboard.press("Control+Enter")
    step(page, "change")
    page.goto(order)
    page.keyboard.press("t")
    page.locator("#dialog [name=body]").fill("Phoned")
    page.keyboard.press("Control+Enter")
    step(page, "note")
    page.goto(order)
    page.keyboard.press("x")
    page.locator("#dialog [name=reason]").fill("Changed their mind")
    page.locator("#dialog [data-fill-all]").first.click()
    page.keyboard.press("Control+Enter")
    step(page, "cancel")
    expect(page.locator(".practice-end")).to_contain_text("45 of 50")
    page.locator("[data-take-back]").click()
    page.wait_for_url(f"{practice.address}/help/tours/")
    expect(page.locator("main")).to_contain_text("45 / 50")
    counted = practice.shell(
        "from orderwell.domains.orders.models import Order; print(Order.objects.filter(note='Phoned').count())"
    )
    assert counted == "0"


def test_the_warehouse_worker_s_tour_from_start_to_certificate(sign_in: Open, practice: Site) -> None:
    page = sign_in("wei")
    begin(page, "warehouse")
    page.goto(local(page, "/to-ship/"))
    step(page, "look")
    page.locator("#practice li[data-task=ship] a", has_text="Go there").click()
    page.wait_for_url(re.compile(r"/orders/\d+/$"))
    page.keyboard.press("s")
    page.locator("#dialog [name=carrier]").fill("SF")
    page.locator("#dialog [name=tracking_number]").fill("SF-1")
    page.keyboard.press("Control+Enter")
    step(page, "ship")
    page.goto(local(page, "/transfers/new/"))
    sku = stocked(practice)
    page.locator("[name=origin]").select_option(sku["origin"])
    page.locator("[name=destination]").select_option(sku["destination"])
    page.locator("[name=lines]").fill(f"{sku['sku']} 1")
    page.keyboard.press("Control+Enter")
    page.wait_for_url(re.compile(r"/transfers/$"))
    still_open(page, "send")
    page.locator("main table a[href^='/transfers/']").first.click()
    page.wait_for_url(re.compile(r"/transfers/\d+/$"))
    page.locator("a[href$='/dispatch/']").first.click()
    page.locator("#dialog button.btn-primary").click()
    step(page, "send")
    page.locator("a[href$='/receive/']").first.click()
    page.locator("#dialog button.btn-primary").click()
    step(page, "receive")
    page.goto(local(page, f"/stock/adjust/?sku={sku['sku']}&warehouse={sku['origin']}"))
    page.locator("[name=warehouse]").select_option(sku["origin"])
    page.locator("[name=reason]").select_option("count")
    page.locator("[name=lines]").fill(f"{sku['sku']} 500")
    page.keyboard.press("Control+Enter")
    step(page, "count")
    expect(page.locator(".practice-end")).to_contain_text("50 of 50")
    page.locator("[data-take-back]").click()
    expect(page.locator("main")).to_contain_text("50 / 50")


def stocked(practice: Site) -> dict[str, str]:
    """A product of the practice company with enough free units, read from its own database."""
    code = f"""
import json, os, django
os.environ["ORDERWELL_HOME"] = {str(folder(practice))!r}
django.setup()
from django.db.models import F
from orderwell.domains.inventory.models import StockItem, Warehouse
row = StockItem.objects.filter(on_hand__gte=F("reserved") + 50).select_related("variant", "warehouse").order_by("-on_hand").first()
other = Warehouse.objects.filter(active=True).exclude(pk=row.warehouse_id).first()
print(json.dumps(dict(sku=row.variant.sku, origin=row.warehouse.code, destination=other.code)))
"""
    found: dict[str, str] = json.loads(practice.installation.python("-c", code).stdout)
    return found


def test_a_way_in_is_used_once_and_a_reset_forgets(sign_in: Open, practice: Site) -> None:
    # While it is being reset nobody answers there, and the browser says so.
    page = sign_in("carl", meant="4(01|22)|net::ERR_|htmx:")
    notes: list[str] = []
    page.on("request", lambda request: notes.append(request.url) if "/practice/enter/" in request.url else None)
    begin(page, "manager")
    page.locator("#practice [name=answer]").fill("999999")
    page.locator("#practice .practice-answer button").click()
    expect(page.locator("#practice")).to_contain_text("Not yet right")
    late = page.context.request.get(notes[0])
    assert late.status == 404 and "Begin the tour again" in late.text()
    page.goto(local(page, "/practice/reset/"))
    page.locator("main form[data-once] button[data-busy]").click()
    expect(page.locator("main")).to_contain_text("It is being reset")
    page.locator("main a", has_text="Back to work").click()
    page.wait_for_url(f"{practice.address}/help/tours/")
    deadline = time.monotonic() + 40
    reset = folder(practice) / "reset"
    while reset.exists() and time.monotonic() < deadline:
        time.sleep(0.2)
    begin(page, "manager")
    expect(page.locator("#practice .practice-points")).to_contain_text(
        "0 / 5"
    )  # whoever may not release a hold is not asked to


@pytest.mark.parametrize("locale", ["en-GB", "zh-CN"])
def test_the_handheld_s_tour_from_start_to_certificate(sign_in: Open, practice: Site, locale: str) -> None:
    page = sign_in("wei", locale=locale, width=390, height=844)
    begin(page, "handheld")
    still_open(page, "open")
    page.goto(local(page, "/handheld/"))
    page.locator(".hh-tile").first.wait_for()
    step(page, "open")
    assert not [each["id"] for each in Axe().run(page).response["violations"]]
    said = page.locator("#practice li[data-task=ship] > span").inner_text()
    assert ("仓库" in said) is (locale == "zh-CN")
    number = re.search(r"SO\d+", said)
    house = next(name for name in page.locator("#hh-warehouse option").all_inner_texts() if name in said)
    assert number
    page.locator("#hh-warehouse").select_option(label=house)
    page.goto(local(page, "/handheld/#/pick"))
    page.locator(".hh-row", has_text=number[0]).click()
    # The steps take no room from the work once they are folded, and stay folded.
    page.locator(".practice-card summary").click()
    for item in page.locator(".hh-item").all():
        while item.locator(".hh-done").count() == 0:
            number = item.locator(".hh-count input")
            before = number.input_value()
            item.locator(".hh-count .btn-icon").last.click()
            expect(number).not_to_have_value(before)
    page.locator(".hh-foot button").click()
    page.fill("#hh-carrier", "SF")
    page.evaluate("document.activeElement.blur()")
    page.keyboard.type("SF-77")
    page.keyboard.press("Enter")
    expect(page.locator("#hh-tracking")).to_have_value("SF-77")
    page.locator("#hh-ship").click()
    step(page, "ship")
    expect(page.locator("#practice .practice-steps")).to_be_hidden()
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.goto(local(page, "/handheld/#/receive/free"))
    page.locator("#hh-reference").wait_for()
    page.keyboard.type(stocked(practice)["sku"])
    page.keyboard.press("Enter")
    expect(page.locator(".hh-item .hh-quantity")).to_have_value("1")
    page.locator("#hh-receive").click()
    step(page, "receive")
    page.locator(".practice-card summary").click()
    finish(page, "30")


def to_the_order(page: Page, task: str) -> None:
    page.locator(f"#practice li[data-task={task}] a", has_text="Go there").click()
    page.wait_for_url(re.compile(r"/orders/\d+/$"))


def finish(page: Page, points: str) -> None:
    expect(page.locator(".practice-end")).to_contain_text(re.compile(rf"\b{points}\D+{points}\b"))
    page.locator("[data-take-back]").click()
    expect(page.locator("main")).to_contain_text(f"{points} / {points}")


def test_the_bookkeeper_s_tour_from_start_to_certificate(sign_in: Open, practice: Site) -> None:
    page = sign_in("gao")
    begin(page, "bookkeeper")
    to_the_order(page, "invoice")
    page.keyboard.press("i")
    page.locator("#dialog button.btn-primary").click()
    step(page, "invoice")
    still_open(page, "payment")
    page.keyboard.press("p")
    page.locator("#dialog [name=reference]").fill("BANK-1")
    page.keyboard.press("Control+Enter")
    step(page, "payment")
    booked = re.search(r"RT\d+", page.locator("#practice li[data-task=credit]").inner_text())
    kept = re.search(r"RT\d+", page.locator("#practice li[data-task=settle]").inner_text())
    assert booked and kept
    page.goto(local(page, "/returns/?credit=open"))
    page.locator("main table a", has_text=booked[0]).first.click()
    page.locator("a[href$='/credit/']").first.click()
    page.locator("#dialog [name=refund]").check()
    page.locator("#dialog button.btn-primary").click()
    step(page, "credit")
    step(page, "refund")
    page.goto(local(page, "/returns/?credit=open"))
    page.locator("main table a", has_text=kept[0]).first.click()
    page.locator("a[href$='/settle/']").first.click()
    page.locator("#dialog [name=reason]").fill("Got another one")
    page.locator("#dialog button.btn-primary").click()
    step(page, "settle")
    finish(page, "50")


def answer(page: Page, task: str, figure: str) -> None:
    """Read a figure off the overview, and type it where the tour asks for it."""
    page.goto(local(page, "/overview/"))
    read = page.locator(f"a.figure[href*='{figure}'] .figure-value").first.inner_text()
    field = page.locator(f"#practice li[data-task={task}] [name=answer]")
    field.fill(read.strip().replace(",", ""))
    field.press("Enter")
    step(page, task)


def test_the_manager_s_tour_from_start_to_certificate(sign_in: Open, practice: Site) -> None:
    page = sign_in("anna")
    begin(page, "manager")
    answer(page, "late", "late=1")
    answer(page, "to-ship", "fulfilment=waiting")
    page.goto(local(page, "/customers/"))
    page.locator("table a[href^='/customers/']").first.click()
    step(page, "customer")
    page.keyboard.press("e")
    page.wait_for_url(re.compile(r"/customers/\d+/change/$"))
    page.locator("[name=payment_terms_days]").fill("21")
    page.keyboard.press("Control+Enter")
    step(page, "terms")
    to_the_order(page, "hold")
    page.keyboard.press("h")
    page.locator("#dialog [name=kind]").select_option("price")
    page.locator("#dialog [name=reason]").fill("Ask about the price")
    page.keyboard.press("Control+Enter")
    step(page, "hold")
    page.keyboard.press("l")
    page.locator("#dialog [name=reason]").fill("Asked: it is right")
    page.keyboard.press("Control+Enter")
    step(page, "release")
    finish(page, "60")


def test_the_administrator_s_tour_from_start_to_certificate(sign_in: Open, practice: Site) -> None:
    page = sign_in("anna")
    begin(page, "administrator")
    for task, path in (("health", "/system/health/"), ("events", "/system/events/"), ("dead", "/system/dead-letters/")):
        still_open(page, task)
        page.goto(local(page, path))
        step(page, task)
    page.goto(local(page, "/admin/users/new/"))
    page.locator("main [name=username]").fill("begins-monday")
    for field in page.locator("main input[type=password]").all():
        field.fill("a first long password")
    page.locator("main label.form-check", has_text="Sales clerk").first.click()
    page.keyboard.press("Control+Enter")
    step(page, "user")
    page.goto(local(page, "/system/diagnostics/"))
    step(page, "bundle")
    finish(page, "50")
