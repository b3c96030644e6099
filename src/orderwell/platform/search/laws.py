"""What must hold of every search index; each domain says it of its own in its `laws.py`."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db import models

from orderwell.platform.search.index import out_of_step
from orderwell.platform.verify import Difference, LawResult


def search_law(model: type[models.Model], texts: Iterable[tuple[int, str, str, str]], kind: str) -> LawResult:
    """`texts` are (key of the row, what people call it, the stored search key, the search key it should have)."""
    found: list[Difference] = []
    names: dict[Any, str] = {}
    for pk, name, stored, right in texts:
        names[pk] = name
        # The order of its parts makes no difference to what is found.
        if sorted(stored.split()) != sorted(right.split()):
            found.append(Difference(f"{kind} {name}", right, stored, "search_key"))
    for each in out_of_step(model, "search_key"):
        document = f"{kind} {names.get(each, each)}" if isinstance(each, int) else each
        found.append(Difference(document, "in the search index", "is not", "orderwell search rebuild makes it anew"))
    return LawResult(len(names), found)
