"""Find a Chromium for the browser tests and the screenshots, or install one.

In this order: the one named in ORDERWELL_CHROMIUM, the system's, Playwright's own download, the package of the system
(as root only).
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")


def find() -> str | None:
    named = os.environ.get("ORDERWELL_CHROMIUM")
    if named:
        return named
    return next((path for path in map(shutil.which, NAMES) if path), None) or playwright_chromium()


def playwright_chromium() -> str | None:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        path = playwright.chromium.executable_path
    return path if os.path.exists(path) else None  # noqa: PTH110 - a plain string from Playwright


def find_or_install() -> str | None:
    path = find()
    if path is None:
        sys.stderr.write("No Chromium on this machine; asking Playwright for one ...\n")
        result = subprocess.run([sys.executable, "-m", "playwright", "install", "chromium"], check=False)
        path = playwright_chromium() if result.returncode == 0 and starts(playwright_chromium()) else None
    if path is None and os.geteuid() == 0 and shutil.which("apt-get"):
        sys.stderr.write("Installing the system's package chromium ...\n")
        subprocess.run(["apt-get", "install", "-y", "-qq", "chromium"], check=False)
        path = next((found for found in map(shutil.which, NAMES) if found), None)
    if path is None:
        sys.stderr.write("No browser. Install Chromium, or name one in ORDERWELL_CHROMIUM.\n")
    return path


def starts(path: str | None) -> bool:
    """Playwright's download needs system libraries that a bare machine may lack."""
    if path is None:
        return False
    return subprocess.run([path, "--version"], capture_output=True, check=False).returncode == 0


if __name__ == "__main__":
    found = find_or_install()
    if found is None:
        sys.exit(1)
    sys.stdout.write(found + "\n")
