"""Placing orders on the event loop: the same answers as through Django, which gets everything out of the ordinary."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest

from orderwell.api.orders import event_loop
from orderwell.domains.orders import gate as gates
from orderwell.domains.orders.models import Order
from tests.api.callers import Caller, place_and_leave
from tests.api.shop import draft, open_shop

pytestmark = pytest.mark.django_db(transaction=True)
SKIPPED = {"Content-Length", "X-Frame-Options"}


@pytest.fixture
def key(caller: Callable[..., Caller], monkeypatch: pytest.MonkeyPatch) -> str:
    """The key of a program that has called a moment ago; the gate is a real one."""
    open_shop()
    real = gates.IntakeGate(place=place_and_leave)
    monkeypatch.setattr("orderwell.api.orders.placing.gate", lambda: real)
    monkeypatch.setattr("orderwell.api.orders.event_loop.gate", lambda: real)
    made = caller("orders:*").key
    assert Caller(made).get("/orders").status_code == 200
    return str(made)


class AsSent(dict[str, str]):
    """As the server's headers: a name may stand there more than once; here its values are on lines of their own."""

    def get_all(self, name: str) -> list[str]:
        value = self.get(name)
        return [] if value is None else value.split("\n")


def asked(key: str | None, body: bytes, **changes: Any) -> SimpleNamespace:
    headers = {"content-type": "application/json", "content-length": str(len(body))}
    if key is not None:
        headers["authorization"] = f"Bearer {key}"
    headers |= changes.pop("headers", {})
    usual = {"method": "POST", "path": "/api/v1/orders", "query_string": "", "scheme": "http", "client": "127.0.0.1:9"}
    return SimpleNamespace(**{**usual, **changes}, headers=AsSent(headers))


def place(request: SimpleNamespace, body: bytes) -> tuple[int, dict[str, str], Any]:
    actor = event_loop.caller_of(request)
    assert actor is not None, "left to Django"
    status, headers, content = asyncio.run(event_loop.place_order(request, actor, body))
    return status, dict(headers), json.loads(content)


ORDER = json.dumps(draft()).encode()
UNKNOWN_SKU = json.dumps(draft(lines=[{"sku": "NO", "quantity": "1"}])).encode()
CASES = {
    "placed": (ORDER, {}),
    "wrong media type": (ORDER, {"content-type": "text/plain"}),
    "malformed": (b'{"channel": ', {}),
    "unknown field": (b'{"channel": "web", "lines": [], "colour": "red"}', {}),
    "refused": (UNKNOWN_SKU, {}),
    "bad request key": (ORDER, {"idempotency-key": "é"}),
    "in Chinese": (b"[", {"accept-language": "zh-hans"}),
    "refused in Chinese": (UNKNOWN_SKU, {"accept-language": "zh-CN,en;q=0.5"}),
    "no language of ours": (UNKNOWN_SKU, {"accept-language": "*, tlh;q=x, ;;" + "a" * 600}),
}


class KeptBack(AsSent):
    """As the server's headers: a value that is not ASCII is there and is not handed over."""

    def get(self, name: str, default: Any = None) -> Any:
        value = super().get(name, default)
        return value if value is None or value.isascii() else default


def test_a_request_key_that_the_server_keeps_to_itself_is_refused(key: str) -> None:
    request = asked(key, ORDER, headers={"idempotency-key": "订单-1001"})
    request.headers = KeptBack(request.headers)
    status, _, content = place(request, ORDER)
    assert (status, content["code"]) == (400, "invalid_idempotency_key")
    assert not Order.objects.exists()


def test_two_request_keys_are_refused(key: str) -> None:
    status, _, content = place(asked(key, ORDER, headers={"idempotency-key": "a-1\na-2"}), ORDER)
    assert (status, content["code"]) == (400, "invalid_idempotency_key")
    assert not Order.objects.exists()


@pytest.mark.parametrize("case", CASES)
def test_answers_are_those_of_django(key: str, case: str) -> None:
    body, headers = CASES[case]
    status, sent, content = place(asked(key, body, headers=headers), body)
    through_django = Caller(key).post(
        "/orders",
        body,
        headers={name.title(): value for name, value in headers.items() if name != "content-type"},
        content_type=headers.get("content-type", "application/json"),
    )
    theirs = through_django.json()
    for answer in (content, theirs):
        for name in ("id", "number", "placed_at"):
            answer.pop(name, None)
    assert (status, content) == (through_django.status_code, theirs)
    assert sent == {name: value for name, value in through_django.items() if name not in SKIPPED}


def test_a_repeated_request_key_gets_the_first_answer_on_both_ways(key: str) -> None:
    request = asked(key, ORDER, headers={"idempotency-key": "once"})
    status, headers, first = place(request, ORDER)
    assert status == 201
    assert "Idempotency-Replayed" not in headers
    status, headers, second = place(request, ORDER)
    assert (status, second, headers["Idempotency-Replayed"]) == (201, first, "true")
    third = Caller(key).post("/orders", ORDER, headers={"Idempotency-Key": "once"})
    assert (third.status_code, third.json(), third["Idempotency-Replayed"]) == (201, first, "true")
    assert Order.objects.count() == 1
    other = json.dumps(draft(note="another")).encode()
    assert place(asked(key, other, headers={"idempotency-key": "once"}), other)[0] == 422


def test_a_refused_order_is_told_in_the_language_asked_for_and_kept_in_it(key: str) -> None:
    chinese = {"accept-language": "zh-CN", "idempotency-key": "refused once"}
    _, _, told = place(asked(key, UNKNOWN_SKU, headers=chinese), UNKNOWN_SKU)
    assert told["errors"][0]["code"] == "unknown_sku"
    assert re.search(r"[\u4e00-\u9fff]", told["detail"])
    again = Caller(key).post("/orders", UNKNOWN_SKU, headers={"Idempotency-Key": "refused once"}).json()
    assert again == told
    _, _, english = place(asked(key, UNKNOWN_SKU), UNKNOWN_SKU)
    assert english["detail"].isascii()


def test_one_without_the_permission_is_refused(key: str, caller: Callable[..., Caller]) -> None:
    reader = caller("orders:order:view")
    assert reader.get("/orders").status_code == 200
    status, _, content = place(asked(reader.key, b"[", headers={}), b"[")
    assert (status, content["code"]) == (403, "permission_denied")


def test_a_failure_of_the_gate_is_told_as_a_problem(key: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def place_nothing(submissions: Any, *, now: Any) -> Any:
        raise RuntimeError("nobody thought of this")

    broken = gates.IntakeGate(place=place_nothing)
    monkeypatch.setattr("orderwell.api.orders.event_loop.gate", lambda: broken)
    status, headers, content = place(asked(key, ORDER), ORDER)
    assert (status, content["code"]) == (500, "internal_error")
    assert headers["Content-Type"] == "application/problem+json"


def test_what_is_out_of_the_ordinary_is_left_to_django(key: str, settings: Any) -> None:
    def left(request: SimpleNamespace) -> bool:
        return event_loop.caller_of(request) is None

    assert not left(asked(key, ORDER))
    assert left(asked(None, ORDER))
    assert left(asked("ow_unknown_key", ORDER)), "looking a key up asks the database"
    assert left(asked(key, ORDER, headers={"authorization": "Basic x"}))
    assert left(asked(key, ORDER, method="GET"))
    assert left(asked(key, ORDER, path="/api/v1/orders/"))
    assert left(asked(key, ORDER, query_string="a=1"))
    assert left(asked(key, ORDER, headers={"content-length": str(event_loop.MOST_BYTES + 1)}))
    assert left(asked(key, ORDER, headers={"content-length": "many"}))
    settings.SECURE_SSL_REDIRECT = True
    assert left(asked(key, ORDER))
    assert not left(asked(key, ORDER, scheme="https"))
