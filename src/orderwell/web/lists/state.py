"""What somebody looks at: filters, order and columns, from and to the address of the page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.http import QueryDict

from orderwell.platform.accounts.actor import Actor
from orderwell.platform.views.models import SavedView
from orderwell.platform.views.queries import OwnChoice
from orderwell.web.components.ignored import not_known
from orderwell.web.lists.cells import columns_of
from orderwell.web.lists.source import chosen, clean_filters, unknown_filters
from orderwell.web.lists.spec import Column, Filter, ListSpec, Tab

ALL = "all"


@dataclass(frozen=True, slots=True)
class Chip:
    """A filter that is set: its words, and the address without it."""

    title: str
    value: str
    query: str


@dataclass(frozen=True, slots=True)
class TabView:
    key: str
    title: str
    query: str
    active: bool
    view: SavedView | None = None


@dataclass(frozen=True)
class Looking:
    """One look at a list. `columns_given` says that the address itself names the columns."""

    spec: ListSpec
    actor: Actor
    filters: dict[str, str]
    sort: str
    columns: list[Column]
    columns_given: bool
    view: SavedView | None
    unknown: Sequence[tuple[Filter, str]] = ()

    def query(self, **changes: Any) -> str:
        """The address of this look, with changes; an empty value takes a parameter away. Pages begin at the first."""
        params: dict[str, str] = dict(self.filters)
        if self.view is not None:
            params["view"] = str(self.view.pk)
        if self.sort != self.spec.default_sort:
            params["sort"] = self.sort
        if self.columns_given:
            params["columns"] = ",".join(column.key for column in self.columns)
        for key, value in changes.items():
            if value in (None, ""):
                params.pop(key, None)
            else:
                params[key] = str(value)
        return "?" + (urlencode(params) if params else f"view={ALL}")

    @property
    def is_filtered(self) -> bool:
        return bool(self.filters)

    @property
    def keys(self) -> list[str]:
        return [column.key for column in self.columns]

    @property
    def differs(self) -> bool:
        """Whether the look is no longer what its saved view says, as far as the actor can see that."""
        view = self.view
        if view is None:
            return False
        hidden = unseen_of(self.spec, self.actor, view)
        filters = {key: value for key, value in view.filters.items() if key not in hidden.filters}
        columns = [key for key in view.columns or self.spec.default if key not in hidden.columns]
        sort = view.sort or self.spec.default_sort
        return (filters, columns, sort) != (self.filters, self.keys, self.sort)

    def chips(self) -> list[Chip]:
        return [
            Chip(str(item.title), self._said(item, self.filters[item.key]), self.query(**{item.key: ""}))
            for item in self.spec.filters
            if item.key in self.filters and item.key != "q"  # the search box says that itself
        ]

    def ignored(self) -> list[str]:
        """What is not filtered by, a sentence each."""
        return [not_known(item.title, value, item.kind) for item, value in self.unknown]

    def _said(self, item: Filter, value: str) -> str:
        if item.kind == "flag":
            return ""
        if item.say is not None and (found := item.say(self.actor, value)):
            return found
        return next((str(title) for key, title in item.options(self.actor) if key == value), value)

    def tabs(self, views: Sequence[SavedView]) -> list[TabView]:
        """The list's own tabs keep the filters that no tab sets (dates, channel, search); a saved view says all of it."""
        tabs = [tab for tab in self.spec.tabs if tab.permission is None or self.actor.may(tab.permission)]
        set_by_tabs = {key for tab in tabs for key in tab.params}
        kept = {key: value for key, value in self.filters.items() if key not in set_by_tabs}
        mine = {key: value for key, value in self.filters.items() if key in set_by_tabs}
        found = [
            TabView(tab.key, str(tab.title), _tab_query(tab, kept), self.view is None and mine == dict(tab.params))
            for tab in tabs
        ]
        return found + [
            TabView(
                f"view-{view.pk}", view.name, view_query(view), self.view is not None and self.view.pk == view.pk, view
            )
            for view in views
        ]


@dataclass(frozen=True, slots=True)
class Unseen:
    filters: dict[str, str]
    columns: list[str]


def unseen_of(spec: ListSpec, actor: Actor, view: SavedView) -> Unseen:
    """What a view says that the actor can't know of: rows outside the actor's own, columns that need a permission."""
    unknown = unknown_filters(spec, view.filters, actor) if actor.is_limited else ()
    filters = {item.key: view.filters[item.key] for item, _value in unknown}
    forbidden = {item.key for item in spec.columns if item.permission and not actor.may(item.permission)}
    return Unseen(filters, [key for key in view.columns or spec.default if key in forbidden])


def look(
    spec: ListSpec, actor: Actor, params: QueryDict | Mapping[str, str], own: OwnChoice, views: Sequence[SavedView]
) -> Looking:
    """From an address. Of a saved view that alone is named, everything counts; what the address names itself goes first."""
    view = next((item for item in views if str(item.pk) == params.get("view", "")), None)
    asked: Mapping[str, str] = {key: str(params[key]) for key in params}
    alone = view is not None and not set(params) - {"view", "after", "before"}
    if view is not None and alone:
        asked = view.filters
    filters, unknown = clean_filters(spec, asked, actor), unknown_filters(spec, asked, actor)
    sort = params.get("sort", "") or (view.sort if view is not None else "")
    given = [key for key in params.get("columns", "").split(",") if key]
    columns = chosen(spec, actor, given)
    columns_given = bool(columns)
    if not columns and view is not None:
        columns = chosen(spec, actor, view.columns)
    if not columns and view is None:
        columns = chosen(spec, actor, own.columns)
    if not columns:
        columns = chosen(spec, actor, spec.default) or list(columns_of(spec, actor).values())[:1]
    known = sort.lstrip("-") in spec.sorts
    return Looking(spec, actor, filters, sort if known else spec.default_sort, columns, columns_given, view, unknown)


def view_query(view: SavedView) -> str:
    """The address of a saved view says all that it holds, so that it still does when the view is gone."""
    params = {**view.filters, "view": str(view.pk)}
    if view.sort:
        params["sort"] = view.sort
    if view.columns:
        params["columns"] = ",".join(view.columns)
    return "?" + urlencode(params)


def _tab_query(tab: Tab, kept: Mapping[str, str]) -> str:
    params = {**kept, **tab.params}
    return "?" + (urlencode(params) if params else f"view={ALL}")
