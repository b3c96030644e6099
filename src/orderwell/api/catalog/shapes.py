"""What the catalogue looks like from outside."""

from __future__ import annotations

from typing import Any

from orderwell.api.shapes import Amount, Exact, InCurrency, Moment, Shape
from orderwell.api.versions import Versioned
from orderwell.domains.catalog.models import Category, Channel, Product, ProductImage, Variant
from orderwell.domains.catalog.queries import ProductDetail


class PriceShape(InCurrency):
    currency: str
    unit_price: Amount
    unit_cost: Amount | None


class PackShape(Shape):
    unit: str
    quantity: Exact


class BarcodeShape(Shape):
    code: str
    pack: str | None


class ComponentOfBundleShape(Shape):
    sku: str
    quantity: Exact


class ImageShape(Shape):
    id: int
    address: str
    alt_text: str
    position: int
    variant_id: int | None
    width: int | None
    height: int | None


class VariantSummaryShape(Shape):
    id: int
    sku: str
    name_zh: str
    name_en: str
    unit: str
    is_bundle: bool
    active: bool
    prices: list[PriceShape]


class VariantShape(VariantSummaryShape):
    option_values: dict[str, str]
    option_values_zh: dict[str, str]
    quantity_places: int
    weight_grams: int | None
    custom: dict[str, Any]
    packs: list[PackShape]
    barcodes: list[BarcodeShape]
    components: list[ComponentOfBundleShape]
    part_of: list[str]
    version: int


class ProductShape(Shape):
    id: int
    code: str
    version: int
    name_zh: str
    name_en: str
    category: str | None
    tax_category: str
    options: list[str]
    active: bool
    created_at: Moment
    updated_at: Moment
    variants: list[VariantSummaryShape]


class ProductDetailShape(ProductShape):
    description: str
    custom: dict[str, Any]
    images: list[ImageShape]
    variants: list[VariantShape]  # type: ignore[assignment]  # a page shows less of each


class VariantHitShape(Shape):
    id: int
    sku: str
    name_zh: str
    name_en: str
    unit: str
    quantity_places: int
    is_bundle: bool
    price: Exact | None
    pack_quantity: Exact | None


class CategoryShape(Versioned):
    id: int
    code: str
    name_zh: str
    name_en: str
    parent: str | None


class TaxCategoryShape(Versioned):
    id: int
    code: str
    name_zh: str
    name_en: str
    rate: Exact


class ChannelShape(Versioned):
    id: int
    code: str
    name_zh: str
    name_en: str
    currency: str
    prices_include_tax: bool
    shortage: str
    warehouses: list[str]
    active: bool


def show_product(product: Product) -> dict[str, Any]:
    variants = [_summary(variant) for variant in product.variants.all()]
    return {**_header(product), "variants": variants}


def show_detail(found: ProductDetail) -> dict[str, Any]:
    return {
        **_header(found.product),
        "description": found.product.description,
        "custom": found.product.custom,
        "images": [show_image(image) for image in found.images],
        "variants": [_variant(variant, found.part_of.get(variant.pk, [])) for variant in found.variants],
    }


def show_image(image: ProductImage) -> dict[str, Any]:
    plain = {name: getattr(image, name) for name in ("id", "alt_text", "position", "variant_id", "width", "height")}
    return {**plain, "address": f"/api/v1/images/{image.pk}"}


def show_category(category: Category) -> dict[str, Any]:
    plain = {name: getattr(category, name) for name in ("id", "code", "name_zh", "name_en", "version")}
    return {**plain, "parent": category.parent.code if category.parent is not None else None}


def show_channel(channel: Channel) -> dict[str, Any]:
    plain = {name: getattr(channel, name) for name in ChannelShape.model_fields if name != "warehouses"}
    return {**plain, "warehouses": channel.warehouse_codes}


def _header(product: Product) -> dict[str, Any]:
    plain = ("id", "code", "version", "name_zh", "name_en", "options", "active", "created_at", "updated_at")
    return {
        **{name: getattr(product, name) for name in plain},
        "category": product.category.code if product.category is not None else None,
        "tax_category": product.tax_category.code,
    }


def _summary(variant: Variant) -> dict[str, Any]:
    plain = {name: getattr(variant, name) for name in VariantSummaryShape.model_fields if name != "prices"}
    return {**plain, "prices": list(variant.prices.all())}


def _variant(variant: Variant, part_of: list[tuple[str, int]]) -> dict[str, Any]:
    plain = ("option_values", "option_values_zh", "quantity_places", "weight_grams", "custom", "version")
    return {
        **_summary(variant),
        **{name: getattr(variant, name) for name in plain},
        "packs": list(variant.packs.all()),
        "barcodes": [
            {"code": barcode.code, "pack": barcode.pack.unit if barcode.pack is not None else None}
            for barcode in variant.barcodes.all()
        ],
        "components": [{"sku": row.component.sku, "quantity": row.quantity} for row in variant.components.all()],
        "part_of": [sku for sku, _product in part_of],
    }
