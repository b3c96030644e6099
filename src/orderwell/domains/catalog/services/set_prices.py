"""New list prices for many SKUs at once, from a price list."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from functools import partial

from msgspec import UNSET

from orderwell.domains.catalog.drafts import PriceChange
from orderwell.domains.catalog.errors import UnknownSku
from orderwell.domains.catalog.events import CatalogEvent
from orderwell.domains.catalog.models import Variant, VariantPrice
from orderwell.kernel.errors import DomainError, ErrorDetail
from orderwell.kernel.refusals import currency_problems, unit_price_problems
from orderwell.platform.accounts.actor import Actor
from orderwell.platform.batches import Verdict, refused, save_in_batches, upsert
from orderwell.platform.events.recording import Fact, record
from orderwell.platform.permissions import Permission


def set_prices(changes: Sequence[PriceChange], *, actor: Actor, now: datetime) -> list[Verdict]:
    """One verdict per row with the id of the variant. Orders that exist keep the price they were placed with."""
    actor.require(Permission.CATALOG_PRODUCT_CHANGE)
    return save_in_batches(
        changes, save=partial(_save, actor=actor, now=now), reference=lambda change: change.sku.strip()
    )


def _save(changes: Sequence[PriceChange], *, actor: Actor, now: datetime) -> list[Verdict]:
    skus = {change.sku.strip() for change in changes}
    variants = {
        variant.sku: variant
        for variant in Variant.objects.filter(sku__in=skus).select_for_update(no_key=True).order_by("pk")
    }
    prices = {(price.variant_id, price.currency): price for price in VariantPrice.objects.filter(variant__sku__in=skus)}
    touched: dict[tuple[int, str], VariantPrice] = {}
    facts: list[Fact] = []
    verdicts: list[Verdict] = []
    for change in changes:
        sku = change.sku.strip()
        errors = _problems(change, known=sku in variants)
        if errors:
            verdicts.append(refused(sku, errors))
            continue
        variant = variants[sku]
        key = (variant.pk, change.currency)
        price = prices.get(key) or VariantPrice(variant=variant, currency=change.currency)
        before = (price.unit_price, price.unit_cost) if key in prices else None
        cost = price.unit_cost if change.unit_cost is UNSET else change.unit_cost
        if before == (change.unit_price, cost):
            verdicts.append(Verdict(sku, "unchanged", variant.pk))
            continue
        price.unit_price, price.unit_cost = change.unit_price, cost
        prices[key] = touched[key] = price
        facts.append(_fact(variant, change, before[0] if before else None, cost))
        verdicts.append(Verdict(sku, "updated" if before else "created", variant.pk))
    upsert(VariantPrice, list(touched.values()))
    record(facts, actor=actor, now=now)
    return verdicts


def _problems(change: PriceChange, *, known: bool) -> list[ErrorDetail]:
    found: list[DomainError] = [] if known else [UnknownSku(pointer="/sku", value=change.sku[:60])]
    found += currency_problems(change.currency, "/currency")
    found += unit_price_problems(change.unit_price, "/unit_price")
    if change.unit_cost is not UNSET and change.unit_cost is not None:
        found += unit_price_problems(change.unit_cost, "/unit_cost")
    return [error.detail() for error in found]


def _fact(variant: Variant, change: PriceChange, before: object, cost: object) -> Fact:
    data = {"sku": variant.sku, "currency": change.currency, "before": before, "after": change.unit_price, "cost": cost}
    return Fact(CatalogEvent.PRICE_CHANGED, f"product:{variant.product_id}", f"variant:{variant.pk}", data)
