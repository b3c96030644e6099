"""The addresses of every list in every way it can be looked at: each value of each filter, each order, far behind the first page."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode


def every_list(names: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """(list, address); `names` gives what a search looks for."""
    from django.urls import reverse

    from orderwell.platform.accounts.actor import system_actor
    from orderwell.web.lists.registry import specs

    actor = system_actor(label="bench")
    for name, spec in specs().items():
        address = reverse(spec.url_name)
        looks = [*_filtered(spec, actor, names), *({"sort": sort} for sort in _sorts(spec)), *_far(spec, actor)]
        for look in looks:
            yield name, f"{address}?{urlencode(look)}"


def _filtered(spec: Any, actor: Any, names: dict[str, Any]) -> Iterator[dict[str, str]]:
    values = {"q": names.get("customer_name", "x"), "customer": str(names.get("customer", "")), "day": "2026-01-15"}
    for item in spec.filters:
        if item.kind == "choice":
            yield from ({item.key: key} for key, _title in item.options(actor))
        elif item.kind == "flag":
            yield {item.key: "1"}
        elif item.kind == "day" or item.key in values:
            yield {item.key: values.get(item.key, values["day"])}
    yield from (dict(tab.params) for tab in spec.tabs if len(tab.params) > 1)


def _sorts(spec: Any) -> list[str]:
    return [f"{sign}{key}" for key in spec.sorts for sign in ("", "-")]


def _far(spec: Any, actor: Any) -> Iterator[dict[str, str]]:
    """The page that begins in the middle of all rows, in each order."""
    from orderwell.kernel.clock import utc_now
    from orderwell.platform.paging import cursor_of
    from orderwell.web.lists.source import order_of

    rows = spec.rows(actor, {}, utc_now())[0]
    key = rows.model._meta.pk.name
    ends = [rows.order_by(way).values_list("pk", flat=True).first() for way in (key, f"-{key}")]
    if not all(isinstance(end, int) for end in ends):
        return
    middle = rows.filter(pk__gte=sum(ends) // 2).order_by("pk").first()
    for sort in _sorts(spec):
        yield {"sort": sort, "after": cursor_of(middle, order_of(spec, {}, sort))}
