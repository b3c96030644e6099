"""Every page on a phone: nothing has to be pushed sideways, and what is to be hit is large enough for a finger."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest

from tests.web.browser.conftest import Site
from tests.web.browser.test_handheld import place
from tests.web.test_access import addresses

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = pytest.mark.browser
WIDTH = 390
SKIPPED = ("/api/", "/track/", "/practice/", "/sign-out/", "/manifest", "/service-worker", "/live/", "/static/")
# WCAG 2.5.8: 24 by 24, or so much room around that no other target lies within 24; links inside a sentence don't count,
# nor those of a drawing: what a map of contacts offers is in the table below it as well.
MEASURE = """() => {
  const seen = (element) => {
    const box = element.getBoundingClientRect();
    const style = getComputedStyle(element);
    return box.width > 1 && box.height > 1 && style.visibility !== "hidden" && !element.closest("[hidden], .visually-hidden, [aria-hidden=true]");
  };
  const inText = (element) => element.matches("a") && ["P", "DD", "SPAN", "LI", "TD", "DIV"].includes(element.parentElement.tagName) && getComputedStyle(element).display === "inline";
  const targets = [...document.querySelectorAll("a[href], button, input:not([type=hidden]), select, textarea, summary")].filter((element) => seen(element) && !inText(element) && !element.matches(".skip-link, .btn-check, svg a"));
  const boxes = targets.map((element) => {
    const label = element.matches("input[type=checkbox], input[type=radio]") ? element.closest("label") : null;
    return [element, (label || element).getBoundingClientRect()];
  });
  const middle = (box) => [box.left + box.width / 2, box.top + box.height / 2];
  const small = boxes.filter(([element, box]) => {
    if (box.width >= 23.5 && box.height >= 23.5) return false;
    const [x, y] = middle(box);
    return boxes.some(([other, place]) => other !== element && !element.contains(other) && !other.contains(element) &&
      x + 12 > place.left && x - 12 < place.right && y + 12 > place.top && y - 12 < place.bottom);
  });
  const wide = document.documentElement.scrollWidth;
  const culprit = wide > innerWidth ? [...document.querySelectorAll("main *")].filter((element) => element.getBoundingClientRect().right > innerWidth + 1 && !element.closest(".card-table-scroll, .tabs, .table-responsive")).slice(0, 3).map((element) => `${element.tagName}.${element.className}`) : [];
  return { wide, culprit, small: small.slice(0, 4).map(([element, box]) => `${element.tagName}.${element.className} "${(element.textContent || element.name || "").trim().slice(0, 30)}" ${Math.round(box.width)}x${Math.round(box.height)}`) };
}"""


def pages() -> list[str]:
    found = {path for path, _item in addresses() if not path.startswith(SKIPPED)}
    return sorted(found)


def test_every_page_fits_a_phone(sign_in: Callable[..., Page], site: Site) -> None:
    place(site, ("CUP", 2), ("POT", 1))
    page = sign_in("anna", width=WIDTH, height=844, meant=".")
    wrong: list[str] = []
    visited = 0
    for path in pages():
        kind: Any = page.request.get(path, max_redirects=0)
        if kind.status != 200 or not kind.headers.get("content-type", "").startswith("text/html"):
            continue
        if "<html" not in kind.text()[:400]:
            continue  # a part of a page
        page.goto(path, wait_until="load")
        visited += 1
        found = page.evaluate(MEASURE)
        if found["wide"] > WIDTH:
            wrong.append(f"{path} is {found['wide']} wide: {found['culprit']}")
        wrong += [f"{path} has a small target: {text}" for text in found["small"]]
    assert visited > 60
    assert not wrong, "\n".join(wrong)


def test_a_word_longer_than_its_line_breaks_on_a_phone(sign_in: Callable[..., Page], site: Site) -> None:
    """What people type without a blank, in what holds an order and in the name of a product, makes no page wider."""
    number = place(site, ("CUP", 2)).strip().splitlines()[-1]
    site.shell(
        "from orderwell.domains.catalog.models import Product\n"
        "from orderwell.domains.orders.models import Order, OrderLine\n"
        f"Order.objects.filter(number={number!r}).update(customer_name='n' * 80)\n"
        "OrderLine.objects.update(name='l' * 80)\n"
        "Product.objects.update(name_en='p' * 80, name_zh='p' * 80)"
    )
    order = site.shell(
        f"from orderwell.domains.orders.models import Order\nprint(Order.objects.get(number={number!r}).pk)"
    )
    product = site.shell("from orderwell.domains.catalog.models import Product\nprint(Product.objects.first().pk)")
    page = sign_in("anna", width=WIDTH, height=844, meant=".")
    page.goto(f"/orders/{order.strip()}/hold/")
    page.locator("[name=reason]").fill("x" * 100)
    page.locator("main form .btn-primary").click()
    page.wait_for_url(f"**/orders/{order.strip()}/")
    cut = "[...document.querySelectorAll('.order-next-text span')].some((one) => one.getBoundingClientRect().right > innerWidth)"
    assert not page.evaluate(cut)
    for path in (f"/orders/{order.strip()}/", f"/orders/{order.strip()}/ship/", f"/products/{product.strip()}/"):
        page.goto(path, wait_until="load")
        assert page.evaluate("document.documentElement.scrollWidth") <= WIDTH, path


# A good year of a large company; what came back is told below what is left.
RANKINGS = """
from decimal import Decimal as D
from types import SimpleNamespace as Simple
from django.template.loader import render_to_string
from orderwell.domains.analytics.rankings import Ranked
from orderwell.kernel.clock import utc_now
name = "Shanghai Yunfan Import and Export Trading Company"
rows = [Ranked(1, D(12345), D("12345678.90"), D("123456.70"), name, name, 1), Ranked(2, D(7), D("1234.50"), D(0), "Li", "Li", 1)]
found = Simple(value=rows, at=utc_now())
most = {"most_customer": 1.0, "most_variant": 1.0, "currency": "CNY", "may": Simple(FULFILMENT_RETURN_VIEW=True)}
print(render_to_string("home/rankings.html", {"customers": found, "variants": found, **most}))
"""


@pytest.mark.parametrize("width", [390, 360])
def test_the_rankings_of_a_good_year_fit_a_phone(sign_in: Callable[..., Page], site: Site, width: int) -> None:
    place(site, ("CUP", 1))
    rendered = site.shell(RANKINGS)
    page = sign_in("anna", width=width, height=844, meant=".")
    page.route("**/overview/rankings/**", lambda route: route.fulfill(body=rendered, content_type="text/html"))
    page.goto("/overview/")
    page.locator(".rank .num").first.wait_for()
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    # Whole, and not cut off to make it fit.
    cut = "[...document.querySelectorAll('.rank td *')].filter((one) => one.scrollWidth > one.clientWidth + 1 && getComputedStyle(one).overflowX === 'hidden').length"
    assert page.evaluate(cut) == 0
