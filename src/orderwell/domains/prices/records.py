"""Lists and their targets as plain values, and the documents of their changes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db.models import Max

from orderwell.domains.prices.drafts import Target
from orderwell.domains.prices.models import PriceAssignment, PriceChange, PriceList
from orderwell.domains.prices.rule import SCOPES, Terms
from orderwell.kernel.errors import NotFound, StaleVersion
from orderwell.kernel.quantities import plain
from orderwell.platform.accounts.actor import Actor
from orderwell.platform.events.recording import json_safe


def lock_list(list_id: int, *, version: int | None = None) -> PriceList:
    """The locked list: its prices change one after the other. Raises NotFound, StaleVersion."""
    found = PriceList.objects.select_for_update(of=("self",)).filter(pk=list_id).first()
    if found is None:
        raise NotFound(kind="price list", reference=str(list_id))
    if version is not None and version != found.version:
        raise StaleVersion(kind="price list", current=found.version, given=version)
    return found


def terms_of(row: PriceList) -> Terms:
    return Terms(
        *(row.pk, row.code, row.name_zh, row.name_en, row.currency, row.priority, row.prices_include_tax),
        days=(row.valid_from, row.valid_until),
        active=row.active,
    )


def targets_of(assignments: Iterable[PriceAssignment]) -> list[tuple[str, int | None]]:
    """As the rule takes them."""
    return [(row.scope, row.customer_id or row.group_id or row.channel_id) for row in assignments]


def target_of(row: PriceAssignment) -> Target:
    """As people name it."""
    code = {
        "customer": lambda: row.customer.number if row.customer else "",
        "group": lambda: row.group.code if row.group else "",
        "channel": lambda: row.channel.code if row.channel else "",
    }.get(row.scope, lambda: "")()
    return Target(row.scope, code)  # type: ignore[arg-type]


def in_order(targets: Iterable[Target]) -> list[Target]:
    return sorted(targets, key=lambda target: (SCOPES.index(target.scope), target.code))


def entry_key(variant_id: int, minimum: Decimal) -> str:
    return f"{variant_id}:{plain(minimum)}"


def read_key(key: str) -> tuple[int, Decimal]:
    variant, _, minimum = key.partition(":")
    return int(variant), Decimal(minimum)


def keep_change(
    price_list: PriceList,
    kind: PriceChange.Kind,
    *,
    before: Mapping[str, Any],
    after: Mapping[str, Any],
    actor: Actor,
    now: datetime,
) -> PriceChange:
    """Write the document of a change to the locked list."""
    last = PriceChange.objects.filter(price_list=price_list).aggregate(last=Max("number"))["last"]
    return PriceChange.objects.create(
        price_list=price_list,
        number=(last or 0) + 1,
        kind=kind,
        before=json_safe(before),
        after=json_safe(after),
        made_at=now,
        actor_label=actor.label,
    )
