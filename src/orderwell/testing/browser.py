"""A real browser for tests and pictures: Chromium, driven by Playwright.

The one named in ORDERWELL_CHROMIUM, else the system's, else the one Playwright has downloaded.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from playwright.sync_api import Browser

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")


def find_chromium() -> str | None:
    named = os.environ.get("ORDERWELL_CHROMIUM")
    return named or system_chromium() or playwright_chromium()


def system_chromium() -> str | None:
    return next((path for path in map(shutil.which, NAMES) if path), None)


def playwright_chromium() -> str | None:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        path = playwright.chromium.executable_path
    return path if Path(path).exists() else None


@contextmanager
def open_browser(*, headless: bool = True) -> Iterator[Browser]:
    from playwright.sync_api import sync_playwright

    path = find_chromium()
    if path is None:
        raise RuntimeError("No Chromium: install one, or name it in ORDERWELL_CHROMIUM")
    # Chromium's own sandbox refuses to run as root; what it loads here is our own server only.
    arguments = ["--no-sandbox"] if os.geteuid() == 0 else []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, headless=headless, args=arguments)
        try:
            yield browser
        finally:
            browser.close()
