"""Data for charts: plain values that `charts.js` turns into ECharts options with the colours of the present theme."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any


def number(value: Decimal | int) -> float | int:
    """Only for drawing: the exact figures stand in the tables."""
    return value if isinstance(value, int) else round(float(value), 2)


def series(
    labels: Sequence[str],
    named: Sequence[tuple[str, str, Sequence[Decimal | int]]],
    *,
    links: Sequence[str] = (),
    unit: str = "",
) -> dict[str, Any]:
    """Bars and lines over the same labels; `named` is (kind, title, values). A click opens the link of its label."""
    return {
        "kind": "series",
        "labels": list(labels),
        "series": [
            {"type": kind, "name": title, "values": [number(value) for value in values]}
            for kind, title, values in named
        ],
        "links": list(links),
        "unit": unit,
    }


def ranking(items: Sequence[tuple[str, Decimal | int, str]], *, unit: str = "") -> dict[str, Any]:
    """Horizontal bars, largest on top; an item is (label, value, link)."""
    return {
        "kind": "ranking",
        "labels": [label for label, _value, _link in items],
        "values": [number(value) for _label, value, _link in items],
        "links": [link for _label, _value, link in items],
        "unit": unit,
    }
