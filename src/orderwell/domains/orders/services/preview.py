"""What an order would cost and where it would come from, without writing or locking anything: the same steps as placing it.

A line that is wrong doesn't hide the others: it is set aside with its errors, and the rest is priced and looked up in
stock as if it were the order.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

import msgspec

from orderwell.domains.catalog.models import Channel
from orderwell.domains.catalog.resolving import VariantRef
from orderwell.domains.inventory.availability import Availability, available
from orderwell.domains.inventory.promise_dates import promise_dates
from orderwell.domains.inventory.promising import Owed
from orderwell.domains.inventory.services.ledger import read_stock
from orderwell.domains.orders.drafts import OrderDraft, Submission
from orderwell.domains.orders.errors import OutOfStock
from orderwell.domains.orders.models import Backorder
from orderwell.domains.orders.outcomes import Refused
from orderwell.domains.orders.placement.plan import Plan, PlannedLine, alive
from orderwell.domains.orders.placement.price import price
from orderwell.domains.orders.placement.reserve import reserve_in_arrival_order
from orderwell.domains.orders.placement.resolve import resolve
from orderwell.domains.orders.pricing import NOTHING, Amounts
from orderwell.domains.prices.rule import Break, next_break
from orderwell.kernel.errors import ErrorDetail
from orderwell.platform.accounts.actor import Actor
from orderwell.platform.database import snapshot
from orderwell.platform.permissions import Permission

ZERO = Decimal(0)
# What a wrong part of the head is replaced with, so that the lines can still be priced.
_WITHOUT: dict[str, Any] = {
    "customer": None,
    "discount": ZERO,
    "shipping": ZERO,
    "charges": (),
    "ship_to": None,
    "external_id": None,
    "requested_at": None,
    "custom": {},
    "note": "",
    "priority": 100,
    "customer_name": "",
}
MOST_PASSES = 4


@dataclass(frozen=True, slots=True)
class Free:
    """What a warehouse can promise of the line's product; of a bundle, whole bundles."""

    warehouse: str
    quantity: Decimal


@dataclass(frozen=True, slots=True)
class PreviewLine:
    """`index` is the place in the draft, None for shipping and charges. `missing` is what stock does not cover now.

    `promised_at` is when all of the line can leave: None where it can now, or where nobody knows (`missing` tells which).
    """

    kind: str
    sku: str
    name: str
    quantity: Decimal
    unit_price: Decimal
    amounts: Amounts
    missing: Decimal
    explanation: dict[str, Any]
    index: int | None = None
    tax_rate: Decimal = ZERO
    free: tuple[Free, ...] = ()
    promised_at: datetime | None = None
    # The next larger quantity at which it gets cheaper.
    further: Break | None = None
    # The product, whose names the screen shows in the reader's language.
    variant: VariantRef | None = None


@dataclass(frozen=True, slots=True)
class Preview:
    """`errors` is what placing the same draft now would be refused for; `total` is the sum of the lines that are right."""

    currency: str
    lines: tuple[PreviewLine, ...]
    total: Amounts
    errors: tuple[ErrorDetail, ...]


def preview_order(*, draft: OrderDraft, actor: Actor, now: datetime) -> Preview:
    """Price a draft and look at stock. Raises PermissionDenied; everything wrong with the draft is in `errors`."""
    actor.require(Permission.ORDERS_ORDER_PLACE)
    with snapshot():
        plan, places, errors = _plan_what_is_right(draft, actor, now)
        goods = [line for line in plan.lines if line.variant is not None]
        stock = _stock(plan, goods, actor)
        dates = _dates(plan, goods, actor, now)
    indexes = iter(places)
    lines = tuple(_shown(line, next(indexes) if line.variant else None, stock, dates) for line in plan.lines)
    return Preview(currency=plan.currency, lines=lines, total=plan.total, errors=tuple(errors))


def _plan_what_is_right(draft: OrderDraft, actor: Actor, now: datetime) -> tuple[Plan, list[int], list[ErrorDetail]]:
    """The plan of all lines without errors, their places in the draft, and the errors of the whole draft."""
    places = list(range(len(draft.lines)))
    errors: list[ErrorDetail] = []
    plan = Plan(Submission(draft, actor))
    for _ in range(MOST_PASSES):
        plan = Plan(Submission(draft, actor))
        resolve([plan], now=now, look_only=True)
        for living in alive([plan]):
            price(living)
        reserve_in_arrival_order(alive([plan]), read=read_stock)
        if not isinstance(plan.outcome, Refused):
            return plan, places, errors
        found = plan.outcome.errors
        errors += [_at(detail, places) for detail in found]
        if all(detail.code == OutOfStock.code for detail in found):
            _note_missing(plan, found)
            return plan, places, errors
        wrong, heads = _parts(found)
        if not wrong and not heads:
            break
        draft = msgspec.structs.replace(
            draft,
            lines=tuple(line for at, line in enumerate(draft.lines) if at not in wrong),
            **{name: _WITHOUT[name] for name in heads},
        )
        places = [place for at, place in enumerate(places) if at not in wrong]
        if not draft.lines:
            break
    plan.lines, plan.total = [], NOTHING
    return plan, [], errors


def _at(detail: ErrorDetail, places: list[int]) -> ErrorDetail:
    """The error with the place of its line in the draft as it was typed."""
    found = re.match(r"/lines/(\d+)(.*)", detail.pointer or "")
    if not found or int(found[1]) >= len(places):
        return detail
    return _pointing_at(detail, f"/lines/{places[int(found[1])]}{found[2]}")


def _pointing_at(detail: ErrorDetail, pointer: str) -> ErrorDetail:
    return ErrorDetail(detail.code, detail.message, pointer, detail.data)


def _parts(found: Collection[ErrorDetail]) -> tuple[set[int], set[str]]:
    """Which lines, and which parts of the head, errors point at."""
    wrong, heads = set(), set()
    for detail in found:
        parts = (detail.pointer or "").strip("/").split("/")
        if parts[0] == "lines" and len(parts) > 1:
            wrong.add(int(parts[1]))
        elif parts[0] in _WITHOUT:
            heads.add(parts[0])
    return wrong, heads


def _note_missing(plan: Plan, found: Collection[ErrorDetail]) -> None:
    """Where the channel refuses what is not in stock nothing was sourced; each line lacks what its product lacks."""
    short = {
        int((detail.pointer or "/lines/0").split("/")[2]): Decimal(detail.data["wanted"])
        - Decimal(detail.data["available"])
        for detail in found
    }
    for index, line in enumerate(plan.lines):
        for demand in line.demands:
            demand.missing = min(short.get(index, ZERO), demand.quantity)


def _stock(plan: Plan, goods: list[PlannedLine], actor: Actor) -> dict[int, list[Availability]]:
    if plan.channel is None or not actor.may(Permission.INVENTORY_STOCK_VIEW):
        return {}
    found: dict[int, list[Availability]] = defaultdict(list)
    channel = Channel(pk=plan.channel.id, code=plan.channel.code, warehouse_codes=list(plan.channel.warehouse_codes))
    wanted = {demand.variant_id for line in goods for demand in line.demands}
    for item in available(actor, wanted, channel=channel):
        found[item.variant_id].append(item)
    return found


def _dates(plan: Plan, goods: list[PlannedLine], actor: Actor, now: datetime) -> dict[int, datetime | None]:
    """When each variant that is missing now is there, behind the backorders that wait already."""
    if plan.channel is None or not actor.may(Permission.INVENTORY_STOCK_VIEW):
        return {}
    wanted: dict[int, Decimal] = defaultdict(Decimal)
    for line in goods:
        for demand in line.demands:
            wanted[demand.variant_id] += demand.quantity
    missing = {demand.variant_id for line in goods for demand in line.demands if demand.missing}
    if not missing:
        return {}
    owed: dict[int, list[Owed]] = defaultdict(list)
    rows = Backorder.objects.filter(variant_id__in=missing).order_by("priority", "since")
    for variant, quantity, due, number in rows.values_list(
        "variant_id", "quantity", "line__order__requested_at", "line__order__number"
    ):
        owed[variant].append(Owed(quantity, due, number))
    codes = plan.channel.warehouse_codes
    return promise_dates(
        actor,
        {variant: wanted[variant] for variant in missing},
        channel_id=plan.channel.id,
        warehouse_codes=codes,
        owed=owed,
        now=now,
    )


def _shown(
    line: PlannedLine, index: int | None, stock: dict[int, list[Availability]], dates: dict[int, datetime | None]
) -> PreviewLine:
    waiting = [demand.variant_id for demand in line.demands if demand.missing]
    days = [dates.get(variant) for variant in waiting]
    known = [moment for moment in days if moment is not None]
    return PreviewLine(
        str(line.kind),
        line.sku,
        line.name,
        line.quantity,
        line.unit_price,
        line.amounts,
        max((d.missing * line.quantity / d.quantity for d in line.demands), default=ZERO),
        line.explanation,
        index,
        line.tax_rate,
        _free(line, stock),
        max(known) if known and len(known) == len(days) else None,
        next_break(line.offers, line.units, line.unit_price) if line.offers else None,
        line.variant,
    )


def _free(line: PlannedLine, stock: dict[int, list[Availability]]) -> tuple[Free, ...]:
    """Per warehouse what could be promised; of a bundle as many as its scarcest component allows."""
    left: dict[str, Decimal] = {}
    for at, demand in enumerate(line.demands):
        share = demand.quantity / line.quantity
        here = {item.warehouse: max(item.available, ZERO) / share for item in stock.get(demand.variant_id, ())}
        left = here if at == 0 else {place: min(left[place], here[place]) for place in left if place in here}
    whole = line.variant is not None and line.variant.quantity_places == 0
    return tuple(Free(place, quantity // 1 if whole else quantity) for place, quantity in left.items() if quantity > 0)
