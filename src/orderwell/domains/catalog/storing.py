"""Reading and writing whole products: a fixed handful of statements for one product or five hundred."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import models

from orderwell.domains.catalog.drafts import ProductDraft
from orderwell.domains.catalog.models import (
    Barcode,
    BundleComponent,
    Category,
    Pack,
    Product,
    TaxCategory,
    Variant,
    VariantPrice,
)
from orderwell.domains.catalog.products import ProductState, VariantState
from orderwell.domains.catalog.searching import variant_key
from orderwell.domains.catalog.validation import Catalogue, KnownVariant
from orderwell.platform.batches import upsert
from orderwell.platform.configuration.custom_fields import custom_fields

_PRODUCT_COLUMNS = ("name_zh", "name_en", "description", "custom", "active")
_VARIANT_COLUMNS = (
    "name_zh",
    "name_en",
    "option_values",
    "option_values_zh",
    "unit",
    "quantity_places",
    "is_bundle",
    "weight_grams",
    "custom",
    "active",
)


@dataclass
class Loaded:
    """The products of a batch as rows (locked) and as one `catalogue` of values."""

    catalogue: Catalogue
    products: dict[str, Product]
    variants: dict[str, Variant]


def load(drafts: Sequence[ProductDraft]) -> Loaded:
    """Lock the products of a batch, in key order, and read all that its drafts are checked against."""
    products = {
        product.code: product
        for product in Product.objects.filter(code__in={draft.code for draft in drafts})
        .select_related("category", "tax_category")
        .select_for_update(of=("self",))
        .order_by("pk")
    }
    given = [variant for draft in drafts for variant in draft.variants]
    skus = {variant.sku for variant in given}
    mentioned = skus | {part.sku for variant in given for part in variant.components or ()}
    variants = list(
        Variant.objects.filter(
            models.Q(product__in=list(products.values())) | models.Q(sku__in=mentioned)
        ).select_related("product")
    )
    own = {variant.sku: variant for variant in variants if variant.product.code in products}
    states = _variant_states(own.values())
    codes = {barcode.code for variant in given for barcode in variant.barcodes or ()}
    catalogue = Catalogue(
        products={code: _product_state(product, own.values(), states) for code, product in products.items()},
        variants={variant.sku: KnownVariant(variant.product.code, variant.is_bundle) for variant in variants},
        barcodes=dict(Barcode.objects.filter(code__in=codes).values_list("code", "variant__sku")),
        part_of=dict(
            BundleComponent.objects.filter(
                models.Q(component__sku__in=skus) | models.Q(component__product__in=list(products.values())),
                bundle__active=True,
                bundle__product__active=True,
            ).values_list("component__sku", "bundle__sku")
        ),
        categories=frozenset(Category.objects.values_list("code", flat=True)),
        tax_categories=frozenset(TaxCategory.objects.values_list("code", flat=True)),
        product_fields=custom_fields("product"),
        variant_fields=custom_fields("variant"),
    )
    return Loaded(catalogue, products, own)


def _product_state(product: Product, variants: Iterable[Variant], states: dict[int, VariantState]) -> ProductState:
    return ProductState(
        code=product.code,
        category=product.category.code if product.category else None,
        tax_category=product.tax_category.code,
        options=tuple(product.options),
        variants={variant.sku: states[variant.pk] for variant in variants if variant.product_id == product.pk},
        **{name: getattr(product, name) for name in _PRODUCT_COLUMNS},
    )


def _variant_states(variants: Collection[Variant]) -> dict[int, VariantState]:
    ids = [variant.pk for variant in variants]
    bundles = [variant.pk for variant in variants if variant.is_bundle]
    prices = _children(
        VariantPrice.objects.filter(variant__in=ids).values_list("variant_id", "currency", "unit_price", "unit_cost")
    )
    packs = _children(Pack.objects.filter(variant__in=ids).values_list("variant_id", "unit", "quantity"))
    barcodes = _children(Barcode.objects.filter(variant__in=ids).values_list("variant_id", "code", "pack__unit"))
    components = _children(
        BundleComponent.objects.filter(bundle__in=bundles).values_list("bundle_id", "component__sku", "quantity")
    )
    return {
        variant.pk: VariantState(
            sku=variant.sku,
            prices={currency: (price, cost) for currency, price, cost in prices[variant.pk]},
            packs=dict(packs[variant.pk]),
            barcodes=dict(barcodes[variant.pk]),
            components=dict(components[variant.pk]),
            **{name: getattr(variant, name) for name in _VARIANT_COLUMNS},
        )
        for variant in variants
    }


def _children(rows: Iterable[Any]) -> dict[int, list[Any]]:
    found: dict[int, list[Any]] = defaultdict(list)
    for parent, *values in rows:
        found[parent].append(tuple(values))
    return found


def store(loaded: Loaded, before: dict[str, ProductState | None], now: datetime) -> None:
    """Write the products named in `before` as the catalogue now has them; `before` is what the tables hold."""
    states = {code: loaded.catalogue.products[code] for code in before}
    categories = dict(Category.objects.values_list("code", "id"))
    taxes = dict(TaxCategory.objects.values_list("code", "id"))
    for code, state in states.items():
        product = loaded.products.get(code) or Product(code=code, created_at=now, version=0)
        for name in _PRODUCT_COLUMNS:
            setattr(product, name, getattr(state, name))
        product.category_id = None if state.category is None else categories[state.category]
        product.tax_category_id = taxes[state.tax_category]
        product.options = list(state.options)
        product.updated_at, product.version = now, product.version + 1
        loaded.products[code] = product
    upsert(Product, [loaded.products[code] for code in states])

    changed: list[tuple[VariantState | None, VariantState]] = []
    for code, state in states.items():
        old = before[code]
        for sku, variant in state.variants.items():
            known = old.variants.get(sku) if old else None
            if known != variant:
                changed.append((known, variant))
                loaded.variants[sku] = _variant_row(loaded, variant, loaded.products[code], now)
    upsert(Variant, [loaded.variants[variant.sku] for _, variant in changed])
    _store_children(loaded, changed)


def _variant_row(loaded: Loaded, state: VariantState, product: Product, now: datetime) -> Variant:
    row = loaded.variants.get(state.sku) or Variant(sku=state.sku, created_at=now, version=0)
    for name in _VARIANT_COLUMNS:
        setattr(row, name, getattr(state, name))
    row.product = product
    row.search_key = variant_key(state.sku, state.name_zh, state.name_en, product.code)
    row.updated_at, row.version = now, row.version + 1
    return row


def _store_children(loaded: Loaded, changed: Sequence[tuple[VariantState | None, VariantState]]) -> None:
    """Prices, packs with barcodes, and components: each replaced as a whole where it differs."""
    ids = {variant.sku: loaded.variants[variant.sku].pk for _, variant in changed}
    priced = [new for old, new in changed if (old.prices if old else {}) != new.prices]
    packed = [
        new for old, new in changed if ((old.packs, old.barcodes) if old else ({}, {})) != (new.packs, new.barcodes)
    ]
    built = [new for old, new in changed if (old.components if old else {}) != new.components]

    VariantPrice.objects.filter(variant__in=[ids[state.sku] for state in priced]).delete()
    VariantPrice.objects.bulk_create(
        VariantPrice(variant_id=ids[state.sku], currency=currency, unit_price=price, unit_cost=cost)
        for state in priced
        for currency, (price, cost) in state.prices.items()
    )
    repacked = [ids[state.sku] for state in packed]
    Barcode.objects.filter(variant__in=repacked).delete()
    Pack.objects.filter(variant__in=repacked).delete()
    packs = {
        (pack.variant_id, pack.unit): pack.pk
        for pack in Pack.objects.bulk_create(
            Pack(variant_id=ids[state.sku], unit=unit, quantity=quantity)
            for state in packed
            for unit, quantity in state.packs.items()
        )
    }
    Barcode.objects.bulk_create(
        Barcode(code=code, variant_id=ids[state.sku], pack_id=None if unit is None else packs[ids[state.sku], unit])
        for state in packed
        for code, unit in state.barcodes.items()
    )
    BundleComponent.objects.filter(bundle__in=[ids[state.sku] for state in built]).delete()
    parts = {sku for state in built for sku in state.components}
    part_ids = dict(Variant.objects.filter(sku__in=parts).values_list("sku", "id")) if parts else {}
    BundleComponent.objects.bulk_create(
        BundleComponent(bundle_id=ids[state.sku], component_id=part_ids[sku], quantity=quantity)
        for state in built
        for sku, quantity in state.components.items()
    )
