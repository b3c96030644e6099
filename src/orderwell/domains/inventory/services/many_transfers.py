"""Transfers that leave, arrive or are called off from a list: a transaction and a verdict for each."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from orderwell.domains.inventory.models import Transfer
from orderwell.domains.inventory.queries import transfers
from orderwell.domains.inventory.services.transfer_stock import cancel_transfer, dispatch_transfer, receive_transfer
from orderwell.kernel.errors import NotFound
from orderwell.platform.accounts.actor import Actor
from orderwell.platform.views.sources import RowVerdict, one_at_a_time

Memory = Mapping[str, Any]


def dispatch_transfers(ids: Sequence[int], *, data: Memory, actor: Actor, now: datetime) -> list[RowVerdict]:
    return _each(ids, actor, "dispatched", lambda pk: dispatch_transfer(transfer_id=pk, actor=actor, now=now))


def receive_transfers(ids: Sequence[int], *, data: Memory, actor: Actor, now: datetime) -> list[RowVerdict]:
    """All that is on the way has arrived."""
    return _each(
        ids, actor, "received", lambda pk: receive_transfer(transfer_id=pk, arrivals=None, actor=actor, now=now)
    )


def cancel_transfers(ids: Sequence[int], *, data: Memory, actor: Actor, now: datetime) -> list[RowVerdict]:
    return _each(ids, actor, "cancelled", lambda pk: cancel_transfer(transfer_id=pk, actor=actor, now=now))


def _each(ids: Sequence[int], actor: Actor, target: str, act: Callable[[int], object]) -> list[RowVerdict]:
    rows: dict[int, Transfer] = {row.pk: row for row in transfers(actor).filter(pk__in=list(ids))}

    def do(pk: int) -> Memory | None:
        if pk not in rows:
            raise NotFound(kind="transfer", reference=pk)
        if rows[pk].state == target:
            return None
        act(pk)
        return {}

    return one_at_a_time(ids, {pk: row.number for pk, row in rows.items()}, do)
