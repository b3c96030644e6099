"""What is done to many orders at once: each in a transaction of its own, with a verdict of its own, and a way back."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from orderwell.domains.orders.models import Amendment, Hold, Order
from orderwell.domains.orders.queries import active_holds, visible_orders
from orderwell.domains.orders.services.assign import assign_order, assigned
from orderwell.domains.orders.services.cancel import cancel_units
from orderwell.domains.orders.services.change import OrderChange, change_order
from orderwell.domains.orders.services.hold import place_hold, release_hold, take_back_hold
from orderwell.domains.orders.services.undo import undo_change
from orderwell.kernel.errors import NotFound
from orderwell.platform.accounts.actor import Actor
from orderwell.platform.database import atomic
from orderwell.platform.views.errors import NotReversible
from orderwell.platform.views.sources import RowVerdict, one_at_a_time

Memory = Mapping[str, Any]
Remembered = Sequence[tuple[int, Memory]]
UNDONE = "undone"


def order_names(order_ids: Sequence[int], *, actor: Actor) -> dict[int, str]:
    """Order id -> number, of those the actor may know of."""
    return dict(visible_orders(actor).filter(pk__in=order_ids).values_list("pk", "number"))


def each(order_ids: Sequence[int], *, actor: Actor, do: Callable[[int], Memory | None]) -> list[RowVerdict]:
    return one_at_a_time(order_ids, order_names(order_ids, actor=actor), do)


def hold_orders(ids: Sequence[int], *, data: Memory, actor: Actor, now: datetime) -> list[RowVerdict]:
    """Hold each; one that is held for the same reason already stays as it is."""
    kind, reason = str(data["kind"]), str(data["reason"])

    def do(pk: int) -> Memory | None:
        if pk in held:
            return None
        return {"hold": place_hold(order_id=pk, kind=kind, reason=reason, actor=actor, now=now).pk}

    held = set(
        Hold.objects.filter(order__in=visible_orders(actor), order_id__in=ids, kind=kind, released_at=None).values_list(
            "order_id", flat=True
        )
    )
    return each(ids, actor=actor, do=do)


def unhold_orders(rows: Remembered, *, actor: Actor, now: datetime) -> list[RowVerdict]:
    memories = dict(rows)

    def do(pk: int) -> Memory:
        take_back_hold(hold_id=int(memories[pk]["hold"]), reason=UNDONE, actor=actor, now=now)
        return {}

    return each([pk for pk, _memory in rows], actor=actor, do=do)


def release_orders(ids: Sequence[int], *, data: Memory, actor: Actor, now: datetime) -> list[RowVerdict]:
    """Release every hold of each; one without holds stays as it is."""
    names = order_names(ids, actor=actor)

    def do(pk: int) -> Memory | None:
        if pk not in names:
            raise NotFound(kind="order", reference=str(pk))
        holds = list(active_holds(pk))
        for hold in holds:
            release_hold(hold_id=hold.pk, reason=str(data["reason"]), actor=actor, now=now)
        return {"holds": [[hold.kind, hold.reason] for hold in holds]} if holds else None

    return each(ids, actor=actor, do=do)


def hold_again(rows: Remembered, *, actor: Actor, now: datetime) -> list[RowVerdict]:
    memories = dict(rows)

    def do(pk: int) -> Memory:
        for kind, reason in memories[pk]["holds"]:
            place_hold(order_id=pk, kind=kind, reason=reason, actor=actor, now=now)
        return {}

    return each([pk for pk, _memory in rows], actor=actor, do=do)


def cancel_orders(ids: Sequence[int], *, data: Memory, actor: Actor, now: datetime) -> list[RowVerdict]:
    """Cancel all that is open of each."""

    def do(pk: int) -> Memory:
        with atomic():  # the order is locked until it is known which of its changes this was
            cancel_units(order_id=pk, lines=None, reason=str(data["reason"]), actor=actor, now=now)
            made = Amendment.objects.filter(order=pk, kind=Amendment.Kind.CANCEL).order_by("-number")
            return {"change": made.values_list("number", flat=True).first()}

    return each(ids, actor=actor, do=do)


def uncancel_orders(rows: Remembered, *, actor: Actor, now: datetime) -> list[RowVerdict]:
    """Undo each cancellation that can still be undone; a quote that was dropped stays dropped."""
    memories = dict(rows)

    def do(pk: int) -> Memory:
        change = memories[pk]["change"]
        if change is None:
            raise NotReversible
        undo_change(order_id=pk, number=int(change), actor=actor, now=now)
        return {}

    return each([pk for pk, _memory in rows], actor=actor, do=do)


def set_priorities(ids: Sequence[int], *, data: Memory, actor: Actor, now: datetime) -> list[RowVerdict]:
    return _prioritise({pk: int(data["priority"]) for pk in ids}, actor, now)


def reset_priorities(rows: Remembered, *, actor: Actor, now: datetime) -> list[RowVerdict]:
    return _prioritise({pk: int(memory["priority"]) for pk, memory in rows}, actor, now)


def _prioritise(wanted: Mapping[int, int], actor: Actor, now: datetime) -> list[RowVerdict]:
    before = dict(Order.objects.filter(pk__in=list(wanted)).values_list("pk", "priority"))

    def do(pk: int) -> Memory | None:
        if pk in names and before.get(pk) == wanted[pk]:
            return None
        change_order(order_id=pk, change=OrderChange(priority=wanted[pk]), version=None, actor=actor, now=now)
        return {"priority": before[pk]}

    names = order_names(list(wanted), actor=actor)
    return each(list(wanted), actor=actor, do=do)


def assign_orders(ids: Sequence[int], *, data: Memory, actor: Actor, now: datetime) -> list[RowVerdict]:
    """Give each an owner, a team or both; what is left out stays."""
    owner, team = data.get("owner") or None, data.get("team") or None

    def do(pk: int) -> Memory | None:
        old_owner, old_team = assigned(pk)
        return assign_order(
            order_id=pk,
            owner_id=int(owner) if owner else old_owner,
            team_id=int(team) if team else old_team,
            actor=actor,
            now=now,
        )

    return each(ids, actor=actor, do=do)


def assign_back(rows: Remembered, *, actor: Actor, now: datetime) -> list[RowVerdict]:
    memories = dict(rows)

    def do(pk: int) -> Memory | None:
        memory = memories[pk]
        return assign_order(order_id=pk, owner_id=memory["owner"], team_id=memory["team"], actor=actor, now=now)

    return each([pk for pk, _memory in rows], actor=actor, do=do)
