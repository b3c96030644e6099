"""What a day's work looks like through the API, from order to money, and that the books are right afterwards."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from orderwell.platform.jobs.tasks import run_next_task
from tests.api.callers import Caller
from tests.api.shop import Shop, draft


def made(answer: Any) -> Any:
    assert answer.status_code < 300, answer.content
    return answer.json()


@pytest.fixture
def books_are_right(owner: Caller) -> Any:
    yield
    verdict = made(owner.get("/verify"))
    assert verdict["ok"], verdict["differences"]
    assert verdict["checked"]


@pytest.mark.usefixtures("books_are_right")
def test_order_to_cash(owner: Caller, shop: Shop) -> None:
    order = made(owner.post("/orders", draft()))["id"]
    cups, pots = made(owner.get(f"/orders/{order}"))["lines"]
    first = made(owner.post(f"/orders/{order}/shipments", {"lines": {str(cups["id"]): 1}, "carrier": "SF"}))[0]
    assert first["lines"][0]["sku"] == "CUP"
    assert made(owner.get(f"/orders/{order}"))["fulfilment_state"] == "partial"
    tracked = owner(
        "PATCH", f"/shipments/{first['id']}", {"carrier": "SF", "tracking_number": "SF77"}, headers={"If-Match": '"1"'}
    )
    assert made(tracked)["tracking_number"] == "SF77"
    assert made(owner.get("/shipments?search=SF77"))["items"][0]["id"] == first["id"]
    rest = made(owner.post(f"/orders/{order}/shipments", {}))[0]
    for shipment in (first, rest):
        made(owner.post(f"/shipments/{shipment['id']}/deliver", {}))
    assert made(owner.get(f"/orders/{order}"))["fulfilment_state"] == "delivered"

    invoice = made(owner.post(f"/orders/{order}/invoices", {}))
    assert Decimal(invoice["gross_amount"]) == 40
    assert sum(Decimal(line["gross_amount"]) for line in invoice["lines"]) == 40
    payment = made(owner.post(f"/orders/{order}/payments", {"amount": "40", "method": "card", "reference": "ch_1"}))
    assert made(owner.get(f"/orders/{order}"))["payment_state"] == "paid"
    again = made(owner.post(f"/orders/{order}/payments", {"amount": "40", "method": "card", "reference": "ch_1"}))
    assert again["id"] == payment["id"]

    back = made(
        owner.post(
            f"/orders/{order}/returns", {"lines": [{"line_id": cups["id"], "quantity": 1}], "reason": "one too many"}
        )
    )
    note = made(owner.post(f"/returns/{back['id']}/credit-notes"))[0]
    assert Decimal(note["gross_amount"]) == 10
    made(owner.post(f"/payments/{payment['id']}/refunds", {"amount": "10", "reason": "one too many"}))
    money = made(owner.get(f"/orders/{order}/money"))
    assert {name: Decimal(money[name]) for name in ("due", "balance", "paid", "credited")} == {
        "due": 0,
        "balance": 0,
        "paid": 30,
        "credited": 10,
    }
    too_much = owner.post(f"/payments/{payment['id']}/refunds", {"amount": "31", "reason": "greed"})
    assert too_much.json()["code"] == "refund_above_payment"
    above = owner.post(
        f"/orders/{order}/returns", {"lines": [{"line_id": pots["id"], "quantity": 2}], "reason": "above shipped"}
    )
    assert above.status_code == 422


@pytest.mark.usefixtures("books_are_right")
def test_a_payment_settles_the_invoice_it_names(owner: Caller, shop: Shop) -> None:
    order, other = (made(owner.post("/orders", draft()))["id"] for _ in range(2))
    cups, pots = made(owner.get(f"/orders/{order}"))["lines"]
    first = made(owner.post(f"/orders/{order}/invoices", {"lines": {str(cups["id"]): 1}}))
    second = made(owner.post(f"/orders/{order}/invoices", {"lines": {str(pots["id"]): 1}}))
    theirs = made(owner.post(f"/orders/{other}/invoices", {}))
    given = {"amount": second["open_amount"], "method": "bank", "reference": "TT-1", "invoice": second["number"]}
    payment = made(owner.post(f"/orders/{order}/payments", given))
    assert (payment["invoice"], payment["invoice_id"]) == (second["number"], second["id"])
    assert made(owner.get("/payments"))["items"][0]["invoice"] == second["number"]
    left = {row["number"]: Decimal(row["open_amount"]) for row in made(owner.get("/invoices"))["items"]}
    assert left[first["number"]] == Decimal(first["gross_amount"]) and left[second["number"]] == 0
    for number, code in ((theirs["number"], "invoice_of_another_order"), ("NO-SUCH", "unknown_invoice")):
        refused = owner.post(f"/orders/{order}/payments", {**given, "reference": None, "invoice": number})
        assert refused.status_code == 422
        (error,) = refused.json()["errors"]
        assert (error["code"], error["pointer"]) == (code, "/invoice")
    again = owner.post(f"/orders/{order}/payments", {**given, "invoice": first["number"]})
    assert again.json()["code"] == "recorded_for_another_invoice"


@pytest.mark.usefixtures("books_are_right")
def test_stock_is_corrected_moved_and_promised(owner: Caller, shop: Shop) -> None:
    made(owner.post("/warehouses", {"code": "second", "name_en": "Second"}))
    count = {"warehouse": "main", "reason": "count", "lines": [{"sku": "CUP", "counted": 90}], "external_id": "c-1"}
    verdicts = made(
        owner.post("/adjustments/bulk", {"adjustments": [count, {**count, "warehouse": "moon", "external_id": "c-2"}]})
    )
    assert [row["verdict"] for row in verdicts["results"]] == ["created", "refused"]
    transfer = made(
        owner.post(
            "/transfers", {"origin": "main", "destination": "second", "lines": [{"sku": "CUP", "quantity": "30"}]}
        )
    )
    sent = owner.post(f"/transfers/{transfer['id']}/dispatch", headers={"If-Match": '"1"'})
    assert made(sent)["state"] == "dispatched"
    line = made(sent)["lines"][0]["id"]
    as_of = f"/stock/as-of?variant_id={shop.cup.pk}&moment=2031-01-01T00:00:00Z"
    under_way = [(row["warehouse"], row["on_hand"], row["in_transit"]) for row in made(owner.get(as_of))]
    assert [(place, Decimal(hand), Decimal(way)) for place, hand, way in under_way] == [("main", 60, 30)]
    body = {"arrivals": [{"line": line, "received": "29", "lost": "1"}]}
    arrived = owner.post(f"/transfers/{transfer['id']}/receive", body, headers={"If-Match": sent["ETag"]})
    assert made(arrived)["state"] == "received"
    levels = made(owner.get(f"/stock?variant_id={shop.cup.pk}"))["items"]
    assert {item["warehouse"]: Decimal(item["on_hand"]) for item in levels} == {"main": 60, "second": 29}
    made(owner.post("/buffers", {"channel": "web", "sku": "CUP", "quantity": "9"}))
    free = made(owner.get(f"/stock/available?variant_id={shop.cup.pk}&channel=web"))
    assert sum(Decimal(item["available"]) for item in free) < 89
    expected = {
        "reference": "PO-7",
        "sku": "CUP",
        "warehouse": "main",
        "quantity": 40,
        "due_at": "2031-05-01T00:00:00Z",
    }
    made(owner.post("/expected-receipts", expected))
    promise = made(owner.get(f"/stock/atp?variant_id={shop.cup.pk}"))
    assert Decimal(promise["series"][-1]["quantity"]) - Decimal(promise["series"][0]["quantity"]) == 40
    movements = made(owner.get(f"/stock/movements?variant_id={shop.cup.pk}"))["items"]
    assert sum(Decimal(movement["quantity"]) for movement in movements) == 89
    then = made(owner.get(as_of))
    assert sum(Decimal(row["on_hand"]) for row in then) == 89
    assert not any(Decimal(row["in_transit"]) for row in then)


def test_product_is_saved_found_and_sold(owner: Caller, shop: Shop) -> None:
    product = {
        "code": "TEA",
        "name_zh": "龙井茶",
        "name_en": "Longjing tea",
        "tax_category": "standard",
        "variants": [
            {
                "sku": "TEA-250",
                "prices": [{"currency": "CNY", "unit_price": "88.5", "unit_cost": "40"}],
                "packs": [{"unit": "box", "quantity": 12}],
                "barcodes": [{"code": "6901234567892"}, {"code": "16901234567899", "pack": "box"}],
            },
            {
                "sku": "TEA-SET",
                "prices": [{"currency": "CNY", "unit_price": "120"}],
                "components": [{"sku": "CUP", "quantity": 2}, {"sku": "POT", "quantity": 1}],
            },
        ],
    }
    saved = owner.post("/products", product)
    assert [variant["is_bundle"] for variant in made(saved)["variants"]] == [False, True]
    assert made(owner.get("/variants?search=16901234567899&currency=CNY"))[0]["pack_quantity"] == "12"
    assert made(owner.get("/variants?search=ljc"))[0]["sku"].startswith("TEA")
    changed = owner(
        "PATCH", f"/products/{made(saved)['id']}", {"name_en": "Dragon Well"}, headers={"If-Match": saved["ETag"]}
    )
    assert made(changed)["name_en"] == "Dragon Well"
    stale = owner("PATCH", f"/products/{made(saved)['id']}", {"name_en": "X"}, headers={"If-Match": saved["ETag"]})
    assert stale.status_code == 412, stale.content
    sold = made(owner.post("/orders", draft(lines=[{"sku": "TEA-SET", "quantity": 1}])))
    detail = made(owner.get(f"/orders/{sold['id']}"))
    assert {part["sku"]: part["quantity"] for part in detail["lines"][0]["components"]} == {"CUP": "2", "POT": "1"}
    rows = [product, {"code": "X", "variants": [{"sku": "CUP"}]}, {"name_en": "no code"}]
    verdicts = made(owner.post("/products/bulk", {"products": rows}))
    assert [row["verdict"] for row in verdicts["results"]] == ["updated", "refused", "refused"]
    assert verdicts["results"][2]["errors"][0]["pointer"] == "/products/2/code"


def test_customer_is_saved_found_and_masked(owner: Caller, caller: Any, shop: Shop) -> None:
    body = {
        "name": "韩梅梅",
        "kind": "person",
        "tags": ["vip"],
        "contacts": [{"name": "韩梅梅", "phone": "13912345678", "email": "han@example.com", "is_primary": True}],
        "addresses": [{"recipient": "韩梅梅", "street": "南京路1号", "city": "上海"}],
    }
    saved = owner.post("/customers", body)
    customer = made(saved)["id"]
    for text in ("5678", "hmm", "han@example.com", "13912345678"):
        assert made(owner.get(f"/customers/find?search={text}"))[0]["id"] == customer, text
    hidden = made(caller("customers:customer:view").get(f"/customers/{customer}"))
    assert hidden["masked"] is True
    assert "13912345678" not in str(hidden)
    change = owner("PATCH", f"/customers/{customer}", {"credit_limit": "1000.00"}, headers={"If-Match": saved["ETag"]})
    assert made(change)["credit_limit"] == "1000.00"
    consent = {"purpose": "marketing", "medium": "email", "granted": True, "source": "form"}
    made(owner.post(f"/customers/{customer}/consents", consent))
    made(owner.post(f"/customers/{customer}/consents", {**consent, "granted": False}))
    detail = made(owner.get(f"/customers/{customer}"))
    assert [row["granted"] for row in detail["consents"]] == [False]
    assert len(detail["consent_history"]) == 2


@pytest.mark.usefixtures("books_are_right")
def test_file_is_imported_watched_and_undone(owner: Caller, shop: Shop) -> None:
    rows = "order,date,channel,sku,quantity,price\nA-1,2026-03-01 10:00,web,CUP,2,10.00\nA-2,2026-03-01 11:00,web,NOPE,1,1\n"
    file = SimpleUploadedFile("orders.csv", rows.encode(), "text/csv")
    batch = made(owner.upload("/imports", {"file": file, "mode": "live"}))
    assert batch["state"] == "waiting"
    started = owner.post(f"/imports/{batch['id']}/run")
    assert started.status_code == 202
    assert run_next_task("test")
    after = made(owner.get(f"/imports/{batch['id']}"))
    assert (after["state"], after["done"], after["refused"], after["progress"]["share"]) == ("finished", 1, 1, 1.0)
    refused = made(owner.get(f"/imports/{batch['id']}/rows?verdict=refused"))["items"]
    assert [(row["row_number"], row["code"]) for row in refused] == [(3, "unknown_sku")]
    assert "NOPE" in refused[0]["detail"]
    made(owner.post(f"/imports/{batch['id']}/undo"))
    assert run_next_task("test")
    assert made(owner.get(f"/imports/{batch['id']}"))["state"] == "undone"
    assert made(owner.get("/jobs"))["items"][0]["status"] == "successful"
    bad = owner.upload("/imports", {"file": SimpleUploadedFile("a.csv", b"sku\nCUP\n", "text/csv")})
    assert (bad.status_code, bad.json()["code"]) == (422, "missing_column")


def test_settings_are_read_set_and_reset(owner: Caller, shop: Shop) -> None:
    setting = made(owner("PUT", "/settings/orders.number_template", {"value": "A{value:05d}"}))
    assert setting["value"] == "A{value:05d}"
    assert made(owner.post("/orders", draft()))["number"].startswith("A0")
    wrong = owner("PUT", "/settings/orders.number_template", {"value": "no number"})
    assert (wrong.status_code, wrong.json()["code"]) == (422, "invalid_value")
    assert made(owner("DELETE", "/settings/orders.number_template"))["value"] == setting["default"]
    assert owner("PUT", "/settings/nothing", {"value": 1}).status_code == 404


@pytest.mark.usefixtures("books_are_right")
def test_an_order_that_was_invoiced_before_it_shipped_can_be_cancelled(owner: Caller, shop: Shop) -> None:
    order = made(owner.post("/orders", draft()))["id"]
    made(owner.post(f"/orders/{order}/invoices", {}))
    cancelled = made(owner.post(f"/orders/{order}/cancel", {"reason": "changed their mind"}))
    assert (cancelled["state"], Decimal(cancelled["total_amount"])) == ("cancelled", 0)


@pytest.mark.usefixtures("books_are_right")
def test_cancelling_what_is_invoiced_says_that_it_needs_a_credit_note_and_by_whom(
    owner: Caller, caller: Callable[..., Caller], shop: Shop
) -> None:
    order = owner("GET", f"/orders/{made(owner.post('/orders', draft()))['id']}").json()
    line = str(order["lines"][0]["id"])
    number = made(owner.post(f"/orders/{order['id']}/invoices", {"lines": {line: "1"}}))["number"]
    seller = caller("orders:*")
    for lines, pointer in ((None, None), ({line: order["lines"][0]["quantity"]}, f"/lines/{line}")):
        answer = seller.post(f"/orders/{order['id']}/cancel", {"lines": lines, "reason": "not wanted"})
        (error,) = answer.json()["errors"]
        assert (answer.status_code, error["code"], error.get("pointer")) == (403, "credit_note_needed", pointer)
        assert number in error["detail"] and "Issue credit notes" in error["detail"]
    assert seller("GET", f"/orders/{order['id']}").json()["state"] == "placed"
    cancelled = made(seller.post(f"/orders/{order['id']}/cancel", {"lines": {line: "1"}, "reason": "not wanted"}))
    assert Decimal(cancelled["lines"][0]["quantity_cancelled"]) == 1


@pytest.mark.usefixtures("books_are_right")
def test_stock_is_corrected_below_what_is_reserved(owner: Caller, caller: Callable[..., Caller], shop: Shop) -> None:
    order = made(owner.post("/orders", draft(lines=[{"sku": "CUP", "quantity": "40"}])))
    what = {"warehouse": "main", "reason": "count", "lines": [{"sku": "CUP", "counted": "25"}]}
    refused = owner.post("/adjustments", what)
    assert refused.status_code == 422
    error = refused.json()["errors"][0]
    assert (error["code"], error["pointer"], error["data"]["missing"]) == ("stock_reserved", "/lines/0/counted", "15")
    assert [(row["number"], row["units"], row["left"]) for row in error["data"]["orders"]] == [
        (order["number"], "15", "25")
    ]
    counter = caller("inventory:*", "orders:order:view")
    denied = counter.post("/adjustments", {**what, "displace": True})
    assert (denied.status_code, denied.json()["errors"][0]["code"]) == (403, "displacing_denied")
    made(owner.post("/adjustments", {**what, "displace": True}))
    count = made(owner.post("/counts", {"warehouse": "main", "skus": ["CUP"]}))
    made(owner.post(f"/counts/{count['id']}/entries", {"entries": [{"code": "CUP", "quantity": "20"}]}))
    assert owner.post(f"/counts/{count['id']}/post").json()["errors"][0]["code"] == "stock_reserved"
    posted = made(owner.post(f"/counts/{count['id']}/post", {"displace": True}))
    assert posted["state"] == "posted"
    lines = made(owner.get(f"/orders/{order['id']}"))["lines"]
    assert lines[0]["sku"] == "CUP"
    levels = made(owner.get(f"/stock?variant_id={shop.cup.pk}&warehouse=main"))["items"]
    assert [(Decimal(row["on_hand"]), Decimal(row["reserved"])) for row in levels] == [(20, 20)]
