"""Remedies that change something: one service call each. A plugin adds its own with `performs`."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

import msgspec

from orderwell.domains.customers.models import Address
from orderwell.domains.customers.services.not_duplicate import say_not_duplicate
from orderwell.domains.orders.changes import LineChange, OrderChange
from orderwell.domains.orders.drafts import AddressDraft, LineDraft
from orderwell.domains.orders.models import Order
from orderwell.domains.orders.services.change import amend_order
from orderwell.domains.orders.services.hold import place_hold
from orderwell.platform.accounts.actor import Actor
from orderwell.platform.permissions import Permission

P = Permission


@dataclass(frozen=True, slots=True)
class Done:
    """What takes the remedy back: the name of an undo of the screens with what it needs; none where nothing can."""

    undo: str = ""
    arguments: Mapping[str, Any] = field(default_factory=dict)


# Takes the id of the order, customer or variant, the remedy's data, the hint's reason, the actor and the time.
Perform = Callable[[int, Mapping[str, Any], str, Actor, datetime], Done]
_performers: dict[str, Perform] = {}


def performs(name: str) -> Callable[[Perform], Perform]:
    """Marks what carries out the remedy `name`."""

    def keep(perform: Perform) -> Perform:
        if _performers.setdefault(name, perform) is not perform:
            raise ValueError(f"two functions perform the remedy {name}")
        return perform

    return keep


def performer(name: str) -> Perform | None:
    """None for remedies that only open something."""
    return _performers.get(name)


@performs("set-quantity")
def set_quantity(key: int, data: Mapping[str, Any], reason: str, actor: Actor, now: datetime) -> Done:
    line = LineChange(line_id=data["line"], quantity=Decimal(data["quantity"]))
    return _amend(key, OrderChange(lines=(line,), reason=reason), actor, now)


@performs("set-price")
def set_price(key: int, data: Mapping[str, Any], reason: str, actor: Actor, now: datetime) -> Done:
    line = LineChange(line_id=data["line"], unit_price=Decimal(data["unit_price"]))
    return _amend(key, OrderChange(lines=(line,), reason=reason), actor, now)


@performs("replace-line")
def replace_line(key: int, data: Mapping[str, Any], reason: str, actor: Actor, now: datetime) -> Done:
    """Other goods in place of a line, or of a part of it."""
    return _replace(key, {int(data["line"]): Decimal(data["keep"])}, data, reason, actor, now)


@performs("take-bundle")
def take_bundle(key: int, data: Mapping[str, Any], reason: str, actor: Actor, now: datetime) -> Done:
    keep = {int(line): Decimal(quantity) for line, quantity in data["keep"].items()}
    return _replace(key, keep, data, reason, actor, now)


@performs("fill-address")
def fill_address(key: int, data: Mapping[str, Any], reason: str, actor: Actor, now: datetime) -> Done:
    """One field of the delivery address; the others stay as they are."""
    actor.require(P.CUSTOMERS_PERSONAL_DATA_VIEW)
    order = Order.objects.get(pk=key)
    parts = json.loads(order.ship_to) if order.ship_to else {}
    where = {name: getattr(order, f"ship_{name}") for name in ("country", "region", "city", "postcode")}
    address = msgspec.structs.replace(AddressDraft(**parts, **where), **{data["field"]: data["value"]})
    return _amend(key, OrderChange(ship_to=address, reason=reason), actor, now)


@performs("take-address")
def take_address(key: int, data: Mapping[str, Any], reason: str, actor: Actor, now: datetime) -> Done:
    """The customer's own address, as it is now."""
    actor.require(P.CUSTOMERS_PERSONAL_DATA_VIEW)
    customer = Order.objects.values_list("customer", flat=True).get(pk=key)
    names = ("recipient", "phone", "street", "district", "city", "region", "postcode", "country")
    found = Address.objects.get(pk=data["address_id"], customer=customer)
    address = AddressDraft(**{name: getattr(found, name) for name in names})
    return _amend(key, OrderChange(ship_to=address, reason=reason), actor, now)


@performs("hold")
def hold(key: int, data: Mapping[str, Any], reason: str, actor: Actor, now: datetime) -> Done:
    made = place_hold(order_id=key, kind=data["kind"], reason=reason, actor=actor, now=now)
    return Done("hold-placed", {"hold_id": made.pk})


@performs("not-duplicate")
def not_duplicate(key: int, data: Mapping[str, Any], reason: str, actor: Actor, now: datetime) -> Done:
    say_not_duplicate(customer_id=key, other_id=data["other_id"], note=reason[:240], actor=actor, now=now)
    return Done("told-apart", {"customer_id": key, "other_id": data["other_id"]})


def _replace(
    key: int, keep: Mapping[int, Decimal], data: Mapping[str, Any], reason: str, actor: Actor, now: datetime
) -> Done:
    change = OrderChange(
        lines=tuple(LineChange(line_id=line, quantity=quantity) for line, quantity in keep.items() if quantity),
        remove_lines=tuple(line for line, quantity in keep.items() if not quantity),
        add_lines=(LineDraft(sku=data["sku"], quantity=Decimal(data["quantity"])),),
        reason=reason,
    )
    return _amend(key, change, actor, now)


def _amend(key: int, change: OrderChange, actor: Actor, now: datetime) -> Done:
    made = amend_order(order_id=key, change=change, actor=actor, now=now)
    if made.amendment is None:
        return Done()
    return Done("order-changed", {"order_id": key, "number": made.amendment.number})
