"""The search fields of the lists of documents: by number, order, customer and amount."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

import pytest
from django.test import Client

from orderwell.domains.automation.services.take_back import take_back
from orderwell.domains.billing.models import CreditNote, Invoice
from orderwell.domains.billing.services.invoice import issue_invoice
from orderwell.domains.billing.services.pay import PaymentDraft, record_payment
from orderwell.domains.fulfilment.models import Return, Shipment
from orderwell.domains.fulfilment.services.record_return import ReturnedUnits
from orderwell.domains.fulfilment.services.ship import ship
from orderwell.domains.orders.models import Order, OrderLine
from orderwell.kernel.clock import utc_now
from orderwell.testing.actors import owner as the_owner
from orderwell.testing.factories import make_customer
from orderwell.testing.markup import flat

pytestmark = pytest.mark.django_db

LISTS = ("/invoices/", "/payments/", "/credit-notes/", "/shipments/", "/returns/")


def went_through(order_id: int) -> Order:
    actor, now = the_owner(), utc_now()
    ship(order_id=order_id, actor=actor, now=now)
    issue_invoice(order_id=order_id, actor=actor, now=now)
    order = Order.objects.get(pk=order_id)
    draft = PaymentDraft(order_id=order_id, amount=order.total_amount, method="bank", reference=f"R-{order_id}")
    record_payment(payment=draft, actor=actor, now=now)
    line = OrderLine.objects.get(order_id=order_id)
    take_back(order_id=order_id, lines=[ReturnedUnits(line.pk, Decimal(1))], reason="broken", actor=actor, now=now)
    return Order.objects.get(pk=order_id)


@pytest.fixture
def two(place: Callable[..., int]) -> tuple[Order, Order]:
    make_customer("C2", name="青岛星海")
    other = went_through(place(CUP=1, external_id="SHOP-1"))
    return other, went_through(place(CUP=3, external_id="SHOP-77", customer="C2"))


def found(client: Client, address: str, text: str) -> set[str]:
    page = flat(client.get(address, {"q": text}).content.decode())
    return {number for number in Order.objects.values_list("number", flat=True) if f">{number}<" in page}


@pytest.mark.parametrize("address", LISTS)
def test_documents_are_found_by_their_order_and_customer(owner: Client, two: tuple[Order, Order], address: str) -> None:
    other, order = two
    tail = str(int("".join(filter(str.isdigit, order.number))))
    for text in (order.number, order.number.lower(), "SHOP-77", "青岛星海", "星海", "qingdao", "qdxh", "C2", tail):
        assert found(owner, address, f" {text} ") >= {order.number}, text
    for text in (order.number, "SHOP-77", "星海", "qdxh"):
        assert found(owner, address, text) == {order.number}, text
    assert found(owner, address, "王小明") == {other.number}
    assert found(owner, address, "nobody at all") == set()


def test_numbers_are_found_by_their_end(owner: Client, two: tuple[Order, Order]) -> None:
    other, order = two
    for address, model in (
        ("/invoices/", Invoice),
        ("/credit-notes/", CreditNote),
        ("/shipments/", Shipment),
        ("/returns/", Return),
    ):
        number = model.objects.get(order=order).number  # type: ignore[attr-defined]
        assert found(owner, address, number) == {order.number}
        assert found(owner, address, number[:4]) == {order.number, other.number}
        assert order.number in found(owner, address, str(int(number.rsplit("-", 1)[-1].lstrip("SHRT")))), address


def test_invoices_and_payments_are_found_by_their_amount(owner: Client, two: tuple[Order, Order]) -> None:
    _other, order = two
    for address in ("/invoices/", "/payments/"):
        for text in ("60.00", "60", "¥60.00", "￥60", "60.0"):
            assert order.number in found(owner, address, text), text
        assert found(owner, address, "60.00") == {order.number}
        assert found(owner, address, "60.01") == set()
    assert found(owner, "/payments/", f"R-{order.pk}") == {order.number}


def test_the_search_fields_say_what_they_find(browse: Callable[..., Client], two: tuple[Order, Order]) -> None:
    for language, word in (("en", "customer, amount"), ("zh-hans", "客户、金额")):
        client = browse("administrator", username=language, language=language)
        for address in ("/invoices/", "/payments/"):
            assert word in client.get(address).content.decode()
