"""The real server as its own process, and a real browser in front of it.

The company is made once for the session by one call of `orderwell`; every test signs in anew and makes its own orders.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from orderwell.testing.browser import open_browser
from orderwell.testing.installation import Installation, Server

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page, StorageState

PASSWORD = "correct horse battery"
PATIENCE = 30_000
PREPARE = """
import json, os, django
django.setup()
from orderwell.kernel.clock import utc_now
from orderwell.platform.accounts.actor import system_actor
from orderwell.platform.accounts.services.users import create_user
from orderwell.testing import factories as f
a, now = system_actor(), utc_now()
for name, role in (("anna", "administrator"), ("carl", "sales-clerk"), ("lin", "sales-clerk"), ("wei", "warehouse-worker"), ("gao", "bookkeeper")):
    create_user(username=name, password="correct horse battery", roles=[role], actor=a, now=now)
f.make_channel("shop", backorder=True)
house = f.make_warehouse("main")
for sku, zh, en, price, code in (
    ("CUP", "红茶杯", "Tea cup", "20.00", "6901234567892"),
    ("POT", "紫砂壶", "Tea pot", "90.00", "6901234567908"),
):
    f.stock_up(f.make_variant(sku, price=price, name_zh=zh, name_en=en, barcodes=[code]), house, 5000)
f.make_customer("C1", name="王小明", phone="13812345678")
"""


@dataclass
class Site:
    address: str
    installation: Installation

    def shell(self, code: str) -> str:
        """Run Python in the installation; what it prints."""
        return self.installation.python("-c", f"import django; django.setup()\n{code}").stdout.strip()


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    folder: Path = tmp_path_factory.mktemp("site")
    installation = Installation(folder, settings={"ORDERWELL_LANGUAGE": "en"})
    installation.migrate()
    installation.python("-c", PREPARE)
    server: Server
    with installation.serving() as server:
        yield Site(f"http://127.0.0.1:{server.port}", installation)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    from playwright.sync_api import expect

    # A machine that does other things meanwhile is slow, not wrong; what is wrong stays wrong for longer than this.
    expect.set_options(timeout=PATIENCE)
    with open_browser() as found:
        yield found


def when_it_stands(page: Page, press: Callable[..., None]) -> Callable[..., None]:
    """A key pressed while the scripts of a new page are still on their way goes nowhere, as it does for people."""

    def pressed(key: str, **more: float) -> None:
        page.wait_for_load_state()
        press(key, **more)

    return pressed


@pytest.fixture(scope="session")
def signed_in() -> dict[str, StorageState]:
    """The cookies of who signed in before, as a browser keeps them."""
    return {}


@pytest.fixture
def sign_in(site: Site, browser: Browser, signed_in: dict[str, StorageState]) -> Iterator[Callable[..., Page]]:
    """A page of a signed-in person; the test fails if the browser complained about anything."""
    contexts, complaints = [], []

    def open_page(
        username: str,
        *,
        locale: str = "en-GB",
        width: int = 1280,
        height: int = 900,
        worker: bool = False,
        meant: str = "4(01|22)",
    ) -> Page:
        """With its service worker only where a test is about it; what is `meant` to go wrong is no complaint."""
        context = browser.new_context(
            base_url=site.address,
            locale=locale,
            viewport={"width": width, "height": height},
            service_workers="allow" if worker else "block",
            storage_state=signed_in.get(username),
        )
        context.set_default_timeout(PATIENCE)
        contexts.append(context)
        page = context.new_page()
        page.keyboard.press = when_it_stands(page, page.keyboard.press)  # type: ignore[method-assign]
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on(
            "console",
            # A refused form is answered with 422, a lost session with 401, and Chromium tells of it; that is meant.
            lambda message: (
                complaints.append(message.text)
                if message.type == "error" and not re.search(meant, message.text)
                else None
            ),
        )
        page.goto("/")
        if "/sign-in/" in page.url:  # nobody did yet, or a test took the session away
            page.fill("[name=username]", username)
            page.fill("[name=password]", PASSWORD)
            page.keyboard.press("Enter")
            page.wait_for_url(lambda url: "/sign-in/" not in url)
            signed_in[username] = {**context.storage_state(), "origins": []}
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert not complaints, json.dumps(complaints, ensure_ascii=False, indent=1)
