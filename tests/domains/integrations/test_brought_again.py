"""Files whose orders exist already: what counts as there, and whose it must be."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from orderwell.domains.automation.services.merge_customers import merge_customers, unmerge_customers
from orderwell.domains.customers.models import Customer
from orderwell.domains.integrations.models import ImportRow
from orderwell.domains.integrations.services.undo import undo_batch
from orderwell.domains.orders.models import Order
from orderwell.kernel.clock import utc_now
from orderwell.platform.verify import run_laws
from orderwell.testing.factories import make_channel, make_customer, make_variant, make_warehouse, stock_up
from tests.domains.integrations.bringing import bring_in, importer, refused, write_csv

pytestmark = pytest.mark.django_db
HEADER = ("Order number", "Date", "SKU", "Qty", "Unit price", "Customer number")
CUP, BOWL = ("W1", "2026-03-01 09:30", "CUP", "2", "3.5"), ("W1", "2026-03-01 09:34", "BOWL", "1", "12")


@pytest.fixture(autouse=True)
def shop() -> None:
    warehouse = make_warehouse()
    make_channel("web", prices_include_tax=True)
    for number in ("K1", "K2", "K3"):
        make_customer(number=number)
    for sku in ("CUP", "BOWL"):
        stock_up(make_variant(sku=sku), warehouse, 5)


def run(tmp_path: Path, rows: Sequence[Sequence[Any]], **how: Any) -> Any:
    how = {"mode": "history", "mapping": {"options": {"channel": "web", "time_zone": "Asia/Shanghai"}}, **how}
    return bring_in(write_csv(tmp_path / "orders.csv", rows, HEADER), preset="order-lines", **how)


def merge(survivor: str, merged: str) -> int:
    """The merge of one customer into another, by its id."""
    ids = dict(Customer.objects.values_list("number", "pk"))
    pair = {"survivor_id": ids[survivor], "merged_id": ids[merged]}
    return merge_customers(**pair, choices={}, actor=importer(), now=utc_now()).pk


@pytest.mark.parametrize("mode", ["history", "live"])
def test_lines_of_another_customer_are_not_those_that_exist(tmp_path: Path, mode: str) -> None:
    """They had counted as there, and somebody else's order as the one of the file."""
    dates = ("", "2026-03-02") if mode == "live" else ("2026-03-01", "2026-03-02")
    cup, bowl = ((line[0], dates[0], *line[2:]) for line in (CUP, BOWL))
    first = run(tmp_path, [(*cup, "K1"), (*bowl, "")], mode=mode)
    number = Order.objects.get().number
    batch = run(tmp_path, [(*cup, "K2"), (*bowl, "K2")], mode=mode)
    assert refused(batch) == [(2, "Customer number", "customer_differs"), (3, "", "other_line_refused")]
    row = ImportRow.objects.get(batch=batch, row_number=2)
    assert {name: row.data[name] for name in ("number", "reference", "value", "expected")} == {
        "number": number,
        "reference": "W1",
        "value": "K2",
        "expected": "K1",
    }
    assert refused(run(tmp_path, [(*cup, "K9")], mode=mode)) == [(2, "Customer number", "customer_differs")]
    later = [(*cup[:1], dates[1], *cup[2:], "K1"), (*bowl[:1], dates[1], *bowl[2:], "")]
    assert run(tmp_path, later, mode=mode).duplicate == 2, "a date that differs, and a line that names nobody"
    assert (first.done, Order.objects.count()) == (2, 1)
    assert [verdict for verdict in run_laws() if verdict.result.differences] == []


def test_an_order_that_came_in_without_a_customer_is_there_whoever_the_file_names(tmp_path: Path) -> None:
    run(tmp_path, [(*CUP, "")])
    assert run(tmp_path, [(*CUP, "K2")]).duplicate == 1
    assert Order.objects.get().customer is None


def test_a_customer_that_was_merged_is_the_one_its_merge_leads_to(tmp_path: Path) -> None:
    run(tmp_path, [(*CUP, "K1")])
    merge("K2", "K1")
    assert [run(tmp_path, [(*CUP, number)]).duplicate for number in ("K1", "K2", "K3")] == [1, 1, 0]
    merge("K3", "K2")
    assert [run(tmp_path, [(*CUP, number)]).duplicate for number in ("K1", "K2", "K3")] == [1, 1, 1]


def test_a_merge_that_was_undone_does_not_part_an_order_from_its_file(tmp_path: Path) -> None:
    """Placed while the merge held, the order stays with whom it was placed for; its file still names the other."""
    made = merge("K2", "K1")
    run(tmp_path, [(*CUP, "K1")])
    unmerge_customers(merge_id=made, actor=importer(), now=utc_now())
    order = Order.objects.get()
    assert order.customer is not None and order.customer.number == "K2"
    assert run(tmp_path, [(*CUP, "K1")]).duplicate == 1
    assert run(tmp_path, [(*CUP, "K3")]).refused == 1


def test_an_order_that_was_taken_back_comes_in_for_the_right_customer(tmp_path: Path) -> None:
    first = run(tmp_path, [(*CUP, "K1")])
    assert run(tmp_path, [(*CUP, "K2")]).refused == 1
    undo_batch(batch_id=first.pk, actor=importer())
    assert run(tmp_path, [(*CUP, "K2")]).done == 1
