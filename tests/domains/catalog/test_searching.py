"""What is found stays in step with what is written, and the law sees it when it is not."""

from __future__ import annotations

import pytest
from django.db import connection

from orderwell.domains.catalog.drafts import ProductDraft, VariantDraft
from orderwell.domains.catalog.models import Variant
from orderwell.domains.catalog.queries import ProductFilters, find_variants, products
from orderwell.domains.catalog.services.renew_search import renew_variant_search
from orderwell.domains.catalog.services.save_product import save_product
from orderwell.kernel.clock import utc_now
from orderwell.platform.verify import run_laws
from orderwell.testing.actors import owner
from orderwell.testing.factories import make_tax_category, make_variant

pytestmark = pytest.mark.django_db
LAW = "catalog.search_finds_every_variant"


def skus(text: str) -> list[str]:
    return [hit.sku for hit in find_variants(owner(), text)]


def test_a_renamed_product_is_found_by_its_new_name_alone() -> None:
    make_tax_category("standard")
    cup = ProductDraft(
        code="CUP", name_en="Tea cup", name_zh="茶杯", tax_category="standard", variants=(VariantDraft(sku="CUP-1"),)
    )
    save_product(cup, actor=owner(), now=utc_now())
    assert skus("tea cup") == skus("茶杯") == skus("cb") == ["CUP-1"]
    mug = ProductDraft(code="CUP", variants=(VariantDraft(sku="CUP-1", name_en="Mug", name_zh="马克杯"),))
    save_product(mug, actor=owner(), now=utc_now())
    assert skus("mug") == skus("makebei") == ["CUP-1"]
    assert skus("tea") == skus("茶") == []
    assert run_laws([LAW])[0].result.differences == []


def test_the_sound_of_green_is_typed_in_many_ways() -> None:
    make_variant("T-1", name_en="Leaf", name_zh="绿茶")
    make_variant("B-1", name_en="Bag", name_zh="女包")
    make_variant("F-1", name_en="Lüneburg felt", name_zh="毡")
    for typed in ("lvcha", "lücha", "lucha", "lyucha", "LÜCHA", "lǜcha"):
        assert skus(typed) == ["T-1"], typed
    for typed in ("nvbao", "nübao", "nubao", "nyubao"):
        assert skus(typed) == ["B-1"], typed
    assert skus("lüneburg") == ["F-1"], "a name that is written so"
    assert skus("nacha") == skus("livcha") == []


def test_the_list_of_products_knows_every_way_to_type_the_sound_of_green() -> None:
    make_variant("T-1", name_en="Leaf", name_zh="绿茶")
    make_variant("F-1", name_en="Lüneburg felt", name_zh="毡")

    def listed(text: str) -> list[str]:
        return sorted(products(owner(), ProductFilters(text=text)).values_list("variants__sku", flat=True))

    for typed in ("lvcha", "lücha", "lucha", "lyucha", "LÜCHA", "leaf lu"):
        assert listed(typed) == ["T-1"], typed
    assert listed("lü") == ["F-1", "T-1"]
    assert listed("lüneburg") == ["F-1"]
    assert listed("livcha") == []


def test_whole_codes_come_first_then_beginnings_then_any_part() -> None:
    make_variant("1-CUP", name_en="Large cup holder", name_zh="杯架")
    make_variant("2-CUPS", name_en="Hiccup", name_zh="酒")
    make_variant("3-MUG", name_en="Cupboard", name_zh="柜")
    make_variant("CUP-9", name_en="Thing", name_zh="物")
    assert skus("cup") == ["CUP-9", "3-MUG", "1-CUP", "2-CUPS"]
    assert skus("cup-9") == ["CUP-9"]


def test_the_law_names_a_key_that_is_not_made_of_the_names_and_a_rebuild_puts_it_right() -> None:
    make_variant("CUP", name_en="Tea cup")
    make_variant("POT", name_en="Tea pot")
    assert run_laws([LAW])[0].result.rows_checked == 2
    Variant.objects.filter(sku="CUP").update(search_key="nonsense")
    (difference,) = run_laws([LAW])[0].result.differences
    assert (difference.document, difference.actual) == ("variant CUP", "nonsense")
    connection.check_constraints()
    assert renew_variant_search() == 1
    assert run_laws([LAW])[0].result.differences == []
    assert skus("tea cup") == ["CUP"]


def test_a_sku_is_found_without_what_stands_between_its_parts() -> None:
    make_variant("TAB-002-OAK", name_en="Desk", name_zh="书桌")
    make_variant("TAB-003", name_en="Stool", name_zh="凳子")
    assert skus("tab002") == skus("TAB002OAK") == skus("02oak") == skus("tab-002") == ["TAB-002-OAK"]
    assert set(skus("tab")) == {"TAB-002-OAK", "TAB-003"}
