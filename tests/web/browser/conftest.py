"""The real server as its own process, and a real browser in front of it.

The company is made once for the session, and every file of tests works in a copy of its own: what one makes, a user or a
price list, is not there for another. Within a file, every test makes its own orders.
"""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
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


# One process for all that a file of tests does behind the browser's back: starting Python anew takes two seconds each time.
SHELL = """
import contextlib, io, json, sys, traceback
import django
django.setup()
from django.db import close_old_connections
from orderwell.platform.caching import forget_everything
for line in sys.stdin:
    printed, failed = io.StringIO(), ""
    forget_everything()
    try:
        with contextlib.redirect_stdout(printed):
            exec(compile(json.loads(line), "<shell>", "exec"), {"__name__": "__shell__"})
    except BaseException:
        failed = traceback.format_exc()
    close_old_connections()
    print(json.dumps([printed.getvalue(), failed]), flush=True)
"""


@dataclass
class Site:
    address: str
    installation: Installation
    _shell: subprocess.Popen[str]

    def shell(self, code: str) -> str:
        """Run Python in the installation; what it prints."""
        assert self._shell.stdin
        assert self._shell.stdout
        self._shell.stdin.write(f"{json.dumps(code)}\n")
        self._shell.stdin.flush()
        printed, failed = json.loads(self._shell.stdout.readline())
        assert not failed, failed
        return str(printed).strip()


@contextmanager
def shell_of(installation: Installation) -> Iterator[subprocess.Popen[str]]:
    command, pipe = [sys.executable, "-c", SHELL], subprocess.PIPE
    with subprocess.Popen(command, env=installation.environment, stdin=pipe, stdout=pipe, text=True) as process:
        yield process
        process.kill()


def installed(folder: Path) -> Installation:
    return Installation(folder, settings={"ORDERWELL_LANGUAGE": "en"})


@pytest.fixture(scope="session")
def company(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A company in which nothing happened yet, to be copied."""
    installation = installed(tmp_path_factory.mktemp("company"))
    installation.migrate()
    installation.python("-c", PREPARE)
    return installation.directory


@pytest.fixture(scope="module")
def site(company: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    installation = installed(shutil.copytree(company, tmp_path_factory.mktemp("site") / "installation"))
    server: Server
    with installation.serving() as server, shell_of(installation) as shell:
        yield Site(f"http://127.0.0.1:{server.port}", installation, shell)


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


@pytest.fixture(scope="module")
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
