"""The order list page (newest 50, one filter, one search) with few orders and with very many."""

from __future__ import annotations

import http.client
import json
import re
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from urllib.parse import urlencode

from orderwell.testing.benchmarks.results import Effort, Result, middle
from orderwell.testing.installation import Installation, Server

USER, PASSWORD = "bench", "a long password for a benchmark"
# Many and short: a page takes milliseconds, and what else the machine does must not decide.
REPEATS = 60
# Processor time is counted in hundredths of a second: enough requests for that not to matter.
TURNS = 300
PATHS = {
    "newest": "/orders/",
    "filter": "/orders/?state=placed",
    "search": "/orders/?q={number}",
}


class Browser:
    """Signs in through the real form and keeps the cookies; one connection."""

    def __init__(self, port: int) -> None:
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
        self.cookies: dict[str, str] = {}

    def sign_in(self) -> None:
        page = self.request("GET", "/sign-in/")
        token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)
        if token is None:
            raise RuntimeError("the sign-in page has no form")
        fields = {"csrfmiddlewaretoken": token.group(1), "username": USER, "password": PASSWORD}
        self.request("POST", "/sign-in/", urlencode(fields))
        if "sessionid" not in self.cookies:
            raise RuntimeError("the sign-in was refused")

    def request(self, method: str, path: str, body: str | None = None) -> str:
        headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())}
        if body is not None:
            headers |= {"Content-Type": "application/x-www-form-urlencoded"}
        self.connection.request(method, path, body, headers)
        answer = self.connection.getresponse()
        text = answer.read().decode()
        for cookie in answer.headers.get_all("Set-Cookie") or ():
            name, _, value = cookie.split(";", 1)[0].partition("=")
            self.cookies[name] = value
        if answer.status >= 400:
            raise RuntimeError(f"{method} {path} was answered {answer.status}")
        return text

    def milliseconds(self, path: str) -> float:
        """The median over repeated requests, each answered with the page itself."""
        return middle([self.once(path) for _ in range(REPEATS)][10:])

    def once(self, path: str) -> float:
        start = time.perf_counter()
        page = self.request("GET", path)
        took = (time.perf_counter() - start) * 1000
        if "<html" not in page:
            raise RuntimeError(f"GET {path} did not give a page")
        return took


def order_list(
    directory: Path, effort: Effort, url: str | None, database: str, say: Callable[[str], None]
) -> list[Result]:
    """Fill to the small size, measure, go on to the large size, measure again. The worst of three views counts."""
    if effort.home is not None:
        return _filled(directory, effort, effort.home, database, say)
    installation = Installation(directory, url)
    installation.migrate()
    installation.orderwell("demo", "load", "--orders", str(effort.list_orders_before))
    installation.python("-c", _MAKE_USER)
    small = _measure(installation)
    say(f"{database}, order list at {effort.list_orders_before:,}: {_shown(small)}")
    grown = installation.orderwell("demo", "load", "--orders", str(effort.list_orders))
    say(f"{database}, filled to {effort.list_orders:,} orders at {grown.get('rate', 0):,.0f}/s")
    large = _measure(installation)
    say(f"{database}, order list at {effort.list_orders:,}: {_shown(large)}")
    worst = max(PATHS, key=lambda name: large[name] / small[name])
    detail = f"{worst}; {effort.list_orders:,} orders: {_shown(large)}; {effort.list_orders_before:,}: {_shown(small)}"
    return [Result("order_list", database, large[worst], "ms", small[worst], detail)]


def _filled(directory: Path, effort: Effort, home: Path, database: str, say: Callable[[str], None]) -> list[Result]:
    """Companies that are there already, served at once and asked in turn: what else the machine does disturbs both alike."""
    # Background work would count as time of the pages: a company of another day has figures to bring up to date.
    alone = {"ORDERWELL_WORKER": "outside"}
    large = Installation(directory / "large", settings=alone, home=home)
    small = Installation(directory / "small", settings=alone, home=effort.small_home)
    for installation in (large, small):
        installation.migrate()
    if effort.small_home is None:
        small.orderwell("demo", "load", "--orders", str(effort.list_orders_before))
    for installation in (large, small):
        installation.python("-c", _MAKE_USER)
    sizes = [int(installation.python("-c", _HOW_MANY).stdout) for installation in (large, small)]
    with large.serving() as one, small.serving() as other:
        clock, processor = _in_turn([(large, one), (small, other)])
    for at, size in enumerate(sizes):
        say(f"{database}, {size:,} orders: {_shown(clock[at])}; processor time {_shown(processor[at])}")
    # The processor time decides: other programs disturb the clock of the two differently from one request to the next.
    worst = max(PATHS, key=lambda name: processor[0][name] / processor[1][name])
    detail = (
        f"{worst}, processor time; {sizes[0]:,} orders: {_shown(processor[0])}; {sizes[1]:,}: {_shown(processor[1])}"
    )
    return [Result("order_list", database, processor[0][worst], "ms", processor[1][worst], detail)]


def _in_turn(
    served: Sequence[tuple[Installation, Server]],
) -> tuple[list[dict[str, float]], list[dict[str, float]]]:
    """For each server: view -> median by the clock, and view -> processor time of a request, in milliseconds."""
    clock: list[dict[str, float]] = [{} for _ in served]
    processor: list[dict[str, float]] = [{} for _ in served]
    browsers = [Browser(server.port) for _installation, server in served]
    numbers = [json.loads(installation.python("-c", _A_NUMBER).stdout) for installation, _server in served]
    for browser in browsers:
        browser.sign_in()
    for name, path in PATHS.items():
        paths = [path.format(number=number) for number in numbers]
        for browser, own in zip(browsers, paths, strict=True):
            for _ in range(10):
                browser.once(own)
        before = [server.processor() for _installation, server in served]
        took: list[list[float]] = [[] for _ in served]
        for _ in range(TURNS):
            for at, browser in enumerate(browsers):
                took[at].append(browser.once(paths[at]))
        for at, (_installation, server) in enumerate(served):
            clock[at][name] = middle(took[at])
            processor[at][name] = (server.processor() - before[at]) / TURNS * 1000
    return clock, processor


def _measure(installation: Installation) -> dict[str, float]:
    with installation.serving() as server:
        return _views(installation, server)


def _views(installation: Installation, server: Server) -> dict[str, float]:
    browser = Browser(server.port)
    browser.sign_in()
    number = json.loads(installation.python("-c", _A_NUMBER).stdout)
    return {name: browser.milliseconds(path.format(number=number)) for name, path in PATHS.items()}


def _shown(figures: dict[str, float]) -> str:
    return ", ".join(f"{name} {value:.1f} ms" for name, value in figures.items())


_MAKE_USER = f"""
import django; django.setup()
from orderwell.kernel.clock import utc_now
from orderwell.platform.accounts.actor import system_actor
from orderwell.platform.accounts.services.users import create_user
from orderwell.platform.accounts.models import User
User.objects.filter(username={USER!r}).exists() or create_user(username={USER!r}, password={PASSWORD!r}, roles=["administrator"], actor=system_actor(), now=utc_now())
"""
_A_NUMBER = """
import django; django.setup()
import json
from orderwell.domains.orders.models import Order
print(json.dumps(Order.objects.order_by("-placed_at", "-id").values_list("number", flat=True)[40]))
"""
_HOW_MANY = """
import django; django.setup()
from orderwell.domains.orders.models import Order
print(Order.objects.count())
"""
