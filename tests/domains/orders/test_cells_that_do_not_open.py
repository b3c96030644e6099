"""A value that does not open with its key is one difference; all else is still checked."""

from __future__ import annotations

import pytest
from django.db import connection

from orderwell.domains.billing.services.invoice import issue_invoice
from orderwell.domains.inventory.models import StockItem
from orderwell.domains.orders.models import Order
from orderwell.platform.crypto import laws
from orderwell.platform.crypto.sealing import encrypt
from orderwell.platform.verify import Difference, run_laws
from orderwell.testing.actors import owner
from tests.domains.books import NOW, place, stocked

pytestmark = pytest.mark.django_db
LAW = "crypto.every_encrypted_cell_opens"


def found() -> list[tuple[str, Difference]]:
    return [(verdict.law, each) for verdict in run_laws() for each in verdict.result.differences]


def put(order: Order, cell: bytes | str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("UPDATE orders_order SET ship_to = %s WHERE id = %s", [cell, order.pk])


def flipped() -> bytes:
    sealed = encrypt("Hangzhou", "orders.order.ship_to")
    return sealed[:-1] + bytes([sealed[-1] ^ 1])


def test_every_bad_cell_is_named_and_all_else_is_checked() -> None:
    variant = stocked()
    damages = [flipped(), b"\x01\x02\x03\x04" + flipped()[4:], flipped()[:6], encrypt("a", "customers.contact.phone")]
    orders = [place([(variant, 1)]) for _ in damages]
    invoice = issue_invoice(order_id=orders[0].pk, actor=owner(), now=NOW)
    assert found() == []
    for order, cell in zip(orders, damages, strict=True):
        put(order, cell)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE billing_invoice SET bill_to = %s WHERE id = %s", [flipped(), invoice.pk])
    StockItem.objects.filter(variant=variant).update(on_hand=99)
    told = [(law, each.document, each.detail) for law, each in found()]
    assert [each for each in told if each[0] == LAW] == [
        *[(LAW, f"order {order.number}", "ship_to") for order in orders],
        (LAW, f"invoice {invoice.number}", "bill_to"),
    ]
    assert "inventory.on_hand_is_the_sum_of_movements" in {law for law, *_rest in told}


@pytest.mark.skipif(connection.vendor != "sqlite", reason="only SQLite keeps a text in a column of bytes")
def test_a_text_in_place_of_a_cell_is_named() -> None:
    orders = [place([(stocked(), 1)]) for _ in range(2)]
    put(orders[0], "Hangzhou")
    with connection.cursor() as cursor:
        cursor.execute("UPDATE orders_order SET ship_to = CAST(x'ff00fe' AS TEXT) WHERE id = %s", [orders[1].pk])
    assert [(law, each.document) for law, each in found()] == [(LAW, f"order {order.number}") for order in orders]


def test_many_are_counted_not_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(laws, "NAMED", 1)
    monkeypatch.setattr(laws, "CHUNK", 2)
    orders = [place([(stocked(), 1)]) for _ in range(5)]
    for order in orders:
        put(order, flipped())
    assert [(each.document, each.actual) for _law, each in found()] == [
        (f"order {orders[0].number}", "does not open"),
        ("order", "4 more do not"),
    ]
