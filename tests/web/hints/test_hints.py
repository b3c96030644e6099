"""Hints on the screen: seen, taken with its undo, dismissed with a reason, measured, tuned."""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from orderwell.domains.automation.models import HintDismissal, HintSight
from orderwell.domains.catalog.services.set_substitutes import Substitute, set_substitutes
from orderwell.domains.customers.models import Address
from orderwell.domains.orders.models import Order
from orderwell.kernel.clock import utc_now
from orderwell.platform.accounts.actor import system_actor
from tests.web.conftest import Company
from tests.web.sent import begun
from tests.web.test_pages import queries

pytestmark = pytest.mark.django_db


@pytest.fixture
def unusual(place: Callable[..., int]) -> int:
    """An order of thirty times what its customer takes otherwise."""
    for days in (30, 20, 10):
        place(CUP=1, now=utc_now() - timedelta(days=days))
    return place(CUP=30)


def hint_on(page: str, rule: str) -> dict[str, str]:
    key = re.search(rf'data-hint="(\S+) ({rule}) ([0-9a-f]{{32}})"', page)
    assert key, f"no hint {rule}"
    return {"subject": key[1], "rule": key[2], "fingerprint": key[3]}


def quantity(order: int) -> Decimal:
    return Order.objects.get(pk=order).lines.get().quantity


def test_one_click_changes_the_order_and_one_takes_it_back(browse: Callable[..., Client], unusual: int) -> None:
    clerk = browse("sales-clerk")
    page = clerk.get(f"/orders/{unusual}/").content.decode()
    assert "30 × CUP: this customer took 1 each of the last 3 times." in page
    named = hint_on(page, "unusual_quantity")
    sent = {**named, "remedy": "set-quantity", "next": f"/orders/{unusual}/"}
    after = clerk.post("/hints/take/", sent, follow=True).content.decode()
    assert quantity(unusual) == 1 and "Done: Take 1" in after
    assert "unusual_quantity" not in after
    token = re.search(r'name="token" value="([^"]+)"', after[after.index('id="toasts"') :])
    assert token
    clerk.post("/undo/", {"token": html.unescape(token[1])})
    assert quantity(unusual) == 30
    # The same page pressed once more in another window: the hint holds again, so it is carried out again.
    assert "Done" in clerk.post("/hints/take/", sent, follow=True).content.decode()
    gone = clerk.post("/hints/take/", sent, follow=True).content.decode()
    assert "This hint does not hold any more" in gone and quantity(unusual) == 1


def test_dismissed_with_a_reason_and_back(browse: Callable[..., Client], unusual: int) -> None:
    clerk = browse("sales-clerk")
    page = clerk.get(f"/orders/{unusual}/").content.decode()
    address = html.unescape(re.search(r'href="(/hints/dismiss/[^"]+)"', page)[1])  # type: ignore[index]
    form = clerk.get(address).content.decode()
    assert "Not true here" in form and " checked" not in form  # nobody's reason is written down unasked
    token = re.search(r'name="token" value="([^"]+)"', form)[1]  # type: ignore[index]
    wrong = clerk.post(address, {"token": token, "reason": "other", "note": ""})
    assert wrong.status_code == 422 and not HintDismissal.objects.exists()
    for _twice in range(2):
        done = clerk.post(address, {"token": token, "reason": "other", "note": "for the fair"}, follow=True)
        assert done.status_code == 200
    after = clerk.get(f"/orders/{unusual}/").content.decode()
    assert 'data-hint="' not in after and "for the fair" in after
    assert "Hint “Unusual quantity” dismissed: Something else" in after
    HintDismissal.objects.get()


def test_it_reads_in_chinese(browse: Callable[..., Client], unusual: int) -> None:
    page = browse("sales-clerk", language="zh-hans").get(f"/orders/{unusual}/").content.decode()
    assert "数量异常" in page and "30 × CUP：该客户最近 3 次每次订购 1。" in page and "改为 1" in page


def test_who_only_looks_gets_no_buttons(browse: Callable[..., Client], unusual: int) -> None:
    viewer = browse("viewer")
    page = viewer.get(f"/orders/{unusual}/").content.decode()
    named = hint_on(page, "unusual_quantity")
    assert "/hints/dismiss/" not in page and "set-quantity" not in page
    viewer.post("/hints/take/", {**named, "remedy": "set-quantity"})
    assert quantity(unusual) == 30
    assert viewer.post("/hints/dismiss/?subject=order:1", {"reason": "known"}).status_code == 403


def test_the_browser_tells_what_it_showed_once(browse: Callable[..., Client], unusual: int) -> None:
    clerk = browse("sales-clerk")
    page = clerk.get(f"/orders/{unusual}/").content.decode()
    assert not HintSight.objects.exists()  # a page never writes
    key = " ".join(hint_on(page, "unusual_quantity").values())
    for _again in range(2):
        clerk.post("/hints/seen/", {"shown": [key, "nonsense", "a b c"], "taken": [f"{key} ask-customer"]})
    sight = HintSight.objects.get()
    assert sight.taken_at is not None and sight.remedy == "ask-customer"


def test_customers_goods_and_the_start_page_have_theirs(
    browse: Callable[..., Client], company: Company, place: Callable[..., int], unusual: int
) -> None:
    now, system = utc_now(), system_actor()
    Address.objects.filter(customer=company.customer).update(postcode="12")
    set_substitutes(variant_id=company.pot.pk, substitutes=[Substitute("CUP")], actor=system, now=now)
    place(POT=5)
    clerk = browse("sales-clerk")
    assert "The postcode is 12" in clerk.get(f"/customers/{company.customer.pk}/").content.decode()
    product = clerk.get(f"/products/{company.pot.product_id}/").content.decode()
    assert "5 × POT are missing" not in product and "3 × POT are missing (orders: 1)" in product
    start = clerk.get("/").content.decode()
    assert "Hints worth a look" in start and "30 × CUP" in start


def test_what_is_typed_is_looked_at_and_a_dismissal_goes_with_it(
    browse: Callable[..., Client], company: Company, unusual: int
) -> None:
    clerk = browse("sales-clerk")
    typed: dict[str, Any] = {
        "channel": "shop",
        "customer": "C1",
        "priority": "100",
        "draft": "d" * 32,
        "line_sku": ["CUP"],
        "line_name": [""],
        "line_quantity": ["40"],
        "line_unit_price": [""],
        "line_discount": [""],
        "ship_recipient": "王小明",
        "ship_street": "人民路1号",
        "ship_city": "上海市",
        "ship_country": "CN",
    }
    hints = {hint["key"].split(" ")[1]: hint for hint in clerk.post("/orders/preview/", typed).json()["hints"]}
    assert set(hints) == {"unusual_quantity", "missing_phone"}
    assert hints["unusual_quantity"]["remedies"][0]["data"] == {"line": 0, "quantity": "1"}
    assert hints["missing_phone"]["remedies"][0]["data"]["value"] == "13812345678"
    address = hints["unusual_quantity"]["dismiss"]
    token = re.search(r'name="token" value="([^"]+)"', clerk.get(address).content.decode())[1]  # type: ignore[index]
    sent = clerk.post(address, {"token": token, "reason": "known"}, headers={"HX-Request": "true"})
    assert (sent.status_code, sent["HX-Trigger"], sent["HX-Reswap"]) == (200, "hints:dismissed", "none")

    def left() -> list[str]:
        return [hint["key"].split(" ")[1] for hint in clerk.post("/orders/preview/", typed).json()["hints"]]

    assert left() == ["missing_phone"]
    toast = sent.content.decode()
    assert "The hint is dismissed until" in toast and 'hx-post="/undo/"' in toast
    promise = re.search(r'action="/undo/"[^§]*?name="token" value="([^"]+)"', toast)[1]  # type: ignore[index]
    taken_back = clerk.post("/undo/", {"token": promise}, headers={"HX-Request": "true"})
    assert taken_back.status_code == 200 and taken_back["HX-Trigger"] == "orderwell:undone"
    assert "The hint is shown again." in taken_back.content.decode()
    assert set(left()) == {"unusual_quantity", "missing_phone"}
    token = re.search(r'name="token" value="([^"]+)"', clerk.get(address).content.decode())[1]  # type: ignore[index]
    assert clerk.post(address, {"token": token, "reason": "known"}).status_code == 200
    assert left() == ["missing_phone"]
    entry = clerk.get("/orders/new/").content.decode()
    token = re.search(r'name="token"[^>]*value="([^"]+)"', entry)[1]  # type: ignore[index]
    assert clerk.post("/orders/new/", {**typed, "token": token}).status_code == 302
    order = Order.objects.order_by("-pk")[0]
    assert HintDismissal.objects.get().subject == f"order:{order.pk}"
    assert "unusual_quantity" not in clerk.get(f"/orders/{order.pk}/").content.decode()


def test_rules_are_seen_with_their_figures_and_tuned(owner: Client, unusual: int) -> None:
    key = " ".join(hint_on(owner.get(f"/orders/{unusual}/").content.decode(), "unusual_quantity").values())
    owner.post("/hints/seen/", {"shown": key})
    page = owner.get("/admin/hints/").content.decode()
    for title in ("Likely duplicate", "Unusual price", "Address looks wrong", "Bundle that saves", "Promise at risk"):
        assert title in page
    carried = begun(owner, "/admin/hints/unusual_quantity/")
    wrong = owner.post("/admin/hints/unusual_quantity/", {**carried, "on": "on", "threshold_times": "x"})
    assert wrong.status_code == 422 and "a number from 1.5 to 100" in wrong.content.decode()
    values = {**carried, "threshold_times": "3", "threshold_orders": "3"}
    assert owner.post("/admin/hints/unusual_quantity/", values).status_code == 302
    assert 'data-hint="' not in owner.get(f"/orders/{unusual}/").content.decode()
    assert owner.get("/admin/hints/nothing/").status_code == 404


def test_substitutes_are_named_on_the_page_of_the_product(owner: Client, company: Company) -> None:
    page = f"/products/{company.pot.product_id}/"
    assert "None named." in owner.get(page).content.decode()
    address = f"/variants/{company.pot.pk}/substitutes/"
    carried = begun(owner, address)
    for wrong, said in (("POT", "cannot stand in for itself"), ("NO-SUCH", "no active product")):
        answer = owner.post(address, {**carried, "lines": wrong})
        assert answer.status_code == 422 and said in answer.content.decode()
    assert owner.post(address, {**carried, "lines": "CUP  smaller and cheaper\n"}).status_code == 302
    shown = owner.get(page).content.decode()
    assert "smaller and cheaper" in shown and "Substitutes of POT changed from — to CUP" in shown
    assert "CUP smaller and cheaper" in owner.get(address).content.decode()
    assert owner.get("/variants/999999/substitutes/").status_code == 404


def test_the_list_of_orders_shows_them_where_the_column_is_chosen(
    owner: Client, place: Callable[..., int], unusual: int
) -> None:
    path = "/orders/?columns=number,hints"
    owner.get(path)
    few = queries(owner, path)
    assert "Unusual quantity" in owner.get(path).content.decode()
    assert "Unusual quantity" not in owner.get("/orders/").content.decode()
    for _ in range(12):
        place(CUP=30)
    assert queries(owner, path) <= few + 1
    assert queries(owner, "/orders/") <= few - 5
