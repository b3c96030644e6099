"""Times every page inside one process of an installation and prints the figures as JSON; page_speed.py starts it.

For each page: the time of a whole request through Django (middleware, view, template), without HTTP and network; and the
time of the SELECT statements that request made, run again through a cursor on the same connection with every row
fetched and nothing made of them. Both take turns of their own, so both find the same caches warm.
"""

from __future__ import annotations

import gzip
import json
import sys
import time
from collections.abc import Callable, Sequence
from typing import Any

# Page -> its address; the names in braces are filled with newest rows. A page whose row does not exist is left out.
PAGES = {
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
}
MOST_SECONDS = 4.0
FEWEST = 5


def main(repeats: int) -> None:
    import django

    django.setup()
    from django.test import Client

    client = Client(headers={"accept-language": "en"}, SERVER_NAME="localhost")
    client.force_login(signed_in_user())
    names = _rows()
    found = []
    for page, address in PAGES.items():
        try:
            path = address.format(**names)
        except KeyError:
            continue
        found.append({"page": page, **_measured(client, path, repeats)})
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
    from orderwell.domains.orders.models import Order

    names: dict[str, Any] = {}
    order = Order.objects.filter(placed_at__isnull=False).order_by("-placed_at", "-id")[40:41].first()
    if order is not None:
        names |= {"order": order.pk, "order_number": order.number, "order_beginning": order.number[:-2]}
    customer = Customer.objects.order_by("id")[40:41].first()
    if customer is not None:
        names |= {"customer": customer.pk, "customer_name": customer.name}
    variant = Variant.objects.order_by("id")[40:41].first()
    if variant is not None:
        names |= {"product": variant.product_id, "sku": variant.sku}
    return names


def _measured(client: Any, path: str, repeats: int) -> dict[str, Any]:
    from django.db import connection

    answer = client.get(path)
    if answer.status_code != 200:
        raise SystemExit(f"GET {path} was answered {answer.status_code}")
    page = _times(lambda: client.get(path), repeats)
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

    sql = _times(bare, repeats)
    return {
        "median": _at(page, 0.5),
        "p95": _at(page, 0.95),
        "sql": _at(sql, 0.5),
        "queries": len(statements),
        "kilobytes": len(gzip.compress(answer.content)) / 1000,
    }


def _times(act: Callable[[], object], repeats: int) -> Sequence[float]:
    """In milliseconds, sorted; slow pages are asked for less often, but a few times at least."""
    took: list[float] = []
    begun = time.perf_counter()
    while len(took) < FEWEST or (len(took) < repeats and time.perf_counter() - begun < MOST_SECONDS):
        start = time.perf_counter()
        act()
        took.append((time.perf_counter() - start) * 1000)
    return sorted(took)


def _at(times: Sequence[float], share: float) -> float:
    return times[min(len(times) - 1, int(len(times) * share))]


if __name__ == "__main__":
    main(int(sys.argv[1]))
