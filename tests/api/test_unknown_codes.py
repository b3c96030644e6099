"""A list that is asked for a code that is not there is refused with those that there are; it does not look empty."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from orderwell.domains.catalog.models import Channel
from orderwell.domains.inventory.models import Warehouse
from orderwell.kernel.clock import utc_now
from tests.api.callers import Caller
from tests.api.shop import Shop, draft

LISTS = (
    ("/orders", "channel", "unknown_channel"),
    ("/stock", "warehouse", "unknown_warehouse"),
    ("/stock/movements", "warehouse", "unknown_warehouse"),
    ("/shipments", "warehouse", "unknown_warehouse"),
    ("/products", "tax_category", "unknown_tax_category"),
    ("/products", "category", "unknown_category"),
    ("/customers", "group", "unknown_customer_group"),
)


def refused(answer: Any) -> dict[str, Any]:
    assert answer.status_code == 422, answer.content
    return answer.json()["errors"][0]  # type: ignore[no-any-return]


@pytest.mark.parametrize(("path", "name", "code"), LISTS)
def test_a_list_refuses_a_code_that_is_not_there(owner: Caller, shop: Shop, path: str, name: str, code: str) -> None:
    wrong = refused(owner.get(f"{path}?{name}=nope"))
    assert (wrong["code"], wrong["pointer"]) == (code, f"/{name}")
    assert wrong["data"]["value"] == "nope" and "expected" in wrong["data"]
    known = wrong["data"]["expected"].split(", ")[0]
    if known != "-":  # there are none in this shop
        assert owner.get(f"{path}?{name}={known}").status_code == 200
    assert owner.get(f"{path}?{name}=").status_code == 200


@pytest.mark.parametrize("path", ["/shipments", "/counts", "/transfers"])
def test_a_list_refuses_a_state_that_there_is_not(owner: Caller, shop: Shop, path: str) -> None:
    wrong = refused(owner.get(f"{path}?state=nope"))
    assert (wrong["code"], wrong["pointer"]) == ("invalid_value", "/state")
    for state in wrong["data"]["expected"].split(" / "):
        assert owner.get(f"{path}?state={state}").status_code == 200


def test_what_is_not_sold_in_any_more_is_still_asked_for(owner: Caller, shop: Shop) -> None:
    old = Channel.objects.create(code="old-shop", name_zh="旧店", name_en="Old shop", active=False)
    Warehouse.objects.create(code="old-house", name_zh="旧仓", name_en="Old house", active=False)
    assert owner.get(f"/orders?channel={old.code}").status_code == 200
    assert owner.get("/stock?warehouse=old-house").status_code == 200


def test_a_key_learns_of_no_other_channels_and_warehouses(caller: Callable[..., Caller], shop: Shop) -> None:
    mine = Channel.objects.create(code="mine", name_zh="我的", name_en="Mine")
    here = Warehouse.objects.create(code="here", name_zh="此处", name_en="Here")
    limits = {"channel": [mine.pk], "warehouse": [here.pk]}
    narrow = caller("orders:order:view", "inventory:stock:view", limits=limits)
    other = Channel.objects.exclude(pk=mine.pk).values_list("code", flat=True)[0]
    assert refused(narrow.get(f"/orders?channel={other}"))["data"]["expected"] == "mine"
    assert refused(narrow.get("/stock?warehouse=main"))["data"]["expected"] == "here"
    assert narrow.get("/orders?channel=mine").status_code == 200


def test_a_shipment_arrives_neither_before_it_left_nor_in_the_future(owner: Caller, shop: Shop) -> None:
    order = owner.post("/orders", draft()).json()["id"]
    shipment = owner.post(f"/orders/{order}/shipments", {}).json()[0]["id"]
    path = f"/shipments/{shipment}/deliver"
    early = refused(owner.post(path, {"delivered_at": datetime(2020, 1, 1, tzinfo=UTC).isoformat()}))
    assert early["code"] == "delivered_before_shipped"
    assert "T00:00" not in early["detail"], "read by people, not by programs"
    ahead = refused(owner.post(path, {"delivered_at": (utc_now() + timedelta(days=3)).isoformat()}))
    assert (ahead["code"], ahead["pointer"]) == ("delivered_in_future", "/delivered_at")
    assert owner.post(path, {"delivered_at": utc_now().isoformat()}).status_code == 200


def test_a_case_without_an_order_says_so(owner: Caller, shop: Shop) -> None:
    customer = owner.post("/customers", {"name": "Li Na", "kind": "person"}).json()["id"]
    body = {"kind": "question", "body": "Where is it?", "direction": "in", "customer_id": customer}
    case = owner.post("/cases", body).json()
    sent = {"lines": [{"line_id": 1, "quantity": "1"}], "reason": "too small"}
    wrong = refused(owner.post(f"/cases/{case['id']}/return", sent))
    assert wrong["code"] == "case_without_order" and case["number"] in wrong["detail"]
    assert owner.post("/cases/999999/return", sent).status_code == 404
