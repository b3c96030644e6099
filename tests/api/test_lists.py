"""Saved views and exports over the API: the same lists, with the rights of the key."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

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
