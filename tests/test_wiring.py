"""Who hears which event: every handler exists, and goods that come in reach those who wait for them."""

from __future__ import annotations

from decimal import Decimal
from importlib import import_module

import pytest

from orderwell.domains.inventory.drafts import ReceiptDraft, ReceiptLineDraft
from orderwell.domains.inventory.services.receive_stock import receive_stock
from orderwell.domains.orders.models import Backorder
from orderwell.kernel.clock import utc_now
from orderwell.platform.events import subscriptions
from orderwell.platform.events.dispatch import deliver, fan_out
from orderwell.testing.actors import owner
from orderwell.testing.factories import make_channel, make_variant, make_warehouse
from tests.domains.orders.builders import draft, placed


def test_every_handler_exists() -> None:
    handlers = {handler for heard in subscriptions._subscribers.values() for handler in heard}
    assert "orderwell.domains.orders.handlers.stock_became_free" in handlers
    for handler in handlers:
        module, _, name = handler.rpartition(".")
        assert callable(getattr(import_module(module), name)), handler


@pytest.mark.django_db
def test_goods_that_come_in_serve_who_waits() -> None:
    tea, channel = make_variant("TEA"), make_channel(backorder=True)
    make_warehouse("main")
    placed(draft(channel, (tea, 3)))
    lines = (ReceiptLineDraft(sku="TEA", quantity=Decimal(2)),)
    receive_stock(ReceiptDraft(warehouse="main", lines=lines), actor=owner(), now=utc_now())
    while fan_out(now=utc_now()) or deliver(now=utc_now()):
        pass
    assert Backorder.objects.get().quantity == 1
