"""Lists and the type-ahead search."""

from __future__ import annotations

import pytest

from orderwell.domains.catalog.queries import (
    ProductFilters,
    channels,
    find_variants,
    product_detail,
    product_list,
    products,
)
from orderwell.kernel.errors import NotFound
from orderwell.platform.paging import UnknownCursor
from orderwell.platform.permissions import PermissionDenied
from orderwell.testing.actors import clerk, limited, outsider, owner
from orderwell.testing.factories import make_bundle, make_category, make_channel, make_product, make_variant

pytestmark = pytest.mark.django_db


def skus(text: str) -> list[str]:
    return [hit.sku for hit in find_variants(clerk(), text)]


def test_variants_are_found_by_what_people_type() -> None:
    make_variant("CUP-RED", name_zh="红色茶杯", name_en="Red tea cup", barcodes=["6901234567892"])
    make_variant("CUP-BLUE", name_zh="蓝色茶杯", name_en="Blue tea cup")
    make_variant("POT-100%", name_zh="茶壶", name_en="Tea pot")
    assert skus("6901234567892") == ["CUP-RED"]
    assert skus("cup") == ["CUP-BLUE", "CUP-RED"]
    assert skus("CUP-R") == ["CUP-RED"]
    assert skus("茶杯") == ["CUP-BLUE", "CUP-RED"]
    assert skus("hscb") == ["CUP-RED"]
    assert skus("lansecha") == ["CUP-BLUE"]
    assert skus("tea blue") == ["CUP-BLUE"]
    assert skus("ＲＥＤ") == ["CUP-RED"]
    assert skus("%") == ["POT-100%"]
    assert skus("_") == []
    assert skus("\x00") == skus("  ") == []


def test_only_what_is_on_sale_is_offered_with_its_price() -> None:
    cup = make_variant("CUP", price="12.5", currency="GBP")
    gone = make_variant("CUP-OLD")
    gone.product.active = False
    gone.product.save()
    hits = find_variants(clerk(), "cup", currency="GBP")
    assert [(hit.id, hit.price) for hit in hits] == [(cup.pk, 12.5)]
    assert find_variants(clerk(), "cup", currency="CNY")[0].price is None


def test_pages_follow_each_other_without_gap_or_repetition() -> None:
    expected = [make_product(f"P-{number:02d}").code for number in range(7)]
    seen, cursor = [], None
    while True:
        page = product_list(owner(), cursor=cursor, limit=3)
        seen += [product.code for product in page.rows]
        cursor = page.next_cursor
        if cursor is None:
            break
    assert seen == expected


@pytest.mark.parametrize("cursor", ["x", "W10", "bnVsbA", "eyJhIjoxfQ", "W1siaWQiXSxbIjEiXV0", "é"])
def test_a_foreign_cursor_is_refused(cursor: str) -> None:
    with pytest.raises(UnknownCursor):
        product_list(owner(), cursor=cursor)


def test_filters() -> None:
    drinks = make_category("drinks")
    tea = make_category("tea", parent=drinks)
    cup, pot = make_product("A"), make_product("B")
    cup.category = tea
    cup.save()
    make_variant("CUP-1", product=cup, name_zh="茶杯", name_en="Cup")
    bundle = make_bundle({make_variant("POT-1", product=pot, name_zh="茶壶", name_en="Pot"): 1})

    def found(**filters: object) -> list[str]:
        return [product.code for product in products(owner(), ProductFilters(**filters)).order_by("code")]  # type: ignore[arg-type]

    assert found(category="drinks") == ["A"]
    assert found(category="nowhere") == []
    assert found(text="chahu") == ["B"]
    assert found(text="POT") == ["B"]
    assert found(bundles=True) == [bundle.product.code]


def test_detail_names_the_bundles_a_part_is_in() -> None:
    cup = make_variant("CUP")
    bundle = make_bundle({cup: 2}, sku="SET")
    detail = product_detail(clerk(), cup.product_id)
    assert detail.part_of == {cup.pk: [("SET", bundle.product_id)]}
    part = product_detail(clerk(), bundle.product_id).variants[0].components.all()[0]
    assert (part.component.sku, part.quantity) == ("CUP", 2)
    with pytest.raises(NotFound):
        product_detail(clerk(), 0)


def test_rows_are_for_those_who_may_see_them() -> None:
    shop, market = make_channel("shop"), make_channel("market")
    assert [c.code for c in channels(limited(owner(), channels=frozenset({shop.pk})))] == ["shop"]
    assert {c.code for c in channels(owner())} >= {"shop", "market"}
    assert market.active
    for call in (lambda: product_list(outsider()), lambda: find_variants(outsider(), "x")):
        with pytest.raises(PermissionDenied):
            call()
