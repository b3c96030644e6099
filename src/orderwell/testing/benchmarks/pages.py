"""The order list page (newest 50, one filter, one search) with few orders and with very many."""

from __future__ import annotations

import http.client
import json
import re
import time
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlencode

from orderwell.testing.benchmarks.results import Effort, Result, middle
from orderwell.testing.installation import Installation, Server

USER, PASSWORD = "bench", "a long password for a benchmark"
# Many and short: a page takes milliseconds, and what else the machine does must not decide.
REPEATS = 60
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
        took = []
        for _ in range(REPEATS):
            start = time.perf_counter()
            page = self.request("GET", path)
            took.append((time.perf_counter() - start) * 1000)
            if "<html" not in page:
                raise RuntimeError(f"GET {path} did not give a page")
        return middle(took[10:])


def order_list(
    directory: Path, effort: Effort, url: str | None, database: str, say: Callable[[str], None]
) -> list[Result]:
    """Fill to the small size, measure, go on to the large size, measure again. The worst of three views counts."""
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
create_user(username={USER!r}, password={PASSWORD!r}, roles=["administrator"], actor=system_actor(), now=utc_now())
"""
_A_NUMBER = """
import django; django.setup()
import json
from orderwell.domains.orders.models import Order
print(json.dumps(Order.objects.order_by("-placed_at", "-id").values_list("number", flat=True)[40]))
"""
