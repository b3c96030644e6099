"""The bookkeeper's card of what is shipped and not invoiced, its list and the invoice that is written from there."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from django.test import Client

from orderwell.domains.billing.models import Invoice
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


def test_card_list_and_bulk_invoicing_tie(
    owner: Client, browse: Callable[..., Client], place: Callable[..., int]
) -> None:
    part, whole, still_here = place(CUP=4, POT=3), place(CUP=3), place(CUP=5)
    for pk, units in ((part, "2"), (whole, "3")):
        cup = f"line_{Order.objects.get(pk=pk).lines.earliest('position').pk}"
        send(owner, f"/orders/{pk}/ship/", **{cup: units}, carrier="", tracking_number="", warehouse="")
    bookkeeper = browse("bookkeeper")
    card = flat(bookkeeper.get("/").content.decode()).split('id="start-invoicing"')[1].split("</section>")[0]
    assert "¥40.00" in card and "¥60.00" in card
    said = bookkeeper.get("/lists/orders/total/?to_invoice=1").content.decode()
    assert "of it shipped ¥100.00" in said and "not invoiced ¥410.00" in said
    ids = "&".join(f"id={pk}" for pk in (part, whole, still_here))
    act = f"/lists/orders/act/invoice/?to_invoice=1&{ids}"
    dialog = flat(bookkeeper.get(act).content.decode())
    (offered,) = re.findall(r'<input[^>]*value="shipped"[^>]*>', dialog)
    (everything,) = re.findall(r'<input[^>]*value="ordered"[^>]*>', dialog)
    assert "checked" in offered and "checked" not in everything
    elsewhere = flat(bookkeeper.get(f"/lists/orders/act/invoice/?{ids}").content.decode())
    assert "checked" in re.findall(r'<input[^>]*value="ordered"[^>]*>', elsewhere)[0]
    send(bookkeeper, act, extent="shipped")
    written = dict(Invoice.objects.values_list("order_id", "gross_amount"))
    assert written == {part: 40, whole: 60}, "what is still here waits"
    card = flat(bookkeeper.get("/").content.decode()).split('id="start-invoicing"')[1].split("</section>")[0]
    assert "¥40.00" not in card and "¥60.00" not in card
    send(bookkeeper, act, extent="ordered")
    assert {pk: row.total_amount for pk, row in Order.objects.in_bulk().items()} == {
        pk: Order.objects.get(pk=pk).invoiced_amount for pk in (part, whole, still_here)
    }
