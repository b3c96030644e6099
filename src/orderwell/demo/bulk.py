"""Many orders at once, 500 a call: those from before the company used Orderwell, and any number for a large database."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from itertools import islice
from random import Random
from typing import TypeVar

import msgspec

from orderwell.demo.company import MAIN, MARKET, SHOP, Company
from orderwell.demo.growth import grown_company
from orderwell.demo.seasons import moments
from orderwell.demo.wishes import Wishes
from orderwell.domains.inventory.drafts import ReceiptDraft, ReceiptLineDraft
from orderwell.domains.inventory.services.receive_stock import receive_stock
from orderwell.domains.orders.drafts import OrderDraft, PastOrderDraft
from orderwell.domains.orders.models import Order
from orderwell.domains.orders.outcomes import Refused
from orderwell.domains.orders.services.place import place_orders
from orderwell.platform.accounts.actor import system_actor

PER_CALL = 500
# Fewer missing orders than this are not worth a call: wishes that found everything sold out.
LEAST = 50
# Of a large number, this share is completed; the rest is placed, with stock reserved, and waits to be shipped.
COMPLETED = 0.85
OPEN_DAYS = 30
T = TypeVar("T")
Told = Callable[[str, int, int], None]


class BulkRefused(RuntimeError):
    """The engine refused what the demo company wanted: a defect of the demo company."""


def record_past(company: Company, times: Sequence[datetime], random: Random, *, now: datetime) -> None:
    """Orders that happened before the switch to Orderwell: settled, without stock movements."""
    wishes = Wishes(company, random)
    drafts = (_past(wishes, moment, f"OLD-{number:07d}") for number, moment in enumerate(times, 1))
    for batch in _batches(drafts):
        _place(batch, now)


def add(count: int, *, now: datetime, zone: str, told: Told) -> None:
    """`count` more orders through the engine's own batch path, oldest first; goods come in for the open ones."""
    random = Random(count)
    company = grown_company(Order.objects.count() + count, now=now, told=told)
    wishes = Wishes(company, random)
    completed = round(count * COMPLETED)
    prefix = f"B{Order.objects.count()}"
    done = 0
    times = moments(completed, now - timedelta(days=OPEN_DAYS), zone, random)
    drafts = (_past(wishes, moment, f"{prefix}-{number:07d}") for number, moment in enumerate(times, 1))
    for batch in _batches(drafts):
        _place(batch, now)
        done += len(batch)
        told("orders", done, count)
    _goods_in(wishes, count - completed, now - timedelta(days=OPEN_DAYS))
    step = timedelta(days=OPEN_DAYS) / max((count - completed) / PER_CALL, 1)
    drafts_open = (_open(wishes, now, f"{prefix}-{number:07d}") for number in range(completed + 1, count + 1))
    moment = now - timedelta(days=OPEN_DAYS)
    for batch in _batches(drafts_open):
        _place(batch, min(moment, now))
        moment += step
        done += len(batch)
        told("orders", done, count)


def _past(wishes: Wishes, moment: datetime, external_id: str) -> OrderDraft:
    draft, _ = wishes.draw(moment)
    values = {name: getattr(draft, name) for name in OrderDraft.__struct_fields__}
    return PastOrderDraft(**values | {"external_id": external_id, "requested_at": None}, placed_at=moment)


def _open(wishes: Wishes, moment: datetime, external_id: str) -> OrderDraft:
    draft, _ = wishes.draw(moment)
    if draft.channel == MARKET:  # its buffer would need goods in the right warehouse
        draft = msgspec.structs.replace(draft, channel=SHOP, currency=None)
    return msgspec.structs.replace(draft, external_id=external_id, requested_at=None)


def _goods_in(wishes: Wishes, orders: int, now: datetime) -> None:
    """Enough of everything for `orders` orders in the main warehouse; of what is in sets, enough for these too."""
    total = sum(variant.demand for variant in wishes.variants)
    in_sets = {sku for bundle in wishes.company.bundles for sku, _ in bundle.components}
    lines = [
        ReceiptLineDraft(
            sku=variant.sku,
            quantity=Decimal(
                round(orders * 45 * variant.demand / total) + 100 + (orders // 10 if variant.sku in in_sets else 0)
            ),
        )
        for variant in wishes.variants
    ]
    for part in _batches(lines):
        draft = ReceiptDraft(warehouse=MAIN, lines=tuple(part), reference="BULK")
        receive_stock(draft, actor=wishes.company.crew.system, now=now)


def _place(drafts: Sequence[OrderDraft], now: datetime) -> None:
    outcomes = place_orders(drafts, actor=system_actor(source="cli", label="demo"), now=now)
    refused = [outcome for outcome in outcomes if isinstance(outcome, Refused)]
    if refused:
        raise BulkRefused(f"{len(refused)} of {len(outcomes)} refused, first: {refused[0].errors}")


def _batches(items: Iterable[T]) -> Iterator[list[T]]:
    waiting = iter(items)
    while batch := list(islice(waiting, PER_CALL)):
        yield batch
