"""Writing down that less lies there than is promised: the orders that would be served last wait again.

A correction or a count finds, with the stock locked, that it is short of what is reserved. Without consent it is refused and
the refusal names the orders. With it, reservations shrink in the reverse of the order in which backorders are filled, and
backorders take the missing units over, whatever the channel's policy: the promise was made.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from itertools import groupby
from typing import Any, TypeVar

from orderwell.domains.inventory.drafts import AdjustmentDraft
from orderwell.domains.inventory.errors import StockChanged
from orderwell.domains.inventory.goods import MakeRoom, Short
from orderwell.domains.inventory.models import Adjustment, Reservation, StockCount
from orderwell.domains.inventory.services.adjust_stock import adjust_stocks
from orderwell.domains.inventory.services.count_stock import post_count
from orderwell.domains.inventory.services.ledger import release
from orderwell.domains.orders.errors import DisplacingDenied, HiddenOrders
from orderwell.domains.orders.events import OrderEvent
from orderwell.domains.orders.models import Backorder, OrderLine
from orderwell.domains.orders.queries import visible_lines
from orderwell.domains.orders.services.loading import lock_orders
from orderwell.domains.orders.services.progress import refresh_states
from orderwell.kernel.errors import ErrorDetail, Refusal
from orderwell.kernel.quantities import plain
from orderwell.platform.accounts.actor import Actor
from orderwell.platform.batches import Verdict
from orderwell.platform.database import atomic
from orderwell.platform.events.recording import Fact, record
from orderwell.platform.permissions import Permission

Made = TypeVar("Made")
ZERO = Decimal(0)
# How often the orders may turn out to be others than those that were locked, before the caller has to try again.
TRIES = 8
# So many orders are named in a refusal.
MOST_NAMED = 100
# To stop what was promised to a customer is what a hold does too.
DISPLACE = Permission.ORDERS_HOLD_PLACE


@dataclass(frozen=True, slots=True)
class Displaced:
    """What one order line loses: `units` of its reservation, of which `left` stay."""

    reservation_id: int
    stock_item_id: int
    variant_id: int
    sku: str
    warehouse: str
    line_id: int
    order_id: int
    number: str
    customer: str
    priority: int
    reserved_at: datetime
    units: Decimal
    left: Decimal
    on_hand: Decimal


class PromisesAtStake(Refusal):
    """Orders would wait again; nobody has said yet that they shall. `displaced` are those the actor may know of."""

    def __init__(
        self, errors: Sequence[ErrorDetail], displaced: Sequence[Displaced], hidden: int, *, may: bool
    ) -> None:
        super().__init__(errors)
        self.displaced = tuple(displaced)
        self.hidden = hidden
        self.may = may

    @property
    def fingerprint(self) -> str:
        return fingerprint_of(self.displaced)


def fingerprint_of(displaced: Sequence[Displaced]) -> str:
    """What somebody has seen and agrees to: other lines or other units are something else."""
    parts = sorted(f"{one.reservation_id}:{plain(one.units)}" for one in displaced)
    return hashlib.sha256("|".join(parts).encode()).hexdigest()[:32]


def correct_stock(
    draft: AdjustmentDraft,
    *,
    actor: Actor,
    now: datetime,
    agreed: str | None = None,
    shown_at: datetime | None = None,
) -> Adjustment:
    """Correct the stock of one warehouse; with `displace` in the draft also below what is reserved.

    `agreed` is the fingerprint of the orders that somebody has seen: when it would be others, nothing is done.
    `shown_at` is when the form was opened: what was counted for it is refused where it has moved since. Raises
    PromisesAtStake, Refusal.
    """
    verdict = _correct(draft, agreed, actor, now, shown_at)
    return Adjustment.objects.get(pk=verdict.or_raise())


def correct_stocks(drafts: Sequence[AdjustmentDraft], *, actor: Actor, now: datetime) -> list[Verdict]:
    """Many corrections in their order, each done wholly or not at all; one that displaces orders in a transaction of its own."""
    actor.require(Permission.INVENTORY_STOCK_ADJUST)
    verdicts: list[Verdict] = []
    for displacing, group in groupby(drafts, key=lambda draft: draft.displace):
        if displacing:
            verdicts += [_correct(draft, None, actor, now) for draft in group]
        else:
            room = _Room(actor, now, consent=False)
            verdicts += adjust_stocks(list(group), actor=actor, now=now, make_room=room.refuse)
    return verdicts


def settle_count(
    *, count_id: int, displace: bool = False, agreed: str | None = None, actor: Actor, now: datetime
) -> StockCount:
    """Post a count; with `displace` also below what is reserved. Raises PromisesAtStake and what posting a count raises."""

    def post(make_room: MakeRoom) -> StockCount:
        return post_count(count_id=count_id, actor=actor, now=now, make_room=make_room)

    def told(count: StockCount) -> dict[str, Any]:
        cause = {"adjustment": str(Adjustment.Reason.COUNT), "document": count.number, "note": count.note}
        return {**cause, "cause": f"count:{count.pk}"}

    actor.require(Permission.INVENTORY_STOCK_ADJUST)
    room = _Room(actor, now, consent=displace, agreed=agreed)
    try:
        return _with_room(post, told, room)
    except Refusal:
        if room.at_stake is not None:
            raise room.at_stake from None
        raise


def _correct(
    draft: AdjustmentDraft, agreed: str | None, actor: Actor, now: datetime, shown_at: datetime | None = None
) -> Verdict:
    room = _Room(actor, now, consent=draft.displace, agreed=agreed)

    def adjust(make_room: MakeRoom) -> Verdict:
        return adjust_stocks([draft], actor=actor, now=now, make_room=make_room, shown_at=shown_at)[0]

    def told(verdict: Verdict) -> dict[str, Any] | None:
        if verdict.outcome != "created":
            return None  # made before, under the same external id: nothing was displaced now
        cause = {"adjustment": draft.reason, "document": f"#{verdict.id}", "note": draft.note}
        return {**cause, "cause": f"adjustment:{verdict.id}"}

    verdict = _with_room(adjust, told, room)
    if verdict.refused and room.at_stake is not None:
        raise room.at_stake
    return verdict


class _OthersConcerned(Exception):
    """The orders concerned are not locked, and the stock is: orders come first, so all is let go and begun again."""

    def __init__(self, order_ids: set[int]) -> None:
        self.order_ids = order_ids


def _with_room(work: Callable[[MakeRoom], Made], told: Callable[[Made], dict[str, Any] | None], room: _Room) -> Made:
    """Do `work` with the orders locked that it displaces, orders before stock. Which they are, only locked stock tells."""
    for _attempt in range(TRIES):
        room.taken = []
        try:
            with atomic():
                lock_orders(room.locked)
                made = work(room.make)
                if room.taken and (cause := told(made)) is not None:
                    room.tell(cause)
            return made
        except _OthersConcerned as others:
            room.locked |= others.order_ids
    raise StockChanged(expected=len(room.locked), found=0)


class _Room:
    """Who gives promised units back, as far as somebody agreed."""

    def __init__(self, actor: Actor, now: datetime, *, consent: bool, agreed: str | None = None) -> None:
        self.actor, self.now = actor, now
        self.consent, self.agreed = consent, agreed
        self.locked: set[int] = set()
        self.taken: list[Displaced] = []
        self.at_stake: PromisesAtStake | None = None

    def make(self, shorts: Sequence[Short]) -> Sequence[ErrorDetail]:
        chosen = _served_last(shorts)
        if not _covers(chosen, shorts):
            return [short.refusal() for short in shorts]
        seen = self._visible(chosen)
        if not self.consent or (self.agreed is not None and self.agreed != fingerprint_of(seen)):
            return self._ask(shorts, chosen, seen)
        if not self.actor.may(DISPLACE):
            return [DisplacingDenied(permission=str(DISPLACE), orders=len({one.order_id for one in chosen})).detail()]
        if len(seen) < len(chosen):
            return [HiddenOrders(count=len({one.order_id for one in chosen} - {one.order_id for one in seen})).detail()]
        orders = {one.order_id for one in chosen}
        if not orders <= self.locked:
            raise _OthersConcerned(orders)
        release({one.reservation_id: one.units for one in chosen})
        for one in chosen:
            _wait_again(one)
        self.taken = chosen
        return []

    def refuse(self, shorts: Sequence[Short]) -> Sequence[ErrorDetail]:
        """For many corrections at once: each is told which orders stand against it."""
        chosen = _served_last(shorts)
        return self._ask(shorts, chosen, self._visible(chosen))

    def _ask(
        self, shorts: Sequence[Short], chosen: Sequence[Displaced], seen: Sequence[Displaced]
    ) -> list[ErrorDetail]:
        hidden = len({one.order_id for one in chosen} - {one.order_id for one in seen})
        details = [short.refusal(**_named(short, seen)) for short in shorts]
        self.at_stake = PromisesAtStake(details, seen, hidden, may=self.actor.may(DISPLACE) and not hidden)
        return details

    def _visible(self, chosen: Sequence[Displaced]) -> list[Displaced]:
        if not self.actor.may(Permission.ORDERS_ORDER_VIEW):
            return []
        lines = visible_lines(self.actor).filter(pk__in={one.line_id for one in chosen})
        known = set(lines.values_list("pk", flat=True))
        return [one for one in chosen if one.line_id in known]

    def tell(self, cause: dict[str, Any]) -> None:
        """States anew, and in each order's timeline what it lost, where and why."""
        record((_fact(one, cause) for one in self.taken), actor=self.actor, now=self.now)
        refresh_states({one.order_id for one in self.taken}, actor=self.actor, now=self.now)


def _served_last(shorts: Sequence[Short]) -> list[Displaced]:
    """Whose units are missing: by priority and age, as backorders are filled, from the end; the last perhaps in part."""
    rows = Reservation.objects.filter(stock_item__in=[short.row.id for short in shorts])
    lines = {
        line.pk: line
        for line in OrderLine.objects.filter(pk__in=rows.values("line_id"))
        .select_related("order")
        .only("order", "order__number", "order__customer_name", "order__priority")
    }
    by_item: dict[int, list[Reservation]] = {short.row.id: [] for short in shorts}
    for row in rows:
        if row.line_id in lines:
            by_item[row.stock_item_id].append(row)
    found: list[Displaced] = []
    for short in shorts:
        queue = by_item[short.row.id]
        queue.sort(key=lambda row: (lines[row.line_id].order.priority, row.reserved_at, row.pk), reverse=True)
        found += _from_the_end(short, queue, lines)
    return found


def _from_the_end(short: Short, queue: Sequence[Reservation], lines: dict[int, OrderLine]) -> Iterator[Displaced]:
    missing = short.units
    for row in queue:
        if missing <= 0:
            return
        units = min(missing, row.quantity)
        missing -= units
        order = lines[row.line_id].order
        yield Displaced(
            reservation_id=row.pk,
            stock_item_id=short.row.id,
            variant_id=short.row.variant_id,
            sku=short.sku,
            warehouse=short.warehouse.code,
            line_id=row.line_id,
            order_id=order.pk,
            number=order.number,
            customer=order.customer_name,
            priority=order.priority,
            reserved_at=row.reserved_at,
            units=units,
            left=row.quantity - units,
            on_hand=short.row.reserved - short.units,
        )


def _covers(chosen: Sequence[Displaced], shorts: Sequence[Short]) -> bool:
    """Whether the lines that are known hold as much as is missing; a reservation without its line is a fault to be looked at."""
    return sum((one.units for one in chosen), ZERO) == sum((short.units for short in shorts), ZERO)


def _named(short: Short, seen: Sequence[Displaced]) -> dict[str, Any]:
    mine = [one for one in seen if one.stock_item_id == short.row.id]
    orders = [
        {
            "order_id": one.order_id,
            "number": one.number,
            "customer": one.customer,
            "line_id": one.line_id,
            "units": plain(one.units),
            "left": plain(one.left),
        }
        for one in mine[:MOST_NAMED]
    ]
    return {"missing": plain(short.units), "orders": orders}


def _wait_again(one: Displaced) -> None:
    """The line keeps its place in the queue: it waits since it was first promised these units."""
    backorder, made = Backorder.objects.get_or_create(
        line_id=one.line_id,
        variant_id=one.variant_id,
        defaults={"quantity": one.units, "priority": one.priority, "since": one.reserved_at},
    )
    if not made:
        backorder.quantity += one.units
        backorder.since = min(backorder.since, one.reserved_at)
        backorder.save(update_fields=["quantity", "since"])


def _fact(one: Displaced, cause: dict[str, Any]) -> Fact:
    data = {
        "sku": one.sku,
        "quantity": plain(one.units),
        "warehouse": one.warehouse,
        "on_hand": plain(one.on_hand),
        "left": plain(one.left),
        "priority": one.priority,
        "reserved_at": one.reserved_at,
        **cause,
        # Another warehouse may have some: the queue is looked at anew.
        "variant_ids": [one.variant_id],
    }
    return Fact(OrderEvent.RESERVATION_DISPLACED, f"order:{one.order_id}", f"line:{one.line_id}", data)
