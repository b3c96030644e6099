"""The warehouse with a phone in the hand: pick, pack, ship, with a network, without one, and with everything going wrong."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests.web.browser.conftest import PASSWORD, Site

if TYPE_CHECKING:
    from playwright.sync_api import Page, Route

pytestmark = pytest.mark.browser
Open = Callable[..., "Page"]

PLACE = """
from datetime import timedelta
from decimal import Decimal
from orderwell.domains.orders.drafts import AddressDraft, LineDraft, OrderDraft
from orderwell.domains.orders.models import Order
from orderwell.domains.orders.services.place import place_orders
from orderwell.kernel.clock import utc_now
from orderwell.platform.accounts.actor import system_actor
draft = OrderDraft(channel="shop", customer="C1", lines=tuple(LineDraft(s, Decimal(q)) for s, q in LINES),
    ship_to=AddressDraft(recipient="王小明", phone="13812345678", street="人民路1号", city="上海市"),
    # What is due goes first, and the list of a handheld is short.
    requested_at=utc_now() - timedelta(days=30))
print(place_orders([draft], actor=system_actor(), now=utc_now())[0].number)
"""
SHIPPED = """
import json
from orderwell.domains.orders.models import Order
from orderwell.domains.fulfilment.models import Shipment, ShipmentLine
from orderwell.domains.inventory.models import StockItem
from django.db.models import Sum
order = Order.objects.get(number=NUMBER)
found = Shipment.objects.filter(order=order)
lines = ShipmentLine.objects.filter(shipment__order=order)
print(json.dumps({
    "shipments": [[s.carrier, s.tracking_number] for s in found],
    "units": {k: int(v) for k, v in lines.values_list("stock_item__variant__sku").annotate(n=Sum("quantity"))},
    "reserved": sum(int(i.reserved) for i in StockItem.objects.all()),
}))
"""
OFFLINE = "4(01|22)|net::ERR_|Failed to fetch"
CUP, POT = "6901234567892", "6901234567908"


def place(site: Site, *lines: tuple[str, int]) -> str:
    return site.shell(f"LINES = {lines!r}\n{PLACE}")


def shipped(site: Site, number: str) -> dict[str, object]:
    found: dict[str, object] = json.loads(site.shell(f"NUMBER = {number!r}\n{SHIPPED}").splitlines()[-1])
    return found


def verified(site: Site) -> bool:
    return site.installation.python("-m", "orderwell", "verify", check=False).returncode == 0


def scan(page: Page, code: str) -> None:
    """As a scanner in keyboard-wedge mode: fast keys, Enter, no field in focus."""
    page.evaluate("document.activeElement?.blur()")
    page.keyboard.type(code)
    page.keyboard.press("Enter")


def start(sign_in: Open, *, locale: str = "en-GB", worker: bool = True) -> Page:
    page = sign_in("wei", locale=locale, width=390, height=844, worker=worker, meant=OFFLINE)
    page.goto("/handheld/")
    page.locator(".hh-tile").first.wait_for()
    if worker:
        page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    return page


def pick_all(page: Page, number: str) -> None:
    """Two cups and a pot, scanned one by one."""
    page.goto("/handheld/#/pick")
    page.locator("#hh-screen[data-screen=pick] .hh-row", has_text=number).wait_for()
    scan(page, number)
    expect(page.locator("#hh-title")).to_contain_text(number)
    for code, said in ((CUP, "1"), (CUP, "2"), (POT, "1")):
        scan(page, code)
        expect(page.locator("#hh-verdict")).to_contain_text(said)


def pack(page: Page, number: str, *, tracking: str = "TRK-1", carrier: str = "DHL") -> None:
    page.locator(".hh-foot button").click()
    expect(page.locator("#hh-ship")).to_be_visible()
    page.fill("#hh-carrier", carrier)
    scan(page, tracking)
    expect(page.locator("#hh-tracking")).to_have_value(tracking)
    page.locator("#hh-ship").click()
    expect(page.locator("#hh-verdict")).to_contain_text(number)


def waiting(page: Page, number: int) -> None:
    expect(page.locator("#hh-state")).to_have_attribute("data-waiting", str(number))


def narrow(page: Page) -> None:
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


@pytest.mark.parametrize(("locale", "right", "wrong"), [("en-GB", "Right", "Wrong"), ("zh-CN", "正确", "错误")])
def test_pick_pack_and_ship_on_a_phone(sign_in: Open, site: Site, locale: str, right: str, wrong: str) -> None:
    number = place(site, ("CUP", 2), ("POT", 1))
    page = start(sign_in, locale=locale)
    narrow(page)
    pick_all(page, number)
    narrow(page)
    expect(page.locator("#hh-verdict")).to_contain_text(right)
    scan(page, CUP)  # a third cup
    expect(page.locator("#hh-verdict")).to_contain_text(wrong)
    scan(page, "4006381333931")
    expect(page.locator("#hh-verdict.hh-bad")).to_contain_text("4006381333931")
    pack(page, number)
    waiting(page, 0)
    expect(page.locator("#hh-screen")).not_to_contain_text(number)
    found = shipped(site, number)
    assert found["shipments"] == [["DHL", "TRK-1"]] and found["units"] == {"CUP": 2, "POT": 1}


def test_without_a_network_everything_waits_and_is_done_exactly_once(sign_in: Open, site: Site) -> None:
    numbers = [place(site, ("CUP", 2), ("POT", 1)) for _ in range(2)]
    page = start(sign_in)
    context = page.context
    page.goto("/handheld/#/pick")
    page.locator(".hh-row", has_text=numbers[1]).wait_for()
    context.set_offline(True)
    pick_all(page, numbers[0])
    pack(page, numbers[0], tracking="OFF-1")
    waiting(page, 1)
    pick_all(page, numbers[1])
    # The tab is closed in the middle of the work, and the device has no network when it is opened again.
    page.close()
    page = context.new_page()
    page.goto("/handheld/#/pack")
    expect(page.locator(".hh-row", has_text=numbers[1])).to_contain_text("picked")
    expect(page.locator("#hh-screen")).not_to_contain_text(numbers[0])
    page.locator(".hh-row", has_text=numbers[1]).click()
    page.fill("#hh-carrier", "DHL")
    scan(page, "OFF-2")
    page.locator("#hh-ship").click()
    waiting(page, 2)
    assert shipped(site, numbers[0])["shipments"] == []
    context.set_offline(False)
    waiting(page, 0)
    for number, tracking in zip(numbers, ("OFF-1", "OFF-2"), strict=True):
        found = shipped(site, number)
        assert found["shipments"] == [["DHL", tracking]] and found["units"] == {"CUP": 2, "POT": 1}
    assert verified(site)


def test_an_answer_that_never_arrived_ships_nothing_twice(sign_in: Open, site: Site) -> None:
    number = place(site, ("CUP", 2), ("POT", 1))
    page = start(sign_in, worker=False)
    lost = []

    def lose_first(route: Route) -> None:
        if lost:
            route.continue_()
            return
        lost.append(route.fetch().status)  # the server has done it
        route.abort()

    page.route("**/handheld/act/", lose_first)
    pick_all(page, number)
    pack(page, number, tracking="LOST-1")
    waiting(page, 0)
    assert lost == [200]
    assert shipped(site, number)["shipments"] == [["DHL", "LOST-1"]]
    page.goto("/handheld/#/queue")
    expect(page.locator("[data-state=done]", has_text=number)).to_have_count(1)


def test_a_lost_session_asks_to_sign_in_and_goes_on_with_the_same_queue(sign_in: Open, site: Site) -> None:
    number = place(site, ("CUP", 2), ("POT", 1))
    page = start(sign_in)
    pick_all(page, number)
    page.context.clear_cookies()
    pack(page, number, tracking="SESS-1")
    page.locator("#hh-sign-in[open]").wait_for()
    waiting(page, 1)
    page.fill("#hh-username", "wei")
    page.fill("#hh-password", PASSWORD)
    page.keyboard.press("Enter")
    waiting(page, 0)
    assert shipped(site, number)["shipments"] == [["DHL", "SESS-1"]]


def test_nobody_sends_what_another_person_did(sign_in: Open, site: Site) -> None:
    number = place(site, ("CUP", 2), ("POT", 1))
    page = start(sign_in)
    pick_all(page, number)
    page.context.clear_cookies()
    pack(page, number, tracking="MINE-1")
    page.locator("#hh-sign-in[open]").wait_for()
    page.fill("#hh-username", "anna")
    page.fill("#hh-password", PASSWORD)
    page.keyboard.press("Enter")
    expect(page.locator("[data-notice=others]")).to_contain_text("1")
    assert shipped(site, number)["shipments"] == []
    page.goto("/")
    page.evaluate("document.querySelector('#sign-out').requestSubmit()")
    page.wait_for_url("**/sign-in/**")
    page.fill("[name=username]", "wei")
    page.fill("[name=password]", PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url(lambda url: "/sign-in/" not in url)
    page.goto("/handheld/")
    page.locator(".hh-tile").first.wait_for()
    waiting(page, 0)
    page.goto("/handheld/#/queue")
    expect(page.locator("[data-state=done]", has_text=number)).to_have_count(1)
    assert shipped(site, number)["shipments"] == [["DHL", "MINE-1"]]


def test_two_tabs_send_each_action_once(sign_in: Open, site: Site) -> None:
    numbers = [place(site, ("CUP", 2), ("POT", 1)) for _ in range(2)]
    first = start(sign_in)
    sent: list[str] = []
    first.context.on("request", lambda request: sent.append(request.url) if "/handheld/act/" in request.url else None)
    second = first.context.new_page()
    second.goto("/handheld/")
    second.locator(".hh-tile").first.wait_for()
    first.context.set_offline(True)
    for page, number in ((first, numbers[0]), (second, numbers[1])):
        pick_all(page, number)
        pack(page, number, tracking=f"TAB-{number}")
    waiting(first, 2)
    # The same order open in both tabs: whoever comes second is told.
    third = place(site, ("CUP", 1))
    first.context.set_offline(False)
    waiting(first, 0)
    for page in (first, second):
        page.goto("/handheld/#/")
        page.locator("[aria-label='Fetch anew']").click()
        page.goto("/handheld/#/pack")
        page.locator(".hh-row", has_text=third).click()
        page.locator("[data-sku=CUP]").wait_for()
    scan(first, CUP)
    expect(first.locator("#hh-verdict")).to_contain_text("1 of 1")
    first.locator("#hh-ship").click()
    expect(first.locator("#hh-verdict")).to_contain_text(third)
    scan(second, CUP)
    expect(second.locator("#hh-verdict")).to_contain_text("1 of 1")
    second.locator("#hh-ship").click()
    expect(second.locator("#hh-verdict.hh-bad")).to_contain_text(third)
    waiting(first, 0)
    waiting(second, 0)
    for number in numbers:
        assert shipped(site, number)["shipments"] == [["DHL", f"TAB-{number}"]]
    assert shipped(site, third)["units"] == {"CUP": 1}


def test_a_refused_parcel_says_what_to_do_and_is_never_dropped(sign_in: Open, site: Site) -> None:
    number = place(site, ("CUP", 2), ("POT", 1))
    page = start(sign_in)
    pick_all(page, number)
    page.context.set_offline(True)
    site.shell(
        f"""
from orderwell.domains.orders.models import Order
from orderwell.domains.orders.services.hold import place_hold, release_hold
from orderwell.kernel.clock import utc_now
from orderwell.platform.accounts.actor import system_actor
place_hold(order_id=Order.objects.get(number={number!r}).pk, kind="other", reason="call first", actor=system_actor(), now=utc_now())
"""
    )
    pack(page, number, tracking="HELD-1")
    page.context.set_offline(False)
    expect(page.locator("#hh-state")).to_have_attribute("data-refused", "1")
    # Green was said for it when it was packed; now it is red and names the order.
    expect(page.locator("#hh-verdict.hh-bad")).to_contain_text(number)
    expect(page.locator("#hh-verdict.hh-bad")).to_contain_text("Keep the parcel here")
    page.locator("#hh-state").click()
    card = page.locator("[data-state=refused]", has_text=number)
    expect(card).to_contain_text("on hold")
    expect(card).to_contain_text("Keep the parcel here")
    site.shell(
        f"""
from orderwell.domains.orders.models import Hold, Order
from orderwell.domains.orders.services.hold import release_hold
from orderwell.kernel.clock import utc_now
from orderwell.platform.accounts.actor import system_actor
hold = Hold.objects.get(order__number={number!r})
release_hold(hold_id=hold.pk, reason="called", actor=system_actor(), now=utc_now())
"""
    )
    card.get_by_role("button", name="Try again").click()
    expect(page.locator("#hh-state")).to_have_attribute("data-refused", "0")
    waiting(page, 0)
    assert shipped(site, number)["shipments"] == [["DHL", "HELD-1"]]
    boss = sign_in("anna")
    boss.goto("/to-sort-out/")
    expect(boss.locator("main")).not_to_contain_text(number)
    boss.goto("/to-sort-out/?state=settled")
    expect(boss.locator("main")).to_contain_text(number)


def test_the_application_can_be_installed_and_helps_without_a_network(sign_in: Open) -> None:
    page = start(sign_in)
    manifest = page.evaluate(
        "fetch(document.querySelector('link[rel=manifest]').href, { credentials: 'include' }).then((a) => a.json())"
    )
    assert manifest["display"] == "standalone" and manifest["start_url"] == "/"
    state = page.evaluate("navigator.serviceWorker.ready.then((found) => found.active.state)")
    assert state in ("activated", "activating")
    page.reload()
    assert page.evaluate("Boolean(navigator.serviceWorker.controller)")
    page.context.set_offline(True)
    page.goto("/orders/")
    expect(page.locator("body")).to_contain_text("The server cannot be reached")
    expect(page.locator("body")).to_contain_text("连不上服务器")
    page.get_by_role("link", name="To the handheld").click()
    page.locator(".hh-tile").first.wait_for()


def test_signing_out_takes_the_fetched_work_along(sign_in: Open, site: Site) -> None:
    place(site, ("CUP", 1))
    page = start(sign_in)
    page.reload()
    page.locator(".hh-tile").first.wait_for()
    page.goto("/")
    page.evaluate("document.querySelector('#sign-out').requestSubmit()")
    page.wait_for_url("**/sign-in/**")
    kept = """async () => {
      const open = () => new Promise((resolve) => { const asked = indexedDB.open("orderwell-handheld"); asked.onsuccess = () => resolve(asked.result); });
      const base = await open();
      const count = (name) => new Promise((resolve) => { const asked = base.transaction(name).objectStore(name).count(); asked.onsuccess = () => resolve(asked.result); });
      return [await count("work"), await count("session"), (await caches.keys()).filter((name) => name === "orderwell-pages").length];
    }"""
    page.wait_for_function(f"async () => String(await ({kept})()) === '0,0,0'")


def test_goods_are_received_counted_and_taken_back_on_a_phone(sign_in: Open, site: Site) -> None:
    site.shell(
        """
from orderwell.domains.inventory.drafts import CountDraft
from orderwell.domains.inventory.services.count_stock import open_count
from orderwell.kernel.clock import utc_now
from orderwell.platform.accounts.actor import system_actor
open_count(CountDraft(warehouse="main", blind=True), actor=system_actor(), now=utc_now())
"""
    )
    page = start(sign_in)
    page.goto("/handheld/#/receive/free")
    page.locator("#hh-reference").wait_for()
    for _ in range(3):
        scan(page, CUP)
    expect(page.locator("[data-sku=CUP] .hh-quantity")).to_have_value("3")
    page.fill("#hh-reference", "LS-77")
    page.locator("#hh-receive").click()
    page.wait_for_url("**/#/receive")  # kept on the device first; leaving earlier would be called back
    waiting(page, 0)
    page.goto("/handheld/#/count")
    # The rows of the screen before are there until the new one is drawn.
    page.locator("#hh-screen[data-screen=count] .hh-row").first.click()
    page.locator("[data-sku=POT]").wait_for()
    scan(page, POT)
    scan(page, POT)
    expect(page.locator("#hh-counted")).to_have_value("2")
    page.locator("#hh-write").click()
    expect(page.locator("[data-sku=POT] .hh-done")).to_contain_text("2")
    waiting(page, 0)
    narrow(page)
    said = site.shell(
        """
from orderwell.domains.inventory.models import StockCountLine, StockMovement
print(StockMovement.objects.filter(note="LS-77").values_list("quantity", flat=True)[0].normalize(),
      StockCountLine.objects.get(stock_item__variant__sku="POT", counted__isnull=False).counted.normalize())
"""
    )
    assert said.split() == ["3", "2"]
    page.goto("/handheld/#/look")
    page.locator("#hh-scan").wait_for()
    scan(page, CUP)
    expect(page.locator(".hh-card")).to_contain_text("CUP")


def test_a_scan_is_told_from_typing(sign_in: Open) -> None:
    page = start(sign_in, worker=False)
    page.goto("/handheld/#/settings")
    page.locator("#hh-prefix").fill("~")
    page.locator(".hh-foot button").click()
    page.goto("/handheld/#/look")
    page.locator("#hh-scan").wait_for()
    scan(page, f"~{CUP}")  # what the scanner puts before the code is taken off
    expect(page.locator(".hh-card")).to_contain_text("CUP")
    page.locator("#hh-scan").click()
    page.keyboard.type("slow typing", delay=10)  # into a field: nobody takes it away
    expect(page.locator("#hh-scan")).to_have_value("slow typing")
