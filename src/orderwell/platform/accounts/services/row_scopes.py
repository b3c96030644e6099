"""Which rows a user or a key is limited to."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any, TypedDict

from django.db.models import QuerySet

from orderwell.platform.accounts.models import ApiKey, RowScope, User
from orderwell.platform.prepared import prepared

Limits = Mapping[str, Collection[int]]
KINDS = tuple(RowScope.Kind.values)


def set_limits(holder: User | ApiKey, limits: Limits) -> None:
    """Replace the row filters of `holder`: kind ("channel", "warehouse", "team") -> ids. A kind left out is not limited."""
    if unknown := set(limits) - set(KINDS):
        raise ValueError(f"unknown row filters {sorted(unknown)}; there are {KINDS}")
    owner = {"user": holder} if isinstance(holder, User) else {"api_key": holder}
    RowScope.objects.filter(**owner).delete()
    RowScope.objects.bulk_create(
        RowScope(**owner, kind=kind, object_id=object_id)
        for kind, ids in limits.items()
        for object_id in sorted(set(ids))
    )


class RowFilters(TypedDict):
    """The row filters as an `Actor` has them: None where nothing is limited."""

    channel_ids: frozenset[int] | None
    warehouse_ids: frozenset[int] | None
    team_ids: frozenset[int] | None


@prepared(int)
def _limits_of_user(pk: int) -> QuerySet[Any, tuple[str, int]]:
    return RowScope.objects.filter(user=pk).values_list("kind", "object_id")


@prepared(int)
def _limits_of_key(pk: int) -> QuerySet[Any, tuple[str, int]]:
    return RowScope.objects.filter(api_key=pk).values_list("kind", "object_id")


def limits_of(holder: User | ApiKey) -> RowFilters:
    """Which rows `holder` sees, with one query."""
    rows: dict[str, set[int]] = {}
    found = _limits_of_user(holder.pk) if isinstance(holder, User) else _limits_of_key(holder.pk)
    for kind, object_id in found:
        rows.setdefault(kind, set()).add(object_id)
    channel, warehouse, team = (frozenset(rows[kind]) if kind in rows else None for kind in KINDS)
    return {"channel_ids": channel, "warehouse_ids": warehouse, "team_ids": team}
