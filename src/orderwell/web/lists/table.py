"""The rows of a list as HTML. Fifty rows are four hundred cells: put together here, they take a tenth of a template's time."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from html import escape
from typing import Any

from django.utils.formats import localize
from django.utils.safestring import SafeString
from django.utils.translation import gettext

from orderwell.web.lists.cells import plain, spoken
from orderwell.web.lists.spec import Column, ListSpec

RIGHT = frozenset({"money", "number", "whole"})
# A span around nothing is nothing: a card of the phone then shows no name for it.
_NOTHING = re.compile(r"<span[^<>]*></span>")
_NO_BREAK = frozenset({"moment", "day"})
Link = Callable[[Any], str | None]


def table_rows(spec: ListSpec, columns: Sequence[Column], rows: Sequence[Any], *, pick: bool) -> SafeString:
    """`<tr>` for each row; with `pick`, a box to select it. Everything that is not markup already is escaped."""
    heads = [f'<td class="{_classes(column)}" data-label="{escape(str(column.title))}">' for column in columns]
    label = gettext("Select %(name)s") if pick else ""
    found = []
    for row in rows:
        href = (spec.link(row) if spec.link else None) or ""
        found.append(_opening(spec, row, href))
        if pick:
            name = escape(label % {"name": spoken(columns[0], row) or ""})
            found.append(
                '<td class="pick"><input class="form-check-input" type="checkbox" data-pick name="id" '
                f'value="{escape(str(row.pk))}" aria-label="{name}"></td>'
            )
        for index, column in enumerate(columns):
            found.append(f"{heads[index]}{_cell(column, row, '' if index else href)}</td>")
        found.append("</tr>\n")
    return SafeString("".join(found))


def _opening(spec: ListSpec, row: Any, href: str) -> str:
    leads = f' data-href="{escape(href)}"' if href else ""
    classes = spec.row_class(row) if spec.row_class else ""
    return f'<tr{leads} data-row="{escape(str(row.pk))}"{f" class={chr(34)}{classes}{chr(34)}" if classes else ""}>'


def _classes(column: Column) -> str:
    kind = "num" if column.kind in RIGHT else "nowrap" if column.kind in _NO_BREAK else ""
    return f"{kind} at-{column.narrow}".strip()


def _cell(column: Column, row: Any, href: str) -> str:
    """The inside of a cell; the first one, which has `href`, leads to the row."""
    if column.show:
        shown = _safe(column.show(row))
        return "" if shown.endswith("></span>") and _NOTHING.fullmatch(shown) else shown
    value = plain(column, row)
    text = _safe(value)
    if text == "":
        return ""
    url = column.url(row) if column.url else href
    if url:
        text = f'<a class="{"fw-bold" if href else "plain-link"}" href="{escape(url)}">{text}</a>'
    return f'<div class="clip">{text}</div>' if column.kind == "text" else text


def _safe(value: Any) -> str:
    if isinstance(value, SafeString):
        return value
    return escape(value if isinstance(value, str) else str(localize(value)))
