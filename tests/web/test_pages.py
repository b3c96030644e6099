"""Every page costs a fixed number of queries, however many rows there are, and stays small."""

from __future__ import annotations

import gzip
from collections.abc import Callable

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

pytestmark = pytest.mark.usefixtures("timeless_caches")
# Page -> the most queries it may take; one more than a year ago is a decision, not an accident.
BUDGETS = {
    "/": 23,  # the administrator looks at health: PostgreSQL is asked for three settings more than SQLite
    "/overview/": 12,
    "/live/?t=orders&t=order:1": 5,
    "/live/counters/": 6,
    "/search/?q=c": 22,
    "/orders/": 10,
    "/orders/counts/": 11,
    "/orders/new/": 6,
    "/to-ship/": 12,
    "/shipments/": 8,
    "/customers/": 12,
    "/products/": 11,
    "/stock/": 10,
    "/stock/expected/": 8,
    "/orders/lines/": 8,
    "/to-ship/lines/": 9,
    "/price-lists/": 9,
    "/price-lists/ask/": 5,
    "/stock/movements/": 8,
    "/transfers/": 9,
    "/invoices/": 7,
    "/payments/": 7,
    "/handheld/": 4,
    "/handheld/work/?warehouse=main": 20,
    "/handheld/find/?code=CUP": 7,
    "/to-sort-out/": 6,
    "/imports/": 7,
    "/system/events/": 13,
    "/system/dead-letters/": 11,
    "/system/jobs/": 11,
    "/returns/": 7,
    "/credit-notes/": 7,
    "/admin/users/": 11,
    "/lists/customers/counts/": 8,
    "/account/": 5,
    "/cases/": 10,
    "/for-me/": 9,
    "/ratings/": 9,
}
ORDER_BUDGET = 40
PAGE_BYTES = 100_000


def queries(client: Client, path: str) -> int:
    with CaptureQueriesContext(connection) as seen:
        answer = client.get(path)
    assert answer.status_code == 200, path
    assert len(gzip.compress(answer.content)) < PAGE_BYTES, path
    return len(seen)


@pytest.mark.parametrize("path", BUDGETS)
def test_a_list_takes_as_many_queries_for_many_rows_as_for_few(
    owner: Client, place: Callable[..., int], path: str
) -> None:
    place(CUP=1)
    owner.get(path)  # reference data is read and kept
    few = queries(owner, path)
    for _ in range(12):
        place(CUP=1, POT=1)
    many = queries(owner, path)
    assert many <= BUDGETS[path]
    assert many <= few


def test_an_order_with_many_lines_takes_as_many_queries_as_one_with_few(
    owner: Client, place: Callable[..., int]
) -> None:
    from orderwell.testing.factories import make_variant

    skus = [make_variant().sku for _ in range(40)]
    small, large = place(CUP=1), place(**dict.fromkeys(skus, 2))
    owner.get(f"/orders/{small}/")
    assert queries(owner, f"/orders/{large}/") <= max(queries(owner, f"/orders/{small}/"), ORDER_BUDGET) <= ORDER_BUDGET


def test_pages_go_on_after_the_last_row(owner: Client, place: Callable[..., int]) -> None:
    import re

    for _ in range(60):
        place(CUP=1)
    first = owner.get("/orders/").content.decode()
    numbers = re.findall(r">(SO\d+)<", first)
    following = re.search(r'href="(\?after=[^"]+)"', first)
    assert len(numbers) == 50 and following
    second = owner.get("/orders/" + following[1]).content.decode()
    rest = re.findall(r">(SO\d+)<", second)
    assert len(rest) == 10 and not set(rest) & set(numbers)
    assert 'rel="next"' not in second


def test_counts_behind_the_tabs_stop_counting(owner: Client, place: Callable[..., int]) -> None:
    place(CUP=1)
    place(CUP=100)
    assert owner.get("/orders/counts/").json() == {
        "waiting": "2",
        "backordered": "1",
        "late": "0",
        "hold": "0",
        "open": "2",
        "drafts": "0",
    }
