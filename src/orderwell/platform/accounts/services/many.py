"""Closing the accounts of many users at once, and opening them again, with a verdict for each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from orderwell.kernel.errors import NotFound
from orderwell.platform.accounts.actor import Actor
from orderwell.platform.accounts.errors import OwnAccount
from orderwell.platform.accounts.models import User
from orderwell.platform.accounts.services.users import change_user
from orderwell.platform.views.sources import RowVerdict, one_at_a_time

Memory = Mapping[str, Any]


def close_users(ids: Sequence[int], *, data: Memory, actor: Actor, now: datetime) -> list[RowVerdict]:
    return _set_active(ids, False, actor=actor, now=now)


def activate_users(ids: Sequence[int], *, data: Memory, actor: Actor, now: datetime) -> list[RowVerdict]:
    return _set_active(ids, True, actor=actor, now=now)


def open_again(rows: Sequence[tuple[int, Memory]], *, actor: Actor, now: datetime) -> list[RowVerdict]:
    return _set_active([pk for pk, _memory in rows], True, actor=actor, now=now)


def _set_active(ids: Sequence[int], active: bool, *, actor: Actor, now: datetime) -> list[RowVerdict]:
    known = {user.pk: user for user in User.objects.filter(pk__in=ids)}

    def do(pk: int) -> Memory | None:
        if pk not in known:
            raise NotFound(kind="user", reference=str(pk))
        if known[pk].is_active == active:
            return None
        if not active and actor.kind == "user" and actor.id == pk:
            raise OwnAccount
        change_user(username=known[pk].username, is_active=active, actor=actor, now=now)
        return {}

    return one_at_a_time(ids, {pk: user.username for pk, user in known.items()}, do)
