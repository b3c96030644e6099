"""The bookkeeper's card of what is shipped and not invoiced, its list and the invoice that is written from there."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from django.test import Client

from orderwell.domains.orders.models import Order
from orderwell.testing.markup import flat
from tests.web.test_orders import send

pytestmark = pytest.mark.django_db


def test_of_a_partly_shipped_order_the_desk_names_and_proposes_what_is_shipped(
    owner: Client, browse: Callable[..., Client], place: Callable[..., int]
) -> None:
    order_id = place(CUP=4, POT=3)
    cup, pot = (f"line_{line.pk}" for line in Order.objects.get(pk=order_id).lines.order_by("position"))
    send(owner, f"/orders/{order_id}/ship/", **{cup: "2"}, carrier="", tracking_number="", warehouse="")
    bookkeeper = browse("bookkeeper")
    card = flat(bookkeeper.get("/").content.decode()).split('id="start-invoicing"')[1].split("</section>")[0]
    assert "¥40.00" in card
    (shown,) = re.findall(r'href="(/orders/\?[^"]*to_invoice[^"]*)"', card)
    listed = flat(bookkeeper.get(shown.replace("&amp;", "&")).content.decode())
    assert "Shipped, not invoiced" in listed and "¥40.00" in listed
    (dialog,) = re.findall(rf'href="(/orders/{order_id}/invoice/[^"]*)"', card)

    def filled(address: str) -> list[str]:
        page = flat(bookkeeper.get(address).content.decode())
        boxes = [re.findall(rf'<input[^>]*name="{name}"[^>]*>', page)[0] for name in (cup, pot)]
        return ["".join(re.findall(r'value="([^"]*)"', box)) for box in boxes]

    assert filled(dialog) == ["2", ""] and filled(f"/orders/{order_id}/invoice/") == ["4", "3"]
    assert send(bookkeeper, dialog, **{cup: "2", pot: ""}).status_code == 204
    card = flat(bookkeeper.get("/").content.decode()).split('id="start-invoicing"')[1].split("</section>")[0]
    assert f"/orders/{order_id}/" not in card
    # A dialog that stood open meanwhile proposes nothing that is still here.
    assert filled(dialog) == ["", ""]
