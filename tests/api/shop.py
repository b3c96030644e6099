"""A small shop that the API's tests sell from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from orderwell.domains.catalog.models import Channel, Variant
from orderwell.domains.customers.models import Customer
from orderwell.domains.inventory.models import Warehouse
from orderwell.testing import factories as make


@dataclass
class Shop:
    channel: Channel
    warehouse: Warehouse
    cup: Variant
    pot: Variant
    customer: Customer


def open_shop() -> Shop:
    """Cups at 10 and pots at 20, a hundred of each."""
    warehouse = make.make_warehouse("main")
    cup, pot = make.make_variant("CUP", price="10"), make.make_variant("POT", price="20")
    for variant in (cup, pot):
        make.stock_up(variant, warehouse, 100)
    return Shop(make.make_channel("web"), warehouse, cup, pot, make.make_customer("C-1"))


def draft(**changes: Any) -> dict[str, Any]:
    """The body of an order over two cups and a pot."""
    return {
        "channel": "web",
        "customer": "C-1",
        "lines": [{"sku": "CUP", "quantity": "2"}, {"sku": "POT", "quantity": 1}],
        "ship_to": {"recipient": "Li Lei", "phone": "13800138000", "street": "Renmin Road 1", "city": "Shanghai"},
        **changes,
    }
