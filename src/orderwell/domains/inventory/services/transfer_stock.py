"""Transfers between warehouses: planned, dispatched from free stock, received in one go or in parts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings

from orderwell.domains.inventory import errors
from orderwell.domains.inventory.choices import every_warehouse
from orderwell.domains.inventory.drafts import ArrivalDraft, TransferDraft
from orderwell.domains.inventory.events import InventoryEvent
from orderwell.domains.inventory.goods import (
    MAX_LINES,
    Goods,
    goods_by_sku,
    named,
    sku_problems,
    usable_warehouses,
    what_is_reserved,
)
from orderwell.domains.inventory.models import StockMovement, Transfer, TransferLine, Warehouse
from orderwell.domains.inventory.options import TRANSFER_NUMBER
from orderwell.domains.inventory.services.ledger import (
    NewMovement,
    StockRow,
    ensure_stock_items,
    lock_items,
    lock_stock,
    post_movements,
)
from orderwell.domains.inventory.states import TRANSFER
from orderwell.kernel.errors import DomainError, InvalidValue, NotFound, Phrase, StaleVersion, choices
from orderwell.kernel.quantities import plain
from orderwell.kernel.refusals import MissingTimeZone, ValueMissing, day_problems, quantity_problems, text_problems
from orderwell.platform.accounts.actor import Actor
from orderwell.platform.coded_rows import refuse
from orderwell.platform.database import allocate_ids, atomic
from orderwell.platform.events.recording import Fact, record
from orderwell.platform.numbering.services import numbers_of_keys
from orderwell.platform.permissions import Permission

ZERO = Decimal(0)


def create_transfer(draft: TransferDraft, *, actor: Actor, now: datetime) -> Transfer:
    """Plan a transfer; stock is touched only when it is dispatched.

    The actor needs the warehouse that the goods leave; where they go to, others confirm that they came.
    """
    actor.require(Permission.INVENTORY_STOCK_TRANSFER)
    with atomic():
        goods, warehouses = _checked(draft, actor, now)
        key = allocate_ids({Transfer: 1})[Transfer][0]
        transfer = Transfer.objects.create(
            pk=key,
            number=numbers_of_keys(TRANSFER_NUMBER, [key], now=now)[0],
            state=TRANSFER.initial,
            origin=warehouses[draft.origin],
            destination=warehouses[draft.destination],
            expected_at=draft.expected_at,
            note=draft.note,
            created_at=now,
        )
        _write_lines(transfer, draft, goods)
        _record(InventoryEvent.TRANSFER_CREATED, transfer, actor, now, lines=_quantities(draft))
    return transfer


def change_transfer(
    *, transfer_id: int, draft: TransferDraft, version: int | None = None, actor: Actor, now: datetime
) -> Transfer:
    """Replace what a transfer that has not left says; the same again changes nothing."""
    actor.require(Permission.INVENTORY_STOCK_TRANSFER)
    with atomic():
        transfer = _locked(transfer_id, version, actor, "origin")
        transfer.state = TRANSFER.next(transfer.state, "change", transfer.number)
        goods, warehouses = _checked(draft, actor, now, kept=transfer.expected_at)
        before = _said(transfer)
        transfer.origin, transfer.destination = warehouses[draft.origin], warehouses[draft.destination]
        transfer.expected_at, transfer.note = draft.expected_at, draft.note
        after = _said(transfer, draft)
        pairs = {name: [before.get(name), after.get(name)] for name in before | after}
        changes = {name: pair for name, pair in pairs.items() if pair[0] != pair[1]}
        if not changes:
            return transfer
        _save(transfer)
        transfer.lines.all().delete()
        _write_lines(transfer, draft, goods)
        data = {"lines": _quantities(draft), "changes": changes}
        _record(InventoryEvent.TRANSFER_CHANGED, transfer, actor, now, **data)
    return transfer


def dispatch_transfer(*, transfer_id: int, version: int | None = None, actor: Actor, now: datetime) -> Transfer:
    """The goods leave: only free stock may, whatever the warehouse's policy says about orders."""
    actor.require(Permission.INVENTORY_STOCK_TRANSFER)
    with atomic():
        transfer = _locked(transfer_id, version, actor, "origin")
        transfer.state = TRANSFER.next(transfer.state, "dispatch", transfer.number)
        lines = list(transfer.lines.select_related("variant").order_by("id"))
        stock = {row.variant_id: row for row in lock_stock([line.variant_id for line in lines], [transfer.origin_id])}
        refuse(_shortages(lines, stock, transfer.origin))
        _move(
            transfer,
            {stock[line.variant_id].id: -line.quantity for line in lines},
            StockMovement.Kind.TRANSFER_OUT,
            actor,
            now,
        )
        transfer.dispatched_at = now
        _save(transfer)
        sent = {line.variant.sku: plain(line.quantity) for line in lines}
        _record(InventoryEvent.TRANSFER_DISPATCHED, transfer, actor, now, lines=sent)
    return transfer


def receive_transfer(
    *,
    transfer_id: int,
    arrivals: Sequence[ArrivalDraft] | None = None,
    version: int | None = None,
    actor: Actor,
    now: datetime,
) -> Transfer:
    """Goods arrive, some perhaps lost on the way; None means that all that was on the way arrived.

    The transfer stays dispatched while something is still on the way.
    """
    actor.require(Permission.INVENTORY_STOCK_TRANSFER)
    with atomic():
        transfer = _locked(transfer_id, version, actor, "destination")
        TRANSFER.next(transfer.state, "receive_part", transfer.number)
        lines = {line.pk: line for line in transfer.lines.select_related("variant").order_by("id")}
        if arrivals is None:
            arrivals = [ArrivalDraft(line=key, received=_on_the_way(line)) for key, line in lines.items()]
        refuse(_arrival_problems(transfer, lines, arrivals))
        for arrival in arrivals:
            line = lines[arrival.line]
            line.quantity_received += arrival.received
            line.quantity_lost += arrival.lost
        TransferLine.objects.bulk_update(lines.values(), ["quantity_received", "quantity_lost"])
        came = {lines[arrival.line].variant_id: arrival.received for arrival in arrivals if arrival.received}
        place = transfer.destination
        items = ensure_stock_items((variant, place.pk, place.allow_negative) for variant in came)
        lock_items(items.values())
        moved = {items[variant, place.pk]: quantity for variant, quantity in came.items()}
        _move(transfer, moved, StockMovement.Kind.TRANSFER_IN, actor, now)
        left = any(_on_the_way(line) for line in lines.values())
        transfer.state = TRANSFER.next(transfer.state, "receive_part" if left else "receive", transfer.number)
        transfer.received_at = None if left else now
        _save(transfer)
        received = {lines[a.line].variant.sku: plain(a.received) for a in arrivals if a.received}
        lost = {lines[a.line].variant.sku: plain(a.lost) for a in arrivals if a.lost}
        _record(InventoryEvent.TRANSFER_RECEIVED, transfer, actor, now, received=received, lost=lost)
        if came:
            data = {"warehouse": place.code, "warehouse_id": place.pk, "variant_ids": sorted(came)}
            stream = f"transfer:{transfer.pk}"
            record(Fact(InventoryEvent.STOCK_RECEIVED, stream, stream, {**data, "cause": stream}), actor=actor, now=now)
    return transfer


def cancel_transfer(*, transfer_id: int, version: int | None = None, actor: Actor, now: datetime) -> Transfer:
    """Give up a transfer that has not left."""
    actor.require(Permission.INVENTORY_STOCK_TRANSFER)
    with atomic():
        transfer = _locked(transfer_id, version, actor, "origin")
        transfer.state = TRANSFER.next(transfer.state, "cancel", transfer.number)
        _save(transfer)
        _record(InventoryEvent.TRANSFER_CANCELLED, transfer, actor, now)
    return transfer


def _locked(transfer_id: int, version: int | None, actor: Actor, end: str) -> Transfer:
    """The locked transfer, if the actor may use the warehouse at this end of it."""
    transfer = (
        Transfer.objects.select_for_update(of=("self",))
        .select_related("origin", "destination")
        .filter(pk=transfer_id)
        .first()
    )
    if transfer is None or getattr(transfer, end).code not in usable_warehouses(actor):
        raise NotFound(kind="transfer", reference=transfer_id)
    if version is not None and version != transfer.version:
        raise StaleVersion(kind="transfer", current=transfer.version, given=version)
    return transfer


def _save(transfer: Transfer) -> None:
    transfer.version += 1
    transfer.save()


def _write_lines(transfer: Transfer, draft: TransferDraft, goods: Mapping[str, Goods]) -> None:
    TransferLine.objects.bulk_create(
        TransferLine(transfer=transfer, variant_id=goods[line.sku].id, quantity=line.quantity) for line in draft.lines
    )


def _move(
    transfer: Transfer, quantities: Mapping[int, Decimal], kind: StockMovement.Kind, actor: Actor, now: datetime
) -> None:
    movements = [
        NewMovement(item, kind, quantity, f"transfer:{transfer.pk}") for item, quantity in sorted(quantities.items())
    ]
    post_movements(movements, actor_label=actor.label[:120], now=now)


def _on_the_way(line: TransferLine) -> Decimal:
    left: Decimal = line.quantity - line.quantity_received - line.quantity_lost
    return left


def _quantities(draft: TransferDraft) -> dict[str, str]:
    return {line.sku: plain(line.quantity) for line in draft.lines}


def _said(transfer: Transfer, draft: TransferDraft | None = None) -> dict[str, Any]:
    """What a planned transfer says, field by field, with its lines or with those of the draft."""
    lines = _quantities(draft) if draft else {}
    if draft is None:
        rows = transfer.lines.select_related("variant").order_by("id")
        lines = {row.variant.sku: plain(row.quantity) for row in rows}
    return {
        "origin": transfer.origin.code,
        "destination": transfer.destination.code,
        "expected_at": transfer.expected_at,
        "note": transfer.note,
        **{f"{sku}.quantity": quantity for sku, quantity in lines.items()},
    }


def _record(name: InventoryEvent, transfer: Transfer, actor: Actor, now: datetime, **data: object) -> None:
    stream = f"transfer:{transfer.pk}"
    ends = {"number": transfer.number, "origin": transfer.origin.code, "destination": transfer.destination.code}
    record(Fact(name, stream, stream, {**ends, **data}), actor=actor, now=now)


def _checked(
    draft: TransferDraft, actor: Actor, now: datetime, *, kept: datetime | None = None
) -> tuple[dict[str, Goods], dict[str, Warehouse]]:
    """The goods and warehouses of a sound draft. A day that is over is refused, unless it is `kept` as it was."""
    goods, warehouses = goods_by_sku([line.sku for line in draft.lines]), {row.code: row for row in every_warehouse()}
    wrong = list(_problems(draft, goods, warehouses, usable_warehouses(actor)))
    day = draft.expected_at
    if day is not None and day.tzinfo is not None and day != kept:
        wrong += day_problems(day, "/expected_at", now=now, zone=ZoneInfo(settings.TIME_ZONE))
    refuse(iter(wrong))
    return goods, warehouses


def _problems(
    draft: TransferDraft,
    goods: Mapping[str, Goods],
    warehouses: Mapping[str, Warehouse],
    own: Mapping[str, Warehouse],
) -> Iterator[DomainError]:
    for name, known in (("origin", own), ("destination", warehouses)):
        if getattr(draft, name) not in known:
            yield errors.UnknownWarehouse(pointer=f"/{name}", value=getattr(draft, name)[:40], expected=choices(known))
    if draft.origin == draft.destination:
        same = warehouses.get(draft.origin)
        yield errors.SameWarehouse(pointer="/destination", warehouse=named(same) if same else draft.origin[:40])
    if draft.expected_at is not None and draft.expected_at.tzinfo is None:
        yield MissingTimeZone(pointer="/expected_at", value=draft.expected_at.isoformat())
    yield from text_problems(draft.note, "/note", 240, lines=True)
    if not draft.lines:
        yield ValueMissing(pointer="/lines")
    if len(draft.lines) > MAX_LINES:
        yield InvalidValue(
            pointer="/lines", value=len(draft.lines), expected=Phrase("at most {count} lines", count=MAX_LINES)
        )
        return
    seen: set[str] = set()
    for index, line in enumerate(draft.lines):
        pointer = f"/lines/{index}"
        yield from sku_problems(line.sku, goods, f"{pointer}/sku")
        if line.sku in seen:
            yield errors.SkuGivenTwice(pointer=f"{pointer}/sku", sku=line.sku[:60])
        seen.add(line.sku)
        places = goods[line.sku].quantity_places if line.sku in goods else 0
        yield from quantity_problems(line.quantity, f"{pointer}/quantity", sku=line.sku[:60], places=places)


def _shortages(
    lines: Sequence[TransferLine], stock: Mapping[int, StockRow], origin: Warehouse
) -> Iterator[DomainError]:
    for index, line in enumerate(lines):
        row = stock.get(line.variant_id)
        if row is None:
            data = {"on_hand": "0", "reserved": "0", "free": "0", "lines": 0, "line_ids": []}
            data |= {"sku": line.variant.sku, "warehouse": named(origin)}
        elif row.free < line.quantity:
            data = what_is_reserved(row, line.variant.sku, origin)
        else:
            continue
        yield errors.StockNotFree(pointer=f"/lines/{index}/quantity", wanted=plain(line.quantity), **data)


def _arrival_problems(
    transfer: Transfer, lines: Mapping[int, TransferLine], arrivals: Sequence[ArrivalDraft]
) -> Iterator[DomainError]:
    if not any(arrival.received or arrival.lost for arrival in arrivals):
        yield errors.NothingReceived(pointer="/arrivals")
    seen: set[int] = set()
    for index, arrival in enumerate(arrivals):
        pointer = f"/arrivals/{index}"
        line = lines.get(arrival.line)
        if line is None:
            yield errors.UnknownTransferLine(pointer=f"{pointer}/line", number=transfer.number, value=arrival.line)
            continue
        if line.pk in seen:
            yield errors.SkuGivenTwice(pointer=f"{pointer}/line", sku=line.variant.sku)
            continue
        seen.add(arrival.line)
        wrong: list[DomainError] = []
        for name in ("received", "lost"):
            value = getattr(arrival, name)
            if value:
                places = line.variant.quantity_places
                wrong += quantity_problems(value, f"{pointer}/{name}", sku=line.variant.sku, places=places)
        yield from wrong
        given = arrival.received + arrival.lost
        if not wrong and given > _on_the_way(line):
            yield errors.AboveInTransit(
                pointer=f"{pointer}/received", sku=line.variant.sku, open=plain(_on_the_way(line)), given=plain(given)
            )
