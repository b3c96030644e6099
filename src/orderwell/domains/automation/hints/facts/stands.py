"""Substitutes of goods that are short, with what is free of them in the warehouses that count."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from decimal import Decimal

from orderwell.domains.automation.hints.facts.own_prices import own_prices
from orderwell.domains.automation.hints.facts.values import OrderFacts, Stand
from orderwell.domains.automation.hints.wording import local_name
from orderwell.domains.catalog.models import ProductSubstitute
from orderwell.domains.catalog.substitutes import substitutes_of
from orderwell.domains.inventory.availability import Availability, available
from orderwell.domains.inventory.resolving import active_warehouses, buffers
from orderwell.platform.accounts.actor import Actor
from orderwell.platform.permissions import Permission

ZERO = Decimal(0)


def fill_stands(actor: Actor, facts: Sequence[OrderFacts]) -> None:
    """Only for lines that are short: usually none, and then without a query."""
    short = {line.variant_id for item in facts for line in item.lines if line.missing}
    if not short or not _may(actor):
        return
    named = substitutes_of(actor, short, sold=True)
    if not named:
        return
    stock = _stock(actor, named)
    prices = own_prices(facts, {row.substitute_id for rows in named.values() for row in rows})
    for item in facts:
        missing: dict[int, Decimal] = defaultdict(Decimal)
        for line in item.lines:
            if line.missing:
                missing[line.variant_id] += line.missing
        item.stands = {
            variant: [
                _stand(
                    row,
                    _free(stock[row.substitute_id], item),
                    prices.of(item, row.substitute_id, missing[variant]),
                )
                for row in named[variant]
            ]
            for variant in missing.keys() & named.keys()
        }


def stands_of(actor: Actor, variants: Collection[int]) -> dict[int, list[Stand]]:
    """Of goods without an order: all that is free, wherever it lies."""
    if not variants or not _may(actor):
        return {}
    named = substitutes_of(actor, variants, sold=True)
    stock = _stock(actor, named) if named else {}
    return {
        variant: [_stand(row, sum((s.available for s in stock[row.substitute_id]), ZERO), None) for row in rows]
        for variant, rows in named.items()
    }


def _may(actor: Actor) -> bool:
    return actor.may(Permission.CATALOG_PRODUCT_VIEW) and actor.may(Permission.INVENTORY_STOCK_VIEW)


def _stock(actor: Actor, named: dict[int, list[ProductSubstitute]]) -> dict[int, list[Availability]]:
    found: dict[int, list[Availability]] = defaultdict(list)
    for row in available(actor, {row.substitute_id for rows in named.values() for row in rows}):
        found[row.variant_id].append(row)
    return found


def _free(rows: Sequence[Availability], item: OrderFacts) -> Decimal:
    """What the order's channel may promise of it."""
    codes = set(item.warehouse_codes)
    places = {place.id: code for code, place in active_warehouses().items() if not codes or code in codes}
    here = set(places.values())
    free = {row.warehouse: row.available for row in rows if row.warehouse in here}
    if not rows:
        return ZERO
    kept = buffers().of(item.channel_id, rows[0].variant_id, places).of(free)
    return sum(free.values(), ZERO) - sum(kept.values(), ZERO)


def _stand(row: ProductSubstitute, free: Decimal, price: Decimal | None) -> Stand:
    other = row.substitute
    return Stand(other.sku, local_name(other), free, price, row.note, other.pk, other.product_id, other.quantity_places)
