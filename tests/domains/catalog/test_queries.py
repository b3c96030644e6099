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


@pytest.mark.django_db
def test_a_search_for_products_walks_neither_the_table_nor_its_codes() -> None:
    """Also on PostgreSQL, which knows here that the table is large and what it would cost to read it whole."""
    from django.db import connection

    from orderwell.domains.catalog.models import Product, Variant
    from orderwell.domains.catalog.searching import variant_key

    first = make_variant("CUP", name_en="Tea cup").product
    times = {"created_at": first.created_at, "updated_at": first.updated_at}
    made = Product.objects.bulk_create(
        Product(code=f"Q{number:05}", name_en=f"Thing {number}", tax_category=first.tax_category, **times)
        for number in range(5000)
    )
    Variant.objects.bulk_create(
        Variant(
            product=row,
            sku=row.code,
            name_en=row.name_en,
            search_key=variant_key(row.code, "", row.name_en, row.code),
            **times,
        )
        for row in made
    )
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("ANALYZE")
    for text, codes in (("tea cup", [first.code]), ("q00017", ["Q00017"]), ("nothing like it", [])):
        rows = products(owner(), ProductFilters(text=text)).order_by("code")[:51]
        assert [row.code for row in rows] == codes
        plan = rows.explain() if codes else ""
        walked = ("Seq Scan on catalog_product", "catalog_product_code", "SCAN catalog_product")
        assert not [name for name in walked if name in plan], (text, plan)
    # What almost all are called is found as well, a page of it.
    assert len(products(owner(), ProductFilters(text="thing")).order_by("code")[:51]) == 51
