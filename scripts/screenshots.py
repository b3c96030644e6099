"""Pictures of the main pages: an installation of its own with the demo company, in both languages, light and dark.

screenshots.py [--orders N]     into screenshots/<language>-<look>/<page>.png
"""

from __future__ import annotations

import argparse
import re
import sys
import tempfile
from pathlib import Path

from browser import find_or_install
from playwright.sync_api import Browser, Page

from orderwell.testing.browser import open_browser
from orderwell.testing.installation import Installation

ROOT = Path(__file__).resolve().parent.parent
TARGET = ROOT / "screenshots"
# The page, and the link to follow from there when it is about one document.
PAGES: dict[str, tuple[str, str]] = {
    "home": ("/", ""),
    "orders": ("/orders/", ""),
    "order": ("/orders/", r"^/orders/\d+/$"),
    "order-new": ("/orders/new/", ""),
    "to-ship": ("/to-ship/", ""),
    "shipments": ("/shipments/", ""),
    "invoices": ("/invoices/", ""),
    "invoice": ("/invoices/", r"^/invoices/\d+/$"),
    "customers": ("/customers/", ""),
    "customer": ("/customers/", r"^/customers/\d+/$"),
    "products": ("/products/", ""),
    "product": ("/products/", r"^/products/\d+/$"),
    "stock": ("/stock/", ""),
    "imports": ("/imports/", ""),
}
LOOKS: dict[str, dict[str, object]] = {
    "light": {"viewport": {"width": 1440, "height": 900}, "color_scheme": "light"},
    "dark": {"viewport": {"width": 1440, "height": 900}, "color_scheme": "dark"},
    "phone": {"viewport": {"width": 390, "height": 844}, "color_scheme": "light", "device_scale_factor": 2},
}
LANGUAGES = {"zh": "zh-CN", "en": "en-GB"}
PASSWORD = "a-password-for-pictures-only"  # noqa: S105 - of an installation that lives as long as this script


def sign_in(page: Page, address: str, password: str) -> str:
    """Sign in, and choose a password when one is asked for; the password that holds from now on."""
    page.goto(f"{address}/sign-in/")
    page.fill("input[name=username]", "admin")
    page.fill("input[name=password]", password)
    page.click("button[data-busy]")
    page.wait_for_load_state("networkidle")
    if page.locator("input[name=new_password]").count():
        page.fill("input[name=current_password]", password)
        page.fill("input[name=new_password]", PASSWORD)
        page.fill("input[name=repeated]", PASSWORD)
        page.click("form:has(input[name=new_password]) button[type=submit], form:has(input[name=new_password]) button")
        page.wait_for_load_state("networkidle")
        return PASSWORD
    return password


def follow(page: Page, pattern: str) -> bool:
    """Open the first document of a list whose address looks like the pattern."""
    links = page.eval_on_selector_all("a[href]", "links => links.map(link => link.getAttribute('href'))")
    found = next((link for link in links if re.match(pattern, link)), None)
    if found is None:
        return False
    page.goto(page.url.split("/", 3)[0] + "//" + page.url.split("/", 3)[2] + found)
    return True


def picture(page: Page, address: str, name: str, folder: Path) -> bool:
    place, pattern = PAGES[name]
    response = page.goto(f"{address}{place}")
    if response is None or not response.ok or (pattern and not follow(page, pattern)):
        print(f"no picture of {name}: {response.status if response else 'no answer'}", file=sys.stderr)
        return False
    page.wait_for_load_state("networkidle")
    page.wait_for_timeout(700)  # charts draw themselves in
    folder.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=folder / f"{name}.png", full_page=True)
    return True


def take_all(browser: Browser, address: str, password: str) -> int:
    missing = 0
    for language, locale in LANGUAGES.items():
        for look, options in LOOKS.items():
            with browser.new_context(locale=locale, **options) as context:
                page = context.new_page()
                password = sign_in(page, address, password)
                folder = TARGET / f"{language}-{look}"
                missing += sum(not picture(page, address, name, folder) for name in PAGES)
                print(folder.relative_to(ROOT), file=sys.stderr, flush=True)
    return missing


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--orders", type=int, default=600, help="orders of the demo company")
    options = parser.parse_args()
    if find_or_install() is None:
        return 1
    with tempfile.TemporaryDirectory(prefix="orderwell-pictures-") as folder:
        installation = Installation(Path(folder))
        password = installation.orderwell("setup", "--admin", "admin")["administrator"]["password"]
        installation.orderwell("demo", "load", "--orders", str(options.orders))
        with installation.serving() as server, open_browser() as browser:
            return 1 if take_all(browser, f"http://127.0.0.1:{server.port}", password) else 0


if __name__ == "__main__":
    sys.exit(main())
