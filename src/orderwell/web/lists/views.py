"""The page of a list, whichever list it is; its counts, and the quick look at a row."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext

from orderwell.kernel.clock import utc_now
from orderwell.platform.accounts.actor import Actor
from orderwell.platform.paging import Page
from orderwell.platform.views.queries import may_change_view, own_choice, saved_views
from orderwell.web.components.listing import CAP, ROWS, Listing, capped
from orderwell.web.components.markup import place
from orderwell.web.lists.cells import columns_of, plain
from orderwell.web.lists.registry import spec_for, specs
from orderwell.web.lists.source import SpecSource, page_of, row_of
from orderwell.web.lists.spec import Choices, Filter, ListSpec, Nothing
from orderwell.web.lists.state import ALL, Looking, look, view_query
from orderwell.web.lists.table import table_head, table_rows
from orderwell.web.lists.tabs import tab_links
from orderwell.web.pages import page


def list_page(name: str) -> Callable[..., HttpResponse]:
    """The view of a list, for the `urls.py` of its area."""

    @page()
    def view(request: HttpRequest, actor: Actor) -> HttpResponse:
        spec = specs()[name]
        actor.require(spec.permission)
        return show_list(request, actor, spec)

    view.orderwell_permission = lambda: specs()[name].permission  # type: ignore[attr-defined]
    return view


def show_list(request: HttpRequest, actor: Actor, spec: ListSpec) -> HttpResponse:
    own, views = own_choice(actor, spec.name), saved_views(actor, spec.name)
    if not request.GET and (default := next((item for item in views if item.pk == own.default_view), None)):
        return HttpResponseRedirect(request.path + view_query(default))
    spec = spec.asking_once()
    looking, now = look(spec, actor, request.GET, own, views), utc_now()
    before, after = request.GET.get("before") or None, request.GET.get("after") or None
    found = page_of(
        spec,
        actor,
        looking.filters,
        looking.columns,
        sort=looking.sort,
        cursor=before or after,
        backwards=before is not None,
        limit=ROWS,
        now=now,
    )
    if request.GET.get("go") and len(found.rows) == 1 and looking.filters.get("q") and spec.link:
        return HttpResponseRedirect(spec.link(found.rows[0]) or request.path)
    context = _context(request, looking, found)
    if request.headers.get("HX-Target") == "list-body":
        return render(request, "lists/body.html", context)
    fields = [_field(item, looking) for item in spec.filters if item.in_bar(actor)]
    context |= {
        "tabs": tab_links(looking.tabs(views)),
        "own": own,
        "may_change_view": looking.view is not None and may_change_view(actor, looking.view),
        "filter_fields": fields,
        "filters_key": tuple([(field["key"], field["value"], _same(field["options"])) for field in fields]),
        "kept": [(key, value) for key, value in looking.filters.items() if _is_hidden(spec, key, actor)],
        "ignored": looking.ignored(),
        "ignored_query": looking.query(),
        "has_custom_columns": bool(own.columns),
        **(spec.context(actor, looking.filters) if spec.context else {}),
    }
    return render(request, "lists/page.html", context)


def _is_hidden(spec: ListSpec, key: str, actor: Actor) -> bool:
    item = spec.filter(key)
    return item is not None and item.kind in {"hidden", "flag"} and not item.in_bar(actor)


def _same(options: Choices) -> tuple[tuple[str, str], ...]:
    """What tells two selects of one filter apart. A title that is translated is always that of its key."""
    return tuple([(key, title if isinstance(title, str) else "") for key, title in options])


def _field(item: Filter, looking: Looking) -> dict[str, Any]:
    return {
        "key": item.key,
        "title": item.title,
        "kind": item.kind,
        "value": looking.filters.get(item.key, ""),
        "options": item.options(looking.actor) if item.kind == "choice" else (),
    }


def _context(request: HttpRequest, looking: Looking, found: Page[Any]) -> dict[str, Any]:
    spec = looking.spec
    actions = [item for item in spec.actions if looking.actor.may(item.permission)]
    papers = spec.kinds_to_print(looking.actor)
    picks = bool(actions or papers)
    position = {key: request.GET[key] for key in ("after", "before") if request.GET.get(key)}
    return {
        "spec": spec,
        "looking": looking,
        "query": looking.query(),
        "head": table_head(looking.columns, looking, pick=picks),
        "rows": table_rows(spec, looking.columns, found.rows, pick=picks),
        "listing": Listing(found.rows, found.next_cursor, found.previous_cursor, is_later=bool(found.previous_cursor)),
        "next_query": looking.query(after=found.next_cursor) if found.next_cursor else "",
        "previous_query": looking.query(before=found.previous_cursor) if found.previous_cursor else "",
        "list_here": request.path + looking.query(**position),
        "actions": actions,
        "papers": papers,
        "picks": picks,
        "action_keys": (*[item.key for item in actions], *[item.code for item in papers]),
        "total": _total(looking, found),
        "chips": looking.chips(),
        "empty_url": _way_out(spec.nothing, looking.actor),
    }


def _total(looking: Looking, found: Page[Any]) -> str:
    """Where the page asks how many rows a filter has; nothing where it can't say more than the page does."""
    whole = not (found.next_cursor or found.previous_cursor)
    if not looking.is_filtered or not found.rows or (whole and not looking.spec.sums):
        return ""
    query = looking.query(sort="", view="", columns="", **({"whole": 1} if whole else {}))
    return reverse("list-total", args=[looking.spec.name]) + query


def _way_out(nothing: Nothing, actor: Actor) -> str:
    """Where the button of an empty list leads, for somebody who may go there."""
    if not nothing.url or not (nothing.permission is None or actor.may(nothing.permission)):
        return ""
    return place(nothing.url) + nothing.query


@page()
def counts(request: HttpRequest, actor: Actor, name: str) -> HttpResponse:
    """How many rows stand behind each tab, asked for when the page already stands; nothing is counted past a thousand."""
    return JsonResponse(tab_counts(actor, spec_for(actor, name)))


def tab_counts(actor: Actor, spec: ListSpec) -> dict[str, str]:
    now, source = utc_now(), SpecSource(spec)
    wanted: dict[str, Mapping[str, str]] = {
        tab.key: tab.params for tab in spec.tabs if tab.params and (tab.permission is None or actor.may(tab.permission))
    }
    wanted |= {f"view-{view.pk}": view.filters for view in saved_views(actor, spec.name)}
    return {key: capped(source.count(actor, filters, now, CAP)) for key, filters in wanted.items()}


@page()
def quick(request: HttpRequest, actor: Actor, name: str, pk: str) -> HttpResponse:
    """A row without leaving the list: everything it has, and what its area adds."""
    spec = spec_for(actor, name)
    columns = list(columns_of(spec, actor).values())
    row = row_of(spec, actor, pk, columns, utc_now())
    shown = [(column.title, column.show(row) if column.show else plain(column, row)) for column in columns]
    first = columns[0]
    context = {
        "spec": spec,
        "title": (first.show(row) if first.pictured and first.show else plain(first, row)) or gettext("Row"),
        "facts": [(title, value) for title, value in shown[1:] if value not in ("", None)],
        "href": spec.link(row) if spec.link else "",
        "row": row,
        **(spec.quick_context(actor, row) if spec.quick_context else {}),
    }
    return render(request, "lists/quick.html", context)


def back_to(spec: ListSpec, looking: Looking, **changes: Any) -> str:
    return reverse(spec.url_name) + looking.query(**changes)


__all__ = ["ALL", "back_to", "counts", "list_page", "quick", "show_list", "tab_counts"]
