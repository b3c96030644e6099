"""Saved views and exports over the API: the same lists, with the rights of the key."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from orderwell.web.lists import adding
from tests.api.callers import Caller
from tests.api.shop import Shop, draft


def test_an_export_needs_the_permission_of_its_list(shop: Shop, caller: Callable[..., Caller]) -> None:
    key = caller("orders:order:view")
    assert [item["name"] for item in key.get("/lists").json()] == [
        "lines-to-ship",
        "order-lines",
        "orders",
        "to-ship",
    ]
    refused = key.post("/exports", {"list_name": "customers"})
    assert (refused.status_code, refused.json()["code"]) == (403, "permission_denied")
    made = key.post("/exports", {"list_name": "orders", "columns": ["number", "phone"]})
    assert made.status_code == 422  # personal data has no column for this key
    assert made.json()["errors"][0]["pointer"] == "/columns/1"


def test_an_export_holds_exactly_the_rows_of_the_key(shop: Shop, caller: Callable[..., Caller], owner: Caller) -> None:
    number = owner.post("/orders", draft()).json()["number"]
    body: dict[str, Any] = {"list_name": "orders", "format": "csv", "columns": ["number", "total"]}
    made = owner.post("/exports", body).json()
    assert (made["state"], made["rows"]) == ("done", 1)
    answer = owner.get(f"/exports/{made['id']}/file")
    lines = b"".join(answer.streaming_content).decode().splitlines()  # type: ignore[attr-defined]
    assert lines[0] == "Number,Total,Currency" and lines[1].startswith(number)
    other = caller("orders:*", limits={"channel": [10**9]})
    assert other.post("/exports", body).json()["rows"] == 0
    assert other.get(f"/exports/{made['id']}").status_code == 404


def test_wrong_columns_filters_and_sorts_are_named(owner: Caller) -> None:
    for body, code in (
        ({"columns": ["nonsense"]}, "unknown_column"),
        ({"filters": {"nonsense": "1"}}, "unknown_filter"),
        ({"sort": "-nonsense"}, "unknown_sort"),
    ):
        answer = owner.post("/views", {"list_name": "orders", "name": "x", **body})
        assert (answer.status_code, answer.json()["errors"][0]["code"]) == (422, code)
    assert owner.post("/exports", {"list_name": "nonsense"}).json()["errors"][0]["code"] == "unknown_list"


def test_totals_are_those_of_the_rows_of_the_key(
    shop: Shop, caller: Callable[..., Caller], owner: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(2):
        order = owner.post("/orders", draft()).json()["id"]
    owner.post(f"/orders/{order}/invoices", {})
    path = "/lists/orders/totals?filter=channel:web"
    assert owner.get(path).json() == {"rows": 2, "more": False, "sums": {"total_amount": {"CNY": "80.00"}}}
    assert owner.get("/lists/orders/totals?filter=channel:web&filter=fulfilment:shipped").json()["rows"] == 0
    assert owner.get("/lists/invoices/totals").json()["sums"] == {"gross_amount": {"CNY": "40.00"}}
    owed = owner.get("/lists/invoices/totals?filter=open:1").json()["sums"]
    assert owed == {"gross_amount": {"CNY": "40.00"}, "open_amount": {"CNY": "40.00"}}
    assert owner.get("/lists/customers/totals").json() == {"rows": 1, "more": False, "sums": {}}
    assert caller("orders:*", limits={"channel": [10**9]}).get("/lists/orders/totals").json()["rows"] == 0
    refused = caller("orders:*").get("/lists/invoices/totals")
    assert (refused.status_code, refused.json()["code"]) == (403, "permission_denied")
    monkeypatch.setattr(adding, "MOST", 1)
    assert owner.get(path).json() == {"rows": 1, "more": True, "sums": {}}


def test_totals_of_what_no_list_knows_are_refused(shop: Shop, owner: Caller) -> None:
    for path, code in (
        ("/lists/nonsense/totals", "unknown_list"),
        ("/lists/orders/totals?filter=nonsense:1", "unknown_filter"),
        ("/lists/orders/totals?filter=fulfilment:eaten", "invalid_value"),
        ("/lists/orders/totals?filters=late", "unknown_parameter"),
    ):
        answer = owner.get(path)
        assert answer.json()["errors"][0]["code"] == code and answer.status_code in (400, 404, 422), answer.content
