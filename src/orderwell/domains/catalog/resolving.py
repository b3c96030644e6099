"""What the order engine reads of the catalogue: one query per kind for a whole batch of orders."""

from __future__ import annotations

import unicodedata
from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

import msgspec

from orderwell.domains.catalog.models import Channel, TaxCategory
from orderwell.kernel.errors import choices
from orderwell.kernel.money import RATE_SCALE, UNIT_PRICE_SCALE
from orderwell.kernel.quantities import QUANTITY_SCALE
from orderwell.platform.caching import TimedCache
from orderwell.platform.statements import fetch, unscaled
from orderwell.platform.unchanged import Unchanged

# Channels and tax categories change a few times a year and are read for every batch: a process may use what it read
# this many seconds ago. Prices and products are read anew each time, unless
# they are known to be unchanged.
REFERENCE_SECONDS = 2.0


@dataclass(frozen=True, slots=True)
class ChannelRef:
    id: int
    code: str
    currency: str
    prices_include_tax: bool
    backorder: bool
    warehouse_codes: tuple[str, ...]


class VariantRef(msgspec.Struct, frozen=True):
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
    """`spellings`: what people write for a channel, its code or a name in small letters -> its code."""

    channels: dict[str, ChannelRef]
    tax_rates: dict[str, Decimal]
    spellings: dict[str, str] = field(default_factory=dict)

    def channel_code(self, text: str) -> str:
        """The code of the channel that a text means, by its code or a name of its own; what means none stays as it is."""
        return text if text in self.channels else self.spellings.get(_spelling(text), text)

    def codes_within(self, channel_ids: Collection[int] | None) -> str:
        """The channels that somebody who sees only these may name, for a refusal to list; None: all."""
        return choices(ref.code for ref in self.channels.values() if channel_ids is None or ref.id in channel_ids)


_reference: TimedCache[str, Reference] = TimedCache(seconds=REFERENCE_SECONDS, most=1)


def reference() -> Reference:
    """Active channels by code and tax rates by category code, at most `REFERENCE_SECONDS` old."""
    known = _reference.get("")
    if known is None:
        rows = list(Channel.objects.filter(active=True))
        channels = {
            channel.code: ChannelRef(
                channel.id,
                channel.code,
                channel.currency,
                channel.prices_include_tax,
                channel.shortage == Channel.Shortage.BACKORDER,
                tuple(channel.warehouse_codes),
            )
            for channel in rows
        }
        known = Reference(channels, dict(TaxCategory.objects.values_list("code", "rate")), _spellings(rows))
        _reference.put("", known)
    return known


def _spellings(channels: Sequence[Channel]) -> dict[str, str]:
    """A name that two channels have means neither; a code goes before a name."""
    named: dict[str, set[str]] = defaultdict(set)
    for channel in channels:
        for name in filter(None, (channel.name_zh, channel.name_en)):
            named[_spelling(name)].add(channel.code)
    coded: dict[str, set[str]] = defaultdict(set)
    for channel in channels:
        coded[_spelling(channel.code)].add(channel.code)
    return {text: next(iter(codes)) for text, codes in {**named, **coded}.items() if len(codes) == 1}


def _spelling(text: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())


def forget_reference() -> None:
    """Read channels and tax categories anew at the next use; called by the services that change them."""
    _reference.clear()


_VARIANTS = """
SELECT v.id, v.sku, v.name_zh, v.name_en, v.quantity_places, v.is_bundle, t.code, t.rate
FROM catalog_variant v
JOIN catalog_product p ON p.id = v.product_id
JOIN catalog_taxcategory t ON t.id = p.tax_category_id
WHERE v.sku IN (%s) AND v.active AND p.active
"""
_COMPONENTS = """
SELECT bundle_id, component_id, quantity FROM catalog_bundlecomponent
WHERE bundle_id IN (%s) ORDER BY bundle_id, component_id
"""
_PRICES = """
SELECT variant_id, currency, unit_price FROM catalog_variantprice WHERE variant_id IN (%s) AND currency IN (%s)
"""


def variants_by_sku(skus: Collection[str], known: Unchanged | None = None) -> dict[str, VariantRef]:
    """Active variants with their tax and, for bundles, their components."""
    if not skus:
        return {}
    if known is not None:
        return known.recall("variants", skus, variants_by_sku)
    found = [
        VariantRef(pk, sku, name_zh, name_en, places, bool(is_bundle), tax_category, unscaled(rate, RATE_SCALE))
        for pk, sku, name_zh, name_en, places, is_bundle, tax_category, rate in fetch(_VARIANTS, skus)
    ]
    components = _components([variant.id for variant in found if variant.is_bundle])
    return {
        variant.sku: msgspec.structs.replace(variant, components=components[variant.id])
        if variant.is_bundle
        else variant
        for variant in found
    }


def _components(bundle_ids: Collection[int]) -> dict[int, tuple[tuple[int, Decimal], ...]]:
    result: dict[int, tuple[tuple[int, Decimal], ...]] = defaultdict(tuple)
    if bundle_ids:
        for bundle, component, quantity in fetch(_COMPONENTS, bundle_ids):
            result[bundle] += ((component, unscaled(quantity, QUANTITY_SCALE)),)
    return result


def list_prices(wanted: Collection[tuple[int, str]]) -> dict[tuple[int, str], Decimal]:
    """List price by (variant id, currency)."""
    if not wanted:
        return {}
    rows = fetch(_PRICES, {variant for variant, _ in wanted}, {currency for _, currency in wanted})
    return {(variant, currency): unscaled(price, UNIT_PRICE_SCALE) for variant, currency, price in rows}
