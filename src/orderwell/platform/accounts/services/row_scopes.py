"""Which rows a user or a key is limited to."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any, NamedTuple, TypedDict, TypeVar

from django.db.models import Exists, Model, OuterRef, QuerySet
from django.utils.translation import gettext as _

from orderwell.kernel.errors import InvalidValue, NotFound
from orderwell.platform.accounts.actor import Actor
from orderwell.platform.accounts.errors import ExceedsOwnRows
from orderwell.platform.accounts.models import ApiKey, RowScope, User
from orderwell.platform.prepared import prepared

Limits = Mapping[str, Collection[int]]
Holder = TypeVar("Holder", User, ApiKey)
KINDS = tuple(RowScope.Kind.values)


class _Rows(NamedTuple):
    model: type[Model]
    named_by: str


_rows: dict[str, _Rows] = {}


def declare_rows(kind: str, model: type[Model], *, named_by: str) -> None:
    """The rows that a filter of this kind picks from; people call them by the column `named_by`."""
    _rows[kind] = _Rows(model, named_by)


def row_ids(kind: str, names: Collection[str]) -> list[int]:
    """The ids of rows by what people call them or, where none is called so, by their ids. Raises NotFound."""
    model, named_by = _rows[kind]
    found = []
    for name in names:
        rows = model._default_manager
        row = rows.filter(**{named_by: name}).first() or (rows.filter(pk=int(name)).first() if _is_id(name) else None)
        if row is None:
            raise NotFound(kind=kind, reference=name, pointer=f"/limits/{kind}")
        found.append(int(row.pk))
    return found


def _is_id(name: str) -> bool:
    return name.isascii() and name.isdigit() and len(name) < 19


def limits_to_give(limits: Limits, *, actor: Actor) -> dict[str, Collection[int]]:
    """What somebody gets whom this actor gives `limits`: no row that the actor doesn't see. A kind that is left out is
    as limited as the actor is.

    Raises ExceedsOwnRows, NotFound for a row that isn't there, InvalidValue for a kind without any row: what was meant
    as "nothing" must not become "everything".
    """
    found: dict[str, Collection[int]] = dict(limits)
    for kind, ids in limits.items():
        if not ids:
            expected = _("at least one; without %(kind)s all are seen") % {"kind": kind}
            raise InvalidValue(pointer=f"/limits/{kind}", value="[]", expected=expected)
    for kind in KINDS:
        own: frozenset[int] | None = getattr(actor, f"{kind}_ids")
        given = limits.get(kind)
        if given is None:
            if own is not None:
                found[kind] = own
            continue
        # Who is limited learns nothing of the rows outside: whether they are there is not looked up.
        there = own if own is not None else _there(kind, given)
        for index, key in enumerate(given):
            if key in there:
                continue
            pointer = f"/limits/{kind}/{index}"
            if own is not None:
                raise ExceedsOwnRows(pointer=pointer, kind=kind, value=key)
            raise NotFound(pointer=pointer, kind=kind, reference=key)
    return found


def _there(kind: str, ids: Collection[int]) -> set[int]:
    return set(_rows[kind].model._default_manager.filter(pk__in=ids).values_list("pk", flat=True))


def holders_within(holders: QuerySet[Holder], actor: Actor) -> QuerySet[Holder]:
    """Those users or keys that see no more than the actor: of the others an actor with row filters doesn't know."""
    owner = "user" if holders.model is User else "api_key"
    for kind in KINDS:
        own: frozenset[int] | None = getattr(actor, f"{kind}_ids")
        if own is not None:
            theirs = RowScope.objects.filter(**{owner: OuterRef("pk")}, kind=kind)
            holders = holders.filter(Exists(theirs), ~Exists(theirs.exclude(object_id__in=own)))
    return holders


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
