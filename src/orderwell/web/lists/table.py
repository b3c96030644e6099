"""The rows of a list as HTML. Fifty rows are four hundred cells: put together here, they take a tenth of a template's time."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from itertools import repeat
from typing import Any

from django.utils.formats import localize
from django.utils.functional import Promise
from django.utils.safestring import SafeString
from django.utils.translation import get_language, gettext

from orderwell.web.components.markup import safe
from orderwell.web.lists.cells import said, spoken
from orderwell.web.lists.spec import Column, ListSpec
from orderwell.web.lists.state import Looking
from orderwell.web.templatetags.orderwell import icon

RIGHT = frozenset({"money", "number", "whole"})
# A span around nothing is nothing: a card of the phone then shows no name for it.
_NOTHING = re.compile(r"<span[^<>]*></span>")
_NO_BREAK = frozenset({"moment", "day"})
# A hyphen in them is no place to break a line at.
_CODES = frozenset({"sku"})


def table_head(columns: Sequence[Column], looking: Looking, *, pick: bool) -> SafeString:
    """The names of the columns; those that the list can be ordered by lead to that order."""
    found = []
    if pick:
        label = safe(gettext("Select all on this page"))
        box = f'<input class="form-check-input" type="checkbox" data-pick-all aria-label="{label}">'
        found.append(f'<th class="pick">{box}</th>')
    titles = _titles_of(looking.spec, columns)
    return SafeString("".join([*found, *map(_head, columns, titles, repeat(looking))]))


# What columns are called, by language, list and column: a page says each of them twice.
_titles: dict[tuple[str | None, str, str], str] = {}


def _titles_of(spec: ListSpec, columns: Sequence[Column]) -> list[str]:
    language, found = get_language(), list[str]()
    for column in columns:
        key = (language, spec.name, column.key)
        title = _titles.get(key) if isinstance(column.title, Promise) else safe(column.title)
        if title is None:
            title = _titles[key] = safe(column.title)
        found.append(title)
    return found


def _head(column: Column, title: str, looking: Looking) -> str:
    classes = "num" if _is_right(column) else ""
    if not column.sort:
        return f'<th class="{classes}">{title}</th>\n'
    own, descending = looking.spec.default_sort, looking.sort.startswith("-")
    current = looking.sort.lstrip("-") == column.sort
    if current:
        other = column.sort if descending else f"-{column.sort}"
    else:
        other = f"-{column.sort}" if own == f"-{column.sort}" else column.sort
    order = ("descending" if descending else "ascending") if current else "none"
    arrow = icon("arrow-down" if descending else "arrow-up") if current else icon("arrows-sort", "sort-off")
    query = safe(looking.query(sort="" if other == own else other))
    link = f'<a class="sort-link" href="{query}">{title}{arrow}</a>'
    return f'<th class="{classes}" aria-sort="{order}">{link}</th>\n'


def table_rows(spec: ListSpec, columns: Sequence[Column], rows: Sequence[Any], *, pick: bool) -> SafeString:
    """`<tr>` for each row; with `pick`, a box to select it. Everything that is not markup already is escaped."""
    if not rows:
        return SafeString("")
    cells = [
        (f'<td class="{_classes(column)}" data-label="{title}">', _cell(column, leads=not index))
        for index, (column, title) in enumerate(zip(columns, _titles_of(spec, columns), strict=True))
    ]
    label = gettext("Select %(name)s") if pick else ""
    link, classes = spec.link or (lambda row: ""), spec.row_class or (lambda row: "")
    found = []
    for row in rows:
        href, kind, key = safe(link(row) or ""), classes(row), safe(row.pk)
        shade = f' class="{kind}"' if kind else ""
        leads = f' data-href="{href}"' if href else ""
        found.append(f'<tr{leads} data-row="{key}"{shade}>')
        if pick:
            name = safe(label % {"name": spoken(columns[0], row) or ""})
            found.append(
                '<td class="pick"><input class="form-check-input" type="checkbox" data-pick name="id" '
                f'value="{key}" aria-label="{name}"></td>'
            )
        found += [f"{opening}{cell(row, href)}</td>" for opening, cell in cells]
        found.append("</tr>\n")
    return SafeString("".join(found))


def _is_right(column: Column) -> bool:
    return column.kind in RIGHT and not column.pictured


def _classes(column: Column) -> str:
    kind = "num" if _is_right(column) else "nowrap" if column.kind in _NO_BREAK or column.key in _CODES else ""
    return f"{kind} at-{column.narrow}".strip()


def _cell(column: Column, *, leads: bool) -> Callable[[Any, str], str]:
    """The inside of a cell from its row and the row's address; the first one leads there."""
    if show := column.show:

        def shown(row: Any, href: str) -> str:
            text = show(row)
            if type(text) is not SafeString:
                text = _safe(text)
            return "" if text.endswith("></span>") and _NOTHING.fullmatch(text) else text

        return shown

    said_of, address, clips = said(column), column.url, column.kind == "text"

    def cell(row: Any, href: str) -> str:
        text = _safe(said_of(row))
        if text == "":
            return ""
        if address and (url := address(row)):
            text = f'<a class="{"fw-bold" if leads and href else "plain-link"}" href="{safe(url)}">{text}</a>'
        elif leads and href and not address:
            text = f'<a class="fw-bold" href="{href}">{text}</a>'
        return f'<div class="clip">{text}</div>' if clips else text

    return cell


def _safe(value: Any) -> str:
    return safe(value if isinstance(value, str) else localize(value))
