"""Products are made and changed on the screen, and sold at once."""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from orderwell.domains.catalog.models import Barcode, BundleComponent, Product, Variant
from orderwell.platform.accounts.models import User
from tests.web.conftest import Company
from tests.web.sent import sent_by


def token(client: Client, path: str) -> str:
    found = re.search(r'name="token" value="(\w+)"', client.get(path).content.decode())
    assert found, path
    return found[1]


NEW = {
    "code": "SHIRT",
    "name_zh": "衬衫",
    "name_en": "Shirt",
    "tax_category": "standard",
    "options": "color, size",
    "version": "0",
    "rows": "2",
    "active": "on",
    "vn0-sku": "SHIRT-RED",
    "vn0-option_values": "color: red；size：M",
    "vn0-option_values_zh": "颜色：红；尺码: M",
    "vn0-unit": "piece",
    "vn0-prices": "cny 59.90 20\nUSD 9",
    "vn0-packs": "box 12",
    "vn0-barcodes": "690001\n690002 box",
    "vn0-active": "on",
    "vn1-sku": "SHIRT-SET",
    "vn1-components": "SHIRT-RED 2",
    "vn1-prices": "￥100",
    "vn1-active": "on",
}


@pytest.fixture
def form(owner: Client, company: Company) -> Callable[..., Any]:
    def send(path: str, **changes: str) -> Any:
        return owner.post(path, {**NEW, "token": token(owner, path), **changes})

    return send


def test_a_product_with_variants_is_made_and_sold(
    owner: Client, form: Callable[..., Any], place: Callable[..., int]
) -> None:
    made = form("/products/new/")
    product = Product.objects.get(code="SHIRT")
    assert made.status_code == 302 and made["Location"] == f"/products/{product.pk}/"
    red = Variant.objects.get(sku="SHIRT-RED")
    assert red.option_values == {"color": "red", "size": "M"} and red.name_zh == "衬衫 红 M"
    assert {row.currency: (row.unit_price, row.unit_cost) for row in red.prices.all()} == {
        "CNY": (Decimal("59.90"), Decimal(20)),
        "USD": (Decimal(9), None),
    }
    assert Barcode.objects.get(code="690002").pack is not None
    assert BundleComponent.objects.get().quantity == 2
    order = place(**{"SHIRT-RED": 3})
    assert "179.70" in owner.get(f"/orders/{order}/").content.decode()
    page = owner.get(f"/products/{product.pk}/").content.decode()
    assert "SHIRT-SET" in page and "color: red, size: M" in page and "颜色：红" not in page
    User.objects.update(language="zh-hans")
    page = owner.get(f"/products/{product.pk}/").content.decode()
    assert "尺码：M、颜色：红" in page and "color: red" not in page


def test_a_product_is_changed_and_a_stale_form_is_refused(owner: Client, form: Callable[..., Any]) -> None:
    form("/products/new/")
    product = Product.objects.get(code="SHIRT")
    path = f"/products/{product.pk}/change/"
    page = owner.get(path).content.decode()
    assert "CNY 59.90 20.00" in page and "USD 9.00" in page and "690002 box" in page and "color: red; size: M" in page
    sent = sent_by(page)
    assert owner.post(path, sent | {"name_en": "Linen shirt"}).status_code == 302
    assert Product.objects.get(code="SHIRT").name_en == "Linen shirt"
    # A form that doesn't say what it began with can't be merged.
    stale = owner.post(path, sent | {"name_en": "Wool shirt", "base": "", "token": "x" * 20})
    assert stale.status_code == 422
    assert Product.objects.get(code="SHIRT").name_en == "Linen shirt"


def test_a_form_sent_back_as_it_was_changes_nothing(owner: Client, form: Callable[..., Any]) -> None:
    form("/products/new/")
    product = Product.objects.get(code="SHIRT")
    path = f"/products/{product.pk}/change/"
    assert owner.post(path, sent_by(owner.get(path).content.decode())).status_code == 302
    assert Product.objects.get(code="SHIRT").version == product.version


def save_as_another(**changes: Any) -> None:
    from orderwell.domains.catalog.drafts import ProductDraft
    from orderwell.domains.catalog.services.save_product import save_product
    from orderwell.kernel.clock import utc_now
    from orderwell.testing.actors import clerk

    editor = replace(clerk(), permissions=clerk().permissions | {"catalog:product:change"})
    save_product(ProductDraft(code="SHIRT", **changes), actor=editor, now=utc_now())


def test_two_people_at_one_product_lose_nothing(owner: Client, form: Callable[..., Any]) -> None:
    from orderwell.domains.catalog.drafts import PriceDraft, VariantDraft

    form("/products/new/")
    path = f"/products/{Product.objects.get(code='SHIRT').pk}/change/"
    red, kit = (Variant.objects.get(sku=sku).pk for sku in ("SHIRT-RED", "SHIRT-SET"))
    mine = sent_by(owner.get(path).content.decode())
    # Meanwhile a colleague raises a price, corrects a name and adds a variant.
    save_as_another(
        name_zh="亚麻衬衫",
        variants=(
            VariantDraft(sku="SHIRT-RED", prices=(PriceDraft("CNY", Decimal("69.90"), Decimal(20)),)),
            VariantDraft(sku="SHIRT-BLUE", prices=(PriceDraft("CNY", Decimal(50)),)),
        ),
    )
    mine |= {"description": "Washed linen", f"v{red}-weight_grams": "250", f"v{kit}-prices": "CNY 120"}
    answer = owner.post(path, mine, follow=True)
    page = html.unescape(answer.content.decode())
    assert "Carl Clerk changed this meanwhile" in page and "Carl Clerk added SHIRT-BLUE meanwhile." in page
    product = Product.objects.get(code="SHIRT")
    assert (product.name_zh, product.name_en, product.description) == ("亚麻衬衫", "Shirt", "Washed linen")
    prices = {row.sku: sorted(str(p.unit_price) for p in row.prices.all()) for row in product.variants.all()}
    assert prices == {"SHIRT-RED": ["69.900000"], "SHIRT-BLUE": ["50.000000"], "SHIRT-SET": ["120.000000"]}
    assert Variant.objects.get(pk=red).weight_grams == 250 and Variant.objects.get(sku="SHIRT-BLUE").active


def test_both_changed_the_same_of_a_variant_and_one_has_to_choose(owner: Client, form: Callable[..., Any]) -> None:
    from orderwell.domains.catalog.drafts import PriceDraft, VariantDraft

    form("/products/new/")
    path = f"/products/{Product.objects.get(code='SHIRT').pk}/change/"
    red = Variant.objects.get(sku="SHIRT-RED")
    mine = sent_by(owner.get(path).content.decode()) | {f"v{red.pk}-prices": "CNY 61"}
    save_as_another(variants=(VariantDraft(sku="SHIRT-RED", prices=(PriceDraft("CNY", Decimal(65)),)),))
    answer = owner.post(path, mine)
    page = html.unescape(answer.content.decode())
    assert answer.status_code == 422 and "Take theirs" in page and "CNY 65" in page
    assert f'data-take="id_v{red.pk}-prices"' in page
    assert [row.unit_price for row in red.prices.all()] == [Decimal(65)]
    again = sent_by(answer.content.decode())
    assert again[f"v{red.pk}-prices"] == "CNY 61"
    assert owner.post(path, again).status_code == 302
    assert [row.unit_price for row in red.prices.all()] == [Decimal(61)]


def test_what_is_wrong_stands_at_its_field(form: Callable[..., Any]) -> None:
    page = form("/products/new/", **{"vn0-prices": "XXX 5", "vn0-barcodes": "690001 crate"})
    text = page.content.decode()
    assert page.status_code == 422 and not Product.objects.filter(code="SHIRT").exists()
    assert re.search(r'id="id_vn0-prices"[^>]*aria-invalid|is-invalid[^>]*id="id_vn0-prices"', text)
    assert "SHIRT-RED has no pack crate" in text
    assert "is not a number" in form("/products/new/", **{"vn0-prices": "CNY much"}).content.decode()
    assert "Line 1: expected something like" in form("/products/new/", **{"vn0-packs": "box"}).content.decode()


@pytest.mark.parametrize("price", ["abc", "CNY", "-5", "20 30 40", "CNY 20 30 40", "CNY x"])
def test_a_price_that_is_none_is_said_at_its_field(form: Callable[..., Any], price: str) -> None:
    answer = form("/products/new/", **{"code": "NEW", "name_en": "New", "vn0-sku": "NEW-1", "vn0-prices": price})
    page = answer.content.decode()
    assert answer.status_code == 422 and 'id="id_vn0-prices_error"' in page
    assert not Product.objects.filter(code="NEW").exists()


def test_a_new_sku_has_no_blanks_inside(form: Callable[..., Any]) -> None:
    answer = form("/products/new/", **{"code": "NEW", "name_en": "New", "vn0-sku": "有 空格", "vn0-prices": "20"})
    assert answer.status_code == 422 and "A SKU has no blanks inside." in answer.content.decode()


def test_a_new_product_never_overwrites_another(form: Callable[..., Any]) -> None:
    form("/products/new/")
    again = form("/products/new/", name_en="Other")
    assert again.status_code == 422 and "already a product" in again.content.decode()
    assert Product.objects.get(code="SHIRT").name_en == "Shirt"


def test_own_fields_of_products_are_filled_in(owner: Client, form: Callable[..., Any]) -> None:
    from orderwell.kernel.clock import utc_now
    from orderwell.platform.configuration.saving_fields import save_custom_field
    from orderwell.testing.actors import owner as the_owner

    for key, kind, choices in (("origin", "choice", ["CN", "IT"]), ("fragile", "yes_no", []), ("since", "date", [])):
        save_custom_field(
            entity="product", key=key, kind=kind, choices=choices, required=kind == "choice",
            actor=the_owner(), now=utc_now(),
        )  # fmt: skip
    assert form("/products/new/").status_code == 422
    made = form("/products/new/", own_origin="IT", own_fragile="yes", own_since="2024-05-01")
    assert made.status_code == 302, made.content.decode()
    assert Product.objects.get(code="SHIRT").custom == {"origin": "IT", "fragile": True, "since": "2024-05-01"}


def test_units_are_words_on_the_page_and_codes_in_the_books(
    form: Callable[..., Any], browse: Callable[..., Client]
) -> None:
    form("/products/new/", **{"vn0-unit": "Pair"})
    product, red = Product.objects.get(code="SHIRT"), Variant.objects.get(sku="SHIRT-RED")
    chinese, path = browse("owner", username="zh", language="zh-hans"), f"/products/{product.pk}/change/"
    page = chinese.get(path).content.decode()
    sent = sent_by(page)
    assert sent[f"v{red.pk}-unit"] == "双" and sent[f"v{red.pk}-packs"] == "盒 12"
    assert sent[f"v{red.pk}-barcodes"] == "690001\n690002 盒" and '<option value="千克">' in page
    assert chinese.post(path, sent).status_code == 302
    product.refresh_from_db()
    assert product.version == 1, "nobody changed anything"
    red.packs.update(unit="箱")  # a unit of one's own that reads like the word of another
    sent = sent_by(chinese.get(path).content.decode()) | {f"v{red.pk}-unit": "千克"}
    assert chinese.post(path, sent).status_code == 302
    red.refresh_from_db()
    assert red.unit == "kg" and [pack.unit for pack in red.packs.all()] == ["箱"]
