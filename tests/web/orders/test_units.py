"""Metres and pieces are never added into one number."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from django.test import Client
from django.utils.translation import override

from orderwell.domains.catalog.models import Variant
from orderwell.domains.orders.models import OrderLine
from orderwell.domains.orders.services.cancel import cancel_units
from orderwell.kernel.clock import utc_now
from orderwell.testing.actors import owner as person
from orderwell.testing.factories import make_channel, make_variant, make_warehouse, stock_up
from orderwell.testing.markup import flat
from orderwell.web.components.units import units_text
from tests.domains.books import D
from tests.domains.orders.builders import draft, placed
from tests.web.test_orders import send


@pytest.fixture
def mixed() -> Callable[..., int]:
    """An order of 12 cups and 3.5 metres of silk, of which `silk` metres are there; its key."""

    def order(*, unit: str = "metre", silk: str = "100") -> int:
        house, channel = make_warehouse(), make_channel(backorder=True)
        cup, cloth = make_variant("MUG"), make_variant("SILK", quantity_places=1)
        Variant.objects.filter(pk=cloth.pk).update(unit=unit)
        stock_up(cup, house, 100)
        if D(silk):
            stock_up(cloth, house, D(silk))
        return placed(draft(channel, (cup, 12), (cloth, D("3.5")))).pk

    return order


def progress(client: Client, order: int) -> str:
    page = flat(client.get(f"/orders/{order}/").content.decode())
    found = re.search(r'class="order-progress mb-0">(.*?)</div>', page)
    assert found
    return " ".join(re.sub("<[^>]*>", " ", found[1]).split())


@pytest.mark.parametrize(
    ("parts", "english", "chinese"),
    [
        ([], "", ""),
        ([("piece", 12), ("piece", 3)], "15", "15"),
        ([("piece", 12), ("metre", "3.5")], "12 pcs · 3.5 m", "12 件 · 3.5 米"),
        ([("piece", 1), ("box", 1), ("metre", 0)], "1 pc · 1 box", "1 件 · 1 盒"),
        ([("piece", 4), ("metre", 0)], "4 pcs", "4 件"),
        ([("box", "0.5"), ("100% roll", 2)], "0.5 boxes · 2 100% roll", "0.5 盒 · 2 100% roll"),
    ],
)
def test_of_each_unit_its_own_sum(parts: list[tuple[str, str]], english: str, chinese: str) -> None:
    counted = [(unit, D(quantity)) for unit, quantity in parts]
    for language, text in (("en", english), ("zh-hans", chinese)):
        with override(language):
            assert units_text(counted) == text


def test_the_order_says_how_much_of_each_is_shipped_and_missing(owner: Client, mixed: Callable[..., int]) -> None:
    order = mixed(silk="0")
    assert progress(owner, order) == "Ordered 12 pcs · 3.5 m Shipped 0 Invoiced 0 Waiting for stock 3.5 m"
    assert "3.5 missing on 1 line." in owner.get(f"/orders/{order}/").content.decode()
    line = OrderLine.objects.get(order=order, sku="MUG").pk
    send(owner, f"/orders/{order}/ship/", **{f"line_{line}": "4"}, carrier="", tracking_number="", warehouse="")
    assert progress(owner, order) == "Ordered 12 pcs · 3.5 m Shipped 4 pcs Invoiced 0 Waiting for stock 3.5 m"


def test_one_unit_is_one_number(owner: Client, mixed: Callable[..., int]) -> None:
    assert progress(owner, mixed(unit="piece")) == "Ordered 15.5 Shipped 0 Invoiced 0"


def test_what_can_leave_is_listed_by_unit(owner: Client, mixed: Callable[..., int]) -> None:
    from tests.web.test_lists import exported_from

    mixed()
    assert "12 pcs · 3.5 m" in owner.get("/to-ship/").content.decode()
    rows = exported_from(owner, "to-ship", "?columns=number,units").decode("utf-8-sig").splitlines()
    assert len(rows) == 2 and rows[1].endswith(","), "no number is a sum of both"


def test_an_order_that_cannot_leave_says_what_of_it_waits(owner: Client, mixed: Callable[..., int]) -> None:
    order = mixed(silk="0")
    cups = OrderLine.objects.get(order=order, sku="MUG").pk
    cancel_units(order_id=order, lines={cups: D(12)}, reason="no", actor=person(), now=utc_now())
    send(owner, f"/lists/to-ship/act/ship/?id={order}", warehouse="", carrier="")
    from orderwell.platform.views.models import BulkRun

    (verdict,) = BulkRun.objects.get().verdicts
    assert verdict["errors"][0]["data"]["waiting"] == "3.5 × SILK"
