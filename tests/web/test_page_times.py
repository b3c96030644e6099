"""The page benchmark measures pages that exist, beside the statements they make."""

from __future__ import annotations

from collections.abc import Callable

from django.test import Client

from orderwell.domains.customers.models import Customer
from orderwell.domains.orders.models import Order
from orderwell.testing.benchmarks import page_times
from orderwell.testing.benchmarks.list_pages import looks_of


def test_every_page_is_measured_beside_its_own_statements(owner: Client, place: Callable[..., int]) -> None:
    order = Order.objects.get(pk=place(CUP=1))
    place(POT=1)
    line = order.lines.select_related("variant").get()
    customer = Customer.objects.get(pk=order.customer_id or 0)
    names = {
        "order": order.pk,
        "order_number": order.number,
        "order_beginning": order.number[:-2],
        "customer": customer.pk,
        "customer_name": customer.name,
        "product": line.variant.product_id if line.variant else 0,
        "sku": line.sku[:2],
    }
    names |= {name: value for name, value in page_times._rows().items() if name.endswith("_far")}
    for page, address in page_times.PAGES.items():
        answer = owner.get(address.format(**names))
        # A search with a single hit goes straight to it.
        assert answer.status_code == 200 or (answer.status_code == 302 and "q=" in address), page
    found = page_times._measured(owner, "/orders/", 5, 1.0)
    assert found["queries"] > 2 and found["sql"] > 0 and found["median"] <= found["p95"]


def test_every_look_at_a_list_is_found_on_its_page(owner: Client, place: Callable[..., int]) -> None:
    place(CUP=1)
    looks = looks_of(owner.get("/orders/").content.decode(), "2026-01-01")
    assert {"?state=placed", "?late=1", "?fulfilment=waiting", "?from=2026-01-01", "?sort=placed"} <= set(looks)
    assert len(looks) == len(set(looks)) > 20
    assert all(owner.get(f"/orders/{query}").status_code == 200 for query in looks)
    assert set(page_times.LISTS) <= set(page_times.PAGES)
