"""What a caller hands to the catalogue's services: plain values, decoded from JSON by msgspec or built in Python.

What is not given (UNSET) stays as it is; for something new it gets its default. What is given replaces what was there:
a list of prices is then the whole list of prices.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import msgspec
from msgspec import UNSET, UnsetType


class PriceDraft(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    currency: str
    unit_price: Decimal
    unit_cost: Decimal | None = None


class PackDraft(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A larger unit: a `unit` ("box") holds `quantity` of the variant's own unit."""

    unit: str
    quantity: Decimal


class BarcodeDraft(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`pack` is the unit of the pack that carries this code; without it the code stands on the single unit."""

    code: str
    pack: str | None = None


class ComponentDraft(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    sku: str
    quantity: Decimal


class VariantDraft(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One SKU. With `components` it is a bundle. Without names it is called like its product, with its options."""

    sku: str
    name_zh: str | UnsetType = UNSET
    name_en: str | UnsetType = UNSET
    option_values: dict[str, str] | UnsetType = UNSET
    option_values_zh: dict[str, str] | UnsetType = UNSET
    unit: str | UnsetType = UNSET
    quantity_places: int | UnsetType = UNSET
    weight_grams: int | UnsetType | None = UNSET
    custom: dict[str, Any] | UnsetType = UNSET
    active: bool | UnsetType = UNSET
    prices: tuple[PriceDraft, ...] | UnsetType = UNSET
    packs: tuple[PackDraft, ...] | UnsetType = UNSET
    barcodes: tuple[BarcodeDraft, ...] | UnsetType = UNSET
    components: tuple[ComponentDraft, ...] | UnsetType = UNSET


class ProductDraft(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A product, found by its `code`. Variants that are not listed stay as they are.

    `version` is the version that was edited; a product changed meanwhile is then refused instead of overwritten.
    """

    code: str
    name_zh: str | UnsetType = UNSET
    name_en: str | UnsetType = UNSET
    description: str | UnsetType = UNSET
    category: str | UnsetType | None = UNSET
    tax_category: str | UnsetType = UNSET
    options: tuple[str, ...] | UnsetType = UNSET
    custom: dict[str, Any] | UnsetType = UNSET
    active: bool | UnsetType = UNSET
    variants: tuple[VariantDraft, ...] = ()
    version: int | None = None


class PriceChange(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A new list price of one SKU in one currency; a `unit_cost` that is not given stays."""

    sku: str
    currency: str
    unit_price: Decimal
    unit_cost: Decimal | UnsetType | None = UNSET


class ChannelDraft(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """`warehouses` are codes in the order of preference; none means all, by their own priority."""

    code: str
    name_zh: str | UnsetType = UNSET
    name_en: str | UnsetType = UNSET
    currency: str | UnsetType = UNSET
    prices_include_tax: bool | UnsetType = UNSET
    shortage: str | UnsetType = UNSET
    warehouses: tuple[str, ...] | UnsetType = UNSET
    active: bool | UnsetType = UNSET


class CategoryDraft(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    code: str
    name_zh: str | UnsetType = UNSET
    name_en: str | UnsetType = UNSET
    parent: str | UnsetType | None = UNSET


class TaxCategoryDraft(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """`rate` is a fraction: 0.13 is 13 %."""

    code: str
    name_zh: str | UnsetType = UNSET
    name_en: str | UnsetType = UNSET
    rate: Decimal | UnsetType = UNSET


class ImageDraft(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What an image shows, in words; `variant_id` when it shows one variant only."""

    alt_text: str = ""
    variant_id: int | None = None
