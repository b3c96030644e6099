"""Stop an order and let it go on, each with a reason."""

from __future__ import annotations

from datetime import datetime, timedelta

from orderwell.domains.orders.errors import HoldAlreadyReleased, UnknownHoldKind, ValueMissing
from orderwell.domains.orders.events import OrderEvent
from orderwell.domains.orders.holds import KINDS
from orderwell.domains.orders.models import Hold, Order
from orderwell.domains.orders.services.loading import lock_order, require_state
from orderwell.kernel.errors import NotFound
from orderwell.platform.accounts.actor import Actor
from orderwell.platform.database import atomic
from orderwell.platform.events.models import Event
from orderwell.platform.events.recording import Fact, record
from orderwell.platform.permissions import Permission

# How long who placed a hold may take it back without the right to release holds.
OWN_FOR = timedelta(minutes=15)


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
    return _release(hold_id, reason, Permission.ORDERS_HOLD_RELEASE, actor, now)


def take_back_hold(*, hold_id: int, reason: str, actor: Actor, now: datetime) -> Hold:
    """Undo of placing: also who may not release holds takes back their own, for a quarter of an hour.

    Raises NotFound, HoldAlreadyReleased, ValueMissing; PermissionDenied for somebody else's hold, or an older one.
    """
    if actor.may(Permission.ORDERS_HOLD_RELEASE) or not _is_fresh_and_own(hold_id, actor, now):
        return release_hold(hold_id=hold_id, reason=reason, actor=actor, now=now)
    actor.require(Permission.ORDERS_HOLD_PLACE)
    return _release(hold_id, reason, Permission.ORDERS_HOLD_PLACE, actor, now)


def _is_fresh_and_own(hold_id: int, actor: Actor, now: datetime) -> bool:
    hold = Hold.objects.filter(pk=hold_id, placed_at__gt=now - OWN_FOR).first()
    if hold is None or actor.id is None:
        return False
    placed = Event.objects.filter(
        stream=f"order:{hold.order_id}", subject=f"hold:{hold.pk}", name=OrderEvent.HOLD_PLACED
    )
    return placed.filter(actor_kind=actor.kind, actor_id=actor.id).exists()


def _release(hold_id: int, reason: str, permission: Permission, actor: Actor, now: datetime) -> Hold:
    if not reason.strip():
        raise ValueMissing(pointer="/reason")
    with atomic():
        found = Hold.objects.filter(pk=hold_id).values_list("order_id", flat=True).first()
        if found is None:
            raise NotFound(kind="hold", reference=str(hold_id))
        order = lock_order(found, actor=actor, permission=permission)
        hold = Hold.objects.get(pk=hold_id)
        if hold.released_at is not None:
            raise HoldAlreadyReleased(released_by=hold.released_by)
        hold.released_at, hold.released_by, hold.release_reason = now, actor.label, reason.strip()[:240]
        hold.save(update_fields=["released_at", "released_by", "release_reason"])
        _touch(order, on_hold=Hold.objects.filter(order=order, released_at=None).exists(), now=now)
        _tell(OrderEvent.HOLD_RELEASED, hold, reason, actor, now)
    return hold


def end_holds(order: Order, *, reason: str, actor: Actor, now: datetime) -> list[int]:
    """Of an order that was cancelled as a whole: there is nothing left to hold. Returns the holds that ended by it."""
    holds = list(Hold.objects.filter(order=order, released_at=None).order_by("pk"))
    for hold in holds:
        hold.released_at, hold.released_by, hold.release_reason = now, actor.label, reason.strip()[:240]
        hold.save(update_fields=["released_at", "released_by", "release_reason"])
        _tell(OrderEvent.HOLD_RELEASED, hold, reason, actor, now)
    if holds:
        Order.objects.filter(pk=order.pk).update(on_hold=False)
    return [hold.pk for hold in holds]


def hold_again(order: Order, *, ended: list[int], actor: Actor, now: datetime) -> None:
    """Holds that ended because all was cancelled stand again: what they waited for has not come about."""
    holds = list(Hold.objects.filter(pk__in=ended, order=order, released_at__isnull=False).order_by("pk"))
    for hold in holds:
        hold.released_at, hold.released_by, hold.release_reason = None, "", ""
        hold.save(update_fields=["released_at", "released_by", "release_reason"])
        _tell(OrderEvent.HOLD_PLACED, hold, hold.reason, actor, now)
    if holds:
        Order.objects.filter(pk=order.pk).update(on_hold=True)


def _touch(order: Order, *, on_hold: bool, now: datetime) -> None:
    order.on_hold = on_hold
    order.updated_at = now
    order.version = order.version + 1
    order.save(update_fields=["on_hold", "updated_at", "version"])


def _tell(name: OrderEvent, hold: Hold, reason: str, actor: Actor, now: datetime) -> None:
    fact = Fact(name, f"order:{hold.order_id}", f"hold:{hold.pk}", {"kind": hold.kind, "reason": reason.strip()})
    record(fact, actor=actor, now=now)
