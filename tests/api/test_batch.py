"""Many writes in one call."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

from orderwell.domains.orders.models import OrderNote
from tests.api.callers import Caller
from tests.api.shop import Shop, draft


def test_each_write_has_its_own_verdict_and_the_refused_ones_leave_nothing(owner: Caller, shop: Shop) -> None:
    order = owner.post("/orders", draft()).json()["id"]
    answer = owner.post(
        "/batch",
        {
            "requests": [
                {"method": "POST", "path": f"/orders/{order}/notes", "body": {"body": "first"}},
                {"method": "POST", "path": "/orders/999/notes", "body": {"body": "lost"}},
                {"method": "POST", "path": f"/orders/{order}/notes", "body": {"text": "wrong"}},
                {"method": "PATCH", "path": f"/orders/{order}", "body": {"priority": 5}},
                {"method": "PATCH", "path": f"/orders/{order}", "body": {"priority": 5}, "if_match": "*"},
                {"method": "POST", "path": "/orders", "body": draft()},
                {"method": "POST", "path": "/batch", "body": {"requests": []}},
                {"method": "GET", "path": "/orders"},
                {"method": "POST", "path": "/nowhere"},
            ]
        },
    )
    assert answer.status_code == 200, answer.content
    body = answer.json()
    assert [row["status"] for row in body["results"]] == [201, 404, 422, 428, 200, 422, 422, 422, 404]
    assert (body["done"], body["refused"]) == (2, 7)
    assert body["results"][7]["body"]["errors"][0]["pointer"] == "/requests/7/method"
    assert [note.body for note in OrderNote.objects.all()] == ["first"]


def test_each_write_needs_its_own_permission(caller: Callable[..., Caller], shop: Shop) -> None:
    answer = caller("catalog:*").post(
        "/batch",
        {
            "requests": [
                {"method": "POST", "path": "/categories", "body": {"code": "kitchen"}},
                {"method": "POST", "path": "/customers", "body": {"name": "Han"}},
            ]
        },
    )
    assert [row["status"] for row in answer.json()["results"]] == [200, 403]


def test_numbers_stay_exact(owner: Caller, shop: Shop) -> None:
    price = "12345678.123456"
    body = {"prices": [{"sku": "CUP", "currency": "CNY", "unit_price": price}]}
    owner.post("/batch", {"requests": [{"method": "POST", "path": "/prices", "body": body}]})
    product = owner.get(f"/products/{shop.cup.product_id}").json()
    assert Decimal(product["variants"][0]["prices"][0]["unit_price"]) == Decimal(price)
