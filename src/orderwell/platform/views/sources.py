"""The lists there are, for those who export them or act on their rows without knowing the screen.

Whoever has lists says here where they come from when the program starts: the layers below can't import the ones above.
They are made when the first is asked for: most commands of the administrator need none, and waited a second for all.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from functools import cache
from types import MappingProxyType
from typing import Any, Literal, Protocol

from orderwell.kernel.errors import DomainError, ErrorDetail
from orderwell.platform.accounts.actor import Actor
from orderwell.platform.exporting import Column
from orderwell.platform.permissions import Permission
from orderwell.platform.views.errors import UnknownColumn, UnknownFilter, UnknownList, UnknownSort

Outcome = Literal["done", "unchanged", "refused"]


@dataclass(frozen=True, slots=True)
class RowVerdict:
    """What became of one row. `memory` is what undoing it needs to know."""

    id: int
    reference: str
    outcome: Outcome
    errors: tuple[ErrorDetail, ...] = ()
    memory: Mapping[str, Any] = field(default_factory=dict)


class Act(Protocol):
    def __call__(
        self, ids: Sequence[int], /, *, data: Mapping[str, Any], actor: Actor, now: datetime
    ) -> list[RowVerdict]: ...


class Undo(Protocol):
    """Takes back what was done to rows, from their ids and memories."""

    def __call__(
        self, rows: Sequence[tuple[int, Mapping[str, Any]]], /, *, actor: Actor, now: datetime
    ) -> list[RowVerdict]: ...


@dataclass(frozen=True, slots=True)
class Totals:
    """How many rows match, and what their amounts come to: {amount: {currency: sum}}. `more`: no further was counted,
    and nothing added up."""

    rows: int
    more: bool
    sums: Mapping[str, Mapping[str, Decimal]]


class ListSource(Protocol):
    """What a list can do without a screen. Column, filter and sort keys are those of the list's address."""

    @property
    def name(self) -> str: ...
    @property
    def permission(self) -> Permission: ...
    def spoken_title(self) -> str: ...
    def spoken_action(self, action: str) -> str: ...
    def column_keys(self, actor: Actor) -> list[str]: ...
    def filter_keys(self) -> list[str]: ...
    def sort_keys(self) -> list[str]: ...
    def default_keys(self, actor: Actor) -> list[str]: ...
    def export_columns(self, actor: Actor, keys: Sequence[str]) -> list[Column]: ...
    def export_chunks(
        self, actor: Actor, keys: Sequence[str], filters: Mapping[str, str], sort: str, now: datetime
    ) -> Iterator[list[tuple[Any, ...]]]: ...
    def refuse_unknown(self, actor: Actor, filters: Mapping[str, str], at: str) -> None: ...
    def count(self, actor: Actor, filters: Mapping[str, str], now: datetime, cap: int) -> int: ...
    def totals(self, actor: Actor, filters: Mapping[str, str], now: datetime) -> Totals: ...
    def matching_ids(self, actor: Actor, filters: Mapping[str, str], now: datetime, most: int) -> list[int]: ...
    def act_of(self, action: str) -> tuple[Permission, Act, Undo | None]: ...


_makers: list[Callable[[], Iterable[ListSource]]] = []


def provide(make: Callable[[], Iterable[ListSource]]) -> None:
    """Lists of the product, made by `make`. To be said before the first list is asked for."""
    _makers.append(make)


@cache
def sources() -> Mapping[str, ListSource]:
    """Every list, by name."""
    return MappingProxyType({source.name: source for make in _makers for source in make()})


def source_of(name: str) -> ListSource:
    """Raises UnknownList."""
    found = sources().get(name)
    if found is None:
        raise UnknownList(pointer="/list", value=name[:40], expected=", ".join(sorted(sources())))
    return found


def check(source: ListSource, *, actor: Actor, columns: Sequence[str], filters: Mapping[str, str], sort: str) -> None:
    """Raises UnknownColumn, UnknownFilter or UnknownSort for what the list does not have for this actor."""
    known = source.column_keys(actor)
    for index, key in enumerate(columns):
        if key not in known:
            raise UnknownColumn(pointer=f"/columns/{index}", value=key[:40], expected=", ".join(known))
    for key in filters:
        if key not in source.filter_keys():
            raise UnknownFilter(pointer=f"/filters/{key}", value=key[:40], expected=", ".join(source.filter_keys()))
    if sort and sort.lstrip("-") not in source.sort_keys():
        raise UnknownSort(pointer="/sort", value=sort[:40], expected=", ".join(source.sort_keys()))


def one_at_a_time(
    ids: Sequence[int],
    names: Mapping[int, str],
    do: Callable[[int], Mapping[str, Any] | None],
) -> list[RowVerdict]:
    """A verdict for each id: `do` returns what undoing needs (None: nothing changed), or raises its refusal."""
    verdicts = []
    for pk in ids:
        reference = names.get(pk, f"#{pk}")
        try:
            memory = do(pk)
        except DomainError as refusal:
            verdicts.append(RowVerdict(pk, reference, "refused", tuple(refusal.details)))
        else:
            verdicts.append(RowVerdict(pk, reference, "unchanged" if memory is None else "done", memory=memory or {}))
    return verdicts
