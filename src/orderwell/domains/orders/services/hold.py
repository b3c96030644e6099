"""Stop an order and let it go on, each with a reason."""

from __future__ import annotations

from datetime import datetime

from orderwell.domains.orders.errors import HoldAlreadyReleased, UnknownHoldKind, ValueMissing
from orderwell.domains.orders.events import OrderEvent
from orderwell.domains.orders.holds import KINDS
from orderwell.domains.orders.models import Hold, Order
from orderwell.domains.orders.services.loading import lock_order, require_state
from orderwell.kernel.errors import NotFound
from orderwell.platform.accounts.actor import Actor
from orderwell.platform.database import atomic
from orderwell.platform.events.recording import Fact, record
from orderwell.platform.permissions import Permission


def place_hold(*, order_id: int, kind: str, reason: str, actor: Actor, now: datetime) -> Hold:
    """Hold an order. Raises UnknownHoldKind, ValueMissing, NotFound, OrderStateForbids."""
    actor.require(Permission.ORDERS_HOLD_PLACE)
    if kind not in KINDS:
        raise UnknownHoldKind(pointer="/kind", value=kind, expected=", ".join(KINDS))
    if not reason.strip():
        raise ValueMissing(pointer="/reason")
    with atomic():
        order = lock_order(order_id, actor=actor, permission=Permission.ORDERS_HOLD_PLACE)
        require_state(order, Order.State.DRAFT, Order.State.PLACED)
        hold = Hold.objects.create(
            order=order, kind=kind, reason=reason.strip()[:240], placed_at=now, placed_by=actor.label
        )
        _touch(order, on_hold=True, now=now)
        _tell(OrderEvent.HOLD_PLACED, hold, reason, actor, now)
    return hold


def release_hold(*, hold_id: int, reason: str, actor: Actor, now: datetime) -> Hold:
    """Release a hold. Raises NotFound, HoldAlreadyReleased, ValueMissing."""
    actor.require(Permission.ORDERS_HOLD_RELEASE)
    if not reason.strip():
        raise ValueMissing(pointer="/reason")
    with atomic():
        found = Hold.objects.filter(pk=hold_id).values_list("order_id", flat=True).first()
        if found is None:
            raise NotFound(kind="hold", reference=str(hold_id))
        order = lock_order(found, actor=actor, permission=Permission.ORDERS_HOLD_RELEASE)
        hold = Hold.objects.get(pk=hold_id)
        if hold.released_at is not None:
            raise HoldAlreadyReleased(released_by=hold.released_by)
        hold.released_at, hold.released_by, hold.release_reason = now, actor.label, reason.strip()[:240]
        hold.save(update_fields=["released_at", "released_by", "release_reason"])
        _touch(order, on_hold=Hold.objects.filter(order=order, released_at=None).exists(), now=now)
        _tell(OrderEvent.HOLD_RELEASED, hold, reason, actor, now)
    return hold


def _touch(order: Order, *, on_hold: bool, now: datetime) -> None:
    order.on_hold = on_hold
    order.updated_at = now
    order.version = order.version + 1
    order.save(update_fields=["on_hold", "updated_at", "version"])


def _tell(name: OrderEvent, hold: Hold, reason: str, actor: Actor, now: datetime) -> None:
    fact = Fact(name, f"order:{hold.order_id}", f"hold:{hold.pk}", {"kind": hold.kind, "reason": reason.strip()})
    record(fact, actor=actor, now=now)
