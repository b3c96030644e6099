"""Lists whose statement is compiled once: they ask the same at any moment, and give what the others give."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from orderwell.platform.accounts.actor import Actor
from orderwell.web.lists.registry import specs
from orderwell.web.lists.source import chosen, page_of
from orderwell.web.lists.spec import ListSpec
from tests.web.test_every_list import NAMES, NOW
from tests.web.test_every_list import business as business


def pages_of(spec: ListSpec, actor: Actor, sort: str, now: datetime) -> list[list[Any]]:
    """All pages of two rows each, forwards, and the last but one again from behind."""
    columns, found, cursor = chosen(spec, actor, spec.default), list[list[Any]](), None
    while True:
        page = page_of(spec, actor, {}, columns, sort=sort, cursor=cursor, backwards=False, limit=2, now=now)
        found.append([row.pk for row in page.rows])
        if page.next_cursor is None:
            break
        cursor = page.next_cursor
    if page.previous_cursor is not None:
        before = page_of(
            spec, actor, {}, columns, sort=sort, cursor=page.previous_cursor, backwards=True, limit=2, now=now
        )
        assert [row.pk for row in before.rows] == found[-2]
    return found


@pytest.mark.parametrize("name", [name for name in NAMES if specs()[name].steady])
def test_a_steady_list_asks_the_same_at_any_moment_and_gives_what_the_others_give(name: str, business: Actor) -> None:
    spec = specs()[name]
    nobody = replace(business, channel_ids=frozenset({0}), team_ids=frozenset({0}), warehouse_ids=frozenset({0}))
    for actor in (business, nobody):
        (now,), (later,) = spec.rows(actor, {}, NOW), spec.rows(actor, {}, NOW + timedelta(days=400))
        assert now.model is spec.steady
        assert str(now.query) == str(later.query)
        for sort in (way + key for key in spec.sorts for way in ("", "-")):
            found = pages_of(spec, actor, sort, NOW)
            assert found == pages_of(replace(spec, steady=None), actor, sort, NOW)
            assert found == pages_of(spec, actor, sort, NOW + timedelta(days=400))
