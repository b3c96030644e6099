"""The channel that a new order proposes."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from django.test import Client

from orderwell.domains.orders.models import Order
from orderwell.testing.factories import make_channel
from tests.web.conftest import Company
from tests.web.test_orders import entry


def test_the_channel_of_what_is_typed_in_is_proposed(
    owner: Client, browse: Callable[..., Client], company: Company
) -> None:
    bazaar = make_channel("bazaar")  # before "shop" in the list, and what came through it is newer
    for number in range(2):
        owner.post("/orders/new/", entry(owner, note=f"{number}"))
    sent = Order.objects.order_by("pk").last()
    assert sent is not None and sent.placed_at is not None
    sent.channel, sent.source, sent.placed_at = bazaar, "api", sent.placed_at + timedelta(minutes=5)
    sent.save()

    page = browse("sales-clerk", username="new").get("/orders/new/").content.decode()

    assert '<option value="shop" selected>' in page
