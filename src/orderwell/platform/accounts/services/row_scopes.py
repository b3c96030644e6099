"""Which rows a user or a key is limited to."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import TypedDict

from orderwell.platform.accounts.models import ApiKey, RowScope, User

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


def limits_of(holder: User | ApiKey) -> RowFilters:
    """Which rows `holder` sees, with one query."""
    rows: dict[str, set[int]] = {}
    for kind, object_id in holder.row_scopes.values_list("kind", "object_id"):
        rows.setdefault(kind, set()).add(object_id)
    channel, warehouse, team = (frozenset(rows[kind]) if kind in rows else None for kind in KINDS)
    return {"channel_ids": channel, "warehouse_ids": warehouse, "team_ids": team}
