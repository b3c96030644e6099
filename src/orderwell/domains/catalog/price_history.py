"""How list prices came to be what they are, read from the events that changed them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db.models import QuerySet

from orderwell.domains.catalog.events import CatalogEvent
from orderwell.platform.accounts.actor import Actor
from orderwell.platform.events.models import Event
from orderwell.platform.permissions import Permission
from orderwell.platform.prepared import prepared

_NAMES = (CatalogEvent.PRICE_CHANGED, CatalogEvent.PRODUCT_CHANGED)
# Events of a product that are looked through; most of them change something else.
LOOKED_AT = 500


@dataclass(frozen=True, slots=True)
class PriceStep:
    """`old` is None where there was no price, `new` where it was taken away."""

    when: datetime
    who: str
    sku: str
    currency: str
    old: Decimal | None
    new: Decimal | None


def price_history(actor: Actor, product_id: int, *, limit: int = 50) -> list[PriceStep]:
    """Changes of list prices of the product, newest first."""
    actor.require(Permission.CATALOG_PRODUCT_VIEW)
    events = _changes(f"product:{product_id}")
    found: list[PriceStep] = []
    for event in events:
        found += _steps(event)
        if len(found) >= limit:
            break
    return found[:limit]


@prepared(str)
def _changes(stream: str) -> QuerySet[Event]:
    return Event.objects.filter(stream=stream, name__in=_NAMES).order_by("-id")[:LOOKED_AT]


def _steps(event: Event) -> Iterator[PriceStep]:
    if event.name == CatalogEvent.PRICE_CHANGED:
        data = event.data
        changes = [(data["sku"], data["currency"], _number(data["before"]), _number(data["after"]))]
    else:
        changes = list(_in_product(event.data.get("changes") or {}))
    for sku, currency, old, new in changes:
        if old != new:
            yield PriceStep(event.occurred_at, event.actor_label, sku, currency, old, new)


def _in_product(changes: dict[str, Any]) -> Iterator[tuple[str, str, Decimal | None, Decimal | None]]:
    """Changes are named by their path: "variants/CUP/prices/CNY", or "variants/CUP" for a variant that came with it."""
    for path, (old, new) in changes.items():
        head, _slash, rest = path.partition("/")
        if head != "variants":
            continue
        sku, slash, currency = rest.rpartition("/prices/")
        if slash:
            yield sku, currency, _first(old), _first(new)
        elif isinstance(new, dict) and not old:
            for name, price in (new.get("prices") or {}).items():
                yield rest, name, None, _first(price)


def _first(price: Any) -> Decimal | None:
    """Of a price and its cost."""
    return _number(price[0]) if price else None


def _number(value: Any) -> Decimal | None:
    return None if value is None else Decimal(str(value))
