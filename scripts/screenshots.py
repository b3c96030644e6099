"""Pictures of every page: Chinese and English, light and dark, wide and narrow, with much data and with none.

screenshots.py [NAME ...] [--view zh-light-wide ...] [--orders N]     into screenshots/<view>/<page>.png, and index.html

A NAME takes the pages whose name begins with it. A view with "-none" behind it is of a company that has just begun.
"""

from __future__ import annotations

import argparse
import asyncio
import html
import itertools
import json
import os
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from browser import find_or_install
from playwright.async_api import Browser, BrowserContext, Error, Page, async_playwright

from orderwell.testing.installation import Installation

ROOT = Path(__file__).resolve().parent.parent
TARGET = ROOT / "screenshots"
LANGUAGES = {"zh": "zh-CN", "en": "en-GB"}
LOOKS = ("light", "dark")
WIDTHS = {"wide": (1440, 900), "narrow": (390, 844)}
DATA = ("much", "none")
VIEWS = ["-".join(parts) for parts in itertools.product(LANGUAGES, LOOKS, WIDTHS, DATA)]
PASSWORD = "a password for tests only"  # noqa: S105 - of installations that live as long as this script
# Higher pages are cut: what a person scrolls past is like what stands above it.
HIGHEST = 2600
AT_ONCE = max(2, os.cpu_count() or 2)
BEGIN = f"""
import django
django.setup()
from orderwell.kernel.clock import utc_now
from orderwell.platform.accounts.actor import system_actor
from orderwell.platform.accounts.services.users import create_user
create_user(username="admin", password={PASSWORD!r}, roles=["administrator"], actor=system_actor(), now=utc_now())
"""


@dataclass(frozen=True)
class Shot:
    name: str
    path: str
    who: str


def pages_of(installation: Installation) -> tuple[list[Shot], str]:
    """Every page and dialog with its example, and the link of a customer."""
    answer = json.loads(installation.python("-m", "orderwell.testing.pages").stdout)
    shots = [Shot(p["name"], p["path"], p["who"]) for p in answer["pages"] if p["kind"] in {"page", "dialog"}]
    return shots, answer["customer"]


async def sign_in(context: BrowserContext, address: str) -> None:
    page = await context.new_page()
    await page.goto(f"{address}/sign-in/")
    await page.fill("input[name=username]", "admin")
    await page.fill("input[name=password]", PASSWORD)
    await page.keyboard.press("Enter")
    await page.wait_for_url(lambda url: "/sign-in/" not in url)
    await page.close()


async def picture(page: Page, address: str, shot: Shot, folder: Path) -> str:
    """Take one picture; what went wrong, or nothing."""
    try:
        response = await page.goto(f"{address}{shot.path}", wait_until="load")
        if response is None or response.status >= 500 or (response.status >= 400 and "none" not in folder.name):
            return f"{folder.name}/{shot.name}: {response.status if response else 'no answer'}"
        await page.wait_for_timeout(500)  # parts and charts come after the page
        height = await page.evaluate("document.documentElement.scrollHeight")
        width = page.viewport_size["width"] if page.viewport_size else 1440
        await page.set_viewport_size({"width": width, "height": max(700, min(height, HIGHEST))})
        await page.wait_for_timeout(400)  # charts draw themselves anew, what is fixed finds its place
        await page.evaluate("() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
        await page.screenshot(path=folder / f"{shot.name.replace(':', '--')}.png")
    except Error as error:
        return f"{folder.name}/{shot.name}: {str(error).splitlines()[0]}"
    return ""


async def take_view(browser: Browser, address: str, view: str, shots: list[Shot], customer: str) -> list[str]:
    language, look, width, _data = view.split("-")
    folder = TARGET / view.removesuffix("-much")
    folder.mkdir(parents=True, exist_ok=True)
    size = {"width": WIDTHS[width][0], "height": WIDTHS[width][1]}
    contexts: dict[str, BrowserContext] = {}
    for who in ("staff", "customer", "nobody"):
        contexts[who] = await browser.new_context(
            locale=LANGUAGES[language],
            viewport=size,
            color_scheme="dark" if look == "dark" else "light",
        )
    await sign_in(contexts["staff"], address)
    if customer:
        page = await contexts["customer"].new_page()
        await page.goto(address + customer)
    waiting = list(reversed(shots))
    problems: list[str] = []

    async def work() -> None:
        while waiting:
            shot = waiting.pop()
            page = await contexts[shot.who].new_page()
            if problem := await picture(page, address, shot, folder):
                problems.append(problem)
            await page.close()

    await asyncio.gather(*(work() for _ in range(AT_ONCE)))
    for context in contexts.values():
        await context.close()
    sys.stderr.write(f"{folder.relative_to(ROOT)}: {len(shots)} pages\n")
    return problems


async def take_all(runs: list[tuple[str, str, list[Shot], str]], executable: str) -> list[str]:
    """`runs`: view, address, pages, a customer's link."""
    problems = []
    arguments = ["--no-sandbox"] if os.geteuid() == 0 else []
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=executable, args=arguments)
        for view, address, shots, customer in runs:
            problems += await take_view(browser, address, view, shots, customer)
        await browser.close()
    return problems


def contact_sheet() -> None:
    """All pictures side by side, a row for each page."""
    folders = sorted(path.name for path in TARGET.iterdir() if path.is_dir())
    names = sorted({path.stem for folder in folders for path in (TARGET / folder).glob("*.png")})
    rows = []
    for name in names:
        cells = "".join(
            f'<td>{folder}<br><a href="{folder}/{name}.png"><img loading="lazy" width="320" src="{folder}/{name}.png" '
            f'alt="{html.escape(name)} {folder}"></a></td>'
            for folder in folders
            if (TARGET / folder / f"{name}.png").exists()
        )
        rows.append(f'<h2 id="{name}">{html.escape(name)}</h2><table><tr>{cells}</tr></table>')
    head = '<!doctype html><meta charset="utf-8"><title>Orderwell</title><style>td{vertical-align:top;font:12px sans-serif}</style>'
    (TARGET / "index.html").write_text(head + "\n".join(rows), encoding="utf-8")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", help="pages whose name begins so; all by default")
    parser.add_argument("--view", action="append", choices=VIEWS + [v.removesuffix("-much") for v in VIEWS], default=[])
    parser.add_argument("--orders", type=int, default=400, help="orders of the demo company")
    options = parser.parse_args()
    executable = find_or_install()
    if executable is None:
        return 1
    views = [view if view.split("-")[-1] in DATA else f"{view}-much" for view in options.view] or VIEWS
    with tempfile.TemporaryDirectory(prefix="orderwell-pictures-") as folder:
        much, none = Installation(Path(folder) / "much"), Installation(Path(folder) / "none")
        for installation in (much, none):
            installation.migrate()
        none.python("-c", BEGIN)
        much.python("-m", "orderwell.testing.whole_company", str(options.orders))
        shots, customer = pages_of(much)
        if options.names:
            shots = [shot for shot in shots if shot.name.startswith(tuple(options.names))]
        # With nothing there, only what asks for no document: no digits in the address.
        bare = [shot for shot in shots if not any(letter.isdigit() for letter in shot.path) and ":" not in shot.name]
        bare = [shot for shot in bare if shot.who != "customer"]
        with much.serving() as full, none.serving() as empty:
            runs = []
            for view in views:
                is_full = view.endswith("-much")
                server = full if is_full else empty
                address = f"http://127.0.0.1:{server.port}"
                runs.append((view, address, shots if is_full else bare, customer if is_full else ""))
            problems = asyncio.run(take_all(runs, executable))
    contact_sheet()
    sys.stderr.write("\n".join([*problems, f"{TARGET / 'index.html'}\n"]))
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
