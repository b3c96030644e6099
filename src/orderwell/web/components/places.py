"""Warehouses by the name that people know; events and decisions keep their codes."""

from __future__ import annotations

from django.utils.translation import get_language

from orderwell.domains.inventory.choices import warehouse_names
from orderwell.platform.caching import TimedCache

_names: TimedCache[str, dict[str, tuple[str, str]]] = TimedCache(seconds=10.0, most=1)


def place_name(code: str) -> str:
    known = _names.get("")
    if known is None or code not in known:
        known = warehouse_names()
        _names.put("", known)
    chinese, english = known.get(code, (code, code))
    return (chinese or english) if (get_language() or "").startswith("zh") else (english or chinese)
