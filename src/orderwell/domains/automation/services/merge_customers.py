"""Two customers who are one: records, orders, money, returns and cases come together in one transaction, and apart again.

Documents keep what they were printed with; only whose they are changes. The merged customer stays as an alias: its number
and its external id lead to the survivor, for people, imports and channels.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction

from orderwell.domains.billing.services.move_customer import move_money, move_money_of
from orderwell.domains.cases.services.move_customer import move_talk, move_talk_back
from orderwell.domains.customers.models import CustomerMerge
from orderwell.domains.customers.services.merge_records import (
    keep_moved,
    lock_pair,
    merge_records,
    take_apart,
)
from orderwell.domains.fulfilment.services.move_customer import move_returns, move_returns_of
from orderwell.domains.orders.services.move_customer import lock_orders_of, move_orders, move_orders_back
from orderwell.domains.prices.services.move_customer import move_prices, move_prices_back
from orderwell.platform.accounts.actor import Actor
from orderwell.platform.database import atomic
from orderwell.platform.permissions import Permission


def merge_customers(
    *,
    survivor_id: int,
    merged_id: int,
    choices: Mapping[str, str],
    versions: tuple[int, int] | None = None,
    actor: Actor,
    now: datetime,
) -> CustomerMerge:
    """Raises PermissionDenied, NotFound, Refusal, StaleVersion. An order placed meanwhile waits, and is the survivor's."""
    _require(actor)
    with atomic():
        # First the orders, then the customers: whoever writes a document holds its order.
        lock_orders_of(merged_id)
        pair = lock_pair(survivor_id=survivor_id, merged_id=merged_id, actor=actor)
        merge = merge_records(pair, choices=choices, versions=versions, actor=actor, now=now)
        keep_moved(merge, _move(merged_id, survivor_id))
    return merge


def preview_merge(
    *, survivor_id: int, merged_id: int, choices: Mapping[str, str], actor: Actor, now: datetime
) -> CustomerMerge:
    """The merge as it would be made, with all that would move; nothing of it is kept. Raises what the merge raises."""
    with transaction.atomic():
        made = merge_customers(survivor_id=survivor_id, merged_id=merged_id, choices=choices, actor=actor, now=now)
        transaction.set_rollback(True)
    return made


def unmerge_customers(*, merge_id: int, actor: Actor, now: datetime) -> CustomerMerge:
    """What was moved goes back, with all documents of the moved orders; later orders stay. Raises NotFound, Refusal."""
    _require(actor)
    with atomic():
        merge = take_apart(merge_id, actor=actor, now=now)
        moved, ways = merge.moved, {"source_id": merge.survivor_id, "target_id": merge.merged_id}
        orders = moved.get("orders", [])
        move_orders_back(orders, **ways)
        move_money_of(orders, **ways)
        move_returns_of(orders, moved.get("returns", []), **ways)
        move_talk_back(orders, moved, **ways)
        move_prices_back(moved.get("prices", []), **ways)
    return merge


def sweep(merge: CustomerMerge) -> None:
    """Move what was written to the merged customer while it was being merged, such as a case without an order."""
    with atomic():
        found = _move(merge.merged_id, merge.survivor_id)
        if any(found.values()):
            keep_moved(merge, {name: [*merge.moved.get(name, []), *ids] for name, ids in found.items()})


def _move(source_id: int, target_id: int) -> dict[str, list[int]]:
    ways = {"source_id": source_id, "target_id": target_id}
    orders = move_orders(**ways)
    move_money(**ways)
    return {
        "orders": orders,
        "returns": move_returns(**ways),
        "prices": move_prices(**ways),
        **move_talk(**ways),
    }


def _require(actor: Actor) -> None:
    """Who moves the books of a customer must be allowed to change them."""
    actor.require(Permission.CUSTOMERS_CUSTOMER_CHANGE)
    actor.require(Permission.ORDERS_ORDER_CHANGE)
