"""Shipping and delivering what was chosen in a list: a transaction and a verdict for each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from orderwell.domains.fulfilment.queries import visible_shipments
from orderwell.domains.fulfilment.services.ship import ship
from orderwell.domains.fulfilment.services.track import deliver
from orderwell.domains.fulfilment.states import SHIPMENT
from orderwell.domains.orders.services.many import each
from orderwell.platform.accounts.actor import Actor
from orderwell.platform.views.sources import RowVerdict, one_at_a_time


def ship_orders(ids: Sequence[int], *, data: Mapping[str, Any], actor: Actor, now: datetime) -> list[RowVerdict]:
    """Ship all that is reserved of each order, from one warehouse or from every one that has some of it."""

    def do(pk: int) -> Mapping[str, Any]:
        warehouse, carrier = str(data.get("warehouse") or "") or None, str(data.get("carrier") or "")
        made = ship(order_id=pk, warehouse=warehouse, carrier=carrier, actor=actor, now=now)
        return {"shipments": [shipment.pk for shipment in made]}

    return each(ids, actor=actor, do=do)


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
