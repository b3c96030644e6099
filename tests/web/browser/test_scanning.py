"""Scanning on every page: a scanner that types, and the camera with a real code before it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests.web.browser.conftest import PASSWORD, Site
from tests.web.browser.test_handheld import CUP, place, scan, start

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.browser
Open = Callable[..., "Page"]

LEFT = ("0001101", "0011001", "0010011", "0111101", "0100011", "0110001", "0101111", "0111011", "0110111", "0001011")
# Which of the left digits are written with even parity (mirrored complements) tells the first digit.
PARITY = ("000000", "001011", "001101", "001110", "010011", "011001", "011100", "010101", "010110", "011010")


def bars(code: str) -> str:
    """EAN-13 as modules: 1 is black."""
    right = ["".join("10"[int(bit)] for bit in digit) for digit in LEFT]
    halves = [
        right[int(digit)][::-1] if parity == "1" else LEFT[int(digit)]
        for digit, parity in zip(code[1:7], PARITY[int(code[0])], strict=True)
    ]
    return "101" + "".join(halves) + "01010" + "".join(right[int(digit)] for digit in code[7:]) + "101"


def film_of(code: str, path: Path, *, width: int = 640, height: int = 480) -> Path:
    """A few seconds of a code that somebody holds before the camera: uncompressed video, written byte by byte."""
    modules = "0" * 12 + bars(code) + "0" * 12
    each = width // len(modules)
    line = b"".join((b"\x10" if bit == "1" else b"\xeb") * each for bit in modules)
    line = line.ljust(width, b"\xeb")
    blank = b"\xeb" * width
    picture = b"".join(line if height // 4 < row < 3 * height // 4 else blank for row in range(height))
    frame = b"FRAME\n" + picture + b"\x80" * (width * height // 2)
    path.write_bytes(f"YUV4MPEG2 W{width} H{height} F10:1 Ip A1:1 C420jpeg\n".encode() + frame * 10)
    return path


@pytest.fixture
def camera(site: Site, browser: Browser, tmp_path: Path) -> Iterator[Page]:
    """The warehouse worker with a phone whose camera sees the code of a tea cup."""
    film = film_of(CUP, tmp_path / "cup.y4m")
    arguments = [
        "--no-sandbox",
        "--use-fake-ui-for-media-stream",
        "--use-fake-device-for-media-stream",
        f"--use-file-for-fake-video-capture={film}",
    ]
    from orderwell.testing.browser import find_chromium

    seeing = browser.browser_type.launch(executable_path=find_chromium(), args=arguments)
    context = seeing.new_context(
        base_url=site.address, locale="en-GB", viewport={"width": 390, "height": 844}, permissions=["camera"]
    )
    page = context.new_page()
    page.goto("/sign-in/")
    page.fill("[name=username]", "wei")
    page.fill("[name=password]", PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url(lambda url: "/sign-in/" not in url)
    yield page
    seeing.close()


def test_the_camera_reads_a_real_code(camera: Page, site: Site) -> None:
    number = place(site, ("CUP", 2))
    loaded: list[str] = []
    camera.on("request", lambda request: loaded.append(request.url))
    camera.goto("/handheld/#/pick")
    camera.locator(".hh-row").first.wait_for()
    scan(camera, number)
    camera.locator("[data-sku=CUP]").wait_for()
    assert not [url for url in loaded if "camera.js" in url]  # fetched when somebody wants it
    camera.locator(".hh-scan [data-scan-camera]").first.click()
    expect(camera.locator("#hh-verdict.hh-good")).to_contain_text("1 of 2", timeout=30_000)
    expect(camera.locator("dialog.scan-camera")).to_have_count(0)


def test_back_closes_the_camera_before_the_page(camera: Page, site: Site) -> None:
    number = place(site, ("CUP", 2))
    camera.goto("/handheld/#/pick")
    camera.locator(".hh-row").first.wait_for()
    scan(camera, number)
    camera.locator("[data-sku=CUP]").wait_for()
    here = camera.url
    # Nothing before the camera can be read here, so the window stays until somebody closes it.
    camera.evaluate("HTMLVideoElement.prototype.play = async () => {}; window.BarcodeDetector = undefined")
    camera.evaluate("Object.defineProperty(HTMLVideoElement.prototype, 'videoWidth', { get: () => 0 })")
    window = camera.locator("dialog.scan-camera")
    for close in (camera.go_back, window.get_by_role("button").click, lambda: camera.keyboard.press("Escape")):
        camera.locator(".hh-scan [data-scan-camera]").first.click()
        expect(window.locator("video")).to_have_count(1)
        close()
        expect(window).to_have_count(0)
        assert camera.url == here
    camera.go_back()
    camera.wait_for_url("**/handheld/#/pick")


def test_without_a_camera_there_is_a_sentence_and_no_black_box(sign_in: Open, site: Site) -> None:
    place(site, ("CUP", 1))
    page = sign_in("wei", width=390, height=760)
    page.goto("/handheld/#/pick")
    page.locator(".hh-scan [data-scan-camera]").first.wait_for()
    nothing = "async () => { throw new DOMException('', 'NotFoundError'); }"
    page.evaluate(f"() => {{ navigator.mediaDevices.getUserMedia = {nothing}; }}")
    page.locator(".hh-scan [data-scan-camera]").first.click()
    window = page.locator("dialog.scan-camera")
    expect(window.get_by_role("status")).not_to_have_text("")
    expect(window.locator("video")).to_have_count(0)


def test_a_code_scanned_while_the_screen_changes_is_the_next_screens(sign_in: Open, site: Site) -> None:
    number = place(site, ("CUP", 1))
    page = start(sign_in)
    page.goto("/handheld/#/pick")
    page.locator("#hh-screen[data-screen=pick] .hh-row", has_text=number).wait_for()
    # The list before has let go of the scanner and the next one isn't made yet.
    page.evaluate("code => { Handheld.draw(); OrderwellScan.take(code); }", number)
    expect(page.locator("#hh-title")).to_contain_text(number)
    page.evaluate("code => { Handheld.draw(); Handheld.draw(); OrderwellScan.take(code); }", CUP)
    expect(page.locator("#hh-verdict")).to_contain_text("1")


def test_a_scan_anywhere_finds_the_goods(sign_in: Open) -> None:
    page = sign_in("wei")
    page.goto("/stock/")
    scan(page, CUP)
    expect(page.locator("#search-box")).to_have_value(CUP)
    expect(page.locator("#search-results")).to_contain_text("CUP")


def shipping(sign_in: Open, site: Site) -> Page:
    """The page of an order whose dialog to ship it was just asked for."""
    number = place(site, ("CUP", 1))
    page = sign_in("wei")
    page.goto(f"/orders/?q={number}")
    page.locator("main a.fw-bold", has_text=number).click()
    page.wait_for_url("**/orders/*/")
    page.locator("main [data-key=s]").click()
    return page


def test_a_scan_goes_into_the_field_that_waits_for_it(sign_in: Open, site: Site) -> None:
    page = shipping(sign_in, site)
    page.locator("#dialog [name=tracking_number]").wait_for()
    scan(page, "SF1234567890")
    expect(page.locator("#dialog [name=tracking_number]")).to_have_value("SF1234567890")
    expect(page.locator("#dialog.show")).to_be_visible()


# The events of a scanner, and of the focus that comes in between as a dialog gives it to its field once it stands.
INTERRUPTED = """([code, enter]) => {
  const field = document.querySelector("#dialog [name=tracking_number]");
  const press = (key) => {
    const event = new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true });
    event.scan = true;
    if (document.activeElement.dispatchEvent(event) && document.activeElement === field && key.length === 1)
      document.execCommand("insertText", false, key);
  };
  document.activeElement.blur();
  [...code].forEach((key, at) => {
    if (at === 3) field.focus();
    press(key);
  });
  if (enter) press("Enter");
}"""


def test_a_code_is_whole_though_the_focus_moves_in_the_middle_of_it(sign_in: Open, site: Site) -> None:
    page = shipping(sign_in, site)
    field = page.locator("#dialog.show [name=tracking_number]")
    expect(field).to_be_visible()
    page.evaluate(INTERRUPTED, ["SF1234567890", True])
    expect(field).to_have_value("SF1234567890")
    expect(page.locator("#dialog.show")).to_be_visible()
    # Typed into the field and no scan: what was held is in it a moment later.
    field.fill("")
    page.evaluate(INTERRUPTED, ["   42", False])
    expect(field).to_have_value("42")


def test_single_keys_work_where_scans_are_taken_too(sign_in: Open) -> None:
    page = sign_in("wei")
    page.goto("/stock/")
    page.keyboard.press("/")
    expect(page.locator("#search-box")).to_be_focused()
    page.keyboard.press("Escape")
    page.evaluate("document.activeElement.blur()")
    page.keyboard.press("g")
    page.keyboard.press("w")
    page.wait_for_url("**/to-ship/")
