"""Settings declared in code, changed on the screen, read from a short-lived cache."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Any

from orderwell.platform.configuration.models import Setting

CACHE_SECONDS = 2.0


@dataclass(frozen=True)
class Declaration:
    key: str
    default: Any
    title: str
    help: str


declarations: dict[str, Declaration] = {}
_cache: tuple[float, dict[str, Any]] | None = None


def declare(key: str, default: Any, *, title: str, help: str) -> None:  # noqa: A002  the field's word for it
    """Make a setting known. Its type is the type of its default."""
    declarations[key] = Declaration(key, default, title, help)


def get(key: str) -> Any:
    """The value in force, at most `CACHE_SECONDS` old. Raises KeyError for a setting nobody declared."""
    global _cache
    declaration = declarations[key]
    if _cache is None or time.monotonic() - _cache[0] > CACHE_SECONDS:
        _cache = (time.monotonic(), dict(Setting.objects.values_list("key", "value")))
    return _cache[1].get(key, declaration.default)


def forget() -> None:
    """Read the settings anew at the next use."""
    global _cache
    _cache = None


declare("orders.number_template", "SO{value:08d}", title="Order number", help="{value} is the running number.")
