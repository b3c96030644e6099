"""Which product a text in somebody's list means: its SKU, its barcode, or exactly its name."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from decimal import Decimal, localcontext

from django.db.models import Q, QuerySet

from orderwell.domains.catalog.models import Barcode, Pack, Variant
from orderwell.kernel.money import UNIT_PRICE_SCALE
from orderwell.kernel.quantities import has_scale
from orderwell.platform.accounts.actor import Actor
from orderwell.platform.permissions import Permission


@dataclass(frozen=True, slots=True)
class Match:
    """`pack` is how many units the scanned barcode stands for. `sold` is False for what was archived."""

    sku: str
    name_zh: str
    name_en: str
    pack: Decimal | None = None
    sold: bool = True


def match_variants(actor: Actor, texts: Collection[str]) -> dict[str, list[Match]]:
    """What each text can mean, a SKU before a barcode before a name; several when a name is not unique, none when unknown.

    Three queries for any number of texts.
    """
    actor.require(Permission.CATALOG_PRODUCT_VIEW)
    return meanings(texts)


def meanings(texts: Collection[str]) -> dict[str, list[Match]]:
    """The same for who asks for nobody in particular: the importer."""
    wanted = {text.strip() for text in texts if text.strip()}
    found = _by_sku(wanted)
    for barcode in Barcode.objects.filter(code__in=list(wanted - set(found))).select_related(
        "variant__product", "pack"
    ):
        found[barcode.code] = [_match(barcode.variant, barcode.pack.quantity if barcode.pack else None)]
    named = _by_name(wanted - set(found))
    return {text: found.get(text) or named.get(text, []) for text in wanted}


def price_of_one(price: Decimal, pack: Decimal) -> Decimal | None:
    """What one unit costs where a whole pack costs `price`, so that both come to the same amount; None where no price does."""
    with localcontext(prec=40):
        one = price / pack
    return one if has_scale(one, UNIT_PRICE_SCALE) and one * pack == price else None


def _by_sku(texts: Collection[str]) -> dict[str, list[Match]]:
    """As typed, in capitals or in small letters; exactly as typed goes first."""
    spellings: dict[str, set[str]] = defaultdict(set)
    for text in texts:
        for spelling in (text.lower(), text.upper(), text):
            spellings[spelling].add(text)
    found: dict[str, list[Match]] = {}
    for variant in _rows(Q(sku__in=list(spellings))):
        for text in spellings[variant.sku]:
            if text not in found or text == variant.sku:
                found[text] = [_match(variant)]
    return found


def _by_name(texts: Collection[str]) -> dict[str, list[Match]]:
    named: dict[str, list[Match]] = defaultdict(list)
    if texts:
        rows = _rows(Q(name_zh__in=list(texts)) | Q(name_en__in=list(texts)))
        for variant in rows.filter(active=True, product__active=True):
            for text in {variant.name_zh, variant.name_en} & set(texts):
                named[text].append(_match(variant))
    return named


def packs_of(actor: Actor, variant_ids: Collection[int]) -> dict[int, list[Pack]]:
    """Larger units of each, the smallest first."""
    actor.require(Permission.CATALOG_PRODUCT_VIEW)
    found: dict[int, list[Pack]] = defaultdict(list)
    for pack in Pack.objects.filter(variant__in=list(variant_ids)).order_by("variant", "quantity"):
        found[pack.variant_id].append(pack)
    return found


def _rows(condition: Q) -> QuerySet[Variant]:
    return Variant.objects.filter(condition).select_related("product").order_by("sku")


def _match(variant: Variant, pack: Decimal | None = None) -> Match:
    return Match(variant.sku, variant.name_zh, variant.name_en, pack, sold=variant.active and variant.product.active)
