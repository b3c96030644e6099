"""The link by which a customer sees one order without signing in: signed, expiring, and taken back at will."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.core.signing import BadSignature, Signer

from orderwell.domains.cases.access import OrderAccess, customer_actor
from orderwell.domains.cases.errors import LinkInvalid
from orderwell.domains.cases.events import CaseEvent
from orderwell.domains.cases.models import OrderLink
from orderwell.domains.orders.models import Order
from orderwell.domains.orders.queries import visible_orders
from orderwell.domains.orders.services.loading import lock_order, require_state
from orderwell.kernel.errors import NotFound
from orderwell.platform.accounts.actor import Actor
from orderwell.platform.configuration import services as configuration
from orderwell.platform.database import atomic
from orderwell.platform.events.recording import Fact, record
from orderwell.platform.permissions import Permission

# How finely the moment of last use is kept.
LAST_USED_STEP = timedelta(minutes=10)
_MOST_TOKEN = 200


def order_link(*, order_id: int, actor: Actor, now: datetime) -> OrderLink:
    """The link of an order that works now, made when there is none. Raises NotFound, OrderStateForbids for a quote."""
    actor.require(Permission.CASES_LINK_CREATE)
    with atomic():
        order = lock_order(order_id, actor=actor, permission=Permission.CASES_LINK_CREATE)
        require_state(order, Order.State.PLACED, Order.State.COMPLETED, Order.State.CANCELLED)
        found = _working(order_id, now)
        if found is not None:
            return found
        days: int = configuration.get("cases.link_days")
        link = OrderLink.objects.create(
            order=order, created_at=now, created_by=actor.label[:120], expires_at=now + timedelta(days=days)
        )
        data = {"expires_at": link.expires_at}
        record(Fact(CaseEvent.LINK_CREATED, f"order:{order_id}", f"link:{link.pk}", data), actor=actor, now=now)
    return link


def current_link(*, order_id: int, actor: Actor, now: datetime) -> OrderLink | None:
    """The link that works now, if there is one. Raises PermissionDenied, NotFound."""
    actor.require(Permission.CASES_LINK_CREATE)
    if not visible_orders(actor).filter(pk=order_id).exists():
        raise NotFound(kind="order", reference=str(order_id))
    return _working(order_id, now)


def revoke_links(*, order_id: int, actor: Actor, now: datetime) -> int:
    """Take back every link of the order, at once; how many worked until now. Raises NotFound."""
    actor.require(Permission.CASES_LINK_CREATE)
    with atomic():
        lock_order(order_id, actor=actor, permission=Permission.CASES_LINK_CREATE)
        rows = OrderLink.objects.filter(order_id=order_id, revoked_at=None, expires_at__gt=now)
        count = rows.update(revoked_at=now, revoked_by=actor.label[:120])
        if count:
            stream = f"order:{order_id}"
            record(Fact(CaseEvent.LINK_REVOKED, stream, stream, {"count": count}), actor=actor, now=now)
    return count


def token_of(link: OrderLink) -> str:
    """What stands in the address: the link's id and its signature with the key of this installation."""
    return _signer().sign(str(link.pk))


def enter_by_link(*, token: str, address: str, now: datetime) -> OrderAccess:
    """Raises LinkInvalid, whatever is wrong with the link."""
    try:
        pk = int(_signer().unsign(token)) if len(token) <= _MOST_TOKEN else 0
    except (BadSignature, ValueError):
        raise LinkInvalid from None
    access = access_of_link(link_id=pk, address=address, now=now)
    OrderLink.objects.filter(pk=pk).exclude(last_used_at__gt=now - LAST_USED_STEP).update(last_used_at=now)
    return access


def access_of_link(*, link_id: int, address: str, now: datetime) -> OrderAccess:
    """Raises LinkInvalid."""
    link = OrderLink.objects.select_related("order").filter(pk=link_id, revoked_at=None, expires_at__gt=now).first()
    if link is None or link.order.placed_at is None:
        raise LinkInvalid
    order = link.order
    return OrderAccess(order.pk, f"link:{link.pk}", customer_actor(order.customer_id, order.customer_name, address))


def _working(order_id: int, now: datetime) -> OrderLink | None:
    rows = OrderLink.objects.filter(order_id=order_id, revoked_at=None, expires_at__gt=now)
    return rows.order_by("-pk").first()


def _signer() -> Signer:
    return Signer(salt="orderwell.order-link", sep="~")
