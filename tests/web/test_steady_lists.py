"""Lists whose statement is compiled once: they ask the same at any moment, and give what the others give."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import QuerySet
from django.test.utils import CaptureQueriesContext

from orderwell.platform.accounts.actor import Actor
from orderwell.web.lists.registry import specs
from orderwell.web.lists.source import chosen, page_of
from orderwell.web.lists.spec import Filter, ListSpec
from tests.web.test_every_list import NAMES, NOW

STEADY = [name for name in NAMES if specs()[name].steady]


def pages_of(spec: ListSpec, actor: Actor, filters: dict[str, str], sort: str, now: datetime) -> list[list[Any]]:
    """All pages of two rows each, forwards, and the last but one again from behind."""
    columns, found, cursor = chosen(spec, actor, spec.default), list[list[Any]](), None
    while True:
        page = page_of(spec, actor, filters, columns, sort=sort, cursor=cursor, backwards=False, limit=2, now=now)
        found.append([row.pk for row in page.rows])
        if page.next_cursor is None:
            break
        cursor = page.next_cursor
    if page.previous_cursor is not None:
        before = page_of(
            spec, actor, filters, columns, sort=sort, cursor=page.previous_cursor, backwards=True, limit=2, now=now
        )
        assert [row.pk for row in before.rows] == found[-2]
    return found


def looks_of(spec: ListSpec, actor: Actor) -> Iterator[dict[str, str]]:
    """Nothing set, each steady filter alone with each of its values, and the first values of all of them together."""
    yield {}
    together = dict[str, str]()
    for key in sorted(spec.steady_filters):
        item = spec.filter(key)
        assert item is not None
        for value in values_of(item, actor):
            together.setdefault(key, value)
            yield {key: value}
    yield together
    if spec.named is not None:
        assert spec.named("S")
        for text in ("S", "no such thing"):
            yield {"q": text}
            yield {"q": text} | together
            yield {"q": text, "state": "draft"}


def values_of(item: Filter, actor: Actor) -> list[str]:
    if item.kind == "choice":
        return [key for key, _title in item.options(actor)]
    if item.kind == "day":
        return [NOW.date().isoformat(), (NOW - timedelta(days=1)).date().isoformat()]
    assert item.kind == "flag" or item.key == "currency", f"{item.key}: which values has it?"
    return ["1"] if item.kind == "flag" else ["CNY", "EUR"]


def rows_of(spec: ListSpec, actor: Actor, filters: dict[str, str], now: datetime) -> Sequence[QuerySet[Any]]:
    """Those of keys that a text has named are asked for with keys."""
    if "q" in filters:
        assert spec.rows_among is not None
        others = {key: value for key, value in filters.items() if key != "q"}
        return spec.rows_among(actor, others, now, [1, 2])
    return spec.rows(actor, filters, now)


def asked_for(part: QuerySet[Any]) -> str:
    try:
        return str(part.query)
    except EmptyResultSet:  # nobody's rows: nothing is asked at all
        return ""


@pytest.mark.parametrize("name", STEADY)
def test_a_steady_list_asks_the_same_at_any_moment_and_gives_what_the_others_give(name: str, business: Actor) -> None:
    spec = specs()[name]
    nobody = replace(business, channel_ids=frozenset({0}), team_ids=frozenset({0}), warehouse_ids=frozenset({0}))
    for filters in looks_of(spec, business):
        sorts = [spec.default_sort] if filters else [way + key for key in spec.sorts for way in ("", "-")]
        for actor in (business, nobody):
            with CaptureQueriesContext(connection) as asked:
                now, later = (rows_of(spec, actor, filters, moment) for moment in (NOW, NOW + timedelta(days=400)))
            assert not asked.captured_queries, filters
            assert list(map(asked_for, now)) == list(map(asked_for, later)), filters
            assert {part.model for part in now} == {spec.steady}
            for sort in sorts:
                found = pages_of(spec, actor, filters, sort, NOW)
                assert found == pages_of(replace(spec, steady=None), actor, filters, sort, NOW), filters
                assert found == pages_of(spec, actor, filters, sort, NOW + timedelta(days=400)), filters


def test_what_a_filter_that_is_not_steady_finds_is_asked_anew(business: Actor) -> None:
    """The control: late orders are another set every day, so that filter cannot be a steady one."""
    spec = specs()["orders"]
    assert "late" not in spec.steady_filters
    now, later = (spec.rows(business, {"late": "1"}, moment) for moment in (NOW, NOW + timedelta(days=400)))
    assert [str(part.query) for part in now] != [str(part.query) for part in later]
