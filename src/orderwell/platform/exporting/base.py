"""What all formats share: columns with a kind, and chunks of rows."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

Chunks = Iterable[Sequence[Sequence[Any]]]


@dataclass(frozen=True, slots=True)
class Column:
    """`kind`: "text", "number" (Decimal), "whole" (int), "moment" (aware datetime), "day" (date) or "yes_no" (bool).

    A value is of its kind or None. `yes` and `no` are the words for formats that have no truth values.
    """

    key: str
    title: str
    kind: str = "text"
    yes: str = "yes"
    no: str = "no"
