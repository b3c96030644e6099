"""Products that a file or another system brings, many at a time. What exists already stays as it is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

from orderwell.domains.catalog.events import CatalogEvent
from orderwell.domains.catalog.models import Channel, Product, TaxCategory, Variant, VariantPrice
from orderwell.domains.catalog.resolving import forget_reference
from orderwell.domains.catalog.searching import variant_key
from orderwell.platform.accounts.actor import Actor
from orderwell.platform.database import allocate_ids, atomic, bulk_insert
from orderwell.platform.events.recording import Fact, record
from orderwell.platform.permissions import Permission

_BATCH = 5_000


@dataclass(frozen=True, slots=True)
class SimpleProduct:
    """A product with one variant; its SKU is also the product's code."""

    sku: str
    name_zh: str
    name_en: str
    unit_price: Decimal | None = None
    custom: Mapping[str, Any] = field(default_factory=dict)


def bring_in_channel(*, channel: Channel, tax_category: TaxCategory, actor: Actor) -> TaxCategory:
    """Make the channel and the tax category unless rows with their codes exist; the tax category that there is now."""
    actor.require(Permission.ORDERS_ORDER_IMPORT)
    with atomic():
        Channel.objects.bulk_create([channel], ignore_conflicts=True)
        TaxCategory.objects.bulk_create([tax_category], ignore_conflicts=True)
    forget_reference()
    return TaxCategory.objects.get(code=tax_category.code)


def bring_in_products(
    products: Sequence[SimpleProduct], *, tax_category: TaxCategory, currency: str, actor: Actor, now: datetime
) -> int:
    """Make the products whose SKU does not exist; how many that were."""
    actor.require(Permission.ORDERS_ORDER_IMPORT)
    made = 0
    for start in range(0, len(products), _BATCH):
        with atomic():
            made += _bring_in(products[start : start + _BATCH], tax_category, currency, actor, now)
    return made


def _bring_in(
    products: Sequence[SimpleProduct], tax_category: TaxCategory, currency: str, actor: Actor, now: datetime
) -> int:
    skus = [product.sku for product in products]
    known = set(Variant.objects.filter(sku__in=skus).values_list("sku", flat=True))
    known.update(Product.objects.filter(code__in=skus).values_list("code", flat=True))
    fresh = list({product.sku: product for product in products if product.sku not in known}.values())
    ids = allocate_ids({Product: len(fresh), Variant: len(fresh)})
    bulk_insert(
        Product,
        (
            *("id", "code", "name_zh", "name_en", "description", "category", "tax_category", "options"),
            *("custom", "active", "created_at", "updated_at", "version"),
        ),
        [
            (pk, p.sku, p.name_zh, p.name_en, "", None, tax_category.pk, [], dict(p.custom), True, now, now, 1)
            for pk, p in zip(ids[Product], fresh, strict=True)
        ],
    )
    bulk_insert(
        Variant,
        (
            *("id", "product", "sku", "name_zh", "name_en", "option_values", "unit", "quantity_places", "is_bundle"),
            *("weight_grams", "custom", "active", "search_key", "created_at", "updated_at", "version"),
        ),
        [
            (
                *(pk, product, p.sku, p.name_zh, p.name_en, {}, "piece", 0, False),
                *(None, {}, True, variant_key(p.sku, p.name_zh, p.name_en, p.sku), now, now, 1),
            )
            for pk, product, p in zip(ids[Variant], ids[Product], fresh, strict=True)
        ],
    )
    bulk_insert(
        VariantPrice,
        ("variant", "currency", "unit_price", "unit_cost"),
        [
            (pk, currency, p.unit_price, None)
            for pk, p in zip(ids[Variant], fresh, strict=True)
            if p.unit_price is not None
        ],
    )
    subjects = [f"product:{pk}" for pk in ids[Product]]
    record(
        [
            Fact(CatalogEvent.PRODUCT_CREATED, subject, subject, {"code": p.sku, "skus": [p.sku]})
            for subject, p in zip(subjects, fresh, strict=True)
        ],
        actor=actor,
        now=now,
    )
    return len(fresh)
