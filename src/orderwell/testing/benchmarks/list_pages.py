"""Every way a list can be looked at, read from its page as a person would: tabs, each value of each filter, each order."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from urllib.parse import urlencode

from orderwell.testing.markup import flat

_FORM = re.compile(r'<form class="filters".*?</form>', re.DOTALL)
_SELECT = re.compile(r'<select[^>]*\bname="([^"]+)"[^>]*>(.*?)</select>', re.DOTALL)
_OPTION = re.compile(r'<option value="([^"]+)"')
_DAY = re.compile(r'<input[^>]*type="date"[^>]*name="([^"]+)"')
_TABS = re.compile(r'<nav class="tabs".*?</nav>', re.DOTALL)
_LINK = re.compile(r'href="(\?[^"]+)"')
_SORT = re.compile(r'<a class="sort-link" href="(\?[^"]+)"')


def looks_of(page: str, day: str) -> list[str]:
    """Query strings, each once; `day` is what filters by day get."""
    return list(dict.fromkeys(map(html.unescape, _looks(page, day))))


def _looks(page: str, day: str) -> Iterator[str]:
    page = flat(page)
    form = "".join(_FORM.findall(page))
    for name, options in _SELECT.findall(form):
        yield from (f"?{urlencode({name: html.unescape(value)})}" for value in _OPTION.findall(options))
    yield from (f"?{urlencode({name: day})}" for name in _DAY.findall(form))
    for query in _SORT.findall(page):
        yield query
        yield re.sub(r"sort=-?", lambda found: "sort=" if found[0].endswith("-") else "sort=-", query)
    for tabs in _TABS.findall(page):
        yield from _LINK.findall(tabs)
