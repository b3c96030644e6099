"""Products are made and changed on the screen, and sold at once."""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from orderwell.domains.catalog.models import Barcode, BundleComponent, Product, Variant
from tests.web.conftest import Company


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
    "rows": "2",
    "active": "on",
    "v0-sku": "SHIRT-RED",
    "v0-option_values": "color: red；size：M",
    "v0-unit": "piece",
    "v0-prices": "cny 59.90 20\nUSD 9",
    "v0-packs": "box 12",
    "v0-barcodes": "690001\n690002 box",
    "v0-active": "on",
    "v1-sku": "SHIRT-SET",
    "v1-components": "SHIRT-RED 2",
    "v1-prices": "CNY 100",
    "v1-active": "on",
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
    assert red.option_values == {"color": "red", "size": "M"} and red.name_zh == "衬衫 red M"
    assert {row.currency: (row.unit_price, row.unit_cost) for row in red.prices.all()} == {
        "CNY": (Decimal("59.90"), Decimal(20)),
        "USD": (Decimal(9), None),
    }
    assert Barcode.objects.get(code="690002").pack is not None
    assert BundleComponent.objects.get().quantity == 2
    order = place(**{"SHIRT-RED": 3})
    assert "179.70" in owner.get(f"/orders/{order}/").content.decode()
    assert "SHIRT-SET" in owner.get(f"/products/{product.pk}/").content.decode()


def test_a_product_is_changed_and_a_stale_form_is_refused(owner: Client, form: Callable[..., Any]) -> None:
    form("/products/new/")
    product = Product.objects.get(code="SHIRT")
    path = f"/products/{product.pk}/change/"
    page = owner.get(path).content.decode()
    assert "CNY 59.9 20" in page and "690002 box" in page and "color: red; size: M" in page
    saved = form(path, version="1", name_en="Linen shirt")
    assert saved.status_code == 302, saved.content.decode()
    assert Product.objects.get(code="SHIRT").name_en == "Linen shirt"
    stale = form(path, version="1", name_en="Wool shirt")
    assert stale.status_code == 422
    assert Product.objects.get(code="SHIRT").name_en == "Linen shirt"


def test_what_is_wrong_stands_at_its_field(form: Callable[..., Any]) -> None:
    page = form("/products/new/", **{"v0-prices": "XXX 5", "v0-barcodes": "690001 crate"})
    text = page.content.decode()
    assert page.status_code == 422 and not Product.objects.filter(code="SHIRT").exists()
    assert re.search(r'id="id_v0-prices"[^>]*aria-invalid|is-invalid[^>]*id="id_v0-prices"', text)
    assert "SHIRT-RED has no pack crate" in text
    assert "is not a number" in form("/products/new/", **{"v0-prices": "CNY much"}).content.decode()
    assert "Line 1: expected something like" in form("/products/new/", **{"v0-packs": "box"}).content.decode()


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
