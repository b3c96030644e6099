from __future__ import annotations

from decimal import Decimal

import pytest

from orderwell.domains.catalog.matching import match_variants
from orderwell.domains.catalog.models import Barcode, Pack, Variant
from orderwell.testing.actors import owner
from orderwell.testing.factories import make_variant

pytestmark = pytest.mark.django_db


def skus(*texts: str) -> list[list[str]]:
    found = match_variants(owner(), texts)
    return [[match.sku for match in found[text]] for text in texts]


def test_a_text_is_a_sku_a_barcode_or_a_name():
    cup = make_variant("CUP-1", name_zh="茶杯", name_en="Tea cup")
    box = Pack.objects.create(variant=cup, unit="box", quantity=Decimal(12))
    Barcode.objects.create(variant=cup, code="690123", pack=box)
    assert skus("cup-1", "690123", "茶杯", "Tea cup", "nothing") == [["CUP-1"]] * 4 + [[]]
    assert match_variants(owner(), ["690123"])["690123"][0].pack == Decimal(12)


def test_a_name_of_two_products_finds_both_and_an_exact_sku_wins():
    make_variant("A", name_zh="茶杯")
    make_variant("B", name_zh="茶杯")
    make_variant("茶杯X", name_zh="x")
    assert skus("茶杯", "茶杯X") == [["A", "B"], ["茶杯X"]]


def test_what_is_not_sold_any_more_is_known_by_its_sku_only():
    make_variant("OLD", name_zh="旧杯")
    Variant.objects.update(active=False)
    found = match_variants(owner(), ["OLD", "旧杯"])
    assert [match.sold for match in found["OLD"]] == [False]
    assert found["旧杯"] == []
