"""A list without its screen: rows in their order, counts, exports. What platform/views knows of every list."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import QuerySet

from orderwell.kernel.clock import utc_now
from orderwell.kernel.errors import InvalidValue, NotFound, Phrase, choices
from orderwell.platform import exporting
from orderwell.platform.accounts.actor import Actor
from orderwell.platform.paging import (
    Page,
    first_after,
    in_order,
    keyset_chunks,
    keyset_page_by,
    keyset_page_of_parts,
)
from orderwell.platform.permissions import Permission
from orderwell.platform.prepared import prepared
from orderwell.platform.views.sources import Act, Totals, Undo
from orderwell.web.lists.adding import rows_of, totals_of
from orderwell.web.lists.cells import columns_of, file_column, spoken
from orderwell.web.lists.spec import Column, Filter, ListSpec, Rows

CHUNK = 2000
MOST_TICKED = 200
# What would be right for a filter that has no choices.
EXPECTED = {"flag": "1", "day": "2026-03-01", "hidden": Phrase("the id of something that is there")}


@dataclass(frozen=True)
class SpecSource:
    """Makes a ListSpec what platform/views calls a source."""

    spec: ListSpec

    @property
    def name(self) -> str:
        return self.spec.name

    @property
    def permission(self) -> Permission:
        return self.spec.permission

    def spoken_title(self) -> str:
        return str(self.spec.title)

    def spoken_action(self, action: str) -> str:
        found = self.spec.action(action)
        return str(found.title) if found else action

    def column_keys(self, actor: Actor) -> list[str]:
        return list(columns_of(self.spec, actor))

    def filter_keys(self) -> list[str]:
        return [item.key for item in self.spec.filters]

    def sort_keys(self) -> list[str]:
        return list(self.spec.sorts)

    def default_keys(self, actor: Actor) -> list[str]:
        known = columns_of(self.spec, actor)
        return [key for key in self.spec.default if key in known]

    def export_columns(self, actor: Actor, keys: Sequence[str]) -> list[exporting.Column]:
        return [file_column(column) for column in _with_currency(self.spec, chosen(self.spec, actor, keys))]

    def export_chunks(
        self, actor: Actor, keys: Sequence[str], filters: Mapping[str, str], sort: str, now: datetime
    ) -> Iterator[list[tuple[Any, ...]]]:
        columns = chosen(self.spec, actor, keys)
        written = _with_currency(self.spec, columns)
        clean = clean_filters(self.spec, filters, actor)
        parts = _parts(self.spec, actor, clean, columns, sort, now)
        for rows in keyset_chunks(parts, order=order_of(self.spec, clean, sort), chunk=CHUNK):
            if self.spec.prepare:
                self.spec.prepare(actor, rows, keys)
            yield [tuple([spoken(column, row) for column in written]) for row in rows]

    def refuse_unknown(self, actor: Actor, filters: Mapping[str, str], at: str) -> None:
        """The screen leaves such a filter out and says so; a program would take all rows for those it asked for.

        Raises InvalidValue.
        """
        flags = [(item, filters.get(item.key, "")) for item in self.spec.filters if item.kind == "flag"]
        wrong = [(item, value) for item, value in flags if value not in ("", "1")]
        for item, value in [*wrong, *unknown_filters(self.spec, filters, actor)]:
            expected = choices(key for key, _title in item.options(actor)) if item.choices else EXPECTED[item.kind]
            raise InvalidValue(pointer=f"{at}/{item.key}", value=value[:40], expected=expected)

    def count(self, actor: Actor, filters: Mapping[str, str], now: datetime, cap: int) -> int:
        """How many match, or more than `cap`."""
        return rows_of(self.spec, actor, clean_filters(self.spec, filters, actor), now, cap)

    def totals(self, actor: Actor, filters: Mapping[str, str], now: datetime) -> Totals:
        """Raises InvalidValue for a filter that the list would leave out."""
        self.refuse_unknown(actor, filters, "/filter")
        return totals_of(self.spec, actor, clean_filters(self.spec, filters, actor), now)

    def matching_ids(self, actor: Actor, filters: Mapping[str, str], now: datetime, most: int) -> list[int]:
        """The keys of all that match in the order of the list, or `most` + 1 of them."""
        clean = clean_filters(self.spec, filters, actor)
        order = order_of(self.spec, clean, "")
        found: list[int] = []
        for rows in self.spec.rows(actor, clean, now):
            found += rows.order_by(*order).values_list("pk", flat=True)[: most + 1 - len(found)]
        return found

    def still_matching(self, actor: Actor, filters: Mapping[str, str], now: datetime, ids: Sequence[int]) -> int:
        """How many of the rows are in the list as it is filtered; of more than are ticked by hand it isn't asked."""
        if len(ids) > MOST_TICKED:
            return len(ids)
        clean = clean_filters(self.spec, filters, actor)
        return sum(rows.filter(pk__in=ids).count() for rows in self.spec.rows(actor, clean, now))

    def act_of(self, action: str) -> tuple[Permission, Act, Undo | None]:
        found = self.spec.action(action)
        if found is None:
            raise NotFound(kind="action", reference=action[:40])
        return found.permission, found.act, found.undo


def clean_filters(spec: ListSpec, values: Mapping[str, str], actor: Actor) -> dict[str, str]:
    """The filters of the list that are set to something that makes sense."""
    found = {item.key: item.clean(str(values.get(item.key, "")), actor) for item in spec.filters}
    return {key: value for key, value in found.items() if value}


def unknown_filters(spec: ListSpec, values: Mapping[str, str], actor: Actor) -> list[tuple[Filter, str]]:
    """What is asked for in vain: filters of the list with a value that none of them knows."""
    asked = [(item, str(values.get(item.key, ""))) for item in spec.filters]
    return [(item, value.strip()[:40]) for item, value in asked if not item.is_known(value, actor)]


def chosen(spec: ListSpec, actor: Actor, keys: Sequence[str]) -> list[Column]:
    known = columns_of(spec, actor)
    return [known[key] for key in dict.fromkeys(keys) if key in known]


def order_of(spec: ListSpec, filters: Mapping[str, str], sort: str) -> tuple[str, ...]:
    """Columns for ORDER BY. An unknown sort is the list's own."""
    sort = sort if sort.lstrip("-") in spec.sorts else spec.default_sort
    special = spec.order(filters, sort) if spec.order else None
    columns = special or spec.sorts[sort.lstrip("-")]
    return tuple(f"-{column}" for column in columns) if sort.startswith("-") else tuple(columns)


def page_of(
    spec: ListSpec,
    actor: Actor,
    filters: Mapping[str, str],
    columns: Sequence[Column],
    *,
    sort: str,
    cursor: str | None,
    backwards: bool,
    limit: int,
    now: datetime,
) -> Page[Any]:
    order = order_of(spec, filters, sort)
    way: dict[str, Any] = {
        "order": order,
        "cursor": cursor,
        "limit": limit,
        "backwards": backwards,
        "computed": spec.computed,
    }
    # Values after which a page begins can't be prepared where the order has a small number, such as a priority.
    anew = cursor and spec.computed
    steady = spec.steady is not None and filters.keys() - ({"q"} if spec.named else ()) <= spec.steady_filters
    if spec.steady is not None and steady and not anew:
        needed = sorted({name for column in columns for name in column.needs})
        found = keyset_page_by(partial(_steadily, spec, actor, filters, needed, sort), spec.steady, **way)
    else:
        found = keyset_page_of_parts(_parts(spec, actor, filters, columns, sort, now), **way)
    if spec.prepare:
        spec.prepare(actor, found.rows, [column.key for column in columns])
    return found


# Statements of steady lists, part by part: by list, filters, joins, order, types of the values they begin after, length.
_steady: dict[tuple[Any, ...], list[Callable[..., list[Any]]]] = {}
_MOST_STEADY = 500


def _steadily(
    spec: ListSpec,
    actor: Actor,
    filters: Mapping[str, str],
    needed: Sequence[str],
    sort: str,
    order: Sequence[str],
    values: Sequence[Any] | None,
    most: int,
) -> list[Any]:
    """The first rows of the list, or those after the values of a row, by statements that are compiled once."""
    asked = {key: value for key, value in filters.items() if key != "q" or spec.named is None}
    keys = spec.named(filters["q"]) if spec.named is not None and "q" in filters else None
    if keys is not None and not keys:
        return []
    kinds: tuple[Any, ...] = (*([[int]] if keys else []), *[type(value) for value in values or ()])
    given = (*([keys] if keys else []), *(values or ()))

    def parts(actor: Actor, *given: Any) -> list[QuerySet[Any]]:
        after: Any = given[1:] if keys else given
        if keys and spec.rows_among is not None:
            found = spec.rows_among(actor, asked, utc_now(), given[0])
        else:
            found = _rows_of(spec, sort)(actor, asked, utc_now())
        if asked.keys() & spec.keys_first:
            keys_of = [
                first_after(rows.select_related(None), order, after or None, most).values("pk") for rows in found
            ]
            (all_rows,) = spec.rows(actor, {"pk": ""}, utc_now())
            return [_with(all_rows, needed).filter(pk__in=part).order_by(*order) for part in keys_of]
        return [first_after(_with(rows, needed), order, after or None, most) for rows in found]

    if not {type(value) for value in values or ()} <= {int, str, datetime, date}:
        return in_order([list(rows) for rows in parts(actor, *given)], order, most)
    shape = (spec.name, *sorted(asked.items()), bool(keys), *needed, None, *order, *map(str, kinds), most)
    found = _steady.pop(shape, None)
    if found is None:
        if len(_steady) >= _MOST_STEADY:
            del _steady[next(iter(_steady))]  # the one that was not asked for the longest
        found = [prepared(Actor, *kinds)(_one_of(parts, at)) for at in range(len(parts(actor, *given)))]
    _steady[shape] = found
    return in_order([part(actor, *given) for part in found], order, most)


def _one_of(parts: Callable[..., list[QuerySet[Any]]], at: int) -> Callable[..., QuerySet[Any]]:
    def build(*given: Any) -> QuerySet[Any]:
        return parts(*given)[at]

    return build


def row_of(spec: ListSpec, actor: Actor, pk: Any, columns: Sequence[Column], now: datetime) -> Any:
    """One row, whatever the filters say, if the actor may see it. Raises NotFound."""
    for rows in spec.rows(actor, {"pk": str(pk)}, now):
        try:
            found = _joined(rows, columns).filter(pk=rows.model._meta.pk.to_python(pk)).first()
        except (ValidationError, ValueError, OverflowError):
            break
        if found is not None:
            if spec.prepare:
                spec.prepare(actor, [found], [column.key for column in columns])
            return found
    raise NotFound(kind=str(spec.title), reference=str(pk))


def _parts(
    spec: ListSpec, actor: Actor, filters: Mapping[str, str], columns: Sequence[Column], sort: str, now: datetime
) -> list[QuerySet[Any]]:
    return [_joined(rows, columns) for rows in _rows_of(spec, sort)(actor, filters, now)]


def _rows_of(spec: ListSpec, sort: str) -> Rows:
    return spec.rows_by.get(sort.lstrip("-"), spec.rows)


def _joined(rows: QuerySet[Any], columns: Sequence[Column]) -> QuerySet[Any]:
    return _with(rows, sorted({name for column in columns for name in column.needs}))


def _with(rows: QuerySet[Any], needed: Sequence[str]) -> QuerySet[Any]:
    return rows.select_related(*needed) if needed else rows


def _with_currency(spec: ListSpec, columns: Sequence[Column]) -> list[Column]:
    """An amount means nothing without its currency: a file that has amounts has a column for it too."""
    if not any(column.kind == "money" for column in columns) or any(column.key == "currency" for column in columns):
        return list(columns)
    currency = next((column for column in spec.columns if column.key == "currency"), None)
    return [*columns, *([currency] if currency else [])]
