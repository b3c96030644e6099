"""The daily tasks around goods: pictures, receipts, what sells."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.domains.catalog.test_images import png
from tests.web.browser.conftest import Site

pytestmark = pytest.mark.browser
Open = Callable[..., Page]
# One red pixel, whole, so that the browser really draws it.
PIXEL = (
    "89504e470d0a1a0a0000000d49484452000000010000000108020000009077"
    "53de0000000c4944415408d763f8cfc0000003010100c9fe92ef0000000049454e44ae426082"
)


def product_of(site: Site, sku: str) -> str:
    code = f"from orderwell.domains.catalog.models import Variant; print(Variant.objects.get(sku='{sku}').product_id)"
    return site.shell(code)


def test_a_picture_is_dropped_described_and_seen_at_order_entry(sign_in: Open, site: Site, tmp_path: Path) -> None:
    page = sign_in("anna")
    page.goto(f"/products/{product_of(site, 'CUP')}/")
    good, bad = tmp_path / "cup.png", tmp_path / "cup.gif"
    good.write_bytes(bytes.fromhex(PIXEL))
    bad.write_bytes(b"GIF89a")
    page.set_input_files("#drop-file", [str(good), str(bad)])
    picture = page.locator("#pictures .picture-large")
    expect(picture).to_be_visible()
    assert picture.evaluate("image => image.complete && image.naturalWidth") == 1
    page.locator("#pictures .pictures a").first.click()
    page.locator("#dialog [name=alt_text]").fill("A red cup")
    page.locator("#dialog button[data-busy]").click()
    expect(page.locator("#pictures img[alt='A red cup']").first).to_be_visible()
    page.wait_for_load_state()
    page.keyboard.press("n")
    page.wait_for_url("**/orders/new/")
    page.locator("#add-product-ts-control").click()
    page.keyboard.type("CUP", delay=80)
    expect(page.locator("#add-product-ts-dropdown .option img").first).to_be_visible()
    assert re.fullmatch(
        r"/products/images/\d+/", page.locator("#add-product-ts-dropdown img").first.get_attribute("src") or ""
    )


def test_a_file_that_is_no_picture_is_named(sign_in: Open, site: Site, tmp_path: Path) -> None:
    page = sign_in("anna")
    page.goto(f"/products/{product_of(site, 'POT')}/")
    fake = tmp_path / "pot.png"
    fake.write_bytes(png(4, 4)[:15])
    page.set_input_files("#drop-file", str(fake))
    expect(page.locator(".toast")).to_contain_text("pot.png is not an image that can be shown")


def test_goods_are_announced_and_received_on_a_phone(sign_in: Open, site: Site) -> None:
    page = sign_in("anna", width=390, height=844)
    page.goto("/stock/expected/")
    page.locator("a[href='/stock/expected/new/']").first.click()
    page.locator("#dialog [name=reference]").fill("PO-77")
    page.locator("#dialog [name=supplier]").fill("Jingdezhen")
    page.locator("#dialog [name=due_on]").fill("2031-05-06")
    page.locator("#dialog [name=lines]").fill("POT 40")
    page.locator("#dialog button[data-busy]").click()
    page.locator(".list-table tr", has_text="PO-77").first.click()
    page.wait_for_url(re.compile(r"/stock/expected/\d+/$"))
    page.locator("a[href*='/stock/receive/']").click()
    expect(page.locator("#dialog [name=lines]")).to_have_value("POT\t40")
    page.locator("#dialog [name=lines]").fill("POT 25")
    page.locator("#dialog button[data-busy]").click()
    page.wait_for_url(re.compile(r"/stock/$"))
    page.goto("/stock/expected/")
    page.locator(".list-table tr", has_text="PO-77").first.click()
    expect(page.locator(".figure", has_text="Still to come")).to_contain_text("15")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


def test_products_are_offered_in_a_line_of_goods_and_taken_by_keyboard(sign_in: Open) -> None:
    page = sign_in("anna")
    page.goto("/stock/")
    page.locator("a[href='/stock/receive/']").first.click()
    lines = page.locator("#dialog textarea[data-goods]")
    lines.click()
    page.keyboard.type("cu", delay=40)
    offered = page.locator("#dialog .goods-hits.show [role=option]")
    expect(offered.first).to_contain_text("CUP")
    page.keyboard.press("Escape")
    # Escape closes what is offered, and not the dialog.
    expect(offered).to_have_count(0)
    expect(lines).to_be_visible()
    page.keyboard.type("p", delay=40)
    page.keyboard.press("Backspace")
    expect(offered.first).to_contain_text("CUP")
    page.keyboard.press("Enter")
    page.keyboard.type("3")
    page.keyboard.press("Enter")
    expect(lines).to_have_value("CUP 3\n")
