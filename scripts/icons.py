"""Draw the icons of the installed application from icon.svg with a headless Chromium; the PNG files are kept with the source.

A maskable icon fills its square: systems cut their own shape out of it, so the sign keeps to the middle.
"""

from __future__ import annotations

import sys
from pathlib import Path

from orderwell.testing.browser import open_browser

WEB = Path(__file__).resolve().parent.parent / "src/orderwell/web/static/web"
# File -> pixels of its side, and how much of the side the drawing takes.
ICONS = {
    "app-192.png": (192, 1.0),
    "app-512.png": (512, 1.0),
    "app-maskable-192.png": (192, 0.78),
    "app-maskable-512.png": (512, 0.78),
    "app-apple-180.png": (180, 0.86),
}
GREEN = "#0b7a75"


def main() -> int:
    drawing = (WEB / "icon.svg").read_text(encoding="utf-8")
    with open_browser() as browser:
        for name, (side, share) in ICONS.items():
            page = browser.new_page(viewport={"width": side, "height": side})
            ground = GREEN if share < 1 else "transparent"
            page.set_content(
                f"<style>body{{margin:0;height:{side}px;display:grid;place-items:center;background:{ground}}}"
                f"svg{{width:{side * share}px;height:{side * share}px}}</style>{drawing}"
            )
            (WEB / name).write_bytes(page.screenshot(omit_background=True))
            page.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
