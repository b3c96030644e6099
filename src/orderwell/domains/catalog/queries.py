"""Reads of the catalogue. Every function takes the actor first."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import partial, reduce
from operator import or_
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from orderwell.domains.catalog.models import (
    Barcode,
    BundleComponent,
    Category,
    Channel,
    Pack,
    Product,
    ProductImage,
    TaxCategory,
    Variant,
    VariantPrice,
)
from orderwell.kernel.errors import NotFound
from orderwell.platform.accounts.actor import Actor
from orderwell.platform.accounts.row_filters import rows_within
from orderwell.platform.database import is_postgresql
from orderwell.platform.paging import Page, keyset_page
from orderwell.platform.permissions import Permission
from orderwell.platform.prepared import prepared
from orderwell.platform.related import attach
from orderwell.platform.search import found_by, nearest_first
from orderwell.platform.search.keys import normalise

LAST_CHARACTER = chr(0x10FFFF)
MAX_HITS = 50
# So many of those found are put in order; a text that names more is too vague for a list of a few.
LOOKED_AT = 200
# So few products are read by their keys; of more, most match, and the list is walked in its order.
FEW = 1_000


@dataclass(frozen=True)
class ProductFilters:
    """`text` is searched in names, SKUs, codes and pinyin. `category` is a code and includes what lies below it."""

    text: str = ""
    category: str = ""
    tax_category: str = ""
    active: bool | None = True
    bundles: bool | None = None


@dataclass(frozen=True)
class VariantHit:
    """One line of a type-ahead list. `price` is the list price in the asked currency, None without one."""

    id: int
    sku: str
    name_zh: str
    name_en: str
    unit: str
    quantity_places: int
    is_bundle: bool
    price: Decimal | None = None
    pack_quantity: Decimal | None = None
    product_id: int = 0
    # The text was its barcode.
    scanned: bool = False


@dataclass(frozen=True)
class ProductDetail:
    product: Product
    variants: list[Variant]
    part_of: dict[int, list[tuple[str, int]]] = field(default_factory=dict)
    images: list[ProductImage] = field(default_factory=list)
    # Taken away, and still there to be brought back.
    removed_images: list[ProductImage] = field(default_factory=list)


def products(actor: Actor, filters: ProductFilters | None = None) -> QuerySet[Product]:
    """Products the actor may see, with category and tax category at hand; `with_variants` brings the rest."""
    actor.require(Permission.CATALOG_PRODUCT_VIEW)
    filters = filters or ProductFilters()
    rows = Product.objects.select_related("category", "tax_category")
    if filters.active is not None:
        rows = rows.filter(active=filters.active)
    if filters.category:
        rows = rows.filter(category__in=with_descendants(filters.category))
    if filters.tax_category:
        rows = rows.filter(tax_category__code=filters.tax_category)
    variants = Variant.objects.filter(product=OuterRef("pk"))
    if filters.bundles is not None:
        rows = rows.filter(Exists(variants.filter(is_bundle=filters.bundles)))
    if filters.text.strip():
        rows = _found_by_text(rows, filters.text.strip().replace("\x00", ""))
    return rows


def _found_by_text(rows: QuerySet[Product], text: str) -> QuerySet[Product]:
    """Those that a word of a variant finds, and those of exactly this code.

    Beginnings of codes are those of SKUs as a rule, whole ones are not. Each side goes by an index of its own, so both are
    read apart: one OR of them makes PostgreSQL walk all products by code, which pays where almost all of them match.
    """
    codes = {text, text.upper(), text.lower()}
    named = Variant.objects.filter(found_by("search_key", text)).values_list("product", flat=True)
    coded = Product.objects.filter(code__in=codes).values_list("pk", flat=True)
    found = list(named.union(coded)[: FEW + 1])
    if len(found) <= FEW:
        return rows.filter(pk__in=found)
    return rows.filter(Q(pk__in=named) | Q(code__in=codes))


def with_variants(found: Sequence[Product]) -> None:
    """Variants by SKU, their prices and the images of products that were read: three queries for a page of them."""
    variants = attach(found, "variants", _variants_of)
    attach(variants, "prices", _prices_by_key)
    attach(found, "images", _images_of_many)


def product_list(
    actor: Actor, filters: ProductFilters | None = None, cursor: str | None = None, limit: int = 50
) -> Page[Product]:
    """One page of products by code, with their variants."""
    found = keyset_page(products(actor, filters), order=("code",), cursor=cursor, limit=limit)
    with_variants(found.rows)
    return found


def product_detail(actor: Actor, product_id: int) -> ProductDetail:
    """A product with everything that belongs to it, and which bundles each of its variants is part of."""
    actor.require(Permission.CATALOG_PRODUCT_VIEW)
    product = next(iter(_product_of_key(product_id)), None)
    if product is None:
        raise NotFound(kind="product", reference=product_id)
    variants = attach([product], "variants", _variants_of)
    attach(variants, "prices", _prices_of)
    attach(variants, "packs", _packs_of)
    attach(variants, "barcodes", _barcodes_of)
    attach(variants, "components", _components_of)
    part_of: dict[int, list[tuple[str, int]]] = {}
    for component, sku, bundle in _bundles_with([variant.pk for variant in variants]):
        part_of.setdefault(component, []).append((sku, bundle))
    images = _images_of(product_id)
    shown = [image for image in images if image.removed_at is None]
    removed = [image for image in images if image.removed_at is not None]
    return ProductDetail(product, variants, part_of, shown, removed)


@prepared(int)
def _product_of_key(pk: int) -> QuerySet[Product]:
    return Product.objects.select_related("category", "tax_category").filter(pk=pk)


@prepared([int])
def _variants_of(products: Sequence[int]) -> QuerySet[Variant]:
    return Variant.objects.filter(product__in=products).order_by("sku")


@prepared([int])
def _prices_of(variants: Sequence[int]) -> QuerySet[VariantPrice]:
    return VariantPrice.objects.filter(variant__in=variants).order_by("currency")


@prepared([int])
def _prices_by_key(variants: Sequence[int]) -> QuerySet[VariantPrice]:
    return VariantPrice.objects.filter(variant__in=variants).order_by("id")


@prepared([int])
def _images_of_many(products: Sequence[int]) -> QuerySet[ProductImage]:
    return ProductImage.objects.filter(product__in=products).order_by("position", "id")


@prepared([int])
def _packs_of(variants: Sequence[int]) -> QuerySet[Pack]:
    return Pack.objects.filter(variant__in=variants)


@prepared([int])
def _barcodes_of(variants: Sequence[int]) -> QuerySet[Barcode]:
    return Barcode.objects.filter(variant__in=variants).select_related("pack")


@prepared([int])
def _components_of(bundles: Sequence[int]) -> QuerySet[BundleComponent]:
    rows = BundleComponent.objects.filter(bundle__in=bundles)
    return rows.select_related("component").order_by("component__sku")


@prepared([int])
def _bundles_with(components: Sequence[int]) -> QuerySet[Any, tuple[int, str, int]]:
    rows = BundleComponent.objects.filter(component__in=components)
    return rows.values_list("component_id", "bundle__sku", "bundle__product_id")


@prepared(int)
def _images_of(product: int) -> QuerySet[ProductImage]:
    return ProductImage.with_removed.filter(product=product).order_by("position", "id")


def product_header(actor: Actor, product_id: int) -> Product | None:
    """The product without what belongs to it; None when there is none such."""
    actor.require(Permission.CATALOG_PRODUCT_VIEW)
    return Product.objects.filter(pk=product_id).first()


def image_of(actor: Actor, image_id: int) -> ProductImage:
    actor.require(Permission.CATALOG_PRODUCT_VIEW)
    image = ProductImage.objects.select_related("product").filter(pk=image_id).first()
    if image is None:
        raise NotFound(kind="image", reference=image_id)
    return image


def main_images(actor: Actor, product_ids: Collection[int]) -> dict[int, ProductImage]:
    """Product id -> the image that stands for it, where it has one."""
    actor.require(Permission.CATALOG_PRODUCT_VIEW)
    found: dict[int, ProductImage] = {}
    for image in ProductImage.objects.filter(product__in=list(product_ids)).order_by("product", "position", "id"):
        found.setdefault(image.product_id, image)
    return found


def find_variants(actor: Actor, text: str, *, currency: str | None = None, limit: int = 20) -> list[VariantHit]:
    """Type-ahead over active variants: barcode, beginnings of SKUs and of words of names, then any part, pinyin, initials."""
    actor.require(Permission.CATALOG_PRODUCT_VIEW)
    text, limit = text.strip().replace("\x00", ""), max(1, min(limit, MAX_HITS))
    if not text:
        return []
    active = Variant.objects.filter(active=True, product__active=True)
    packs: dict[int, Decimal | None] = dict(
        Barcode.objects.filter(code=text).values_list("variant_id", "pack__quantity")
    )
    found = list(active.filter(pk__in=packs)) if packs else []
    found += _further(active.filter(_begins("sku", text)).order_by("sku"), found, limit)
    # A code that is known is what was meant; names are looked through only for what is none.
    if not any(packs or variant.sku.upper() == text.upper() for variant in found):
        for condition in nearest_first("search_key", text):
            if len(found) < limit:
                # No order in the database: it may stop at the first rows it finds, which keeps common words fast.
                named = active.filter(condition)[:LOOKED_AT]
                found += _further(sorted(named, key=partial(_nearness, normalise(text))), found, limit)
    prices = (
        dict(
            VariantPrice.objects.filter(variant__in=[variant.pk for variant in found], currency=currency).values_list(
                "variant_id", "unit_price"
            )
        )
        if currency
        else {}
    )
    return [
        VariantHit(
            variant.pk,
            variant.sku,
            variant.name_zh,
            variant.name_en,
            variant.unit,
            variant.quantity_places,
            variant.is_bundle,
            prices.get(variant.pk),
            packs.get(variant.pk),
            variant.product_id,
            variant.pk in packs,
        )
        for variant in found
    ]


def variants_by_id(actor: Actor, product_ids: list[int]) -> list[VariantHit]:
    """The first variant of each of the products, for lists of what was opened last."""
    actor.require(Permission.CATALOG_PRODUCT_VIEW)
    first: dict[int, Variant] = {}
    for variant in Variant.objects.filter(product_id__in=product_ids).order_by("sku")[:200]:
        first.setdefault(variant.product_id, variant)
    return [
        VariantHit(v.pk, v.sku, v.name_zh, v.name_en, v.unit, v.quantity_places, v.is_bundle, product_id=v.product_id)
        for v in first.values()
    ]


def categories(actor: Actor) -> QuerySet[Category]:
    actor.require(Permission.CATALOG_PRODUCT_VIEW)
    return Category.objects.select_related("parent").order_by("code")


def category_names(actor: Actor) -> list[Category]:
    """The categories by code, to choose from."""
    actor.require(Permission.CATALOG_PRODUCT_VIEW)
    return _categories_by_code()


@prepared()
def _categories_by_code() -> QuerySet[Category]:
    return Category.objects.order_by("code")


def tax_categories(actor: Actor) -> QuerySet[TaxCategory]:
    actor.require(Permission.CATALOG_PRODUCT_VIEW)
    return TaxCategory.objects.order_by("code")


def channels(actor: Actor, *, active: bool | None = None) -> QuerySet[Channel]:
    """The channels whose rows the actor may see."""
    actor.require(Permission.CATALOG_PRODUCT_VIEW)
    rows = rows_within(Channel.objects.order_by("code"), actor, pk="channel")
    return rows if active is None else rows.filter(active=active)


def _nearness(text: str, variant: Variant) -> tuple[bool, int, str]:
    """Names that begin with the text first, then the shorter ones: less in them is something else."""
    names = [normalise(name) for name in (variant.name_zh, variant.name_en)]
    return not any(name.startswith(text) for name in names), min(map(len, names)), variant.sku


def _further(rows: QuerySet[Variant] | list[Variant], found: list[Variant], limit: int) -> list[Variant]:
    known = {variant.pk for variant in found}
    return [variant for variant in rows[: limit + len(known)] if variant.pk not in known][: limit - len(known)]


def _begins(column: str, text: str) -> Q:
    """`column` begins with `text` as typed, in upper or in lower case, in a form that each database's index serves."""
    spellings = {text, text.upper(), text.lower()}
    return reduce(or_, (Q(**_beginning(column, spelling)) for spelling in sorted(spellings)))


def _beginning(column: str, text: str) -> dict[str, Any]:
    # PostgreSQL has a pattern index whatever its collation; LIKE on SQLite ignores the index but a range uses it.
    if is_postgresql():
        return {f"{column}__startswith": text}
    return {f"{column}__gte": text, f"{column}__lt": text + LAST_CHARACTER}


@prepared()
def _places_of_categories() -> QuerySet[Any, tuple[int, int | None, str]]:
    return Category.objects.values_list("id", "parent_id", "code")


def with_descendants(code: str) -> set[int]:
    """The ids of the category `code` and of everything below it."""
    children: dict[int | None, list[int]] = {}
    start: set[int] = set()
    for pk, parent, name in _places_of_categories():
        children.setdefault(parent, []).append(pk)
        if name == code:
            start.add(pk)
    waiting, found = list(start), set(start)
    while waiting:
        below = set(children.get(waiting.pop(), ())) - found
        found |= below
        waiting += below
    return found
