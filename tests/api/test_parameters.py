"""What stands behind the question mark is known, or refused: a misspelt filter would show everything."""

from __future__ import annotations

import pytest

from tests.api.callers import Caller
from tests.api.shop import Shop, draft


@pytest.mark.parametrize("path", ["/orders?stat=placed", "/products?search=a&colour=red", "/warehouses?x=1"])
def test_an_unknown_parameter_is_refused_by_name(owner: Caller, path: str) -> None:
    known = owner.get(path.partition("?")[0])
    if known.status_code == 404:
        pytest.fail(f"{path} is no route")
    answer = owner.get(path)
    assert answer.status_code == 400, answer.content
    problem = answer.json()
    wrong = path.rpartition("?")[2].rpartition("&")[2].partition("=")[0]
    assert problem["code"] == "unknown_parameter"
    assert wrong in problem["detail"]


def test_the_known_ones_are_named_and_keep_working(owner: Caller) -> None:
    assert owner.get("/orders?state=placed&limit=5").status_code == 200
    assert "state" in owner.get("/orders?stat=placed").json()["errors"][0]["data"]["expected"]


def test_a_write_takes_no_parameters(owner: Caller, shop: Shop) -> None:
    assert owner.post("/orders/bulk?dry_run=1", {"orders": [draft()]}).json()["code"] == "unknown_parameter"


def test_an_order_is_not_placed_with_a_parameter_that_means_nothing(owner: Caller, shop: Shop) -> None:
    """Who asks for a trial with ?dry_run=1 must not have placed an order. This route is a plain view with its own way in."""
    answer = owner.post("/orders?dry_run=1", draft())
    assert (answer.status_code, answer.json()["code"]) == (400, "unknown_parameter")
    assert owner.get("/orders").json()["items"] == []


def test_a_row_of_a_bulk_call_is_refused_in_the_callers_language(owner: Caller, shop: Shop) -> None:
    body = {"orders": [draft(lines=[{"sku": "NOPE", "quantity": "1"}])]}
    chinese = owner.post("/orders/bulk", body, headers={"Accept-Language": "zh-CN"}).json()
    english = owner.post("/orders/bulk", body).json()
    assert "NOPE" in chinese["results"][0]["errors"][0]["detail"]
    assert chinese["results"][0]["errors"][0]["detail"] != english["results"][0]["errors"][0]["detail"]
    assert english["results"][0]["errors"][0]["detail"].isascii()


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        ("limit={}", "wrong_type"),
        ("limit=1.5", "wrong_type"),
        ("limit=0", "invalid_value"),
        ("search={}", "invalid_value"),
        ("state={}", "invalid_value"),
        ("customer_id={}", "wrong_type"),
        ("since={}", "wrong_type"),
        ("on_hold={}", "wrong_type"),
    ],
)
def test_what_a_parameter_was_given_is_told_and_no_more_of_it_than_is_read(
    owner: Caller, shop: Shop, asked: str, code: str
) -> None:
    long = asked.format("x" * 5_000)
    answer = owner.get(f"/orders?{long}", headers={"Accept-Language": "zh-CN"})
    wrong = answer.json()["errors"][0]
    name, _, value = long.partition("=")
    assert (answer.status_code, wrong["code"], wrong["pointer"]) == (422, code, f"/{name}")
    assert (value if len(value) <= 120 else "x" * 120 + "…") in wrong["detail"], wrong
    assert len(answer.content) < 2_000


def test_of_an_address_that_leads_nowhere_no_more_is_told_than_is_read(owner: Caller) -> None:
    long = "x" * 5_000
    for method, path in (
        ("DELETE", f"/settings/{long}"),
        ("GET", f"/nothing/{long}"),
        ("GET", f"/orders/{long}"),
    ):
        answer = owner(method, path)
        assert answer.status_code == 404, path
        assert "x" * 80 in answer.json()["detail"] and len(answer.content) < 1_000, answer.content
