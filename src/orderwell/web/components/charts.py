"""Data for charts: plain values that `charts.js` turns into ECharts options with the colours of the present theme.

Each chart carries the exact values as texts too: for its tooltips, and for the table beside it that everybody can read.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.http import HttpResponse
from django.utils.safestring import SafeString
from django.utils.translation import gettext

from orderwell.platform.exporting import Column, csv_bytes
from orderwell.platform.formats import money_text, quantity_text
from orderwell.web.components.markup import safe

Value = Decimal | int


@dataclass(frozen=True, slots=True)
class Series:
    """`kind` is "bar" or "line"; `unit` stands at its axis, `text` says a value exactly."""

    kind: str
    title: str
    values: Sequence[Value]
    unit: str = ""
    text: Callable[[Value], str] = quantity_text
    # Beside another series of the same kind: drawn quieter, such as the year before.
    quiet: bool = False


def money_in(currency: str) -> Callable[[Value], str]:
    return lambda value: money_text(Decimal(value), currency)


def number(value: Value) -> float | int:
    """Only for drawing: the exact figures stand in the tables."""
    return value if isinstance(value, int) else round(float(value), 2)


def series(
    heading: str, labels: Sequence[str], found: Sequence[Series], *, links: Sequence[str] = ()
) -> dict[str, Any]:
    """Bars and lines over the same labels, which are called `heading`. A click opens the link of its label."""
    return {
        "kind": "series",
        "heading": heading,
        "labels": list(labels),
        "series": [
            {
                "type": one.kind,
                "name": one.title,
                "unit": one.unit,
                "quiet": one.quiet,
                "values": [number(value) for value in one.values],
                "texts": [one.text(value) for value in one.values],
            }
            for one in found
        ],
        "links": list(links),
    }


def ranking(
    heading: str, title: str, items: Sequence[tuple[str, Value, str]], text: Callable[[Value], str]
) -> dict[str, Any]:
    """Horizontal bars, largest on top; an item is (label, value, link)."""
    return {
        **series(
            heading,
            [label for label, _value, _link in items],
            [Series("bar", title, [value for _label, value, _link in items], text=text)],
            links=[link for _label, _value, link in items],
        ),
        "kind": "ranking",
    }


def drawn(chart: dict[str, Any]) -> str:
    """The chart for an attribute: parts of a page bring no scripts along, not even of data."""
    return json.dumps(chart, ensure_ascii=False, separators=(",", ":"))


def rows_of(chart: dict[str, Any]) -> SafeString:
    """The rows of the table beside a chart; two months are two hundred cells, too many for a template."""
    columns = [one["texts"] for one in chart["series"]]
    found = []
    for index, label in enumerate(chart["labels"]):
        link, text = chart["links"][index] if chart["links"] else "", safe(label)
        first = f'<a href="{safe(link)}">{text}</a>' if link else text
        cells = "".join([f'<td class="num">{safe(texts[index])}</td>' for texts in columns])
        found.append(f"<tr><td>{first}</td>{cells}</tr>\n")
    return SafeString("".join(found))


def csv_answer(name: str, heads: Sequence[tuple[str, str]], rows: Sequence[Sequence[Any]]) -> HttpResponse:
    """A small table as a file; `heads` are (title, kind of `platform.exporting.Column`)."""
    columns = [
        Column(str(index), title, kind, yes=gettext("yes"), no=gettext("no"))
        for index, (title, kind) in enumerate(heads)
    ]
    content = b"".join(csv_bytes(columns, [[tuple(row) for row in rows]], zone=ZoneInfo(settings.TIME_ZONE)))
    response = HttpResponse(content, content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    response["Cache-Control"] = "private, no-store"
    return response
