"""Every page in a real browser: nothing axe objects to, nothing that moves, and the way through it by keyboard.

The pages are shared out over theme, width and language: each is seen in one of the eight looks, and every look has about
an eighth of the pages; `-m soak` sees all of them in all.
"""

from __future__ import annotations

import itertools
import json
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from zlib import crc32

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page

from orderwell.testing.installation import Installation

pytestmark = pytest.mark.browser
LOOKS = list(itertools.product(("light", "dark"), (1440, 390), ("zh-CN", "en-GB")))
PASSWORD = "a password for tests only"
ORDERS = 150
# No page moves; what is allowed is a row of a form that is shown before its first answer on a machine that is busy.
MOST_SHIFT = 0.01
# Pages with one thing to type begin in it; here each is gone through from its very beginning.
FROM_THE_TOP = "document.body.tabIndex = -1, document.body.focus(), document.body.removeAttribute('tabindex')"
INSIDE = """() => Boolean(document.activeElement.closest("main")) ||
  !document.querySelector("main a[href], main button, main input, main select")"""
UNDER_THE_BAR = """() => {
  const bar = document.querySelector(".topbar"), reached = document.activeElement;
  return Boolean(bar && reached.closest("main")) &&
    reached.getBoundingClientRect().top < bar.getBoundingClientRect().bottom - 1;
}"""
# Nothing asked for is on its way any more, and has not been for a moment; and the browser has drawn what came.
SETTLED = """() => !window.underWay && performance.now() - window.lastAnswer > 120 &&
  new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => done(!window.underWay))))"""
TOO_WIDE = """() => [...document.querySelectorAll("main *, #practice *")]
  .filter((element) => element.getBoundingClientRect().right > document.documentElement.clientWidth + 1)
  .slice(-4).map((element) => `${element.tagName}.${element.className}`)"""
# What is chosen can be read: in the field, or where that is too narrow, whole below it.
CUT = """() => {
  const pen = document.createElement("canvas").getContext("2d");
  return [...document.querySelectorAll(".form-field > select:not([multiple], .tomselected)")].filter((field) => {
    const style = getComputedStyle(field), text = field.selectedOptions[0]?.text || "", below = field.nextElementSibling;
    pen.font = style.font;
    const room = field.clientWidth - parseFloat(style.paddingLeft) - parseFloat(style.paddingRight);
    const said = below?.matches(".chosen-whole") && below.offsetHeight > 0 && below.textContent === text;
    return field.offsetWidth && pen.measureText(text).width > room && !said;
  }).map((field) => field.name);
}"""
# A key that stands in a button is shown to eyes, and is no part of the name: "Change e" is not what the button does.
KEYS_IN_NAMES = """() => [...document.querySelectorAll(":is(a, button, label, summary) kbd:not([aria-hidden=true])")]
  .map((key) => key.parentElement.textContent.trim().slice(0, 40))"""
# Without the navigation there is nothing to step over.
WITHOUT_FRAME = {"handheld", "offline"}
WATCH = """
window.moved = [], window.underWay = 0, window.lastAnswer = 0;
(() => {
  const answered = () => { window.underWay -= 1; window.lastAnswer = performance.now(); };
  const { fetch } = window, { send } = XMLHttpRequest.prototype;
  window.fetch = (...given) => {
    window.underWay += 1;
    const answer = fetch(...given);
    answer.then((found) => found.clone().text()).catch(() => "").finally(answered);
    return answer;
  };
  XMLHttpRequest.prototype.send = function (...given) {
    window.underWay += 1;
    this.addEventListener("loadend", answered);
    return send.apply(this, given);
  };
  new PerformanceObserver((list) => list.getEntries().forEach((entry) => {
    if (!entry.hadRecentInput) window.moved.push([entry.value, entry.sources.map((s) => s.node?.className || s.node?.nodeName)]);
  })).observe({ type: "layout-shift", buffered: true });
})();
"""
RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}


@dataclass
class Whole:
    address: str
    pages: list[dict[str, str]]
    customer: str


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Whole]:
    folder: Path = tmp_path_factory.mktemp("whole")
    installation = Installation(folder)
    installation.migrate()
    installation.python("-m", "orderwell.testing.whole_company", str(ORDERS))
    found = json.loads(installation.python("-m", "orderwell.testing.pages").stdout)
    pages = [page for page in found["pages"] if page["kind"] in {"page", "dialog"}]
    assert len(pages) > 130
    with installation.serving() as server:
        yield Whole(f"http://127.0.0.1:{server.port}", pages, found["customer"])


def contexts(browser: Browser, whole: Whole, look: str, width: int, locale: str) -> dict[str, BrowserContext]:
    """One for each who opens pages: somebody of the staff, a customer, and nobody."""
    size: Any = {"width": width, "height": 900}
    scheme: Any = look
    found = {
        who: browser.new_context(base_url=whole.address, locale=locale, viewport=size, color_scheme=scheme)
        for who in ("staff", "customer", "nobody")
    }
    for context in found.values():
        context.add_init_script(WATCH)
        context.set_default_timeout(30_000)
    page = found["staff"].new_page()
    page.goto("/sign-in/")
    page.fill("[name=username]", "admin")
    page.fill("[name=password]", PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url(lambda url: "/sign-in/" not in url)
    page.close()
    page = found["customer"].new_page()
    page.goto(whole.customer)
    page.close()
    return found


def share(pages: list[dict[str, str]], number: int, of: int) -> list[dict[str, str]]:
    """By name: a page that is added moves none of the others into another look."""
    return [page for page in pages if crc32(page["name"].encode()) % of == number % of]


def objections(page: Page) -> list[str]:
    found = Axe().run(page, options=RULES).response["violations"]
    return [f"{each['id']}: {', '.join(str(node['target'][0]) for node in each['nodes'][:3])}" for each in found]


def settle(page: Page) -> None:
    """Until the parts that a page asks for after it stands are in it."""
    page.wait_for_load_state()
    page.wait_for_function(SETTLED)


def first_step(page: Page) -> str:
    """The first Tab offers the way past the navigation, and that way leads into the content; else what is wrong."""
    page.evaluate(FROM_THE_TOP)
    page.keyboard.press("Tab")
    first = page.evaluate("document.activeElement.className")
    if "skip-link" not in first:
        return f"the first step of the keyboard is on {first!r}"
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    if not page.evaluate(INSIDE):
        return "the way to the content leads elsewhere"
    return "what is reached first lies under the bar at the top" if page.evaluate(UNDER_THE_BAR) else ""


def look_at(browser: Browser, whole: Whole, number: int, of: int) -> tuple[list[str], list[tuple[float, str]]]:
    look, width, locale = LOOKS[number]
    wrong, shifts = [], []
    opened = contexts(browser, whole, look, width, locale)
    pages = {who: context.new_page() for who, context in opened.items()}
    for item in share(whole.pages, number, of):
        page, where = pages[item["who"]], f"{item['name']} ({look}, {width}, {locale})"
        page.goto(item["path"])
        settle(page)
        wrong += [f"{where}: {said}" for said in objections(page)]
        moved = page.evaluate("window.moved")
        shifts.append((round(sum(value for value, _who in moved), 4), f"{where} {moved[:2] if moved else ''}"))
        wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        if wide > 1:
            wrong.append(f"{where}: {wide} pixels wider than the window {page.evaluate(TOO_WIDE)}")
        wrong += [f"{where}: what is chosen is cut off in {name}" for name in page.evaluate(CUT)]
        wrong += [f"{where}: a key is read as part of the name {name!r}" for name in page.evaluate(KEYS_IN_NAMES)]
        if item["who"] == "staff" and item["kind"] == "page" and item["name"] not in WITHOUT_FRAME:
            step = first_step(page)
            wrong += [f"{where}: {step}"] if step else []
    for context in opened.values():
        context.close()
    return wrong, shifts


def judge(wrong: list[str], shifts: list[tuple[float, str]], capsys: pytest.CaptureFixture[str]) -> None:
    shifts.sort(reverse=True)
    with capsys.disabled():
        sys.stdout.writelines(f"\n{value:>7.4f} moved  {name[:160]}" for value, name in shifts[:5])
    assert not wrong, "\n".join(wrong)
    assert shifts[0][0] <= MOST_SHIFT


@pytest.mark.parametrize("number", range(len(LOOKS)))
@pytest.mark.timeout(900)
def test_pages_are_for_everybody_and_stand_still(
    browser: Browser, whole: Whole, number: int, capsys: pytest.CaptureFixture[str]
) -> None:
    judge(*look_at(browser, whole, number, len(LOOKS)), capsys)


@pytest.mark.soak
@pytest.mark.parametrize("number", range(len(LOOKS)))
def test_every_page_in_every_look(
    browser: Browser, whole: Whole, number: int, capsys: pytest.CaptureFixture[str]
) -> None:
    judge(*look_at(browser, whole, number, 1), capsys)


STEPS = """() => {
  const element = document.activeElement.closest(".ts-control") || document.activeElement, box = element.getBoundingClientRect(), style = getComputedStyle(element);
  const ring = style.outlineStyle !== "none" && parseFloat(style.outlineWidth) > 0;
  return { name: `${element.tagName}.${element.className}#${element.id}`, body: element === document.body,
           seen: ring || style.boxShadow !== "none" || element.matches(".focus *") || element.matches("[type=checkbox], [type=radio]"), width: box.width };
}"""


@pytest.mark.parametrize("path", ["/orders/", "/orders/new/", "/customers/", "/account/", "/admin/settings/"])
def test_the_keyboard_gets_through_a_page_and_is_always_seen(browser: Browser, whole: Whole, path: str) -> None:
    opened = contexts(browser, whole, "light", 1440, "en-GB")
    page = opened["staff"].new_page()
    page.goto(path)
    settle(page)
    page.evaluate(FROM_THE_TOP)
    unseen, names = [], []
    for _ in range(400):
        page.keyboard.press("Tab")
        at = page.evaluate(STEPS)
        if at["body"]:
            break
        names.append(at["name"])
        if not at["seen"] and at["width"] > 1:
            unseen.append(at["name"])
    for context in opened.values():
        context.close()
    assert len(set(names)) > 10
    assert len(names) < 400, f"never left the page: {names[-5:]}"
    assert not unseen, "\n".join(unseen)
