"""Shipping and delivering what was chosen in a list: a transaction and a verdict for each."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from typing import Any

from orderwell.domains.fulfilment.errors import NoLongerReserved
from orderwell.domains.fulfilment.queries import bundles_ready, visible_shipments
from orderwell.domains.fulfilment.services.ship import ship
from orderwell.domains.fulfilment.services.track import deliver
from orderwell.domains.fulfilment.states import SHIPMENT
from orderwell.domains.inventory.models import Reservation
from orderwell.domains.orders.line_list import lines_of_reservations, reserved_lines
from orderwell.domains.orders.services.many import each
from orderwell.platform.accounts.actor import Actor
from orderwell.platform.views.sources import RowVerdict, one_at_a_time

Memory = Mapping[str, Any]


def ship_orders(ids: Sequence[int], *, data: Mapping[str, Any], actor: Actor, now: datetime) -> list[RowVerdict]:
    """Ship all that is reserved of each order, from one warehouse or from every one that has some of it."""

    def do(pk: int) -> Mapping[str, Any]:
        warehouse, carrier = str(data.get("warehouse") or "") or None, str(data.get("carrier") or "")
        made = ship(order_id=pk, warehouse=warehouse, carrier=carrier, actor=actor, now=now)
        return {"shipments": [shipment.pk for shipment in made]}

    return each(ids, actor=actor, do=do)


def ship_lines(ids: Sequence[int], *, data: Mapping[str, Any], actor: Actor, now: datetime) -> list[RowVerdict]:
    """Ship what these reservations keep: those of one order and warehouse leave together, each with its own verdict.

    Of a bundle the units that its components in that warehouse make up.
    """
    rows = {row.pk: row for row in reserved_lines(actor, ready=False).filter(pk__in=ids)}
    lines = lines_of_reservations(list(rows.values()))
    parts: dict[tuple[int, str], list[Reservation]] = defaultdict(list)
    for row in rows.values():
        if row.line_id in lines:
            parts[lines[row.line_id].order_id, row.stock_item.warehouse.code].append(row)
    names = {row.pk: f"{lines[row.line_id].order.number} · {row.stock_item.variant.sku}" for row in rows.values()}
    carrier = str(data.get("carrier") or "")
    whole: dict[int, RowVerdict] = {}
    for (order_id, warehouse), group in parts.items():
        units: dict[int, Decimal] = defaultdict(Decimal)
        for row in group:
            if not lines[row.line_id].is_bundle:
                units[row.line_id] += row.quantity
        units |= bundles_ready({row.line_id for row in group if lines[row.line_id].is_bundle}, warehouse=warehouse)

        def do(pk: int, wanted: Mapping[int, Decimal] = units, order: int = order_id, place: str = warehouse) -> Memory:
            made = ship(order_id=order, lines=wanted, warehouse=place, carrier=carrier, actor=actor, now=now)
            return {"shipments": [shipment.pk for shipment in made]}

        first = one_at_a_time([group[0].pk], names, do)[0]
        whole |= {row.pk: replace(first, id=row.pk, reference=names[row.pk]) for row in group}
    # Nobody has seen the number of a reservation, and with the row went what it was of.
    return [whole[pk] if pk in whole else one_at_a_time([pk], {pk: "—"}, _gone)[0] for pk in ids]


def _gone(pk: int) -> Memory:
    raise NoLongerReserved


def deliver_shipments(ids: Sequence[int], *, data: Mapping[str, Any], actor: Actor, now: datetime) -> list[RowVerdict]:
    """Each has arrived; one that had already stays as it is."""
    rows = {pk: (number, state) for pk, number, state in _known(ids, actor)}

    def do(pk: int) -> Mapping[str, Any] | None:
        arrived = pk in rows and rows[pk][1] in SHIPMENT.final
        deliver(shipment_id=pk, actor=actor, now=now)
        return None if arrived else {}

    return one_at_a_time(ids, {pk: number for pk, (number, _state) in rows.items()}, do)


def _known(ids: Sequence[int], actor: Actor) -> list[tuple[int, str, str]]:
    return list(visible_shipments(actor).filter(pk__in=ids).values_list("pk", "number", "state"))
