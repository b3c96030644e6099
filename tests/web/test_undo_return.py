"""Undoing a return: by the toast, on the order and on its own page, with a reason."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
from django.contrib.messages import get_messages
from django.test import Client

from orderwell.domains.fulfilment.models import Return
from orderwell.domains.fulfilment.services.ship import ship
from orderwell.domains.inventory.models import StockItem
from orderwell.domains.orders.models import Order
from orderwell.kernel.clock import utc_now
from orderwell.testing.actors import owner as the_owner
from orderwell.testing.markup import flat
from tests.web.test_orders import send

pytestmark = pytest.mark.django_db


def booked(client: Client, order_id: int, quantity: str = "2", **more: str) -> dict[str, str]:
    """Ships an order of cups and books a return; what the undo button of its toast sends, empty without one."""
    if not Return.objects.filter(order_id=order_id).exists():
        ship(order_id=order_id, actor=the_owner(), now=utc_now())
    line = f"line_{Order.objects.get(pk=order_id).lines.get().pk}"
    sent = {"disposition": "restock", "warehouse": "", "reason": "too small", line: quantity, **more}
    answer = send(client, f"/orders/{order_id}/return/", **sent)
    assert answer.status_code == 204, answer.content.decode()
    (message,) = list(get_messages(answer.wsgi_request))
    return json.loads(message.extra_tags or "{}")  # type: ignore[no-any-return]


def cups() -> object:
    return StockItem.objects.get(variant__sku="CUP").on_hand


def test_the_toast_undoes_a_return_once(browse: Callable[..., Client], place: Callable[..., int]) -> None:
    worker, order_id = browse("warehouse-worker"), place(CUP=3)
    promise = booked(worker, order_id)
    assert cups() == 9
    for _click in range(2):
        assert worker.post(promise["url"], {"token": promise["token"], "next": "/"}).status_code == 302
        assert cups() == 7
    assert Return.objects.get().undone_reason == "Recorded by mistake"


def test_the_pages_undo_with_a_reason_and_show_it_crossed_out(owner: Client, place: Callable[..., int]) -> None:
    order_id = place(CUP=3)
    booked(owner, order_id)
    number, address = Return.objects.get().number, f"/returns/{Return.objects.get().pk}/undo/"
    page = f"/returns/{Return.objects.get().pk}/"
    assert f'href="{address}"' in owner.get(page).content.decode()
    order = owner.get(f"/orders/{order_id}/").content.decode()
    assert f'href="{address}?next=/orders/{order_id}/"' in order and f'href="{page}"' in order
    assert send(owner, address, reason="").status_code == 422
    answer = send(owner, address, reason="was scrap", next=f"/orders/{order_id}/")
    assert (answer.status_code, answer["HX-Redirect"]) == (204, f"/orders/{order_id}/")
    for where in (page, f"/orders/{order_id}/", "/returns/"):
        text = flat(owner.get(where).content.decode())
        assert "was scrap" in text and address not in text and number in text, where
    assert number not in owner.get("/returns/?standing=1").content.decode()
    again = send(owner, address, reason="once more")
    assert again.status_code == 422 and "was scrap" in again.content.decode()


def test_a_return_with_its_credit_note_is_not_offered_to_be_undone(owner: Client, place: Callable[..., int]) -> None:
    order_id = place(CUP=3)
    assert booked(owner, order_id, credit="on") == {}
    address = f"/returns/{Return.objects.get().pk}/undo/"
    for where in (f"/returns/{Return.objects.get().pk}/", f"/orders/{order_id}/"):
        assert address not in owner.get(where).content.decode()
    refused = send(owner, address, reason="wrong")
    assert refused.status_code == 422 and "credited before" in flat(refused.content.decode())


def test_the_toast_says_why_it_came_too_late(owner: Client, place: Callable[..., int]) -> None:
    order_id = place(CUP=3)
    promise = booked(owner, order_id)
    place(CUP=9)
    page = owner.post(promise["url"], {"token": promise["token"], "next": "/returns/"}, follow=True)
    assert "only 0 are still free" in flat(page.content.decode())
    assert cups() == 9
