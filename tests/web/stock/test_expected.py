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
    assert f"now 10 {DAY} 40" in page.split("Can be promised")[1]
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
