"""Where a shipment is: its carrier and tracking number, and that it arrived."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from orderwell.domains.fulfilment.errors import DeliveredBeforeShipped, DeliveredInFuture
from orderwell.domains.fulfilment.events import FulfilmentEvent
from orderwell.domains.fulfilment.models import Shipment
from orderwell.domains.fulfilment.queries import visible_shipments
from orderwell.domains.fulfilment.services.ship import check_tracking
from orderwell.domains.fulfilment.states import SHIPMENT
from orderwell.domains.orders.services.loading import lock_order
from orderwell.domains.orders.services.progress import refresh_states
from orderwell.kernel.errors import NotFound, StaleVersion
from orderwell.kernel.refusals import MissingTimeZone
from orderwell.platform.accounts.actor import Actor
from orderwell.platform.database import atomic
from orderwell.platform.events.recording import Fact, record
from orderwell.platform.permissions import Permission

# A clock elsewhere may be ahead of ours by so much; it is a day for money, which is told by the day.
AHEAD = timedelta(hours=1)


def set_tracking(
    *, shipment_id: int, carrier: str, tracking_number: str, version: int | None = None, actor: Actor, now: datetime
) -> Shipment:
    """Give or correct carrier and tracking number. Raises NotFound, StaleVersion, Refusal."""
    actor.require(Permission.FULFILMENT_SHIPMENT_CREATE)
    check_tracking(carrier, tracking_number)
    with atomic():
        shipment = _lock(shipment_id, actor, version)
        before = {"carrier": shipment.carrier, "tracking_number": shipment.tracking_number}
        after = {"carrier": carrier.strip(), "tracking_number": tracking_number.strip()}
        if after == before:
            return shipment
        shipment.carrier, shipment.tracking_number = after["carrier"], after["tracking_number"]
        shipment.version += 1
        shipment.save(update_fields=["carrier", "tracking_number", "version"])
        data = {"number": shipment.number, **after, "before": before}
        record(_fact(FulfilmentEvent.TRACKING_SET, shipment, data), actor=actor, now=now)
    return shipment


def deliver(
    *,
    shipment_id: int,
    delivered_at: datetime | None = None,
    version: int | None = None,
    actor: Actor,
    now: datetime,
) -> Shipment:
    """The shipment arrived. Saying it again changes nothing. Raises NotFound, StaleVersion, DeliveredBeforeShipped,
    DeliveredInFuture."""
    actor.require(Permission.FULFILMENT_SHIPMENT_CREATE)
    arrived = delivered_at or now
    if arrived.tzinfo is None:
        raise MissingTimeZone(pointer="/delivered_at", value=arrived.isoformat())
    if arrived > now + AHEAD:
        raise DeliveredInFuture(pointer="/delivered_at", value=arrived)
    with atomic():
        shipment = _lock(shipment_id, actor, version)
        if shipment.state in SHIPMENT.final:
            return shipment
        if arrived < shipment.shipped_at:
            raise DeliveredBeforeShipped(
                pointer="/delivered_at",
                number=shipment.number,
                shipped_at=shipment.shipped_at,
                value=arrived,
            )
        shipment.state = SHIPMENT.next(shipment.state, "deliver", shipment.number)
        shipment.delivered_at = arrived
        shipment.version += 1
        shipment.save(update_fields=["state", "delivered_at", "version"])
        data = {"number": shipment.number, "delivered_at": arrived}
        record(_fact(FulfilmentEvent.DELIVERED, shipment, data), actor=actor, now=now)
        delivered = {shipment.order_id: everything_arrived(shipment.order_id)}
        refresh_states([shipment.order_id], actor=actor, now=now, delivered=delivered)
    return shipment


def everything_arrived(order_id: int) -> bool:
    """Whether the order has shipments and every one of them is delivered."""
    states = set(Shipment.objects.filter(order_id=order_id).values_list("state", flat=True))
    return bool(states) and states <= SHIPMENT.final


def _lock(shipment_id: int, actor: Actor, version: int | None) -> Shipment:
    """The shipment, with its order locked before it."""
    order_id = visible_shipments(actor).filter(pk=shipment_id).values_list("order_id", flat=True).first()
    if order_id is None:
        raise NotFound(kind="shipment", reference=str(shipment_id))
    lock_order(order_id, actor=actor, permission=Permission.FULFILMENT_SHIPMENT_CREATE)
    shipment = Shipment.objects.select_for_update().get(pk=shipment_id)
    if version is not None and version != shipment.version:
        raise StaleVersion(kind="shipment", current=shipment.version, given=version)
    return shipment


def _fact(name: FulfilmentEvent, shipment: Shipment, data: Mapping[str, object]) -> Fact:
    return Fact(name, f"order:{shipment.order_id}", f"shipment:{shipment.pk}", data)
