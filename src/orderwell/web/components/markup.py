"""Small pieces of HTML, and addresses of rows, for what a page has hundreds of."""

from __future__ import annotations

from functools import lru_cache
from html import escape
from typing import Any

from django.urls import get_script_prefix, reverse
from django.utils.safestring import SafeString


def markup(template: str, *values: Any) -> SafeString:
    """What format_html does, at a third of its cost: values are escaped unless they are markup already."""
    return SafeString(template.format(*[safe(value) for value in values]))


def safe(value: Any) -> str:
    if isinstance(value, SafeString):
        return value
    return escape(value if type(value) is str else str(value))


def to(name: str, pk: Any) -> str:
    """The address of one row. `name` is that of an address with a single parameter, a number."""
    before, after = _around(name, get_script_prefix())
    return f"{before}{pk}{after}"


@lru_cache(maxsize=256)
def _around(name: str, _prefix: str) -> tuple[str, str]:
    before, _zero, after = reverse(name, args=[0]).rpartition("0")
    return before, after


def place(name: str) -> str:
    """The address of a page without parameters."""
    return _plain(name, get_script_prefix())


@lru_cache(maxsize=512)
def _plain(name: str, _prefix: str) -> str:
    return reverse(name)
