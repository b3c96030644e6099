"""The factories make what the rest of the tests take for granted."""

from __future__ import annotations

from decimal import Decimal

import pytest

from orderwell.domains.inventory.models import StockItem
from orderwell.testing.factories import (
    make_bundle,
    make_channel,
    make_customer,
    make_variant,
    make_warehouse,
    stock_up,
)

pytestmark = pytest.mark.django_db


def test_stock_goes_through_the_ledger() -> None:
    variant, warehouse = make_variant(price="12.50"), make_warehouse()
    stock_up(variant, warehouse, 40)
    item = stock_up(variant, warehouse, "2")
    assert item.on_hand == 42
    assert sum(item.movements.values_list("quantity", flat=True)) == 42
    assert StockItem.objects.count() == 1


def test_rows_are_complete() -> None:
    cup, spoon = make_variant(barcodes=["6901234567892"]), make_variant()
    bundle = make_bundle({cup: 1, spoon: 2})
    assert dict(bundle.components.values_list("component_id", "quantity")) == {
        cup.pk: Decimal(1),
        spoon.pk: Decimal(2),
    }
    customer = make_customer(phone="139 0000 1234")
    contact = customer.contacts.get()
    assert contact.phone == "139 0000 1234"
    assert bytes(contact.phone_index or b"")
    assert make_channel(warehouses=[make_warehouse("east")]).warehouse_codes == ["east"]
