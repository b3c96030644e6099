"""Find a Chromium for the browser tests and the screenshots, or install one.

When there is none on the machine: Playwright's own download, then (as root) the package of the system.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys

from orderwell.testing.browser import find_chromium, playwright_chromium, system_chromium


def find_or_install() -> str | None:
    path = find_chromium()
    if path is None:
        sys.stderr.write("No Chromium on this machine; asking Playwright for one ...\n")
        result = subprocess.run([sys.executable, "-m", "playwright", "install", "chromium"], check=False)
        path = playwright_chromium() if result.returncode == 0 else None
        path = path if starts(path) else None
    if path is None and os.geteuid() == 0 and shutil.which("apt-get"):
        sys.stderr.write("Installing the system's package chromium ...\n")
        subprocess.run(["apt-get", "install", "-y", "-qq", "chromium"], check=False)
        path = system_chromium()
    if path is None:
        sys.stderr.write("No browser. Install Chromium, or name one in ORDERWELL_CHROMIUM.\n")
    return path


def starts(path: str | None) -> bool:
    """Playwright's download needs system libraries that a bare machine may lack."""
    return path is not None and subprocess.run([path, "--version"], capture_output=True, check=False).returncode == 0


if __name__ == "__main__":
    found = find_or_install()
    if found is None:
        sys.exit(1)
    sys.stdout.write(found + "\n")
