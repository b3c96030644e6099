"""Lines of two versions of one order find each other by product. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Protocol, TypeVar


class HasSku(Protocol):
    @property
    def sku(self) -> str: ...


T = TypeVar("T", bound=HasSku)


def numbered(lines: Iterable[T]) -> dict[tuple[str, int], T]:
    """By SKU and how many lines of it came before: the second line of a product is the second there too."""
    seen: Counter[str] = Counter()
    found: dict[tuple[str, int], T] = {}
    for line in lines:
        found[line.sku, seen[line.sku]] = line
        seen[line.sku] += 1
    return found
