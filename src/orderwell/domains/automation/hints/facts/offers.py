"""Other ways to buy the same goods: larger packs of them, and bundles that hold several of an order's lines."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Sequence
from decimal import Decimal

from django.db.models import QuerySet

from orderwell.domains.automation.hints.facts.own_prices import OwnPrices, own_prices
from orderwell.domains.automation.hints.facts.packing import packings
from orderwell.domains.automation.hints.facts.values import BundleOffer, LineFacts, OrderFacts, PackOffer
from orderwell.domains.automation.hints.wording import local_name
from orderwell.domains.catalog.models import BundleComponent, Variant
from orderwell.domains.inventory.availability import available
from orderwell.platform.accounts.actor import Actor
from orderwell.platform.permissions import Permission
from orderwell.platform.prepared import prepared

# A measure as options name it: "250 g", "1.5 L", "0.5千克". All of a kind in its smallest unit.
_MEASURE = re.compile(
    r"(\d+(?:\.\d+)?)\s*(kg|g|mg|l|ml|pcs|pieces|千克|公斤|克|毫克|升|毫升|片|只|支|个|包|袋)", re.IGNORECASE
)
_UNITS = {
    "kg": ("weight", Decimal(1_000_000)),
    "千克": ("weight", Decimal(1_000_000)),
    "公斤": ("weight", Decimal(1_000_000)),
    "g": ("weight", Decimal(1_000)),
    "克": ("weight", Decimal(1_000)),
    "mg": ("weight", Decimal(1)),
    "毫克": ("weight", Decimal(1)),
    "l": ("volume", Decimal(1_000)),
    "升": ("volume", Decimal(1_000)),
    "ml": ("volume", Decimal(1)),
    "毫升": ("volume", Decimal(1)),
    "pcs": ("pieces", Decimal(1)),
    "pieces": ("pieces", Decimal(1)),
}


def measure(text: str) -> tuple[str, Decimal] | None:
    """What an option says of the amount in a pack: its kind, and how much of the kind's smallest unit.

    >>> measure("250 g"), measure("1.5L")
    (('weight', Decimal('250000')), ('volume', Decimal('1500.0')))
    >>> measure("size M") is None
    True
    """
    found = _MEASURE.fullmatch(text.strip())
    if not found:
        return None
    unit = found[2].lower()
    kind, factor = _UNITS.get(unit, (unit, Decimal(1)))
    amount = Decimal(found[1]) * factor
    return (kind, amount) if amount else None


def pack_ratio(small: dict[str, str], large: dict[str, str]) -> tuple[Decimal, str] | None:
    """How many of `small` one of `large` holds, and the option that says so, where they differ in nothing else.

    >>> pack_ratio({"weight": "100 g", "color": "red"}, {"weight": "1 kg", "color": "red"})
    (Decimal('10'), 'weight')
    """
    if small.keys() != large.keys():
        return None
    different = [key for key in small if small[key] != large[key]]
    if len(different) != 1:
        return None
    one, other = measure(str(small[different[0]])), measure(str(large[different[0]]))
    if one is None or other is None or one[0] != other[0]:
        return None
    return other[1] / one[1], different[0]


def fill_offers(actor: Actor, facts: Sequence[OrderFacts]) -> None:
    """Packs and bundles for every line, at the customer's prices: nine queries at most, however many orders there are."""
    lines = [line for item in facts for line in item.lines if line.open]
    if not lines:
        return
    goods = {line.variant_id: line.product_id for line in lines}
    # Only what is sold by an amount can have another pack.
    siblings = _siblings({line.product_id for line in lines if any(measure(str(v)) for v in line.options.values())})
    bundles, parts = _bundles(goods)
    others = {pk: _other_packs(pk, siblings.get(product, ()), bundles, parts) for pk, product in goods.items()}
    free = _free(actor, {other.pk for found in others.values() for other, _, _ in found if not other.is_bundle})
    others_ids = {other.pk for found in others.values() for other, _, _ in found}
    prices = own_prices(facts, {*goods, *others_ids, *bundles})
    for item in facts:
        have: dict[int, Decimal] = defaultdict(Decimal)
        for line in item.lines:
            have[line.variant_id] += line.quantity
        for line in item.lines:
            line.agreed = prices.agreed(item, line.variant_id, have[line.variant_id])
        item.packs = {
            line.key: _packs(item, line, have, others[line.variant_id], prices, free)
            for line in item.lines
            if others.get(line.variant_id)
        }
        item.bundles = [
            BundleOffer(bundle.sku, local_name(bundle), parts[pk], price)
            for pk, bundle in bundles.items()
            if len(parts[pk]) > 1
            and have.keys() >= parts[pk].keys()
            and (price := prices.of(item, pk, have.get(pk, Decimal(0)) + _bundles_in(have, parts[pk]))) is not None
        ]


def _packs(
    item: OrderFacts,
    line: LineFacts,
    have: dict[int, Decimal],
    others: Sequence[tuple[Variant, Decimal, str]],
    prices: OwnPrices,
    free: dict[int, Decimal],
) -> list[PackOffer]:
    """At the prices of exactly what would be taken: with scales, fewer or more of them cost another price."""
    found = []
    for other, units, option in others:
        (packs, rest), alone = packings(line.quantity, units, line.places)
        before = have.get(other.pk, Decimal(0))
        price, price_alone = (prices.of(item, other.pk, before + count) for count in (packs or alone, alone))
        if price is not None:
            left = prices.of(item, line.variant_id, have[line.variant_id] - line.quantity + rest) if rest else None
            offer = PackOffer(other.sku, local_name(other), units, price, option, free.get(other.pk), left, price_alone)
            found.append(offer)
    return found


def _bundles_in(have: dict[int, Decimal], parts: dict[int, Decimal]) -> Decimal:
    return max(min(have[pk] // quantity for pk, quantity in parts.items()), Decimal(1))


def _siblings(products: Collection[int]) -> dict[int, list[Variant]]:
    if not products:
        return {}
    found: dict[int, list[Variant]] = defaultdict(list)
    rows = Variant.objects.filter(product__in=list(products), active=True, product__active=True)
    for variant in rows.order_by("pk"):
        found[variant.product_id].append(variant)
    return found


def _bundles(variants: Collection[int]) -> tuple[dict[int, Variant], dict[int, dict[int, Decimal]]]:
    """Bundles on sale that hold any of `variants`, and all parts of each."""
    bundles = {bundle.pk: bundle for bundle in _bundles_with(list(variants))}
    parts: dict[int, dict[int, Decimal]] = defaultdict(dict)
    if bundles:
        for component in BundleComponent.objects.filter(bundle__in=list(bundles)):
            parts[component.bundle_id][component.component_id] = component.quantity
    return bundles, parts


@prepared([int])
def _bundles_with(variants: Sequence[int]) -> QuerySet[Variant]:
    rows = BundleComponent.objects.filter(component__in=variants).values("bundle")
    return Variant.objects.filter(pk__in=rows, active=True, product__active=True).order_by("pk")


def _other_packs(
    variant_id: int,
    siblings: Sequence[Variant],
    bundles: dict[int, Variant],
    parts: dict[int, dict[int, Decimal]],
) -> list[tuple[Variant, Decimal, str]]:
    """What holds several of `variant_id` and nothing else: a sibling of another size, or a bundle of one component."""
    found = [(bundles[pk], held[variant_id], "") for pk, held in parts.items() if held.keys() == {variant_id}]
    mine = next((row for row in siblings if row.pk == variant_id), None)
    if mine is not None and mine.option_values and not mine.is_bundle:
        for other in siblings:
            ratio = None if other.pk == mine.pk else pack_ratio(mine.option_values, other.option_values)
            if ratio is not None and not other.is_bundle:
                found.append((other, *ratio))
    return [(other, units, option) for other, units, option in found if units > 1]


def _free(actor: Actor, variants: Collection[int]) -> dict[int, Decimal]:
    """What is free of each pack, wherever it lies; empty where the reader may not see stock."""
    if not variants or not actor.may(Permission.INVENTORY_STOCK_VIEW):
        return {}
    found = dict.fromkeys(variants, Decimal(0))
    for row in available(actor, variants):
        found[row.variant_id] += max(row.available, Decimal(0))
    return found
