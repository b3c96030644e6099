"""Products are saved whole, by one draft or by hundreds, and a bad row never fails its neighbours."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from orderwell.domains.catalog.drafts import (
    BarcodeDraft,
    ComponentDraft,
    PackDraft,
    PriceDraft,
    ProductDraft,
    VariantDraft,
)
from orderwell.domains.catalog.models import Barcode, BundleComponent, Pack, Product, Variant, VariantPrice
from orderwell.domains.catalog.services.archive_product import archive_product, restore_product
from orderwell.domains.catalog.services.save_product import save_product, save_products
from orderwell.kernel.errors import Refusal
from orderwell.platform.configuration.models import CustomField
from orderwell.platform.events.models import Event
from orderwell.platform.permissions import PermissionDenied
from orderwell.testing.actors import clerk, outsider, owner
from orderwell.testing.factories import make_category, make_tax_category, make_variant

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 3, 1, 2, 30, tzinfo=UTC)
CUP = ProductDraft(
    code="CUP",
    name_zh="红色茶杯",
    name_en="Red tea cup",
    variants=(
        VariantDraft(
            sku="CUP-RED",
            option_values={"color": "red"},
            option_values_zh={"颜色": "红色"},
            prices=(PriceDraft("CNY", Decimal("12.50"), Decimal("7.125")), PriceDraft("GBP", Decimal("1.45"))),
            packs=(PackDraft("box", Decimal(12)),),
            barcodes=(BarcodeDraft("6901234567892"), BarcodeDraft("16901234567899", "box")),
            weight_grams=300,
        ),
    ),
)


@pytest.fixture(autouse=True)
def _tax() -> None:
    make_tax_category("standard")


def save(*drafts: ProductDraft) -> list[str]:
    return [verdict.outcome for verdict in save_products(drafts, actor=owner(), now=NOW)]


def refusal(draft: ProductDraft) -> dict[str | None, str]:
    """{pointer: code} of a draft that must be refused, and must have changed nothing."""
    before = (Product.objects.count(), Variant.objects.count(), Event.objects.count())
    with pytest.raises(Refusal) as refused:
        save_product(draft, actor=owner(), now=NOW)
    assert (Product.objects.count(), Variant.objects.count(), Event.objects.count()) == before
    return {detail.pointer: detail.code for detail in refused.value.details}


def test_a_product_is_stored_with_all_that_belongs_to_it() -> None:
    product = save_product(CUP, actor=owner(), now=NOW)
    variant = Variant.objects.get(sku="CUP-RED")
    assert (variant.name_zh, variant.name_en, variant.weight_grams) == ("红色茶杯 红色", "Red tea cup red", 300)
    assert list(variant.prices.order_by("currency").values_list("currency", "unit_price", "unit_cost")) == [
        ("CNY", Decimal("12.50"), Decimal("7.125")),
        ("GBP", Decimal("1.45"), None),
    ]
    assert list(Barcode.objects.order_by("code").values_list("code", "pack__unit", "pack__quantity")) == [
        ("16901234567899", "box", Decimal(12)),
        ("6901234567892", None, None),
    ]
    assert "hscb" in variant.search_key and "hongsechabei" in variant.search_key and "cup-red" in variant.search_key
    event = Event.objects.get()
    assert (event.name, event.stream, event.data["skus"]) == (
        "catalog.product.created",
        f"product:{product.pk}",
        ["CUP-RED"],
    )


def test_saving_the_same_again_changes_nothing() -> None:
    assert save(CUP, CUP) == ["created", "unchanged"]
    ids = set(VariantPrice.objects.values_list("id", flat=True))
    assert save(CUP) == ["unchanged"]
    assert set(VariantPrice.objects.values_list("id", flat=True)) == ids
    assert Event.objects.count() == 1
    assert Product.objects.get().version == 1


def test_what_is_not_given_stays() -> None:
    save(CUP)
    fresh = VariantDraft(sku="CUP-RED", prices=(PriceDraft("CNY", Decimal(13)),))
    assert save(ProductDraft(code="CUP", description="Holds 300 ml", variants=(fresh,))) == ["updated"]
    variant = Variant.objects.select_related("product").get()
    assert (variant.product.name_zh, variant.product.description) == ("红色茶杯", "Holds 300 ml")
    assert (variant.weight_grams, variant.barcodes.count(), variant.packs.count()) == (300, 2, 1)
    assert list(variant.prices.values_list("currency", "unit_price")) == [("CNY", Decimal(13))]
    changes = Event.objects.get(name="catalog.product.changed").data["changes"]
    assert changes["description"] == ["", "Holds 300 ml"]
    assert changes["variants/CUP-RED/prices/CNY"] == [["12.500000", "7.125000"], ["13", None]]
    assert changes["variants/CUP-RED/prices/GBP"][1] is None
    assert set(changes) == {"description", "variants/CUP-RED/prices/CNY", "variants/CUP-RED/prices/GBP"}


def test_a_variant_that_is_not_listed_stays() -> None:
    save(CUP)
    assert save(ProductDraft(code="CUP", variants=(VariantDraft(sku="CUP-BLUE"),))) == ["updated"]
    assert sorted(Variant.objects.values_list("sku", flat=True)) == ["CUP-BLUE", "CUP-RED"]
    assert Variant.objects.get(sku="CUP-RED").version == 1


def test_a_bad_row_never_fails_its_neighbours() -> None:
    verdicts = save_products(
        [
            CUP,
            ProductDraft(code="BAD", tax_category="nowhere", variants=(VariantDraft(sku="CUP-RED"),)),
            ProductDraft(code="POT", variants=(VariantDraft(sku="POT"),)),
        ],
        actor=owner(),
        now=NOW,
    )
    assert [verdict.outcome for verdict in verdicts] == ["created", "refused", "created"]
    assert {error.code for error in verdicts[1].errors} == {"unknown_tax_category", "sku_of_another_product"}
    assert verdicts[2].id == Product.objects.get(code="POT").pk
    assert not Product.objects.filter(code="BAD").exists()


def test_the_number_of_statements_does_not_grow_with_the_batch() -> None:

    def statements(count: int, prefix: str) -> int:
        drafts = [
            ProductDraft(
                code=f"{prefix}{i}",
                variants=(VariantDraft(sku=f"{prefix}{i}", prices=(PriceDraft("CNY", Decimal(1)),)),),
            )
            for i in range(count)
        ]
        with CaptureQueriesContext(
            connection,
        ) as captured:
            save_products(drafts, actor=owner(), now=NOW)
        return len(captured)

    assert statements(60, "M") <= statements(1, "S") + 2


@pytest.mark.parametrize(
    ("draft", "pointer", "code"),
    [
        (ProductDraft(code=" "), "/code", "value_missing"),
        (ProductDraft(code="X" * 61), "/code", "text_too_long"),
        (ProductDraft(code="X", name_en="a\x00b"), "/name_en", "control_character"),
        (ProductDraft(code="X", category="nowhere"), "/category", "unknown_category"),
        (ProductDraft(code="X", options=("size", "size")), "/options/1", "given_twice"),
        (ProductDraft(code="X", custom={"shelf": "A"}), "/custom/shelf", "unknown_custom_field"),
    ],
)
def test_bad_product_fields_are_told_with_their_place(draft: ProductDraft, pointer: str, code: str) -> None:
    assert refusal(draft)[pointer] == code


@pytest.mark.parametrize(
    ("variant", "pointer", "code"),
    [
        (VariantDraft(sku=""), "sku", "value_missing"),
        (VariantDraft(sku="V", quantity_places=5), "quantity_places", "invalid_value"),
        (VariantDraft(sku="V", weight_grams=-1), "weight_grams", "invalid_value"),
        (VariantDraft(sku="V", prices=(PriceDraft("XXX", Decimal(1)),)), "prices/0/currency", "unknown_currency"),
        (VariantDraft(sku="V", prices=(PriceDraft("CNY", Decimal(-1)),)), "prices/0/unit_price", "price_out_of_range"),
        (
            VariantDraft(sku="V", prices=(PriceDraft("CNY", Decimal("0.0000001")),)),
            "prices/0/unit_price",
            "price_too_precise",
        ),
        (
            VariantDraft(sku="V", prices=(PriceDraft("CNY", Decimal(1)), PriceDraft("CNY", Decimal(2)))),
            "prices/1/currency",
            "given_twice",
        ),
        (VariantDraft(sku="V", packs=(PackDraft("box", Decimal(0)),)), "packs/0/quantity", "quantity_not_positive"),
        (VariantDraft(sku="V", barcodes=(BarcodeDraft("1", "box"),)), "barcodes/0/pack", "unknown_pack"),
        (VariantDraft(sku="V", components=(ComponentDraft("NO", Decimal(1)),)), "components/0/sku", "unknown_sku"),
        (
            VariantDraft(sku="V", components=(ComponentDraft("V", Decimal(1)),)),
            "components/0/sku",
            "component_is_bundle",
        ),
    ],
)
def test_bad_variant_fields_are_told_with_their_place(variant: VariantDraft, pointer: str, code: str) -> None:
    assert refusal(ProductDraft(code="X", variants=(variant,)))[f"/variants/0/{pointer}"] == code


def test_a_barcode_belongs_to_one_sku() -> None:
    save(CUP)
    pot = VariantDraft(sku="POT", barcodes=(BarcodeDraft("6901234567892"),))
    assert refusal(ProductDraft(code="POT", variants=(pot,))) == {"/variants/0/barcodes/0/code": "barcode_taken"}


def test_a_pack_with_a_barcode_cannot_vanish() -> None:
    save(CUP)
    draft = ProductDraft(code="CUP", variants=(VariantDraft(sku="CUP-RED", packs=()),))
    assert refusal(draft) == {"/variants/0/packs": "unknown_pack"}
    assert Pack.objects.count() == 1


def test_a_bundle_explodes_into_components_of_the_same_batch() -> None:
    parts = (ComponentDraft("CUP-RED", Decimal(2)), ComponentDraft("SPOON", Decimal(1)))
    bundle = ProductDraft(code="SET", variants=(VariantDraft(sku="SET", components=parts), VariantDraft(sku="SPOON")))
    assert save(CUP, bundle) == ["created", "created"]
    assert dict(BundleComponent.objects.values_list("component__sku", "quantity")) == {"CUP-RED": 2, "SPOON": 1}
    assert Variant.objects.get(sku="SET").is_bundle
    nested = VariantDraft(sku="SETS", components=(ComponentDraft("SET", Decimal(1)),))
    assert refusal(ProductDraft(code="SETS", variants=(nested,))) == {
        "/variants/0/components/0/sku": "component_is_bundle"
    }


def test_goods_do_not_become_a_bundle_nor_a_bundle_goods() -> None:
    save(CUP, ProductDraft(code="SPOON", variants=(VariantDraft(sku="SPOON"),)))
    part = (ComponentDraft("SPOON", Decimal(1)),)
    wrong = ProductDraft(code="CUP", variants=(VariantDraft(sku="CUP-RED", components=part),))
    assert refusal(wrong) == {"/variants/0/components": "bundle_fixed"}
    save(ProductDraft(code="SET", variants=(VariantDraft(sku="SET", components=part),)))
    emptied = ProductDraft(code="SET", variants=(VariantDraft(sku="SET", components=()),))
    assert refusal(emptied) == {"/variants/0/components": "bundle_fixed"}


def test_goods_can_only_become_more_divisible() -> None:
    save(ProductDraft(code="RICE", variants=(VariantDraft(sku="RICE", quantity_places=2),)))
    coarser = ProductDraft(code="RICE", variants=(VariantDraft(sku="RICE", quantity_places=0),))
    assert refusal(coarser) == {"/variants/0/quantity_places": "less_divisible"}
    assert save(ProductDraft(code="RICE", variants=(VariantDraft(sku="RICE", quantity_places=3),))) == ["updated"]


def test_somebody_else_s_change_is_not_overwritten() -> None:
    save(CUP)
    save(ProductDraft(code="CUP", description="one", version=1))
    assert refusal(ProductDraft(code="CUP", description="two", version=1)) == {"/version": "stale_version"}
    assert Product.objects.get().description == "one"


def test_archiving_takes_it_off_sale_and_restoring_puts_it_back() -> None:
    product = save_product(CUP, actor=owner(), now=NOW)
    assert not archive_product(product_id=product.pk, actor=owner(), now=NOW).active
    assert restore_product(product_id=product.pk, actor=owner(), now=NOW).active
    names = list(Event.objects.order_by("id").values_list("name", flat=True))
    assert names[1:] == ["catalog.product.archived", "catalog.product.restored"]


def test_what_a_bundle_needs_stays_on_sale() -> None:
    part = (ComponentDraft("CUP-RED", Decimal(1)),)
    save(CUP, ProductDraft(code="SET", variants=(VariantDraft(sku="SET", components=part),)))
    assert refusal(ProductDraft(code="CUP", active=False)) == {"/active": "component_needed"}
    one = ProductDraft(code="CUP", variants=(VariantDraft(sku="CUP-RED", active=False),))
    assert refusal(one) == {"/variants/0/active": "component_needed"}


def test_custom_fields_are_checked() -> None:
    make = CustomField.objects.create
    make(entity="product", key="season", label_zh="季", label_en="Season", kind="choice", choices=["summer"])
    make(entity="variant", key="shelf", label_zh="架", label_en="Shelf", kind="text", required=True)
    wrong = ProductDraft(code="X", custom={"season": "rain"}, variants=(VariantDraft(sku="X"),))
    assert refusal(wrong) == {
        "/custom/season": "custom_field_invalid",
        "/variants/0/custom/shelf": "custom_field_missing",
    }
    right = ProductDraft(
        code="X", custom={"season": "summer"}, variants=(VariantDraft(sku="X", custom={"shelf": "A1"}),)
    )
    assert save(right) == ["created"]
    assert Variant.objects.get().custom == {"shelf": "A1"}


def test_a_product_can_move_to_a_category() -> None:
    make_category("cups")
    save(CUP)
    assert save(ProductDraft(code="CUP", category="cups")) == ["updated"]
    assert save(ProductDraft(code="CUP", category=None)) == ["updated"]
    assert Product.objects.get().category is None


@pytest.mark.parametrize("actor", [clerk(), outsider()])
def test_only_who_may_change_products_does(actor: object) -> None:
    make_variant("OTHER")
    with pytest.raises(PermissionDenied):
        save_product(CUP, actor=actor, now=NOW)  # type: ignore[arg-type]
    assert not Product.objects.filter(code="CUP").exists()
