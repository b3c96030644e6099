"""Undoing a change of an order: everything as it was before, as long as nothing was shipped or invoiced of it since.

Where nothing else has happened, the order is what it was to the last reservation. Where stock was given to somebody else
meanwhile, what is missing is sourced anew by the same rules as everywhere; the difference says so before it is done.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext_noop as _

from orderwell.domains.catalog.resolving import reference
from orderwell.domains.inventory.models import Reservation
from orderwell.domains.inventory.services.ledger import NewReservation, add_to_reservations, lock_stock, release
from orderwell.domains.orders import errors
from orderwell.domains.orders.difference import Difference, compare
from orderwell.domains.orders.drafts import AddressDraft, OrderDraft, Submission
from orderwell.domains.orders.events import OrderEvent
from orderwell.domains.orders.models import Amendment, Backorder, Cancellation, LineComponent, Order, OrderLine
from orderwell.domains.orders.outcomes import Refused
from orderwell.domains.orders.placement.plan import Plan, PlannedLine
from orderwell.domains.orders.placement.reserve import reserve_in_arrival_order
from orderwell.domains.orders.placement.write import ADDRESS_FIELDS, address_columns
from orderwell.domains.orders.services.amendments import shipped_units, told
from orderwell.domains.orders.services.change_writing import write_lines
from orderwell.domains.orders.services.hold import hold_again
from orderwell.domains.orders.services.loading import check_holds, lock_order, require_state
from orderwell.domains.orders.services.progress import refresh_states
from orderwell.domains.orders.services.promises import follow_priority, give_back, promise
from orderwell.domains.orders.services.totals import write_order_totals
from orderwell.domains.orders.snapshots import (
    COUNTERS,
    FIXED,
    MONEY,
    OWN,
    LineState,
    Snapshot,
    header_of,
    line_state_of,
    take_snapshot,
)
from orderwell.domains.orders.sourcing import Demand
from orderwell.kernel.errors import DomainError, ErrorDetail, NotFound, Refusal
from orderwell.platform.accounts.actor import Actor, system_actor
from orderwell.platform.database import atomic
from orderwell.platform.events.recording import Fact, record
from orderwell.platform.permissions import Permission

ZERO = Decimal(0)
_DEEDS = {
    "quantity_shipped": _("shipped"),
    "quantity_invoiced": _("invoiced or credited"),
    "quantity_returned": _("returned"),
    "quantity_cancelled": _("cancelled"),
    "quantity_unbilled": _("returned"),
}


def undo_change(*, order_id: int, number: int, actor: Actor, now: datetime) -> Amendment:
    """Undo change `number` of an order.

    Raises NotFound, OrderStateForbids, HeldOrder, AlreadyUndone, ChangedAgain, UndoTooLate, or Refusal where stock that
    was given back is gone and the channel takes no backorders.
    """
    with atomic():
        amendment, _difference = _undo(order_id, number, actor, now)
    return amendment


def preview_undo(*, order_id: int, number: int, actor: Actor, now: datetime) -> Difference:
    """What undoing would do; nothing of it is kept. Raises what undoing itself would raise."""
    with transaction.atomic():
        _amendment, difference = _undo(order_id, number, actor, now)
        transaction.set_rollback(True)
    return difference


def why_not(amendment: Amendment, later: list[Amendment], current: Snapshot) -> DomainError | None:
    """Why a change can't be undone now; None when it can."""
    if amendment.undone_at is not None:
        return errors.AlreadyUndone(change=amendment.number, undone_by=amendment.undone_by)
    if amendment.final:
        return errors.UndoTooLate(change=amendment.number, sku=_("the order"), deed=_("credited"))
    mine = set(amendment.touched)
    for other in later:
        if other.undone_at is None and mine & set(other.touched):
            return errors.ChangedAgain(change=amendment.number, later=other.number)
    for stored in amendment.after["lines"].values():
        was, now = line_state_of(stored), current.lines.get(stored["id"])
        if now is None:
            return errors.ChangedAgain(change=amendment.number, later=amendment.number + 1)
        for name in COUNTERS:
            if getattr(was, name) != getattr(now, name):
                return errors.UndoTooLate(change=amendment.number, sku=was.sku, deed=_DEEDS[name])
    if amendment.addresses and Decimal(str(amendment.after["shipped"])) != shipped_units(current):
        return errors.UndoTooLate(change=amendment.number, sku=_("the order"), deed=_("shipped"))
    return None


def _undo(order_id: int, number: int, actor: Actor, now: datetime) -> tuple[Amendment, Difference]:
    order = lock_order(order_id, actor=actor, permission=Permission.ORDERS_ORDER_CHANGE)
    rows = list(Amendment.objects.filter(order=order, number__gte=number).order_by("number"))
    amendment = next((row for row in rows if row.number == number), None)
    if amendment is None:
        raise NotFound(kind="change", reference=str(number))
    cancelled = amendment.kind == Amendment.Kind.CANCEL
    expected = (Order.State.PLACED, Order.State.COMPLETED, *((Order.State.CANCELLED,) if cancelled else ()))
    require_state(order, *expected)
    check_holds(order, "change")
    actor.require(Permission.ORDERS_ORDER_CANCEL if cancelled else Permission.ORDERS_ORDER_CHANGE)
    current = take_snapshot(order_id)
    problem = why_not(amendment, [row for row in rows if row.number > number], current)
    if problem is not None:
        raise problem
    if _changes_prices(amendment):
        actor.require(Permission.ORDERS_PRICE_OVERRIDE)
    _put_header_back(order, amendment, now)
    _put_lines_back(order, amendment, current, now)
    follow_priority(order)
    if cancelled:
        hold_again(order, ended=amendment.after.get("holds", []), actor=actor, now=now)
        Cancellation.objects.filter(pk__in=amendment.after.get("cancellations", [])).delete()
    write_order_totals(order, OrderLine.objects.filter(order=order))
    after = take_snapshot(order_id)
    difference = compare(current, after)
    amendment.undone_at, amendment.undone_by = now, actor.label
    amendment.save(update_fields=["undone_at", "undone_by"])
    stream = f"order:{order.pk}"
    data = {**told(order, amendment, difference), "version": order.version + 1}
    record(Fact(OrderEvent.CHANGE_UNDONE, stream, stream, data), actor=actor, now=now)
    refresh_states([order.pk], actor=actor, now=now)
    return amendment, difference


def _changes_prices(amendment: Amendment) -> bool:
    """Goods at another price or discount: undoing needs the permission that doing it needed."""
    if amendment.kind == Amendment.Kind.CANCEL:
        return False
    before, after = amendment.before, amendment.after
    if "order_discount" in before["header"]:
        return True
    return any(
        old["kind"] == OrderLine.Kind.GOODS and old[name] != after["lines"][pk][name]
        for pk, old in before["lines"].items()
        if pk in after["lines"]
        for name in ("unit_price", "line_discount")
    )


def _put_header_back(order: Order, amendment: Amendment, now: datetime) -> None:
    for name, value in header_of(amendment.before["header"]).items():
        setattr(order, name, value)
    if amendment.addresses:
        sealed = json.loads(amendment.addresses)["before"]
        parts = json.loads(sealed) if sealed else {}
        where = {name: getattr(order, f"ship_{name}") for name in ("country", "region", "city", "postcode")}
        address = AddressDraft(**parts, **where)
        for name, column in zip(ADDRESS_FIELDS, address_columns(address if where["country"] else None), strict=True):
            setattr(order, name, column)
    order.updated_at = now
    order.save()


def _put_lines_back(order: Order, amendment: Amendment, current: Snapshot, now: datetime) -> None:
    old = {int(pk): line_state_of(stored) for pk, stored in amendment.before["lines"].items()}
    new = {int(pk): line_state_of(stored) for pk, stored in amendment.after["lines"].items()}
    # Every stock row that becomes scarcer or free again, once, in primary-key order.
    variants = {variant for line in (*old.values(), *new.values()) for variant in line.demand(Decimal(1))}
    if variants:
        lock_stock(variants)
    added = [pk for pk in new if pk not in old]
    give_back(
        {pk: current.lines[pk].demand(current.lines[pk].quantity) for pk in added if current.lines[pk].variant_id}
    )
    OrderLine.objects.filter(pk__in=added).delete()
    _write_lines_back(order, old, new)
    untouched = {pk for pk, line in old.items() if pk not in new or _same_promises(new[pk], current.lines[pk])}
    _restore_promises(order, {pk: old[pk] for pk in untouched}, current, now)
    _settle_rest(order, {pk: (new[pk], old[pk]) for pk in old if pk not in untouched}, now)


def _write_lines_back(order: Order, old: Mapping[int, LineState], new: Mapping[int, LineState]) -> None:
    stored = {line.pk: line for line in OrderLine.objects.filter(pk__in=list(old))}
    for pk, line in stored.items():
        line.order = order
        for name in (*OWN, "quantity_cancelled"):
            setattr(line, name, getattr(old[pk], name))
    write_lines(order, list(stored.values()))
    cancelled = [line for pk, line in stored.items() if old[pk].quantity_cancelled != new[pk].quantity_cancelled]
    OrderLine.objects.bulk_update(cancelled, ["quantity_cancelled"], batch_size=500)
    gone = [line for pk, line in old.items() if pk not in stored]
    names = (*FIXED, *OWN, *MONEY, *COUNTERS)
    OrderLine.objects.bulk_create(
        [OrderLine(pk=line.id, order=order, **{name: getattr(line, name) for name in names}) for line in gone]
    )
    LineComponent.objects.bulk_create(
        LineComponent(line_id=line.id, variant_id=variant, quantity=quantity)
        for line in gone
        for variant, quantity in line.components.items()
    )


def _same_promises(one: LineState, other: LineState) -> bool:
    return one.reserved == other.reserved and one.waiting == other.waiting


def _restore_promises(order: Order, wanted: Mapping[int, LineState], current: Snapshot, now: datetime) -> None:
    """Give lines exactly the promises they had, as old as they were, as far as their stock is still free."""
    rows = {
        (line, item): (pk, quantity)
        for pk, line, item, quantity in Reservation.objects.filter(line_id__in=list(wanted)).values_list(
            "pk", "line_id", "stock_item_id", "quantity"
        )
    }
    too_much = {
        pk: quantity - wanted[line].reserved.get(item, ZERO)
        for (line, item), (pk, quantity) in rows.items()
        if quantity > wanted[line].reserved.get(item, ZERO)
    }
    if too_much:
        release(too_much)
    variants = {variant for line in wanted.values() for variant in line.demand(Decimal(1))}
    stock = {row.id: row for row in lock_stock(variants)} if variants else {}
    taking: dict[datetime, list[NewReservation]] = defaultdict(list)
    lacking: dict[tuple[int, int], Decimal] = defaultdict(Decimal)
    for pk, line in wanted.items():
        for item, quantity in line.reserved.items():
            need = quantity - rows.get((pk, item), (0, ZERO))[1]
            row = stock.get(item)
            if need <= 0 or row is None:
                continue
            part = need if row.allow_negative else min(need, max(row.free, ZERO))
            if part:
                row.reserved += part
                taking[line.since.get(item, now)].append(NewReservation(item, pk, part, order.priority))
            if part < need:
                lacking[pk, row.variant_id] += need - part
    for since, reservations in sorted(taking.items()):
        add_to_reservations(reservations, now=since)
    Backorder.objects.filter(line_id__in=list(wanted)).delete()
    Backorder.objects.bulk_create(
        Backorder(line_id=pk, variant_id=variant, quantity=row.quantity, priority=order.priority, since=row.since)
        for pk, line in wanted.items()
        for variant, row in line.waiting.items()
    )
    _source_anew(order, dict(wanted), lacking, now)


def _settle_rest(order: Order, lines: Mapping[int, tuple[LineState, LineState]], now: datetime) -> None:
    """Lines whose promises have moved since: only the difference in quantity is given back or sourced."""
    lacking: dict[tuple[int, int], Decimal] = defaultdict(Decimal)
    returning: dict[int, dict[int, Decimal]] = {}
    for pk, (new, old) in lines.items():
        more = (old.quantity - old.quantity_cancelled) - (new.quantity - new.quantity_cancelled)
        if more < 0:
            returning[pk] = old.demand(-more)
        for variant, quantity in old.demand(more).items() if more > 0 else ():
            lacking[pk, variant] += quantity
    if returning:
        give_back(returning)
    _source_anew(order, {pk: old for pk, (_new, old) in lines.items()}, lacking, now)


def _source_anew(
    order: Order, known: Mapping[int, LineState], lacking: Mapping[tuple[int, int], Decimal], now: datetime
) -> None:
    if not lacking:
        return
    draft = OrderDraft(channel=order.channel.code, lines=(), priority=order.priority)
    plan = Plan(Submission(draft, system_actor(label="undo")), channel=reference().channels.get(order.channel.code))
    wishes = dict(_wishes(known, lacking))
    plan.lines = list(wishes.values())
    reserve_in_arrival_order([plan])
    if isinstance(plan.outcome, Refused):
        raise Refusal([_without_pointer(item) for item in plan.outcome.errors])
    lines = {line.pk: line for line in OrderLine.objects.filter(pk__in=list(wishes))}
    for pk, wish in wishes.items():
        promise(lines[pk], wish.demands, priority=order.priority, now=now)
        chosen = wish.explanation.get("sourcing", [])
        explanation = lines[pk].explanation
        lines[pk].explanation = {**explanation, "sourcing": [*explanation.get("sourcing", []), *chosen]}
    OrderLine.objects.bulk_update(lines.values(), ["explanation"], batch_size=200)


def _wishes(
    known: Mapping[int, LineState], lacking: Mapping[tuple[int, int], Decimal]
) -> Iterator[tuple[int, PlannedLine]]:
    by_line: dict[int, list[Demand]] = defaultdict(list)
    for (pk, variant), quantity in lacking.items():
        by_line[pk].append(Demand(variant, quantity))
    for pk, demands in by_line.items():
        line = known[pk]
        kind = OrderLine.Kind.GOODS
        yield pk, PlannedLine(kind, line.sku, line.name, line.quantity, line.unit_price, line.tax_rate, demands=demands)


def _without_pointer(item: ErrorDetail) -> ErrorDetail:
    return replace(item, pointer=None)
