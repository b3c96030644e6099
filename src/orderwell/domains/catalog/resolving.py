"""What the order engine reads of the catalogue: one query per kind for a whole batch of orders."""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass, replace
from decimal import Decimal

from orderwell.domains.catalog.models import BundleComponent, Channel, TaxCategory, Variant, VariantPrice

# Channels and tax categories change a few times a year and are read for every batch: a process may use what it read
# this many seconds ago. Prices, products and stock are read anew each time.
REFERENCE_SECONDS = 2.0


@dataclass(frozen=True, slots=True)
class ChannelRef:
    id: int
    code: str
    currency: str
    prices_include_tax: bool
    backorder: bool
    warehouse_codes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class VariantRef:
    """`components` is empty but for bundles; there it holds (variant id, quantity per bundle)."""

    id: int
    sku: str
    name_zh: str
    name_en: str
    quantity_places: int
    is_bundle: bool
    tax_category: str
    tax_rate: Decimal
    components: tuple[tuple[int, Decimal], ...] = ()


@dataclass(frozen=True)
class Reference:
    channels: dict[str, ChannelRef]
    tax_rates: dict[str, Decimal]


_reference: tuple[float, Reference] | None = None


def reference() -> Reference:
    """Active channels by code and tax rates by category code, at most `REFERENCE_SECONDS` old."""
    global _reference
    if _reference is None or time.monotonic() - _reference[0] > REFERENCE_SECONDS:
        channels = {
            channel.code: ChannelRef(
                channel.id,
                channel.code,
                channel.currency,
                channel.prices_include_tax,
                channel.shortage == Channel.Shortage.BACKORDER,
                tuple(channel.warehouse_codes),
            )
            for channel in Channel.objects.filter(active=True)
        }
        rates = dict(TaxCategory.objects.values_list("code", "rate"))
        _reference = (time.monotonic(), Reference(channels, rates))
    return _reference[1]


def forget_reference() -> None:
    """Read channels and tax categories anew at the next use; called by the services that change them."""
    global _reference
    _reference = None


def variants_by_sku(skus: Collection[str]) -> dict[str, VariantRef]:
    """Active variants with their tax and, for bundles, their components."""
    rows = Variant.objects.filter(sku__in=list(skus), active=True, product__active=True).values_list(
        "id",
        "sku",
        "name_zh",
        "name_en",
        "quantity_places",
        "is_bundle",
        "product__tax_category__code",
        "product__tax_category__rate",
    )
    found = [VariantRef(*row) for row in rows]
    components = _components([variant.id for variant in found if variant.is_bundle])
    return {
        variant.sku: replace(variant, components=components[variant.id]) if variant.is_bundle else variant
        for variant in found
    }


def _components(bundle_ids: Collection[int]) -> dict[int, tuple[tuple[int, Decimal], ...]]:
    result: dict[int, tuple[tuple[int, Decimal], ...]] = defaultdict(tuple)
    if bundle_ids:
        rows = BundleComponent.objects.filter(bundle_id__in=bundle_ids).order_by("bundle_id", "component_id")
        for bundle, component, quantity in rows.values_list("bundle_id", "component_id", "quantity"):
            result[bundle] += ((component, quantity),)
    return result


def list_prices(wanted: Collection[tuple[int, str]]) -> dict[tuple[int, str], Decimal]:
    """List price by (variant id, currency)."""
    if not wanted:
        return {}
    rows = VariantPrice.objects.filter(
        variant_id__in={variant for variant, _ in wanted}, currency__in={currency for _, currency in wanted}
    ).values_list("variant_id", "currency", "unit_price")
    return {(variant, currency): price for variant, currency, price in rows}
