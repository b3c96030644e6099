"""A large catalogue: the demo company's own goods, and each of them again in one collection after the other."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import islice, product
from random import Random

from orderwell.demo import names
from orderwell.demo.catalogue import ProductSpec, VariantSpec, ean13, products

# A collection sells less than what the company has always had.
DEMAND = 0.3


@dataclass(frozen=True)
class Collection:
    code: str
    zh: str
    en: str
    price: Decimal


def assortment(count: int) -> tuple[ProductSpec, ...]:
    """The own goods, which are always there, and as many of collections as `count` leaves room for."""
    own = products()
    return (*own, *islice(_in_collections(own, Random(1958)), max(count - len(own), 0)))


def _in_collections(own: tuple[ProductSpec, ...], random: Random) -> Iterator[ProductSpec]:
    barcodes = (ean13(number) for number in range(100_001, 900_000))
    for year, (code, zh, en) in product(names.COLLECTION_YEARS, names.COLLECTIONS):
        price = Decimal(random.randint(85, 150)) / 100
        collection = Collection(f"{code}{year}", f"{zh}{year}款", f"{en} {year}", price)
        for item in own:
            popularity = min(random.paretovariate(1.3), 12.0)
            yield replace(
                item,
                code=f"{item.code}-{collection.code}",
                zh=f"{item.zh}·{collection.zh}",
                en=f"{item.en}, {collection.en}",
                variants=tuple(_variant(v, item, collection, popularity, barcodes) for v in item.variants),
            )


def _variant(
    variant: VariantSpec, item: ProductSpec, collection: Collection, popularity: float, barcodes: Iterator[str]
) -> VariantSpec:
    price = (variant.price * collection.price).quantize(Decimal(1)) - Decimal("0.10")
    return replace(
        variant,
        sku=variant.sku.replace(item.code, f"{item.code}-{collection.code}", 1),
        zh=variant.zh.replace(item.zh, f"{item.zh}·{collection.zh}", 1),
        en=variant.en.replace(item.en, f"{item.en}, {collection.en}", 1),
        price=price,
        cost=(price * variant.cost / variant.price).quantize(Decimal("0.01")),
        barcode=next(barcodes),
        pack=(variant.pack[0], next(barcodes)) if variant.pack else None,
        demand=popularity * DEMAND / len(item.variants),
    )
