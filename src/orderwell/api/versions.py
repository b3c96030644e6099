"""Small tables - groups, channels, warehouses, settings ... - keep no version of their own: their newest event is it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from typing import Any, TypeVar

from pydantic import Field

from orderwell.api.shapes import Shape
from orderwell.platform.events.versions import numbers_of

Row = TypeVar("Row")


class Versioned(Shape):
    version: int = Field(description="Sent back as If-Match, a change is refused where somebody else was faster")


def with_versions(rows: Iterable[Row], stream: Callable[[Row], str], *, names: Collection[str] = ()) -> list[Row]:
    """The rows, each with the number of its newest change as `version`; one query for all."""
    found: list[Any] = list(rows)
    streams = [stream(row) for row in found]
    numbers = numbers_of(streams, names=names)
    for row, name in zip(found, streams, strict=True):
        row.version = numbers.get(name, 0)
    return found


def with_version(row: Row, stream: Callable[[Row], str], *, names: Collection[str] = ()) -> Row:
    return with_versions([row], stream, names=names)[0]
