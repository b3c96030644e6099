"""What the tests of cases share: colleagues, an order that arrived, and a customer with a link to it."""

from __future__ import annotations

from datetime import timedelta

from orderwell.domains.cases.access import OrderAccess
from orderwell.domains.cases.services.link import enter_by_link, order_link, token_of
from orderwell.domains.fulfilment.models import Shipment
from orderwell.domains.fulfilment.services.ship import ship
from orderwell.domains.fulfilment.services.track import deliver
from orderwell.domains.orders.models import Order
from orderwell.platform.accounts.actor import Actor, system_actor
from orderwell.platform.accounts.authentication import actor_for_user
from orderwell.platform.accounts.models import User
from orderwell.platform.accounts.services.roles import sync_built_in_roles
from orderwell.platform.accounts.services.users import create_user
from orderwell.testing.actors import owner
from tests.domains.books import NOW, place, stocked

LATER = NOW + timedelta(days=1)


def person(username: str, *roles: str, name: str = "", limits: dict[str, list[int]] | None = None) -> User:
    sync_built_in_roles()
    return create_user(
        username=username,
        name=name,
        password="correct horse battery",
        roles=roles or ["sales-clerk"],
        limits=limits or {},
        actor=system_actor(),
        now=NOW,
    )


def as_actor(user: User) -> Actor:
    return actor_for_user(user)


def shipped(units: int = 3) -> Order:
    order = place([(stocked(20), units)])
    ship(order_id=order.pk, actor=owner(), now=NOW)
    return Order.objects.get(pk=order.pk)


def delivered(units: int = 3) -> Order:
    order = shipped(units)
    for shipment in Shipment.objects.filter(order=order):
        deliver(shipment_id=shipment.pk, actor=owner(), now=NOW + timedelta(hours=3))
    return Order.objects.get(pk=order.pk)


def access(order: Order) -> OrderAccess:
    link = order_link(order_id=order.pk, actor=owner(), now=NOW)
    return enter_by_link(token=token_of(link), address="192.0.2.1", now=NOW)
