"""A product as one value: what it is now, what a draft makes of it, and what differs. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from decimal import Decimal
from typing import Any

from msgspec import UNSET

from orderwell.domains.catalog.drafts import ProductDraft, VariantDraft

DEFAULT_TAX_CATEGORY = "standard"


@dataclass(frozen=True)
class VariantState:
    """`prices`: currency -> (price, cost). `barcodes`: code -> pack unit or None. `components`: SKU -> quantity."""

    sku: str
    name_zh: str = ""
    name_en: str = ""
    option_values: Mapping[str, str] = field(default_factory=dict)
    option_values_zh: Mapping[str, str] = field(default_factory=dict)
    unit: str = "piece"
    quantity_places: int = 0
    weight_grams: int | None = None
    custom: Mapping[str, Any] = field(default_factory=dict)
    active: bool = True
    is_bundle: bool = False
    prices: Mapping[str, tuple[Decimal, Decimal | None]] = field(default_factory=dict)
    packs: Mapping[str, Decimal] = field(default_factory=dict)
    barcodes: Mapping[str, str | None] = field(default_factory=dict)
    components: Mapping[str, Decimal] = field(default_factory=dict)


@dataclass(frozen=True)
class ProductState:
    code: str
    name_zh: str = ""
    name_en: str = ""
    description: str = ""
    category: str | None = None
    tax_category: str = DEFAULT_TAX_CATEGORY
    options: tuple[str, ...] = ()
    custom: Mapping[str, Any] = field(default_factory=dict)
    active: bool = True
    variants: Mapping[str, VariantState] = field(default_factory=dict)


def merged(current: ProductState | None, draft: ProductDraft) -> ProductState:
    """The product after `draft`."""
    state = replace(current or ProductState(draft.code), **_given(draft, ProductState, {"variants"}))
    state = _with_names(state, draft.code)
    variants = dict(state.variants)
    for variant in draft.variants:
        variants[variant.sku] = _merged_variant(variants.get(variant.sku), variant, state)
    return replace(state, variants=variants)


def _merged_variant(current: VariantState | None, draft: VariantDraft, product: ProductState) -> VariantState:
    given = _given(draft, VariantState, {"prices", "packs", "barcodes", "components"})
    if draft.prices is not UNSET:
        given["prices"] = {price.currency: (price.unit_price, price.unit_cost) for price in draft.prices}
    if draft.packs is not UNSET:
        given["packs"] = {pack.unit: pack.quantity for pack in draft.packs}
    if draft.barcodes is not UNSET:
        given["barcodes"] = {barcode.code: barcode.pack for barcode in draft.barcodes}
    if draft.components is not UNSET:
        given["components"] = {component.sku: component.quantity for component in draft.components}
        given["is_bundle"] = bool(draft.components) or (current is not None and current.is_bundle)
    state = replace(current or VariantState(draft.sku), **given)
    options = " ".join(state.option_values.values()) or " ".join(state.option_values_zh.values())
    options_zh = " ".join(state.option_values_zh.values()) or options
    return replace(
        state,
        name_zh=state.name_zh or state.name_en or f"{product.name_zh} {options_zh}".strip()[:240],
        name_en=state.name_en or state.name_zh or f"{product.name_en} {options}".strip()[:240],
    )


def _with_names(state: ProductState, code: str) -> ProductState:
    """A name given in one language only is used for both, and the code where there is none at all."""
    return replace(
        state, name_zh=state.name_zh or state.name_en or code, name_en=state.name_en or state.name_zh or code
    )


def _given(draft: ProductDraft | VariantDraft, target: type, apart: set[str]) -> dict[str, Any]:
    names = {item.name for item in fields(target)} & set(draft.__struct_fields__) - apart
    return {name: value for name in names if (value := getattr(draft, name)) is not UNSET}


def differences(before: ProductState, after: ProductState) -> dict[str, list[Any]]:
    """{path: [old value, new value]}, as "name_en" or "variants/CUP-RED/prices/CNY"; empty when nothing changed."""
    return dict(sorted(_differences("", _plain(before), _plain(after)).items()))


def _plain(state: ProductState) -> dict[str, Any]:
    values = {item.name: getattr(state, item.name) for item in fields(state)}
    values["variants"] = {
        sku: {item.name: getattr(variant, item.name) for item in fields(variant)}
        for sku, variant in state.variants.items()
    }
    return values


def _differences(path: str, old: Any, new: Any) -> dict[str, list[Any]]:
    if old == new:
        return {}
    if isinstance(old, Mapping) and isinstance(new, Mapping):
        found: dict[str, list[Any]] = {}
        for key in [*old, *(key for key in new if key not in old)]:
            found |= _differences(f"{path}/{key}" if path else str(key), old.get(key), new.get(key))
        return found
    return {path: [old, new]}
