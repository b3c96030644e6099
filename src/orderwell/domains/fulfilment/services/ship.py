"""Reserved goods leave: a shipment for each warehouse they leave from.

Only what is reserved can be shipped, so nothing can leave that was promised to somebody else. A bundle ships as its
components, also from several warehouses, but never so that a unit would have to wait for stock that is not there.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from orderwell.domains.catalog.models import Variant
from orderwell.domains.fulfilment.components import Promise, complete_units, missing_for, take
from orderwell.domains.fulfilment.errors import QuantityAboveReserved
from orderwell.domains.fulfilment.events import FulfilmentEvent
from orderwell.domains.fulfilment.models import Shipment, ShipmentLine
from orderwell.domains.fulfilment.queries import shipped_components
from orderwell.domains.fulfilment.services.warehouses import warehouse_id_of
from orderwell.domains.fulfilment.states import SHIPMENT
from orderwell.domains.inventory.models import Reservation, Warehouse
from orderwell.domains.inventory.services.ledger import consume, lock_items
from orderwell.domains.orders.errors import NothingToDo, UnknownLine
from orderwell.domains.orders.models import Order, OrderLine
from orderwell.domains.orders.services.loading import check_holds, lines_of, lock_order, require_state
from orderwell.domains.orders.services.progress import record_shipped, refresh_states
from orderwell.domains.orders.services.promises import demand_of
from orderwell.kernel.errors import DomainError, ErrorDetail, Refusal
from orderwell.kernel.quantities import plain
from orderwell.kernel.refusals import quantity_problems, text_problems
from orderwell.platform.accounts.actor import Actor
from orderwell.platform.database import allocate_ids, atomic, bulk_insert
from orderwell.platform.events.recording import Fact, record
from orderwell.platform.numbering.services import numbers_of_keys
from orderwell.platform.permissions import Permission

ZERO, ONE = Decimal(0), Decimal(1)


@dataclass(slots=True)
class _LineState:
    """A goods line with what its units need, what has gone, and what is reserved for it."""

    line: OrderLine
    places: int
    per_unit: dict[int, Decimal]
    gone: dict[int, Decimal]
    promises: list[Promise]

    def reserved(self, promises: Iterable[Promise]) -> dict[int, Decimal]:
        """What has gone and what these reservations add to it."""
        units = defaultdict(Decimal, self.gone)
        for promise in promises:
            units[promise.variant_id] += promise.quantity
        return units


def ship(
    *,
    order_id: int,
    lines: Mapping[int, Decimal] | None = None,
    picked: Mapping[tuple[int, int], Decimal] | None = None,
    warehouse: str | None = None,
    carrier: str = "",
    tracking_number: str = "",
    actor: Actor,
    now: datetime,
) -> list[Shipment]:
    """Ship {line id: units}, or with None all that is reserved; from one warehouse, or from every one that has some of it.

    `picked` says instead what lies in the parcel: {(line id, stocked variant id): quantity}.

    Raises NotFound, OrderStateForbids, HeldOrder, NothingToDo, UnknownWarehouse, or Refusal with an entry for each
    unusable line.
    """
    actor.require(Permission.FULFILMENT_SHIPMENT_CREATE)
    check_tracking(carrier, tracking_number)
    with atomic():
        order = lock_order(order_id, actor=actor, permission=Permission.FULFILMENT_SHIPMENT_CREATE)
        require_state(order, Order.State.PLACED)
        check_holds(order, "ship")
        states = _load(order)
        allowed = _allowed_warehouses(actor, warehouse)
        if picked is not None and any(state.promises for state in states.values()):
            taken = _picked(order, states, picked, allowed, warehouse)
        elif picked is not None:
            taken = {}  # all of it has left already
        elif lines is not None:
            taken = _checked(order, states, lines, allowed, warehouse)
        else:
            taken = _everything(states, allowed)
        if not taken:
            raise NothingToDo(step="ship", number=order.number, waiting=_waiting(states))
        shipments = _dispatch(order, states, taken, carrier.strip(), tracking_number.strip(), actor, now)
        record_shipped(_completed(states))
        refresh_states([order.pk], actor=actor, now=now, delivered={order.pk: False})
    return shipments


def check_tracking(carrier: str, tracking_number: str) -> None:
    """Raises Refusal for a carrier or tracking number that cannot be stored."""
    found: list[DomainError] = [
        *text_problems(carrier, "/carrier", 60),
        *text_problems(tracking_number, "/tracking_number", 80),
    ]
    if found:
        raise Refusal([problem.detail() for problem in found])


def _load(order: Order) -> dict[int, _LineState]:
    lines = {line.pk: line for line in lines_of(order) if line.kind == OrderLine.Kind.GOODS}
    places = dict(
        Variant.objects.filter(pk__in=[line.variant_id for line in lines.values()]).values_list("pk", "quantity_places")
    )
    gone = shipped_components(lines)
    promises: dict[int, list[Promise]] = defaultdict(list)
    rows = Reservation.objects.filter(line_id__in=list(lines)).values_list(
        "pk", "line_id", "stock_item_id", "stock_item__variant_id", "stock_item__warehouse_id", "quantity"
    )
    for row in rows:
        promises[row[1]].append(Promise(*row))
    return {
        pk: _LineState(line, places.get(line.variant_id or 0, 0), demand_of(line, ONE), gone[pk], promises[pk])
        for pk, line in lines.items()
    }


def _allowed_warehouses(actor: Actor, warehouse: str | None) -> frozenset[int] | None:
    if warehouse is None:
        return actor.warehouse_ids
    return frozenset({warehouse_id_of(warehouse, actor=actor, pointer="/warehouse")})


def _in_reach(state: _LineState, allowed: frozenset[int] | None) -> list[Promise]:
    return [promise for promise in state.promises if allowed is None or promise.warehouse_id in allowed]


def _waiting(states: Mapping[int, _LineState]) -> str:
    """Units that are still to be shipped and not reserved; empty for none. Of several units of measure for each SKU."""
    waiting: dict[OrderLine, Decimal] = {}
    for state in states.values():
        complete = complete_units(state.reserved(state.promises), state.per_unit, state.places)
        waiting[state.line] = state.line.quantity - state.line.quantity_cancelled - complete
    total = sum(waiting.values(), Decimal(0))
    if total <= 0:
        return ""
    measures = Variant.objects.filter(pk__in=[line.variant_id for line in waiting]).values("unit").distinct()
    if len(measures) < 2:
        return plain(total)
    return ", ".join(f"{plain(units)} × {line.sku}" for line, units in waiting.items() if units > 0)


def _everything(states: Mapping[int, _LineState], allowed: frozenset[int] | None) -> dict[int, Decimal]:
    taken: dict[int, Decimal] = {}
    for state in states.values():
        # Components whose bundle still waits for another component stay until it can be complete.
        units = complete_units(state.reserved(state.promises), state.per_unit, state.places)
        found, _ = take(_in_reach(state, allowed), missing_for(units, state.per_unit, state.gone))
        taken |= found
    return taken


def _checked(
    order: Order,
    states: Mapping[int, _LineState],
    lines: Mapping[int, Decimal],
    allowed: frozenset[int] | None,
    warehouse: str | None,
) -> dict[int, Decimal]:
    taken: dict[int, Decimal] = {}
    problems: list[ErrorDetail] = []
    for pk, quantity in lines.items():
        pointer = f"/lines/{pk}"
        state = states.get(pk)
        if state is None:
            problems.append(UnknownLine(pointer=pointer, number=order.number, value=pk).detail())
            continue
        wrong = list(quantity_problems(quantity, pointer, sku=state.line.sku, places=state.places))
        if wrong:
            problems += [problem.detail() for problem in wrong]
            continue
        reach = _in_reach(state, allowed)
        total = state.line.quantity_shipped + quantity
        found, short = take(reach, missing_for(total, state.per_unit, state.gone))
        if short or not found:
            possible = complete_units(state.reserved(reach), state.per_unit, state.places) - state.line.quantity_shipped
            problems.append(
                QuantityAboveReserved(
                    pointer=pointer,
                    sku=state.line.sku,
                    value=plain(quantity),
                    reserved=plain(max(possible, ZERO)),
                    where=f" ({warehouse})" if warehouse else "",
                ).detail()
            )
        taken |= found
    if problems:
        raise Refusal(problems)
    return taken


def _picked(
    order: Order,
    states: Mapping[int, _LineState],
    picked: Mapping[tuple[int, int], Decimal],
    allowed: frozenset[int] | None,
    warehouse: str | None,
) -> dict[int, Decimal]:
    """What is taken of which reservation, so that exactly the picked goods leave."""
    by_line: dict[int, dict[int, Decimal]] = defaultdict(dict)
    for (line_id, variant_id), quantity in picked.items():
        by_line[line_id][variant_id] = quantity
    names = dict(
        Variant.objects.filter(pk__in={variant for _, variant in picked}).values_list("pk", "sku")
    )  # of a bundle's components, which the order itself doesn't name
    divisible = dict(Variant.objects.filter(pk__in=names).values_list("pk", "quantity_places"))
    taken: dict[int, Decimal] = {}
    problems: list[ErrorDetail] = []
    for pk, quantities in by_line.items():
        pointer = f"/picked/{pk}"
        state = states.get(pk)
        if state is None or quantities.keys() - state.per_unit.keys():
            problems.append(UnknownLine(pointer=pointer, number=order.number, value=pk).detail())
            continue
        wrong = [
            problem.detail()
            for variant, quantity in quantities.items()
            for problem in quantity_problems(quantity, pointer, sku=names[variant], places=divisible[variant])
        ]
        if wrong:
            problems += wrong
            continue
        found, short = take(_in_reach(state, allowed), quantities)
        short |= _ahead_of_stock(state, quantities)
        for variant, missing in short.items():
            above = QuantityAboveReserved(
                pointer=pointer,
                sku=names[variant],
                value=plain(quantities[variant]),
                reserved=plain(quantities[variant] - missing),
                where=f" ({warehouse})" if warehouse else "",
            )
            problems.append(above.detail())
        taken |= found
    if problems:
        raise Refusal(problems)
    return taken


def _ahead_of_stock(state: _LineState, picked: Mapping[int, Decimal]) -> dict[int, Decimal]:
    """Components beyond the units that all reservations together can complete: they would wait for the rest of a bundle."""
    units = complete_units(state.reserved(state.promises), state.per_unit, state.places)
    over = {
        variant: state.gone.get(variant, ZERO) + quantity - state.per_unit[variant] * units
        for variant, quantity in picked.items()
    }
    return {variant: min(surplus, picked[variant]) for variant, surplus in over.items() if surplus > 0}


def _dispatch(
    order: Order,
    states: Mapping[int, _LineState],
    taken: Mapping[int, Decimal],
    carrier: str,
    tracking_number: str,
    actor: Actor,
    now: datetime,
) -> list[Shipment]:
    by_warehouse: dict[int, list[Promise]] = defaultdict(list)
    for state in states.values():
        for promise in state.promises:
            if promise.reservation_id in taken:
                by_warehouse[promise.warehouse_id].append(promise)
    lock_items({promise.stock_item_id for promises in by_warehouse.values() for promise in promises})
    codes = dict(Warehouse.objects.filter(pk__in=list(by_warehouse)).values_list("pk", "code"))
    variants = {promise.variant_id for promises in by_warehouse.values() for promise in promises}
    skus = dict(Variant.objects.filter(pk__in=variants).values_list("pk", "sku"))
    ids = allocate_ids({Shipment: len(by_warehouse)})[Shipment]
    numbers = numbers_of_keys("fulfilment.shipment_number_template", ids, now=now)
    shipments, facts = [], []
    for pk, number, (warehouse_id, promises) in zip(ids, numbers, sorted(by_warehouse.items()), strict=True):
        shipment = Shipment(
            pk=pk,
            number=number,
            order_id=order.pk,
            warehouse_id=warehouse_id,
            state=SHIPMENT.initial,
            carrier=carrier,
            tracking_number=tracking_number,
            shipped_at=now,
            actor_label=actor.label,
        )
        shipment.save(force_insert=True)
        rows = [(pk, p.line_id, p.stock_item_id, taken[p.reservation_id], ZERO) for p in promises]
        bulk_insert(ShipmentLine, ("shipment", "order_line", "stock_item", "quantity", "quantity_returned"), rows)
        consume(
            {p.reservation_id: taken[p.reservation_id] for p in promises},
            cause=f"shipment:{pk}",
            actor_label=actor.label,
            now=now,
        )
        for promise in promises:
            gone = states[promise.line_id].gone
            gone[promise.variant_id] = gone.get(promise.variant_id, ZERO) + taken[promise.reservation_id]
        shipments.append(shipment)
        facts.append(_fact(shipment, codes[warehouse_id], promises, skus, taken))
    record(facts, actor=actor, now=now)
    return shipments


def _fact(
    shipment: Shipment,
    warehouse: str,
    promises: Iterable[Promise],
    skus: Mapping[int, str],
    taken: Mapping[int, Decimal],
) -> Fact:
    """What left, as the shipment has it: of a bundle its components, in their own quantities."""
    data = {
        "number": shipment.number,
        "warehouse": warehouse,
        "carrier": shipment.carrier,
        "tracking_number": shipment.tracking_number,
        "lines": [{"sku": skus[p.variant_id], "quantity": plain(taken[p.reservation_id])} for p in promises],
    }
    return Fact(FulfilmentEvent.SHIPPED, f"order:{shipment.order_id}", f"shipment:{shipment.pk}", data)


def _completed(states: Mapping[int, _LineState]) -> dict[int, Decimal]:
    """Units of each line that are complete now and were not before."""
    return {
        pk: complete_units(state.gone, state.per_unit, state.places) - state.line.quantity_shipped
        for pk, state in states.items()
    }
