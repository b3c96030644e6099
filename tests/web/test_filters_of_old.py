"""Addresses of lists with filters that name what is gone, or never was."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from orderwell.kernel.clock import utc_now
from orderwell.platform.accounts.actor import Actor
from orderwell.web.lists.registry import specs
from orderwell.web.lists.source import SpecSource, clean_filters
from tests.web.test_every_list import NAMES


@pytest.mark.parametrize("name", NAMES)
def test_a_filter_that_names_what_is_gone_or_never_was_breaks_nothing(
    name: str, business: Actor, browse: Callable[..., Client]
) -> None:
    """As in a bookmark of last year, or an address that somebody mistyped."""
    spec, client, now = specs()[name], browse("administrator"), utc_now()
    source = SpecSource(spec)
    for wanted in spec.filters:
        for value in ("99999999", "-1", "nope", "☃", "9" * 30):
            assert client.get(reverse(spec.url_name), {wanted.key: value}).status_code == 200, (wanted.key, value)
            clean = clean_filters(spec, {wanted.key: value}, business)
            rows = source.count(business, clean, now, 1000)
            assert len(list(source.matching_ids(business, clean, now, 1000))) == rows, (wanted.key, value)
