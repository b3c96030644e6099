"""Rows that belong to the rows of a page, read in one query."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from typing import Any

from django.db.models import ManyToOneRel, QuerySet

from orderwell.platform.row_making import made_quickly


def attach(rows: Sequence[Any], name: str, related: QuerySet[Any] | Callable[[list[int]], list[Any]]) -> list[Any]:
    """After this, `row.<name>.all()` of each row is a list of its `related` rows, in their order; all of them are returned.
    `related` is a query of all there are, or a prepared one that takes the keys of `rows`.

    What prefetch_related does for pages that only read, without a query object for every row: with 50 products and
    their variants these cost more than everything else on the page.
    """
    if not rows:
        return []
    relation = type(rows[0])._meta.get_field(name)
    if not isinstance(relation, ManyToOneRel):
        raise TypeError(f"{name} is no relation that other rows point back with")
    field = relation.field
    parents = {row.pk: row for row in rows}
    if isinstance(related, QuerySet):
        found = list(made_quickly(related.filter(**{f"{field.name}__in": list(parents)})))
    else:
        found = related(list(parents))
    children = defaultdict(list)
    for child in found:
        key = getattr(child, field.attname)
        field.set_cached_value(child, parents[key])
        children[key].append(child)
    for row in rows:
        prefetched(row, name, children[row.pk])
    return found


def prefetched(row: Any, name: str, related: list[Any]) -> None:
    """After this, `row.<name>.all()` is the list `related`."""
    row.__dict__.setdefault("_prefetched_objects_cache", {})[name] = related
