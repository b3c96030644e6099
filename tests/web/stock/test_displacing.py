"""Less lies there than is promised: the form shows which orders would wait again, and a second yes writes it down."""

from __future__ import annotations

import re
from collections.abc import Callable

from django.test import Client

from orderwell.domains.inventory.models import StockCount, StockItem
from orderwell.domains.orders.models import Backorder, Order
from orderwell.testing.markup import flat
from orderwell.web.orders.told import topic_of
from tests.web.conftest import Company
from tests.web.stock.test_counting import token

ADJUST = "/stock/adjust/"
HTMX = {"HX-Request": "true"}


def form(client: Client, lines: str, **more: str) -> dict[str, str]:
    return {
        "token": token(client, ADJUST),
        "warehouse": "main",
        "reason": "count",
        "how": "counted",
        "lines": lines,
        **more,
    }


def seen(page: str) -> str:
    found = re.search(r'name="displace" value="(\w+)"', page)
    assert found, page
    return found[1]


def test_the_orders_are_shown_and_a_second_yes_writes_it_down(
    browse: Callable[..., Client], company: Company, place: Callable[..., int]
) -> None:
    worker = browse("warehouse-worker")
    kept, lost = Order.objects.get(pk=place(CUP=4)), Order.objects.get(pk=place(CUP=4))
    data = form(worker, "CUP 5")
    asked = worker.post(ADJUST, data, headers=HTMX)
    page = flat(asked.content.decode())
    assert asked.status_code == 422 and "less than what is reserved" in page
    assert lost.number in page and kept.number not in page
    assert "Write it down, 1 order waits again" in page
    assert "10 on hand, 8 of them reserved for 2 order lines. At most 2 can be taken" in page
    assert StockItem.objects.get(variant=company.cup).on_hand == 10 and not Backorder.objects.exists()
    again = {**data, "displace": seen(page)}
    for _ in range(2):  # a double click displaces once
        assert worker.post(ADJUST, again, headers=HTMX).status_code < 400
    item = StockItem.objects.get(variant=company.cup)
    assert (item.on_hand, item.reserved) == (5, 5)
    backorder = Backorder.objects.get()
    assert (backorder.line.order_id, backorder.quantity) == (lost.pk, 3)
    timeline = flat(worker.get(f"/orders/{lost.pk}/").content.decode())
    assert "3 × CUP back to backorder" in timeline and "Backordered" in timeline
    assert topic_of("orders.reservation.displaced") == "goods"


def test_other_orders_than_those_that_were_seen_are_shown_anew(
    owner: Client, company: Company, place: Callable[..., int]
) -> None:
    place(CUP=4)
    data = form(owner, "CUP 2")
    page = owner.post(ADJUST, data, headers=HTMX).content.decode()
    newer = Order.objects.get(pk=place(CUP=3))
    again = owner.post(ADJUST, {**data, "displace": seen(page)}, headers=HTMX)
    page = again.content.decode()
    assert again.status_code == 422 and "Other orders are concerned now" in page and newer.number in page
    assert StockItem.objects.get(variant=company.cup).on_hand == 10
    owner.post(ADJUST, {**data, "displace": seen(page)}, headers=HTMX)
    assert StockItem.objects.get(variant=company.cup).on_hand == 2


def test_it_reads_in_chinese(browse: Callable[..., Client], company: Company, place: Callable[..., int]) -> None:
    worker = browse("warehouse-worker", language="zh-hans")
    place(CUP=8)
    page = flat(worker.post(ADJUST, form(worker, "CUP 5"), headers=HTMX).content.decode())
    assert "照实记录，1 个订单重新等货" in page and "缺货待补" in page and "失去" in page


def test_who_may_not_stop_orders_is_told_who_may(
    browse: Callable[..., Client], company: Company, place: Callable[..., int]
) -> None:
    from orderwell.platform.accounts.models import Role

    client = browse("warehouse-worker")
    role = Role.objects.get(code="warehouse-worker")
    role.permissions = [name for name in role.permissions if name != "orders:hold:place"]
    role.save()
    number = Order.objects.get(pk=place(CUP=8)).number
    data = form(client, "CUP 5")
    page = flat(client.post(ADJUST, data, headers=HTMX).content.decode())
    assert number in page and "“Put orders on hold”" in page and 'name="displace"' not in page
    assert client.post(ADJUST, {**data, "displace": "x" * 32}, headers=HTMX).status_code == 422
    assert StockItem.objects.get(variant=company.cup).on_hand == 10


def test_a_count_is_posted_with_a_second_yes(owner: Client, company: Company, place: Callable[..., int]) -> None:
    order = Order.objects.get(pk=place(CUP=8))
    path = "/counts/new/"
    owner.post(path, {"token": token(owner, path), "warehouse": "main", "skus": "CUP"})
    count = StockCount.objects.get()
    path = f"/counts/{count.pk}/"
    owner.post(path, {"token": token(owner, path), "code": "CUP", "quantity": "5", "add": "on"})
    path = f"/counts/{count.pk}/post/"
    data = {"token": token(owner, path)}
    asked = owner.post(path, data, headers=HTMX)
    assert asked.status_code == 422 and order.number in asked.content.decode()
    owner.post(path, {**data, "displace": seen(asked.content.decode())}, headers=HTMX)
    count.refresh_from_db()
    assert count.state == "posted" and Backorder.objects.get().quantity == 3
    assert count.number in flat(owner.get(f"/orders/{order.pk}/").content.decode())
