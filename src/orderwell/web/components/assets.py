"""Addresses of static files that change with their content, so that browsers may keep them for a year."""

from __future__ import annotations

import hashlib
import time
from functools import lru_cache
from pathlib import Path

from django.contrib.staticfiles import finders
from django.templatetags.static import static


@lru_cache
def _located(name: str) -> str | None:
    found = finders.find(name)
    return found if isinstance(found, str) else None


@lru_cache
def _digest(path: str, changed: int) -> str:
    return hashlib.sha256(Path(path).read_bytes()).hexdigest()[:12]


def asset(name: str) -> str:
    """`/static/web/app.css?v=...`; without the version when the file isn't there, so that the browser says so."""
    return _address(name, int(time.monotonic()))


@lru_cache(maxsize=256)
def _address(name: str, second: int) -> str:
    """A page has dozens of icons: the file is looked at once a second, not for each of them."""
    path = _located(name)
    if path is None:
        return static(name)
    return f"{static(name)}?v={_digest(path, Path(path).stat().st_mtime_ns)}"
