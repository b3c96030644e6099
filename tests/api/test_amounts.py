"""Amounts are written alike wherever a program reads them: with all the digits of their currency."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest

from orderwell.kernel.money import in_currency, written
from orderwell.platform.events.models import Event
from tests.api.callers import Caller
from tests.api.shop import Shop, draft
from tests.api.test_flows import made

NAMES = re.compile(r"(\w+_)?amount|total|due|balance|paid|invoiced|credited|unit_price|line_discount|order_discount\w*")
LINES = [{"sku": "CUP", "quantity": "2", "unit_price": "9.7"}, {"sku": "POT", "quantity": 1, "unit_price": "20.125"}]


def amounts(found: Any) -> Iterator[tuple[str, str]]:
    """Every amount in an answer, however deep, with the name it has."""
    if isinstance(found, list):
        for part in found:
            yield from amounts(part)
    for name, value in found.items() if isinstance(found, dict) else ():
        if NAMES.fullmatch(name):
            steps = value.values() if isinstance(value, dict) else [value]
            yield from ((name, step) for step in steps if isinstance(step, str))
        elif name not in {"explanation", "fields", "sourcing", "price"}:
            yield from amounts(value)


def assert_alike(found: Any, digits: int = 2) -> None:
    listed = list(amounts(found))
    assert listed, found
    for name, text in listed:
        least = rf"-?\d+\.\d{{{digits}}}" if digits else r"-?\d+"
        more = r"\d*" if name == "unit_price" and digits else ""
        assert re.fullmatch(least + more, text), (name, text)


def test_what_an_order_costs_is_written_alike_by_whatever_answers(owner: Caller, shop: Shop) -> None:
    answered = made(owner.post("/orders", draft(lines=LINES)))
    pk = answered["id"]
    whole = made(owner.get(f"/orders/{pk}"))
    for name in ("net_amount", "tax_amount", "total_amount"):
        assert whole[name] == answered[name]
    assert whole["paid_amount"] == "0.00" and whole["lines"][0]["unit_price"] == "9.70"
    assert whole["lines"][1]["unit_price"] == "20.125"
    made(owner.post(f"/orders/{pk}/shipments", {}))
    bulk = {"orders": [draft(lines=LINES)]}
    invoice = made(owner.post(f"/orders/{pk}/invoices", {}))
    payment = made(owner.post(f"/orders/{pk}/payments", {"amount": "40", "method": "cash"}))
    for found in (
        answered,
        whole,
        made(owner.get("/orders")),
        made(owner.post("/orders/bulk", bulk)),
        made(owner.post("/orders/preview", draft(lines=LINES))),
        made(owner.get(f"/orders/{pk}/money")),
        invoice,
        made(owner.get(f"/invoices/{invoice['id']}")),
        payment,
        made(owner.post(f"/payments/{payment['id']}/refunds", {"amount": "1.5", "reason": "one too many"})),
        made(owner.get(f"/payments/{payment['id']}")),
    ):
        assert_alike(found)
    assert owner.get(f"/customers/{shop.customer.pk}/balance").json() == {"balances": {"CNY": "1.03"}, "partial": False}


def test_a_change_names_its_currency_and_says_its_amounts_alike(owner: Caller, shop: Shop) -> None:
    pk = made(owner.post("/orders", draft()))["id"]
    line = made(owner.get(f"/orders/{pk}"))["lines"][0]
    change = {"lines": [{"line_id": line["id"], "quantity": "3"}], "reason": "one more"}
    shown = made(owner.post(f"/orders/{pk}/changes/preview", change))
    done = made(owner("POST", f"/orders/{pk}/changes", change, headers={"If-Match": "*"}))
    (listed,) = made(owner.get(f"/orders/{pk}/changes"))["items"]
    for found in (shown, done["difference"], listed["difference"]):
        assert found["currency"] == "CNY" and found["total"] == {"old": "40.00", "new": "50.00"}
        assert found["lines"][0]["amount"] == {"old": "20.00", "new": "30.00"}
        assert found["lines"][0]["quantity"] == {"old": "2", "new": "3"}
        assert [move["quantity"] for move in found["stock"]] == ["1"]
    less = {"lines": [{"line_id": line["id"], "quantity": "1"}], "reason": "two fewer"}
    done = made(owner("POST", f"/orders/{pk}/changes", less, headers={"If-Match": "*"}))
    (newest, _first) = made(owner.get(f"/orders/{pk}/changes"))["items"]
    for found in (done["difference"], done["change"]["difference"], newest["difference"]):
        assert [move["quantity"] for move in found["stock"]] == ["-2"]


def test_a_currency_without_a_smaller_unit_has_no_point(owner: Caller, shop: Shop) -> None:
    lines = [{"sku": "CUP", "quantity": 3, "unit_price": "1500"}]
    answered = made(owner.post("/orders", draft(currency="JPY", lines=lines)))
    whole = made(owner.get(f"/orders/{answered['id']}"))
    assert whole["total_amount"] == answered["total_amount"] == "4500"
    assert_alike(whole, digits=0)


def test_events_say_amounts_as_the_api_does(owner: Caller, shop: Shop) -> None:
    order = made(owner.post("/orders", draft()))
    line = made(owner.get(f"/orders/{order['id']}"))["lines"][0]
    made(owner.post(f"/orders/{order['id']}/cancel", {"lines": {str(line["id"]): 1}, "reason": "less"}))
    made(owner.post(f"/orders/{order['id']}/payments", {"amount": "30", "method": "cash"}))
    far = {"shipping": "7.5", "reason": "far away"}
    made(owner("POST", f"/orders/{order['id']}/changes", far, headers={"If-Match": "*"}))
    told = {event.name: event.data for event in Event.objects.filter(stream=f"order:{order['id']}")}
    assert told["orders.order.placed"]["total"] == order["total_amount"] == "40.00"
    assert told["orders.line.cancelled"]["amount"] == {"old": "20.00", "new": "10.00"}
    assert told["billing.payment.recorded"]["amount"] == "30.00"
    changed = told["orders.order.changed"]
    assert changed["total"] == "37.50" and changed["changes"]["total_amount"] == {"old": "30.00", "new": "37.50"}
    assert changed["changes"]["shipping"] == {"old": "0.00", "new": "7.50"}


@pytest.mark.parametrize(
    ("amount", "currency", "text"),
    [
        ("39.4000", "CNY", "39.40"),
        ("0", "CNY", "0.00"),
        ("-1.5", "EUR", "-1.50"),
        ("1500.0000", "JPY", "1500"),
        ("1.5", "KWD", "1.500"),
        ("0.333333", "CNY", "0.333333"),
        ("3", "XXX", "3"),
    ],
)
def test_a_number_has_the_digits_of_its_currency_at_least(amount: str, currency: str, text: str) -> None:
    assert written(Decimal(amount), currency) == text
    assert in_currency(text, currency) == text
