"""Taking many products off sale at once, and putting them back, with a verdict for each."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from orderwell.domains.catalog.models import Product
from orderwell.domains.catalog.services.archive_product import archive_product, restore_product
from orderwell.platform.accounts.actor import Actor
from orderwell.platform.views.sources import RowVerdict, one_at_a_time

Memory = Mapping[str, Any]
Remembered = Sequence[tuple[int, Memory]]


def archive_products(ids: Sequence[int], *, data: Memory, actor: Actor, now: datetime) -> list[RowVerdict]:
    return _each(ids, archive_product, active=False, actor=actor, now=now)


def activate_products(ids: Sequence[int], *, data: Memory, actor: Actor, now: datetime) -> list[RowVerdict]:
    return _each(ids, restore_product, active=True, actor=actor, now=now)


def restore_products(rows: Remembered, *, actor: Actor, now: datetime) -> list[RowVerdict]:
    return _each([pk for pk, _memory in rows], restore_product, active=True, actor=actor, now=now)


def unactivate_products(rows: Remembered, *, actor: Actor, now: datetime) -> list[RowVerdict]:
    return _each([pk for pk, _memory in rows], archive_product, active=False, actor=actor, now=now)


def _each(
    ids: Sequence[int], change: Callable[..., Product], *, active: bool, actor: Actor, now: datetime
) -> list[RowVerdict]:
    rows = {pk: (code, was) for pk, code, was in Product.objects.filter(pk__in=ids).values_list("pk", "code", "active")}

    def do(pk: int) -> Memory | None:
        if pk in rows and rows[pk][1] == active:
            return None
        change(product_id=pk, actor=actor, now=now)
        return {}

    return one_at_a_time(ids, {pk: code for pk, (code, _was) in rows.items()}, do)
