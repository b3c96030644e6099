"""Warehouses and groups of customers by the name that people know; events and decisions keep their codes."""

from __future__ import annotations

from collections.abc import Callable

from django.utils.translation import get_language

from orderwell.domains.customers.queries import group_names
from orderwell.domains.inventory.choices import warehouse_names
from orderwell.platform.caching import TimedCache

Names = dict[str, tuple[str, str]]
_names: TimedCache[str, Names] = TimedCache(seconds=10.0, most=2)


def place_name(code: str) -> str:
    return _name("warehouses", code, warehouse_names)


def group_name(code: str) -> str:
    return _name("groups", code, group_names)


def _name(what: str, code: str, read: Callable[[], Names]) -> str:
    known = _names.get(what)
    if known is None or code not in known:
        known = read()
        _names.put(what, known)
    chinese, english = known.get(code, (code, code))
    return (chinese or english) if (get_language() or "").startswith("zh") else (english or chinese)
