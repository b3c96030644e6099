"""Times every page inside one process of an installation and prints the figures as JSON; page_speed.py starts it.

For each page: the time of a whole request through Django (middleware, view, template), without HTTP and network; and the
time of the SELECT statements that request made, run again through a cursor on the same connection with every row
fetched and nothing made of them. The two take turns, so that what else the machine does disturbs both alike. Beside the
clock stands the processor time of this process, which other programs disturb least; on SQLite it holds the database's
work too, on PostgreSQL it does not. The page "nothing" is a list without rows: what every page costs whatever is on it.
"""

from __future__ import annotations

import gzip
import json
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote

# Page -> its address; the names in braces are filled with newest rows. A page whose row does not exist is left out.
PAGES = {
    "nothing": "/system/dead-letters/",
    "overview": "/overview/",
    "overview 90 days": "/overview/?period=90",
    "overview 12 months": "/overview/?period=365",
    "overview service": "/overview/service/",
    "overview rankings": "/overview/rankings/",
    "orders": "/orders/",
    "orders by state": "/orders/?state=placed",
    "orders late": "/orders/?late=1",
    "orders by number": "/orders/?q={order_number}",
    "order page": "/orders/{order}/",
    "order entry": "/orders/new/",
    "search": "/search/?q={order_beginning}",
    "search by name": "/search/?q={customer_name}",
    "to ship": "/to-ship/",
    "shipments": "/shipments/",
    "invoices": "/invoices/",
    "payments": "/payments/",
    "customers": "/customers/",
    "customers by name": "/customers/?q={customer_name}",
    "customer page": "/customers/{customer}/",
    "products": "/products/",
    "products by name": "/products/?q={sku}",
    "product page": "/products/{product}/",
    "stock": "/stock/",
    "movements": "/stock/movements/",
    "events": "/system/events/",
    "orders far back": "/orders/?after={order_far}",
    "movements far back": "/stock/movements/?after={movement_far}",
    "events far back": "/system/events/?after={event_far}",
    "returns": "/returns/",
    "credit notes": "/credit-notes/",
    "imports": "/imports/",
    "jobs": "/system/jobs/",
    "users": "/admin/users/",
}
# Those of them that are lists: measured with every tab, filter and order they offer.
LISTS = (
    *("orders", "to ship", "shipments", "returns", "invoices", "credit notes", "payments", "customers", "products"),
    *("stock", "movements", "imports", "events", "jobs", "users"),
)
MOST_SECONDS = 4.0
FEWEST = 5


def main(repeats: int) -> None:
    import django

    django.setup()
    from django.test import Client

    from orderwell.platform.memory import rest_the_collector
    from orderwell.testing.benchmarks.list_pages import looks_of

    rest_the_collector()  # as the server does
    client = Client(headers={"accept-language": "en"}, SERVER_NAME="localhost")
    client.force_login(signed_in_user())
    names = _rows()
    found = []
    for page, address in PAGES.items():
        try:
            path = address.format(**names)
        except KeyError:
            continue
        found.append({"page": page, "list": "", **_measured(client, path, repeats, MOST_SECONDS)})
    for name in LISTS:
        page = client.get(PAGES[name]).content.decode()
        for query in looks_of(page, names["day"]):
            path = PAGES[name] + query
            seen = {"page": f"{name} {unquote(query)}", "list": name}
            found.append({**seen, **_measured(client, path, max(repeats // 3, FEWEST), MOST_SECONDS / 4)})
    sys.stdout.write(json.dumps(found) + "\n")


def signed_in_user() -> Any:
    from orderwell.kernel.clock import utc_now
    from orderwell.platform.accounts.actor import system_actor
    from orderwell.platform.accounts.models import User
    from orderwell.platform.accounts.services.users import create_user

    known = User.objects.filter(username="page-times").first()
    return known or create_user(
        username="page-times",
        password="a long password for a benchmark",  # noqa: S106  a database made for this run
        roles=["administrator"],
        actor=system_actor(),
        now=utc_now(),
    )


def _rows() -> dict[str, Any]:
    """What the addresses name: an order that is not the very newest, and its neighbours."""
    from orderwell.domains.catalog.models import Variant
    from orderwell.domains.customers.models import Customer
    from orderwell.domains.inventory.models import StockMovement
    from orderwell.domains.orders.models import Order
    from orderwell.platform.events.models import Event
    from orderwell.platform.paging import cursor_of

    names: dict[str, Any] = {"day": "2026-01-01"}
    order = Order.objects.filter(placed_at__isnull=False).order_by("-placed_at", "-id")[40:41].first()
    if order is not None:
        names["day"] = (order.placed_at or order.created_at).date().isoformat()
        names |= {"order": order.pk, "order_number": order.number, "order_beginning": order.number[:-2]}
    customer = Customer.objects.order_by("id")[40:41].first()
    if customer is not None:
        names |= {"customer": customer.pk, "customer_name": customer.name}
    variant = Variant.objects.order_by("id")[40:41].first()
    if variant is not None:
        names |= {"product": variant.product_id, "sku": variant.sku}
    far = {
        "order_far": (Order.objects.filter(placed_at__isnull=False), ("-placed_at", "-id")),
        "movement_far": (StockMovement.objects.all(), ("-occurred_at", "-id")),
        "event_far": (Event.objects.all(), ("-id",)),
    }
    for name, (rows, key) in far.items():
        newest = rows.order_by("-id").values_list("pk", flat=True).first() or 0
        middle = rows.filter(pk__gte=newest // 2).order_by("id").first()
        if middle is not None:
            names[name] = cursor_of(middle, key)
    return names


def _measured(client: Any, path: str, repeats: int, seconds: float) -> dict[str, Any]:
    from django.db import connection

    answer = client.get(path)
    if answer.status_code != 200:
        raise SystemExit(f"GET {path} was answered {answer.status_code}")
    statements: list[tuple[str, Any]] = []

    def note(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        if not many and sql.lstrip().upper().startswith(("SELECT", "WITH", "(")):
            statements.append((sql, params))
        return execute(sql, params, many, context)

    with connection.execute_wrapper(note):
        client.get(path)

    def bare() -> None:
        with connection.cursor() as cursor:
            for sql, params in statements:
                cursor.execute(sql, params)
                cursor.fetchall()

    page, sql = _turns((lambda: client.get(path), bare), repeats, seconds)
    return {
        "median": page.clock(0.5),
        "p95": page.clock(0.95),
        "sql": sql.clock(0.5),
        "processor": page.processor(0.5),
        "processor_p95": page.processor(0.95),
        "sql_processor": sql.processor(0.5),
        "queries": len(statements),
        "kilobytes": len(gzip.compress(answer.content)) / 1000,
    }


@dataclass
class _Taken:
    """In milliseconds."""

    by_clock: list[float] = field(default_factory=list)
    by_processor: list[float] = field(default_factory=list)

    def of(self, act: Callable[[], object]) -> None:
        clock, processor = time.perf_counter(), time.process_time()
        act()
        self.by_processor.append((time.process_time() - processor) * 1000)
        self.by_clock.append((time.perf_counter() - clock) * 1000)

    def clock(self, share: float) -> float:
        return _at(self.by_clock, share)

    def processor(self, share: float) -> float:
        return _at(self.by_processor, share)


def _turns(acts: Sequence[Callable[[], object]], repeats: int, seconds: float) -> list[_Taken]:
    """Slow pages are asked for less often, but a few times at least."""
    taken, begun = [_Taken() for _ in acts], time.perf_counter()
    while len(taken[0].by_clock) < FEWEST or (
        len(taken[0].by_clock) < repeats and time.perf_counter() - begun < seconds
    ):
        for act, times in zip(acts, taken, strict=True):
            times.of(act)
    return taken


def _at(times: Sequence[float], share: float) -> float:
    return sorted(times)[min(len(times) - 1, int(len(times) * share))]


if __name__ == "__main__":
    main(int(sys.argv[1]))
