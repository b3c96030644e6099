"""Everything wrong with a product draft, seen against what the catalogue holds. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from msgspec import UNSET

from orderwell.domains.catalog import errors
from orderwell.domains.catalog.drafts import ProductDraft, VariantDraft
from orderwell.domains.catalog.products import DEFAULT_TAX_CATEGORY, ProductState, VariantState
from orderwell.kernel.errors import DomainError, ErrorDetail, InvalidValue, Phrase, choices
from orderwell.kernel.quantities import QUANTITY_SCALE
from orderwell.kernel.refusals import (
    currency_problems,
    quantity_problems,
    text_problems,
    unit_price_problems,
)
from orderwell.platform.configuration.custom_fields import custom_problems
from orderwell.platform.configuration.models import CustomField

MAX_CODE = 60
MAX_NAME = 240
MAX_VARIANTS = 500
MAX_PARTS = 200
MAX_WEIGHT_GRAMS = 100_000_000
_VARIANT_LISTS = ("prices", "packs", "barcodes", "components")


@dataclass(frozen=True, slots=True)
class KnownVariant:
    product: str
    is_bundle: bool


@dataclass
class Catalogue:
    """What drafts are checked against; grows while a batch is decided, so that later rows see earlier ones.

    `barcodes`: code -> SKU. `part_of`: SKU -> the active bundle that needs it.
    """

    products: dict[str, ProductState] = field(default_factory=dict)
    variants: dict[str, KnownVariant] = field(default_factory=dict)
    barcodes: dict[str, str] = field(default_factory=dict)
    part_of: dict[str, str] = field(default_factory=dict)
    categories: frozenset[str] = frozenset()
    tax_categories: frozenset[str] = frozenset()
    product_fields: Sequence[CustomField] = ()
    variant_fields: Sequence[CustomField] = ()

    def accept(self, state: ProductState) -> None:
        before = self.products.get(state.code)
        for old in before.variants.values() if before else ():
            for code in old.barcodes:
                self.barcodes.pop(code, None)
        self.products[state.code] = state
        for variant in state.variants.values():
            self.variants[variant.sku] = KnownVariant(state.code, variant.is_bundle)
            self.barcodes.update(dict.fromkeys(variant.barcodes, variant.sku))
            if variant.is_bundle and variant.active:
                self.part_of.update(dict.fromkeys(variant.components, variant.sku))


def problems(draft: ProductDraft, known: Catalogue) -> list[ErrorDetail]:
    """All of them at once, each with its place."""
    current = known.products.get(draft.code)
    found = [error.detail() for error in _product_problems(draft, current, known)]
    if draft.custom is not UNSET or current is None:
        values = {} if draft.custom is UNSET else draft.custom
        found += custom_problems(known.product_fields, values, entity="product")
    for index, variant in enumerate(draft.variants[:MAX_VARIANTS]):
        before = current.variants.get(variant.sku) if current else None
        pointer = f"/variants/{index}"
        found += [error.detail() for error in _variant_problems(variant, before, draft, pointer, known)]
        if variant.custom is not UNSET or before is None:
            values = {} if variant.custom is UNSET else variant.custom
            found += custom_problems(known.variant_fields, values, entity="variant", pointer=f"{pointer}/custom")
    return found


def _product_problems(draft: ProductDraft, current: ProductState | None, known: Catalogue) -> Iterator[DomainError]:
    yield from text_problems(draft.code, "/code", MAX_CODE, needed=True)
    for name, limit in (("name_zh", MAX_NAME), ("name_en", MAX_NAME), ("description", 20_000)):
        value = getattr(draft, name)
        if value is not UNSET:
            yield from text_problems(value, f"/{name}", limit, lines=name == "description")
    if draft.category is not UNSET and draft.category is not None and draft.category not in known.categories:
        yield errors.UnknownCategory(pointer="/category", value=draft.category[:60], expected=choices(known.categories))
    tax = draft.tax_category if draft.tax_category is not UNSET else None if current else DEFAULT_TAX_CATEGORY
    if tax is not None and tax not in known.tax_categories:
        yield errors.UnknownTaxCategory(pointer="/tax_category", value=tax[:60], expected=choices(known.tax_categories))
    if draft.options is not UNSET:
        yield from _repeated("/options", draft.options)
        for index, option in enumerate(draft.options):
            yield from text_problems(option, f"/options/{index}", 40, needed=True)
    if draft.active is False and current is not None:
        yield from _still_needed(current, known)
    if len(draft.variants) > MAX_VARIANTS:
        yield InvalidValue(
            pointer="/variants",
            value=len(draft.variants),
            expected=Phrase("at most {count} variants", count=MAX_VARIANTS),
        )
    yield from _repeated("/variants", [variant.sku for variant in draft.variants], "/sku")


def _still_needed(product: ProductState, known: Catalogue) -> Iterator[DomainError]:
    for sku in product.variants:
        bundle = known.part_of.get(sku)
        if bundle is not None and bundle not in product.variants:
            yield errors.ComponentNeeded(pointer="/active", sku=sku, bundle=bundle)


def _variant_problems(
    draft: VariantDraft, current: VariantState | None, product: ProductDraft, pointer: str, known: Catalogue
) -> Iterator[DomainError]:
    yield from text_problems(draft.sku, f"{pointer}/sku", MAX_CODE, needed=True)
    owner = known.variants.get(draft.sku)
    if owner is not None and owner.product != product.code:
        yield errors.SkuOfAnotherProduct(pointer=f"{pointer}/sku", sku=draft.sku, product=owner.product)
    for name, limit in (("name_zh", MAX_NAME), ("name_en", MAX_NAME), ("unit", 20)):
        value = getattr(draft, name)
        if value is not UNSET:
            yield from text_problems(value, f"{pointer}/{name}", limit, needed=name == "unit")
    for name in ("option_values", "option_values_zh"):
        values = getattr(draft, name)
        for key, text in values.items() if values is not UNSET else ():
            yield from text_problems(key, f"{pointer}/{name}", 40, needed=True)
            yield from text_problems(text, f"{pointer}/{name}/{key}", 80, needed=True)
    yield from _measure_problems(draft, current, pointer)
    if draft.active is False and (bundle := known.part_of.get(draft.sku)) and bundle != draft.sku:
        yield errors.ComponentNeeded(pointer=f"{pointer}/active", sku=draft.sku, bundle=bundle)
    for name in _VARIANT_LISTS:
        given = getattr(draft, name)
        if given is not UNSET and len(given) > MAX_PARTS:
            yield InvalidValue(
                pointer=f"{pointer}/{name}", value=len(given), expected=Phrase("at most {count}", count=MAX_PARTS)
            )
    yield from _price_problems(draft, pointer)
    yield from _pack_problems(draft, current, pointer, known)
    yield from _component_problems(draft, current, product, pointer, known)


def _measure_problems(draft: VariantDraft, current: VariantState | None, pointer: str) -> Iterator[DomainError]:
    places = draft.quantity_places
    if places is not UNSET:
        if not 0 <= places <= QUANTITY_SCALE:
            yield InvalidValue(
                pointer=f"{pointer}/quantity_places",
                value=places,
                expected=Phrase("{low} to {high}", low=0, high=QUANTITY_SCALE),
            )
        elif current is not None and places < current.quantity_places:
            yield errors.LessDivisible(
                pointer=f"{pointer}/quantity_places", sku=draft.sku, current=current.quantity_places, given=places
            )
    weight = draft.weight_grams
    if weight is not UNSET and weight is not None and not 0 <= weight <= MAX_WEIGHT_GRAMS:
        yield InvalidValue(
            pointer=f"{pointer}/weight_grams",
            value=weight,
            expected=Phrase("{low} to {high} grams", low=0, high=MAX_WEIGHT_GRAMS),
        )


def _price_problems(draft: VariantDraft, pointer: str) -> Iterator[DomainError]:
    if draft.prices is UNSET:
        return
    yield from _repeated(f"{pointer}/prices", [price.currency for price in draft.prices], "/currency")
    for index, price in enumerate(draft.prices):
        place = f"{pointer}/prices/{index}"
        yield from currency_problems(price.currency, f"{place}/currency")
        yield from unit_price_problems(price.unit_price, f"{place}/unit_price")
        if price.unit_cost is not None:
            yield from unit_price_problems(price.unit_cost, f"{place}/unit_cost")


def _pack_problems(
    draft: VariantDraft, current: VariantState | None, pointer: str, known: Catalogue
) -> Iterator[DomainError]:
    packs = set(current.packs) if current else set()
    if draft.packs is not UNSET:
        packs = {pack.unit for pack in draft.packs}
        yield from _repeated(f"{pointer}/packs", [pack.unit for pack in draft.packs], "/unit")
        for index, pack in enumerate(draft.packs):
            yield from text_problems(pack.unit, f"{pointer}/packs/{index}/unit", 20, needed=True)
            yield from quantity_problems(
                pack.quantity, f"{pointer}/packs/{index}/quantity", sku=draft.sku, places=QUANTITY_SCALE
            )
        if draft.barcodes is UNSET and current:
            for unit in {unit for unit in current.barcodes.values() if unit is not None} - packs:
                yield errors.UnknownPack(pointer=f"{pointer}/packs", sku=draft.sku, value=unit)
    if draft.barcodes is UNSET:
        return
    yield from _repeated(f"{pointer}/barcodes", [barcode.code for barcode in draft.barcodes], "/code")
    for index, barcode in enumerate(draft.barcodes):
        place = f"{pointer}/barcodes/{index}"
        yield from text_problems(barcode.code, f"{place}/code", MAX_CODE, needed=True)
        holder = known.barcodes.get(barcode.code)
        if holder is not None and holder != draft.sku:
            yield errors.BarcodeTaken(pointer=f"{place}/code", barcode=barcode.code, sku=holder)
        if barcode.pack is not None and barcode.pack not in packs:
            yield errors.UnknownPack(pointer=f"{place}/pack", sku=draft.sku, value=barcode.pack[:20])


def _component_problems(
    draft: VariantDraft, current: VariantState | None, product: ProductDraft, pointer: str, known: Catalogue
) -> Iterator[DomainError]:
    if draft.components is UNSET:
        return
    if current is not None and current.is_bundle != bool(draft.components):
        reason = "is a bundle" if current.is_bundle else "is no bundle"
        yield errors.BundleFixed(pointer=f"{pointer}/components", sku=draft.sku, reason=reason)
    yield from _repeated(f"{pointer}/components", [component.sku for component in draft.components], "/sku")
    siblings = {variant.sku: variant for variant in product.variants}
    for index, component in enumerate(draft.components):
        place = f"{pointer}/components/{index}"
        yield from quantity_problems(component.quantity, f"{place}/quantity", sku=component.sku, places=QUANTITY_SCALE)
        sibling, there = siblings.get(component.sku), known.variants.get(component.sku)
        if sibling is None and there is None:
            yield errors.UnknownSku(pointer=f"{place}/sku", value=component.sku[:MAX_CODE])
        elif (there is not None and there.is_bundle) or (sibling is not None and sibling.components):
            yield errors.ComponentIsBundle(pointer=f"{place}/sku", sku=component.sku)


def _repeated(pointer: str, values: Sequence[str], suffix: str = "") -> Iterator[DomainError]:
    seen: set[str] = set()
    for index, value in enumerate(values):
        if value in seen:
            yield errors.GivenTwice(pointer=f"{pointer}/{index}{suffix}", value=value[:60])
        seen.add(value)
