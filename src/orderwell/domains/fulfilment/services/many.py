"""Ship or deliver many at once, each in a transaction of its own and with a verdict of its own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from orderwell.domains.fulfilment.services.ship import ship
from orderwell.domains.fulfilment.services.track import deliver
from orderwell.platform.accounts.actor import Actor
from orderwell.platform.batches import Verdict, one_by_one
from orderwell.platform.permissions import Permission


@dataclass(frozen=True, slots=True)
class ShipRequest:
    """What `ship` takes, for one order of many."""

    order_id: int
    lines: Mapping[int, Decimal] | None = None
    warehouse: str | None = None
    carrier: str = ""
    tracking_number: str = ""


def ship_many(*, requests: Sequence[ShipRequest], actor: Actor, now: datetime) -> list[Verdict]:
    """Ship several orders. The id of a verdict is that of the order's first shipment."""
    actor.require(Permission.FULFILMENT_SHIPMENT_CREATE)

    def one(request: ShipRequest) -> int:
        shipments = ship(
            order_id=request.order_id,
            lines=request.lines,
            warehouse=request.warehouse,
            carrier=request.carrier,
            tracking_number=request.tracking_number,
            actor=actor,
            now=now,
        )
        return shipments[0].pk

    return one_by_one(requests, do=one, reference=lambda request: str(request.order_id))


def deliver_many(
    *, shipment_ids: Sequence[int], delivered_at: datetime | None = None, actor: Actor, now: datetime
) -> list[Verdict]:
    """Several shipments arrived."""
    actor.require(Permission.FULFILMENT_SHIPMENT_CREATE)

    def one(shipment_id: int) -> int:
        return deliver(shipment_id=shipment_id, delivered_at=delivered_at, actor=actor, now=now).pk

    return one_by_one(shipment_ids, do=one, reference=str, outcome="updated")
