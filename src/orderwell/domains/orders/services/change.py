"""Changing a placed order: same rules, same checks, same number; every change is kept as a document and can be undone.

What was shipped cannot be changed, what was invoiced keeps its price. Lowering a quantity gives stock back, raising it or
adding a line takes stock by the channel's policy, in the same transaction in which it was checked. A preview is the change
itself, taken back before it is committed: it cannot say anything else than what would happen.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction

from orderwell.domains.orders import errors
from orderwell.domains.orders.changes import LineChange as LineChange
from orderwell.domains.orders.changes import OrderChange as OrderChange
from orderwell.domains.orders.difference import Difference, compare, touched
from orderwell.domains.orders.models import Amendment, Order
from orderwell.domains.orders.services.amendments import changes_since, keep, next_amendment_number, tell
from orderwell.domains.orders.services.change_rules import check, check_past, planned
from orderwell.domains.orders.services.change_writing import change_header, change_lines, settle_stock, write
from orderwell.domains.orders.services.loading import check_holds, lines_of, lock_order, require_state
from orderwell.domains.orders.services.progress import refresh_states
from orderwell.domains.orders.services.repricing import repriced
from orderwell.domains.orders.snapshots import take_snapshot
from orderwell.kernel.errors import StaleVersion
from orderwell.platform.accounts.actor import Actor
from orderwell.platform.database import atomic
from orderwell.platform.permissions import Permission


@dataclass(frozen=True, slots=True)
class Amended:
    """`amendment` is None where nothing was different."""

    order: Order
    amendment: Amendment | None
    difference: Difference


def change_order(*, order_id: int, change: OrderChange, version: int | None, actor: Actor, now: datetime) -> Order:
    """Change a placed order.

    Raises NotFound, StaleVersion, OrderStateForbids, HeldOrder, PastOrderFixed, or Refusal with every problem.
    """
    return amend_order(order_id=order_id, change=change, version=version, actor=actor, now=now).order


def amend_order(
    *,
    order_id: int,
    change: OrderChange,
    version: int | None = None,
    agreed: str | None = None,
    actor: Actor,
    now: datetime,
) -> Amended:
    """`change_order` with its document. Whoever names the fingerprint of the difference they `agreed` to gets exactly that.

    Raises what `change_order` raises, and DifferenceChanged when the same change would now do something else.
    """
    with atomic():
        order, amendment, difference = _amend(order_id, change, version, agreed, actor, now)
    return Amended(Order.objects.get(pk=order.pk), amendment, difference)


def preview_change(
    *, order_id: int, change: OrderChange, version: int | None = None, actor: Actor, now: datetime
) -> Difference:
    """What the change would do; nothing of it is kept. Raises what the change itself would raise."""
    with transaction.atomic():
        _, _, difference = _amend(order_id, change, version, None, actor, now)
        transaction.set_rollback(True)
    return difference


def _amend(
    order_id: int, change: OrderChange, version: int | None, agreed: str | None, actor: Actor, now: datetime
) -> tuple[Order, Amendment | None, Difference]:
    order = lock_order(order_id, actor=actor, permission=Permission.ORDERS_ORDER_CHANGE)
    if version is not None and version != order.version:
        found: list[dict[str, Any]] = changes_since(order, version)
        raise StaleVersion(kind="order", current=order.version, given=version, differences=found)
    require_state(order, Order.State.PLACED, Order.State.COMPLETED)
    check_holds(order, "change")
    check_past(order, change)
    lines = {line.pk: line for line in lines_of(order)}
    before = take_snapshot(order_id)
    number = next_amendment_number(order)
    change, reasons = repriced(order, change, lines, number=number, now=now)
    plan = planned(order, change=change, lines=lines, actor=actor, now=now)
    check(order, change=change, lines=lines, plan=plan, actor=actor)
    change_header(order, change)
    change_lines(order, change, lines, plan)
    for pk, why in reasons.items():
        lines[pk].explanation = {**lines[pk].explanation, "price": why}
    settle_stock(order, change, lines, before, plan, number=number, now=now)
    write(order, change, lines, before, plan, now=now)
    after = take_snapshot(order_id)
    difference = compare(before, after)
    keys = touched(before, after)
    if not keys:
        return order, None, difference
    if agreed is not None and agreed != difference.fingerprint:
        raise errors.DifferenceChanged(fingerprint=difference.fingerprint)
    amendment = keep(
        order,
        before=before,
        after=after,
        difference=difference,
        kind=Amendment.Kind.CHANGE,
        reason=change.reason,
        actor=actor,
        now=now,
    )
    tell(order, amendment=amendment, difference=difference, actor=actor, now=now)
    refresh_states([order.pk], actor=actor, now=now)
    return order, amendment, difference
