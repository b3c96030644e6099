"""Goods are announced on the screen, promised from their date, received in parts, called off and expected again."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from orderwell.domains.inventory.models import ExpectedReceipt, StockItem
from orderwell.kernel.clock import business_day, utc_now
from orderwell.web.home.views import zone
from tests.web.conftest import Company

DAY = (business_day(utc_now(), zone()) + timedelta(days=4)).isoformat()


def send(client: Client, path: str, **fields: str) -> Any:
    page = client.get(path).content.decode()
    token = re.search(r'name="token" value="([\w-]+)"', page)
    assert token, page
    return client.post(path, {"token": token[1], **fields})


@pytest.fixture
def announced(owner: Client, company: Company) -> list[ExpectedReceipt]:
    fields = {"reference": "PO-9", "supplier": "Jingdezhen", "warehouse": "main", "due_on": DAY}
    answer = send(owner, "/stock/expected/new/", **fields, lines="CUP 30\nPOT\t12")
    assert answer.status_code == 302, answer.content.decode()
    return list(ExpectedReceipt.objects.order_by("pk"))


def words(client: Client, path: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", client.get(path).content.decode()).split())


def test_what_is_announced_can_be_promised_from_its_day_on(owner: Client, announced: list[ExpectedReceipt]) -> None:
    assert [(row.quantity, row.supplier) for row in announced] == [(30, "Jingdezhen"), (12, "Jingdezhen")]
    text = words(owner, "/stock/expected/")
    assert "PO-9" in text and "Jingdezhen" in text and DAY in text
    item = StockItem.objects.get(variant__sku="CUP")
    page = words(owner, f"/stock/{item.pk}/")
    assert f"Now 10 {DAY} 40" in page.split("Can be promised")[1]
    later = owner.get(f"/stock/?columns=sku,incoming,next,promise&on={DAY}&q=CUP").content.decode()
    cells = re.findall(r'<td class="num[^"]*"[^>]*>(.*?)</td>', later)
    assert cells == ["30", "40"]
    today = owner.get("/stock/?columns=sku,promise&q=CUP").content.decode()
    assert re.findall(r'<td class="num[^"]*"[^>]*>(.*?)</td>', today) == ["10"]


def test_a_delivery_is_received_in_parts_and_fills_its_form(owner: Client, announced: list[ExpectedReceipt]) -> None:
    cup, pot = announced
    path = f"/stock/receive/?expected={pot.pk}"
    page = owner.get(path).content.decode()
    assert "CUP\t30\nPOT\t12" in page
    fields = {"expected": str(cup.pk), "warehouse": "main", "reference": "DN-1"}
    assert send(owner, path, **fields, lines="CUP 10\nPOT 12").status_code == 302
    cup.refresh_from_db(), pot.refresh_from_db()
    assert (cup.quantity_received, pot.quantity_received) == (10, 12)
    assert StockItem.objects.get(variant__sku="CUP").on_hand == 20
    text = words(owner, f"/stock/expected/{cup.pk}/")
    assert "Still to come 20" in text and "DN-1" in text
    assert "Received" in words(owner, f"/stock/expected/{pot.pk}/")
    too_many = send(owner, path, **{**fields, "expected": str(cup.pk)}, lines="CUP 21")
    assert too_many.status_code == 422 and "Line 1:" in too_many.content.decode()


def test_another_day_and_quantity_and_no_longer_expected(owner: Client, announced: list[ExpectedReceipt]) -> None:
    cup = announced[0]
    path = f"/stock/expected/{cup.pk}/"
    moved = (business_day(utc_now(), zone()) + timedelta(days=9)).isoformat()
    assert send(owner, f"{path}change/", quantity="50", due_on=moved, supplier="Acme").status_code == 302
    cup.refresh_from_db()
    assert (cup.quantity, cup.supplier, business_day(cup.due_at, zone()).isoformat()) == (50, "Acme", moved)
    send(owner, f"{path}cancel/")
    page = owner.get(path).content.decode()
    assert "Cancelled" in page
    undo = re.search(r'name="token" value="([^"]+)"><input type="hidden" name="next"', page)
    assert undo
    owner.post("/undo/", {"token": undo[1]})
    cup.refresh_from_db()
    assert cup.cancelled_at is None


def test_what_is_wrong_is_told_at_its_line(owner: Client, company: Company) -> None:
    fields = {"reference": "PO-9", "warehouse": "main", "due_on": DAY}
    answer = send(owner, "/stock/expected/new/", **fields, lines="CUP 1\nNOPE 2")
    assert answer.status_code == 422 and "Line 2:" in answer.content.decode()
    assert not ExpectedReceipt.objects.exists()


def test_a_buffer_is_told_for_the_channel_asked_for(owner: Client, company: Company) -> None:
    from decimal import Decimal

    from orderwell.domains.inventory.drafts import BufferDraft
    from orderwell.domains.inventory.services.save_buffer import save_buffer
    from orderwell.testing.actors import owner as the_owner
    from orderwell.testing.factories import make_channel

    make_channel("web")
    save_buffer(BufferDraft(channel="web", quantity=Decimal(3)), actor=the_owner(), now=utc_now())
    columns = "/stock/?columns=sku,buffer,available&q=CUP"

    def numbers(path: str) -> list[str]:
        return re.findall(r'<td class="num[^"]*"[^>]*>(.*?)</td>', owner.get(path).content.decode())

    assert numbers(f"{columns}&channel=web") == ["3", "7"]
    assert numbers(columns) == ["", "10"]


def test_who_may_not_change_stock_is_offered_nothing(
    browse: Callable[..., Client], owner: Client, announced: list[ExpectedReceipt]
) -> None:
    clerk = browse("sales-clerk")
    page = clerk.get(f"/stock/expected/{announced[0].pk}/").content.decode()
    assert "PO-9" in page and "/change/" not in page
    assert clerk.get("/stock/expected/new/").status_code == 403


def test_the_same_product_twice_in_one_form_is_refused(owner: Client, company: Company) -> None:
    fields = {"reference": "PO-9", "warehouse": "main", "due_on": DAY}
    answer = send(owner, "/stock/expected/new/", **fields, lines="CUP 50\ncup 5")
    assert answer.status_code == 422 and "Line 2: CUP is given twice" in answer.content.decode()
    assert not ExpectedReceipt.objects.exists()


def test_what_is_announced_already_is_shown_before_it_is_changed(
    owner: Client, announced: list[ExpectedReceipt]
) -> None:
    fields = {"reference": "PO-9", "warehouse": "main", "due_on": DAY, "supplier": "Acme", "lines": "CUP 5"}
    asked = send(owner, "/stock/expected/new/", **fields)
    page = asked.content.decode()
    assert asked.status_code == 422 and "This is announced already. Nothing was changed yet." in page
    assert "Change 1 announcement" in page and "Jingdezhen" in page
    assert ExpectedReceipt.objects.get(pk=announced[0].pk).quantity == 30
    seen = re.search(r'name="seen" value="(\w+)"', page)
    assert seen
    assert send(owner, "/stock/expected/new/", **fields, seen=seen[1]).status_code == 302
    row = ExpectedReceipt.objects.get(pk=announced[0].pk)
    assert (row.quantity, row.supplier) == (5, "Acme")
    text = words(owner, f"/stock/expected/{row.pk}/")
    assert "Quantity: 30 → 5" in text and "Supplier: Jingdezhen → Acme" in text
    assert send(owner, "/stock/expected/new/", **fields).status_code == 302  # the same again changes nothing


def test_goods_are_not_announced_for_a_day_that_is_over(owner: Client, announced: list[ExpectedReceipt]) -> None:
    over = (business_day(utc_now(), zone()) - timedelta(days=2)).isoformat()
    fields = {"reference": "PO-10", "warehouse": "main", "due_on": over, "lines": "CUP 1"}
    answer = send(owner, "/stock/expected/new/", **fields)
    assert answer.status_code == 422 and "This day is over." in answer.content.decode()
    path = f"/stock/expected/{announced[0].pk}/change/"
    assert send(owner, path, quantity="50", due_on=over).status_code == 422
    ExpectedReceipt.objects.filter(pk=announced[0].pk).update(due_at=utc_now() - timedelta(days=2))
    assert send(owner, path, quantity="50", due_on=over).status_code == 302


def test_goods_beyond_the_announcement_are_told(owner: Client, announced: list[ExpectedReceipt]) -> None:
    from orderwell.testing import factories

    cup, pot = announced
    factories.make_warehouse("east")
    path = "/stock/receive/"
    elsewhere = send(owner, path, expected=str(cup.pk), warehouse="east", lines="CUP 1")
    assert elsewhere.status_code == 422 and "PO-9 is announced for" in elsewhere.content.decode()
    factories.make_variant("JUG")
    fields = {"expected": str(cup.pk), "warehouse": "main"}
    assert send(owner, path, **fields, lines="CUP 30\nCUP 2\nJUG 1").status_code == 302
    assert "Not announced with PO-9, and put on hand all the same: JUG." in words(owner, "/stock/")
    cup.refresh_from_db()
    assert cup.quantity_received == 30
    assert StockItem.objects.get(variant__sku="CUP", warehouse__code="main").on_hand == 42
    assert send(owner, path, expected="", warehouse="east", lines="POT 3").status_code == 302
    assert "POT is still expected with PO-9: 12 in" in words(owner, "/stock/")
    pot.refresh_from_db()
    assert pot.quantity_received == 0
