"""Which button of an order stands out, and what the sentence at its top offers."""

from __future__ import annotations

import re
from collections.abc import Callable

from django.test import Client

from orderwell.domains.billing.models import Invoice
from orderwell.domains.fulfilment.models import Shipment
from orderwell.domains.orders.models import Order
from orderwell.testing.markup import flat
from tests.web.conftest import Company
from tests.web.test_orders import send


def main_step(client: Client, order: int) -> str:
    """The last word of the address of the button that stands out; nothing without one."""
    page = client.get(f"/orders/{order}/").content.decode()
    found = re.search(r'class="btn btn-primary" href="/orders/\d+/(\w+)/"', page)
    return found[1] if found else ""


def offered(client: Client, order: int) -> str:
    page = flat(client.get(f"/orders/{order}/").content.decode())
    found = re.search(r'id="order-next">(.*?)<div class="with-side">', page, re.DOTALL)
    assert found
    return found[1]


def test_a_settled_order_asks_nobody_to_give_money_back(owner: Client, place: Callable[..., int]) -> None:
    order = place(CUP=2)
    line = f"line_{Order.objects.get(pk=order).lines.get().pk}"
    assert main_step(owner, order) == "ship"
    send(owner, f"/orders/{order}/ship/", **{line: "2"}, carrier="", tracking_number="", warehouse="")
    assert main_step(owner, order) == "invoice"
    send(owner, f"/orders/{order}/invoice/", **{line: "2"})
    assert main_step(owner, order) == "payment"
    send(owner, f"/orders/{order}/payment/", amount="40.00", method="bank", reference="R1")
    shipment = Shipment.objects.get()
    assert main_step(owner, order) == "", "the order is settled"
    assert f"/orders/{order}/refund/" in owner.get(f"/orders/{order}/").content.decode()
    # What is left to do with it is to say that the goods arrived.
    assert f'href="/shipments/{shipment.pk}/deliver/"' in offered(owner, order)
    send(owner, f"/shipments/{shipment.pk}/deliver/")
    assert "/deliver/" not in offered(owner, order) and "/refund/" not in offered(owner, order)
    back = {line: "1", "disposition": "restock", "warehouse": "", "reason": "broken", "credit": "on"}
    send(owner, f"/orders/{order}/return/", **back)
    assert main_step(owner, order) == "refund", "now money is owed"
    assert Invoice.objects.exists()


def test_while_an_order_cannot_be_shipped_nothing_else_stands_out(owner: Client, place: Callable[..., int]) -> None:
    order = place(CUP=2)
    send(owner, f"/orders/{order}/hold/", kind="address", reason="门牌号不清楚")
    page = owner.get(f"/orders/{order}/").content.decode()
    assert f'href="/orders/{order}/invoice/"' in page, "possible as before"
    assert main_step(owner, order) == ""
    assert "/release/" in offered(owner, order)


def test_a_dialog_with_nothing_left_offers_no_button(
    owner: Client, company: Company, place: Callable[..., int]
) -> None:
    order = place(CUP=2)
    for path in ("return", "cancel"):
        page = owner.get(f"/orders/{order}/{path}/").content.decode()
        assert ("data-busy" in page) is (path == "cancel"), path
    line = f"line_{Order.objects.get(pk=order).lines.get().pk}"
    send(owner, f"/orders/{order}/ship/", **{line: "2"}, carrier="", tracking_number="", warehouse="")
    for path, asked in (("cancel", "reason"), ("ship", "carrier")):
        page = owner.get(f"/orders/{order}/{path}/").content.decode()
        assert "data-busy" not in page and f'name="{asked}"' not in page, path


def test_what_takes_something_away_is_confirmed_in_red(owner: Client, place: Callable[..., int]) -> None:
    order = place(CUP=1)
    look = re.compile(r'class="btn (btn-\w+)"\s+data-busy')
    for path, wanted in (("cancel", "btn-danger"), ("hold", "btn-primary"), ("note", "btn-primary")):
        found = look.search(owner.get(f"/orders/{order}/{path}/").content.decode())
        assert found and found[1] == wanted, path
