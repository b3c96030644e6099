"""What a line is called: documents keep the customer's language, the screen speaks the reader's."""

from __future__ import annotations

import re
from collections.abc import Callable
from types import SimpleNamespace

import pytest
from django.test import Client

from orderwell.domains.catalog.models import Variant
from orderwell.domains.catalog.naming import read_name
from orderwell.domains.orders.models import OrderLine
from tests.web.conftest import Company
from tests.web.test_orders import entry

CUP = SimpleNamespace(name_zh="红茶杯", name_en="Tea cup")


@pytest.mark.parametrize(
    ("kept", "chinese", "seen"),
    [
        ("红茶杯", False, "Tea cup"),
        ("红茶杯", True, "红茶杯"),
        ("Tea cup", True, "红茶杯"),
        ("Tea cup, old pattern", False, "Tea cup, old pattern"),  # renamed since: what was agreed stays
        ("旧款红茶杯", True, "旧款红茶杯"),
    ],
)
def test_a_name_is_read_in_ones_own_language(kept: str, chinese: bool, seen: str) -> None:
    assert read_name(kept, CUP, chinese=chinese) == seen


def test_without_a_product_or_a_name_in_the_language_the_kept_one_stands() -> None:
    assert read_name("红茶杯", None, chinese=False) == "红茶杯"
    assert read_name("红茶杯", SimpleNamespace(name_zh="红茶杯", name_en=""), chinese=False) == "红茶杯"


def test_an_english_reader_sees_the_english_names_of_a_chinese_order(
    owner: Client, company: Company, place: Callable[..., int]
) -> None:
    Variant.objects.filter(sku="CUP").update(name_zh="红茶杯", name_en="Tea cup")
    order = place(CUP=3)
    OrderLine.objects.filter(order=order).update(name="红茶杯")

    page = owner.get(f"/orders/{order}/").content.decode()
    assert re.search(r">Tea cup</a>", page) and "红茶杯</span> ·" in page
    for address in (
        f"/orders/new/?again={order}",
        f"/orders/{order}/cancel/",
        f"/orders/{order}/change/",
        "/orders/lines/",
        f"/orders/{order}/lines/?q=tea",
    ):
        said = owner.get(address).content.decode()
        assert "Tea cup" in said, address
    # Typed: the preview speaks the language of the type-ahead, so no name jumps while one types.
    assert owner.post("/orders/preview/", entry(owner)).json()["rows"][0]["name"] == "Tea cup"
    assert OrderLine.objects.get(order=order).name == "红茶杯"
