"""Whatever is sent, the answer says what is wrong and where, nothing is half-done and nothing breaks."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from django.utils import translation

from orderwell.api.openapi import document
from orderwell.api.problems import STATUS
from orderwell.domains.orders.models import Order
from orderwell.kernel.errors import all_codes
from orderwell.platform.events.models import Event
from orderwell.platform.idempotency.models import RequestKey
from tests.api.callers import Caller
from tests.api.shop import Shop, draft


def line(**changes: Any) -> dict[str, Any]:
    return draft(lines=[{"sku": "CUP", "quantity": "1", **changes}])


WRONG_ORDERS: dict[str, tuple[dict[str, Any], str, str]] = {
    "unknown SKU": (line(sku="NOPE"), "unknown_sku", "/lines/0/sku"),
    "unknown customer": (draft(customer="C-999"), "unknown_customer", "/customer"),
    "unknown channel": (draft(channel="moon"), "unknown_channel", "/channel"),
    "unknown currency": (draft(currency="XXQ"), "unknown_currency", "/currency"),
    "quantity zero": (line(quantity=0), "quantity_not_positive", "/lines/0/quantity"),
    "quantity negative": (line(quantity="-1"), "quantity_not_positive", "/lines/0/quantity"),
    "quantity not a number": (line(quantity="NaN"), "wrong_type", "/lines/0/quantity"),
    "quantity infinite": (line(quantity="Infinity"), "wrong_type", "/lines/0/quantity"),
    "quantity absurd": (line(quantity="1" + "0" * 40), "quantity_too_large", "/lines/0/quantity"),
    "quantity of more digits than anybody reads": (
        line(quantity="1" * 5_000),
        "quantity_too_large",
        "/lines/0/quantity",
    ),
    "price of more digits than anybody reads": (
        line(unit_price="0." + "1" * 5_000),
        "price_too_precise",
        "/lines/0/unit_price",
    ),
    "channel of a page": (draft(channel="x" * 9_000), "unknown_channel", "/channel"),
    "currency of a page": (draft(currency="x" * 9_000), "unknown_currency", "/currency"),
    "quantity with a huge exponent": (line(quantity="1E+999999999"), "wrong_type", "/lines/0/quantity"),
    "quantity an absurd number": (line(quantity=1e40), "quantity_too_large", "/lines/0/quantity"),
    "quantity too precise": (line(quantity="0.00001"), "quantity_too_precise", "/lines/0/quantity"),
    "quantity too precise for pieces": (line(quantity="1.5"), "quantity_too_precise", "/lines/0/quantity"),
    "quantity a tiny power": (line(quantity="1E-999999999"), "wrong_type", "/lines/0/quantity"),
    "price with too many decimals": (line(unit_price="1.1234567"), "price_too_precise", "/lines/0/unit_price"),
    "price negative": (line(unit_price="-1"), "price_out_of_range", "/lines/0/unit_price"),
    "discount above the line": (line(discount="11"), "discount_too_large", "/lines/0/discount"),
    "shipping with too many decimals": (draft(shipping="1.005"), "amount_too_precise", "/shipping"),
    "no lines": (draft(lines=[]), "no_lines", "/lines"),
    "too many lines": (draft(lines=[{"sku": "CUP", "quantity": 1}] * 10_000), "too_many_lines", "/lines"),
    "unknown field": (draft(colour="red"), "unknown_field", "/colour"),
    "unknown field in a line": (line(size="XL"), "unknown_field", "/lines/0/size"),
    "field missing": ({"channel": "web"}, "missing_field", "/lines"),
    "text for a list": (draft(lines="CUP"), "wrong_type", "/lines"),
    "list for a number": (line(quantity=[1]), "wrong_type", "/lines/0/quantity"),
    "truth for a number": (line(quantity=True), "wrong_type", "/lines/0/quantity"),
    "number for a text": (draft(channel=1), "wrong_type", "/channel"),
    "time without zone": (draft(requested_at="2026-03-01T10:00:00"), "missing_time_zone", "/requested_at"),
    "time before all time": (draft(requested_at="0001-01-01T00:00:00Z"), "moment_out_of_range", "/requested_at"),
    "time after all time": (draft(requested_at="9999-12-31T23:59:59Z"), "moment_out_of_range", "/requested_at"),
    "text too long": (draft(customer_name="x" * 241), "text_too_long", "/customer_name"),
}


@pytest.mark.parametrize("name", WRONG_ORDERS)
def test_wrong_order_is_refused_with_code_and_place(owner: Caller, shop: Shop, name: str) -> None:
    body, code, pointer = WRONG_ORDERS[name]
    events = Event.objects.count()
    answer = owner.post("/orders", body)
    assert answer.status_code == 422, answer.content
    problem = answer.json()
    assert {"code": problem["code"], "pointer": problem["errors"][0]["pointer"]} == {"code": code, "pointer": pointer}
    assert answer["Content-Type"] == "application/problem+json"
    assert len(answer.content) < 5_000
    assert (Order.objects.count(), Event.objects.count()) == (0, events)


UNREADABLE: dict[str, tuple[bytes, str, int, str]] = {
    "nothing": (b" ", "application/json", 400, "malformed_json"),
    "cut off": (b'{"channel": "web', "application/json", 400, "malformed_json"),
    "no JSON": (b"channel=web", "application/json", 400, "malformed_json"),
    "a form": (b"channel=web", "application/x-www-form-urlencoded", 415, "unsupported_media_type"),
    "no type": (b"{}", "", 415, "unsupported_media_type"),
    "XML": (b"<order/>", "application/xml", 415, "unsupported_media_type"),
    "UTF-16": ('{"channel": "web"}'.encode("utf-16"), "application/json", 400, "malformed_json"),
    "GBK": ('{"channel": "门店"}'.encode("gbk"), "application/json", 400, "malformed_json"),
    "GBK and says so": ('{"channel": "门店"}'.encode("gbk"), "application/json; charset=gbk", 415, "unsupported_media_type"),
    "byte order mark": (b'\xef\xbb\xbf{"channel": "web"}', "application/json", 400, "malformed_json"),
    "NUL character": (b'{"channel": "we\\u0000b", "lines": []}', "application/json", 400, "malformed_json"),
    "half a surrogate": (b'{"channel": "\\ud800", "lines": []}', "application/json", 400, "malformed_json"),
    "nested deeply": (b'{"channel":"web","custom":' + b'{"a":' * 9000 + b"1" + b"}" * 9001, "application/json", 400, "malformed_json"),
    "a list": (b"[]", "application/json", 422, "wrong_type"),
    "null": (b"null", "application/json", 422, "wrong_type"),
}  # fmt: skip


@pytest.mark.parametrize("more", ["", ', "unit_price": "+5"', ', "sku": "CUP"'])
@pytest.mark.parametrize("path", ["/orders", "/quotes", "/orders/bulk", "/orders/preview"])
def test_a_number_that_python_cannot_hold_is_refused(owner: Caller, shop: Shop, path: str, more: str) -> None:
    """More than 4,300 digits: what looked for repeated names broke on it, and the answer was 500."""
    order = b'{"channel": "web", "lines": [{"sku": "CUP", "quantity": %s%s}]}' % (b"1" * 5_000, more.encode())
    body = b'{"orders": [%s]}' % order if path.endswith("bulk") else order
    answer = owner.post(path, body)
    assert answer.status_code in (200, 422), answer.content
    assert len(answer.content) < 5_000
    found = answer.json()
    assert (found["results"][0] if path.endswith("bulk") else found)["errors"]
    assert not Order.objects.exists()


@pytest.mark.parametrize("name", UNREADABLE)
@pytest.mark.parametrize("path", ["/orders", "/quotes", "/users", "/orders/bulk", "/batch"])
def test_unreadable_body_is_refused(owner: Caller, shop: Shop, name: str, path: str) -> None:
    body, kind, status, code = UNREADABLE[name]
    answer = owner.post(path, body, content_type=kind)
    assert answer.status_code in (status, 422), answer.content
    assert answer.json()["code"] in (code, "wrong_type", "missing_field", "unknown_field"), answer.content
    assert answer.json()["status"] == answer.status_code


def test_huge_body_is_refused_before_it_is_read(owner: Caller, settings: Any) -> None:
    settings.MAX_BODY = settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 1000
    answer = owner.post("/orders", b" " * 1001)
    assert (answer.status_code, answer.json()["code"]) == (413, "body_too_large")
    assert answer.json()["errors"][0]["data"]["limit"] == 1000


@pytest.mark.parametrize("key", ["", " " * 300, "ключ", "a\tb"])
def test_unusable_request_key_is_refused(owner: Caller, shop: Shop, key: str) -> None:
    answer = owner.post("/orders", draft(), headers={"Idempotency-Key": key})
    assert (answer.status_code, answer.json()["code"]) == (400, "invalid_idempotency_key")


@pytest.mark.parametrize(
    "value", ["", "Bearer", "Bearer ", "Basic abc", "Bearer ow_x_y", "Bearer ключ", "Bearer " + "x" * 5000]
)
def test_unusable_api_key_is_turned_away(anonymous: Caller, value: str) -> None:  # fmt: skip
    answer = anonymous.get("/orders", headers={"Authorization": value})
    assert answer.status_code == 401
    assert answer.json()["code"] in ("not_authenticated", "invalid_api_key")


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/nothing", 404),
        ("/orders/", 404),
        ("/orders/0", 404),
        ("/orders/abc", 404),
        ("/orders/99999999999999999999999", 404),
        ("/orders/%00", 400),
        ("/orders?search=%00", 400),
        ("/orders?cursor=%F0%9F%98%80", 400),
        ("/orders?cursor=W10", 400),
        ("/orders?limit=0", 422),
        ("/orders?limit=1000000", 422),
        ("/orders?since=yesterday", 422),
        ("/orders?since=0001-01-01T00:00:00%2B14:00", 422),
        ("/orders?customer_id=99999999999999999999", 422),
        ("/verify?law=nonsense", 422),
        ("/users/%E2%80%AE", 404),
    ],
)
def test_unusable_address_is_refused(owner: Caller, path: str, status: int) -> None:
    answer = owner.get(path)
    assert answer.status_code == status, answer.content
    assert answer["Content-Type"] == "application/problem+json"


def test_an_address_without_its_object_names_what_was_asked(owner: Caller) -> None:
    assert owner.get("/orders/abc").json()["detail"] == "There is no order abc."


def test_wrong_method_says_which_are_right(owner: Caller) -> None:
    answer = owner("DELETE", "/orders")
    assert (answer.status_code, answer.json()["code"]) == (405, "method_not_allowed")
    assert answer["Allow"].split(", ") == ["GET", "POST"]
    assert answer.json()["errors"][0]["data"]["allowed"] == "GET, POST"


@pytest.mark.parametrize("given", ["abc", '"', "W/", '"1.5"', '"99999999999999"'])
def test_unusable_version_is_refused(owner: Caller, shop: Shop, given: str) -> None:
    number = owner.post("/orders", draft()).json()["id"]
    answer = owner("PATCH", f"/orders/{number}", {"note": "x"}, headers={"If-Match": given})
    assert (answer.status_code, answer.json()["code"]) == (400, "invalid_precondition")


def test_refusal_speaks_the_language_that_is_asked_for(owner: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("orderwell.platform.wording.gettext", lambda text: f"{translation.get_language()}: {text}")
    said = {
        asked: owner.post("/orders", b"{", headers={"Accept-Language": asked} if asked else {}).json()
        for asked in ("", "en", "zh-CN", "zh-Hans,en;q=0.5", "tlh")
    }
    assert {problem["code"] for problem in said.values()} == {"malformed_json"}
    spoken = {asked: problem["detail"].partition(":")[0] for asked, problem in said.items()}
    assert spoken == {"": "en", "en": "en", "zh-CN": "zh-hans", "zh-Hans,en;q=0.5": "zh-hans", "tlh": spoken["tlh"]}


def test_defect_is_answered_in_the_promised_form_and_forgotten(
    owner: Caller, shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Even what nobody anticipated is a problem document, leaves no request key behind, and works the next time."""

    def broken(**_: Any) -> None:
        raise ZeroDivisionError

    order = owner.post("/orders", draft()).json()["id"]
    with monkeypatch.context() as patch:
        patch.setattr("orderwell.api.orders.changing.add_note", broken)
        answer = owner.post(f"/orders/{order}/notes", {"body": "x"}, headers={"Idempotency-Key": "k"})
    assert (answer.status_code, answer.json()["code"]) == (500, "internal_error")
    assert answer.json()["errors"][0]["data"]["incident"]
    assert not RequestKey.objects.filter(key="k").exists()
    assert owner.post(f"/orders/{order}/notes", {"body": "x"}, headers={"Idempotency-Key": "k"}).status_code == 201


def test_every_error_code_has_its_status() -> None:
    """The table names what is not 422; the rest must be known codes, and no entry may outlive its code."""
    document()  # loads every domain
    known = set(all_codes())
    assert set(STATUS) <= known, sorted(set(STATUS) - known)
    described = set(document()["components"]["schemas"]["Problem"]["properties"]["code"]["enum"])
    assert known <= described


def test_refused_request_is_remembered_too(owner: Caller, shop: Shop) -> None:
    """A repetition gets the first answer even if the world has changed: the caller can rely on what it was told."""
    order = owner.post("/orders", draft()).json()["id"]
    wrong = {"kind": "mood", "reason": "x"}
    first = owner.post(f"/orders/{order}/holds", wrong, headers={"Idempotency-Key": "h"})
    again = owner.post(f"/orders/{order}/holds", wrong, headers={"Idempotency-Key": "h"})
    assert (first.status_code, again.content) == (422, first.content)
    assert again["Idempotency-Replayed"] == "true"
    assert again["Content-Type"] == "application/problem+json"
    assert json.loads(again.content)["code"] == "unknown_hold_kind"


def test_keys_of_two_callers_never_meet(caller: Callable[..., Caller], shop: Shop) -> None:
    one, two = caller("*"), caller("*")
    first = one.post("/orders", draft(), headers={"Idempotency-Key": "same"})
    second = two.post("/orders", draft(), headers={"Idempotency-Key": "same"})
    assert (first.status_code, second.status_code) == (201, 201)
    assert first.json()["id"] != second.json()["id"]


ODD = [
    "1_000",
    "1_0.5",
    "-1_0",
    "1_0e2",
    "+5",
    " 5",
    "5 ",
    "5\t",
    "５",
    "1．5",
    "٣",
    "1e3",
    ".5",
    "5.",
    "",
    "1,000",
    "NaN",
    "0x1",
]


@pytest.mark.parametrize("number", ODD)
def test_a_number_sent_as_text_is_digits_and_a_point(owner: Caller, shop: Shop, number: str) -> None:
    line = {"sku": "CUP", "quantity": number}
    answer = owner.post("/orders", draft(lines=[{"sku": "CUP", "quantity": "1"}, line], external_id="1_000"))
    found = answer.json()
    assert (answer.status_code, found["code"]) == (422, "wrong_type")
    assert [each["pointer"] for each in found["errors"]] == ["/lines/1/quantity"]
    verdicts = owner.post("/orders/bulk", {"orders": [draft(lines=[line]), draft(external_id="2_000")]}).json()
    assert [row["verdict"] for row in verdicts["results"]] == ["refused", "placed"]
    assert owner.post("/orders", draft(external_id="1_000")).status_code == 201  # a text is what it is


@pytest.mark.parametrize("number", ODD)
def test_every_other_way_to_send_a_number_is_as_strict(owner: Caller, shop: Shop, number: str) -> None:
    """What django-ninja reads: a body, a query. And a letter of a name that is written as an escape."""
    order = owner.post("/orders", draft()).json()
    answer = owner.post(f"/orders/{order['id']}/payments", {"amount": number, "method": "cash"})
    wrong = {each["pointer"]: each["code"] for each in answer.json()["errors"]}
    assert answer.status_code == 422 and wrong["/amount"] in ("invalid_value", "wrong_type")
    body = json.dumps(draft(lines=[{"sku": "CUP", "quantity": number}])).replace("quantity", "\\u0071uantity")
    answer = owner.post("/orders", body.encode())
    assert [each["pointer"] for each in answer.json()["errors"]] == ["/lines/0/quantity"]


def test_a_number_and_a_plain_text_of_one_are_taken(owner: Caller, shop: Shop) -> None:
    for number in (1, "1", "1.0", "01"):
        answer = owner.post("/orders", draft(lines=[{"sku": "CUP", "quantity": number}]))
        assert answer.status_code == 201, number


def test_a_name_that_stands_twice_is_refused_where_it_is(owner: Caller, shop: Shop) -> None:
    for body, pointer in (
        (b'{"channel": "web", "channel": "web", "lines": []}', "/channel"),
        (
            b'{"channel": "web", "note": "a: b", "lines": [{"sku": "CUP", "quantity": 1, "quantity" : 9}]}',
            "/lines/0/quantity",
        ),
        (b'{"channel": "web", "lines": [{"sku": "CUP", "quantity": 1}], "custom": {"a": 1, "a": 1}}', "/custom/a"),
    ):
        answer = owner.post("/orders", body)
        found = answer.json()
        assert (answer.status_code, found["code"], found["errors"][0]["pointer"]) == (422, "repeated_field", pointer)
    good = json.dumps(draft())
    rows = f'{{"orders": [{good}, {good[:-1]}, "note": "a", "note": "b"}}]}}'
    verdicts = owner.post("/orders/bulk", rows.encode()).json()["results"]
    assert [row["verdict"] for row in verdicts] == ["placed", "refused"]
    twice = owner.post("/orders/bulk", f'{{"orders": [{good}], "orders": [{good}]}}'.encode()).json()
    assert twice["errors"][0]["pointer"] == "/orders"
