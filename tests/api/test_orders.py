"""Orders over the API: one, many, read, changed, quoted, with files."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from orderwell.domains.catalog.models import Channel
from orderwell.testing import factories as make
from tests.api.callers import Caller
from tests.api.shop import Shop, draft

CallerMaker = Callable[..., Caller]


def test_order_is_placed_and_read(owner: Caller, shop: Shop) -> None:
    placed = owner.post("/orders", draft(external_id="W-1"))
    assert placed.status_code == 201, placed.content
    body = placed.json()
    assert body["verdict"] == "placed"
    assert Decimal(body["total_amount"]) == Decimal(40)
    read = owner.get(f"/orders/{body['id']}")
    assert read.status_code == 200, read.content
    order = read.json()
    assert (order["number"], order["state"], order["channel"]) == (body["number"], "placed", "web")
    assert order["ship_to"]["street"] == "Renmin Road 1"
    assert [line["sku"] for line in order["lines"]] == ["CUP", "POT"]
    assert read["ETag"] == f'"{order["version"]}"'
    assert owner.get("/orders").json()["items"][0]["number"] == body["number"]
    events = owner.get(f"/orders/{body['id']}/timeline").json()["items"]
    assert events[-1]["name"] == "orders.order.placed"
    assert events[-1]["source"] == "api"


def test_without_an_address_it_goes_to_the_usual_one_of_the_customer(owner: Caller, shop: Shop) -> None:
    """As on the screen. `null` says that there is none; without a customer there is no usual one."""
    home = {"recipient": "李雷", "phone": "", "street": "中山路1号", "city": "杭州市", "country": "CN"}
    person = {"name": "李雷", "phone": "13900139000", "email": "li@example.com", "is_primary": True}
    other = {**home, "street": "仓前路2号"}
    made = owner.post(
        "/customers", {"name": "李雷", "addresses": [other, {**home, "is_default": True}], "contacts": [person]}
    )
    assert made.status_code == 200, made.content
    asked = {key: value for key, value in draft(customer=made.json()["number"]).items() if key != "ship_to"}

    def address(answer: Any) -> Any:
        assert answer.status_code in {200, 201}, answer.content
        return owner.get(f"/orders/{answer.json()['id']}").json()["ship_to"]

    usual = address(owner.post("/orders", asked))
    assert (usual["recipient"], usual["street"], usual["city"]) == ("李雷", "中山路1号", "杭州市")
    assert (usual["phone"], usual["email"]) == ("13900139000", "li@example.com")
    assert address(owner.post("/quotes", asked))["street"] == "中山路1号"
    assert address(owner.post("/orders", {**asked, "ship_to": None})) is None
    assert address(owner.post("/orders", draft()))["street"] == "Renmin Road 1"
    nobody = {key: value for key, value in asked.items() if key != "customer"}
    assert address(owner.post("/orders", {**nobody, "customer_name": "Han"})) is None
    (one,) = owner.post("/orders/bulk", {"orders": [asked]}).json()["results"]
    assert owner.get(f"/orders/{one['id']}").json()["ship_to"]["street"] == "中山路1号"


def test_external_id_given_twice_leads_to_the_first_order(owner: Caller, shop: Shop) -> None:
    first = owner.post("/orders", draft(external_id="W-2"))
    second = owner.post("/orders", draft(external_id="W-2"))
    assert (second.status_code, second.json()["verdict"]) == (200, "duplicate")
    assert second.json() == first.json() | {"verdict": "duplicate", "differs": False}
    other = owner.post("/orders", draft(external_id="W-2", lines=[{"sku": "CUP", "quantity": "7"}]))
    assert (other.json()["id"], other.json()["differs"]) == (first.json()["id"], True)


def test_personal_data_needs_its_permission(owner: Caller, caller: CallerMaker, shop: Shop) -> None:
    number = owner.post("/orders", draft()).json()["id"]
    seen = caller("orders:order:view").get(f"/orders/{number}").json()["ship_to"]
    assert (seen["street"], seen["phone"], seen["city"]) == (None, None, "Shanghai")


def test_out_of_stock_is_refused_with_its_place(owner: Caller, shop: Shop) -> None:
    refused = owner.post("/orders", draft(lines=[{"sku": "CUP", "quantity": "999"}]))
    assert refused.status_code == 422
    assert refused["Content-Type"] == "application/problem+json"
    problem = refused.json()
    assert problem["code"] == "out_of_stock"
    assert problem["errors"][0]["pointer"].startswith("/lines/0")
    assert Decimal(problem["errors"][0]["data"]["available"]) == 100


def test_list_is_filtered_searched_and_paged(owner: Caller, shop: Shop) -> None:
    for index in range(5):
        owner.post("/orders", draft(external_id=f"P-{index}"))
    seen: list[str] = []
    path = "/orders?limit=2"
    while path:
        page = owner.get(path)
        assert page.status_code == 200, page.content
        seen += [order["external_id"] for order in page.json()["items"]]
        link = page.get("Link", "")
        path = link.partition(">")[0].removeprefix("</api/v1") if link else ""
    assert seen == ["P-4", "P-3", "P-2", "P-1", "P-0"]
    assert len(owner.get("/orders?search=P-3").json()["items"]) == 1
    assert owner.get("/orders?channel=elsewhere").json()["code"] == "unknown_channel"
    assert owner.get("/orders?state=nonsense").status_code == 422
    assert owner.get("/orders?cursor=nonsense").json()["code"] == "unknown_cursor"


def test_bulk_gives_each_draft_its_verdict(owner: Caller, shop: Shop) -> None:
    owner.post("/orders", draft(external_id="B-1"))
    answer = owner.post(
        "/orders/bulk",
        {
            "orders": [
                draft(external_id="B-1"),
                draft(external_id="B-2"),
                draft(lines=[{"sku": "NOPE", "quantity": 1}]),
                draft(lines=[{"sku": "CUP", "quantity": [1]}]),
                draft(colour="red"),
                "nonsense",
            ]
        },
    )
    assert answer.status_code == 200, answer.content
    body = answer.json()
    assert [row["verdict"] for row in body["results"]] == ["duplicate", "placed"] + ["refused"] * 4
    assert (body["placed"], body["duplicate"], body["refused"]) == (1, 1, 4)
    again, new = body["results"][:2]
    alone = owner.post("/orders", draft(external_id="B-1")).json()
    assert {**again, "placed_at": ""} == {**alone, "placed_at": "", "errors": []}
    assert new["differs"] is None and new["lines"][0]["reserved"] == again["lines"][0]["reserved"]
    alone = owner.post("/orders", draft(external_id="B-3")).json()
    assert new.keys() == alone.keys() | {"differs", "errors"}
    assert {name: new[name] for name in ("state", "currency", "total_amount", "lines")} == {
        name: alone[name] for name in ("state", "currency", "total_amount", "lines")
    }, "a placed one is told as fully as a single one"
    more = {"orders": [draft(external_id="B-1", lines=[{"sku": "CUP", "quantity": "9"}])]}
    assert owner.post("/orders/bulk", more).json()["results"][0]["differs"] is True
    places = [row["errors"][0]["pointer"] for row in body["results"][2:]]
    assert places == ["/orders/2/lines/0/sku", "/orders/3/lines/0/quantity", "/orders/4/colour", "/orders/5"]


@pytest.mark.parametrize("body", [{}, [], {"orders": []}, {"orders": {}}, {"orders": [{}] * 501}, {"rows": []}])
def test_bulk_refuses_a_body_that_is_no_list_of_orders(owner: Caller, shop: Shop, body: Any) -> None:
    assert owner.post("/orders/bulk", body).status_code == 422


def test_change_needs_the_version_that_was_seen(owner: Caller, shop: Shop) -> None:
    number = owner.post("/orders", draft()).json()["id"]
    order = owner.get(f"/orders/{number}")
    line = order.json()["lines"][0]["id"]
    change = {"lines": [{"line_id": line, "quantity": "3"}], "note": "call first"}
    assert owner("PATCH", f"/orders/{number}", change).json()["code"] == "precondition_required"
    stale = owner("PATCH", f"/orders/{number}", change, headers={"If-Match": '"999"'})
    assert (stale.status_code, stale.json()["code"]) == (412, "stale_version")
    done = owner("PATCH", f"/orders/{number}", change, headers={"If-Match": order["ETag"]})
    assert done.status_code == 200, done.content
    assert Decimal(done.json()["lines"][0]["quantity"]) == 3
    assert done["ETag"] != order["ETag"]
    wrong = owner("PATCH", f"/orders/{number}", {"lines": [{"line_id": "x"}]}, headers={"If-Match": "*"})
    assert (wrong.status_code, wrong.json()["errors"][0]["pointer"]) == (422, "/lines/0/line_id")


def test_cancel_some_units_then_the_rest(owner: Caller, shop: Shop) -> None:
    number = owner.post("/orders", draft()).json()["id"]
    line = owner.get(f"/orders/{number}").json()["lines"][0]["id"]
    some = owner.post(f"/orders/{number}/cancel", {"lines": {str(line): "1"}, "reason": "broken cup"})
    assert some.status_code == 200, some.content
    assert Decimal(some.json()["lines"][0]["quantity_cancelled"]) == 1
    rest = owner.post(f"/orders/{number}/cancel", {"reason": "no longer wanted"})
    assert rest.json()["state"] == "cancelled"
    assert owner.post(f"/orders/{number}/cancel", {"reason": "again"}).status_code == 422


def test_hold_note_and_release(owner: Caller, shop: Shop) -> None:
    number = owner.post("/orders", draft()).json()["id"]
    hold = owner.post(f"/orders/{number}/holds", {"kind": "fraud", "reason": "odd address"})
    assert hold.status_code == 201, hold.content
    assert owner.get(f"/orders/{number}").json()["on_hold"] is True
    assert owner.post(f"/orders/{number}/holds", {"kind": "mood", "reason": "x"}).json()["code"] == "unknown_hold_kind"
    released = owner.post(f"/holds/{hold.json()['id']}/release", {"reason": "called"})
    assert released.json()["release_reason"] == "called"
    note = owner.post(f"/orders/{number}/notes", {"body": "客户要求周末送货"})
    assert note.status_code == 201
    assert owner.get(f"/orders/{number}").json()["notes"][0]["body"] == "客户要求周末送货"


def test_quote_is_saved_changed_and_confirmed(owner: Caller, shop: Shop) -> None:
    saved = owner.post("/quotes", draft())
    assert saved.status_code == 201, saved.content
    number = saved.json()["id"]
    assert saved.json()["state"] == "draft"
    changed = owner(
        "PUT", f"/quotes/{number}", draft(lines=[{"sku": "CUP", "quantity": 5}]), headers={"If-Match": saved["ETag"]}
    )
    assert changed.status_code == 200, changed.content
    assert len(changed.json()["lines"]) == 1
    stale = owner(
        "PUT",
        f"/quotes/{number}",
        draft(lines=[{"sku": "CUP", "quantity": 7}], note="mine"),
        headers={"If-Match": saved["ETag"]},
    )
    assert stale.status_code == 412
    told = {item["field"]: item for item in stale.json()["errors"][0]["data"]["differences"]}
    assert told["/lines/0/quantity"] == {"field": "/lines/0/quantity", "theirs": "5", "yours": "7"}
    assert told["/note"]["yours"] == "mine"
    confirmed = owner.post(f"/quotes/{number}/confirm")
    assert confirmed.status_code == 200, confirmed.content
    assert confirmed.json()["state"] == "placed"
    assert owner.post(f"/quotes/{number}/confirm").json()["code"] == "order_state_forbids"


def test_file_is_attached_and_comes_back_as_a_download(owner: Caller, shop: Shop) -> None:
    number = owner.post("/orders", draft()).json()["id"]
    file = SimpleUploadedFile("合同.html", b"<script>alert(1)</script>", "text/html")
    added = owner.upload(f"/orders/{number}/attachments", {"file": file})
    assert added.status_code == 201, added.content
    got = owner.get(f"/orders/{number}/attachments/{added.json()['id']}")
    assert b"".join(got.streaming_content) == b"<script>alert(1)</script>"
    assert got["Content-Type"] == "application/octet-stream"
    assert got["Content-Disposition"].startswith("attachment")
    assert owner.upload(f"/orders/{number}/attachments", {}).json()["code"] == "missing_field"


def test_orders_outside_the_callers_rows_do_not_exist(owner: Caller, caller: CallerMaker, shop: Shop) -> None:
    number = owner.post("/orders", draft()).json()["id"]
    other = make.make_channel("other")
    limited = caller("*", limits={"channel": [other.pk]})
    for method, path, body in (
        ("GET", f"/orders/{number}", None),
        ("GET", f"/orders/{number}/timeline", None),
        ("POST", f"/orders/{number}/cancel", {"reason": "x"}),
        ("POST", f"/orders/{number}/notes", {"body": "x"}),
        ("PATCH", f"/orders/{number}", {}),
    ):
        answer = limited(method, path, body, headers={"If-Match": "*"})
        assert (answer.status_code, answer.json()["code"]) == (404, "not_found"), (method, path)
    assert limited.get("/orders").json()["items"] == []
    assert limited.post("/orders", draft()).json()["code"] == "unknown_channel"
    assert Channel.objects.count() == 2


def test_a_stale_version_is_told_what_was_changed_since(shop: Shop, owner: Caller) -> None:
    order = owner.post("/orders", draft()).json()["id"]
    path = f"/orders/{order}/changes"
    shown = owner.post(f"{path}/preview", {"shipping": "9.00"}).json()
    made = owner.post(f"{path}?agreed={shown['fingerprint']}", {"shipping": "9.00"}, headers={"If-Match": '"1"'})
    assert (made.status_code, made["ETag"], made.json()["change"]["number"]) == (201, '"2"', 1)
    assert made.json()["difference"]["total"] == shown["total"]
    late = owner.post(path, {"note": "late"}, headers={"If-Match": '"1"'})
    assert (late.status_code, late.json()["code"]) == (412, "stale_version")
    (since,) = late.json()["errors"][0]["data"]["differences"]
    assert (since["change"], since["lines"][0]["sku"], since["undone"]) == (1, "SHIPPING", False)
    other = owner.post(f"{path}?agreed=somethingelse", {"note": "late"}, headers={"If-Match": "*"})
    assert (other.status_code, other.json()["code"]) == (409, "difference_changed")
    undone = owner.post(f"{path}/1/undo")
    assert undone.status_code == 200 and undone.json()["undone_at"]
    again = owner.post(f"{path}/1/undo")
    assert (again.status_code, again.json()["code"]) == (409, "already_undone")
