"""Undoing a payment and a refund: by the toast, on the order and the invoice, from the list; a double click does it once."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
from django.contrib.messages import get_messages
from django.test import Client

from orderwell.domains.billing.models import Invoice, LedgerEntry, Payment, Refund
from orderwell.domains.orders.models import Order
from orderwell.testing.markup import flat
from tests.web.test_orders import send

pytestmark = pytest.mark.django_db


def paid(owner: Client, order_id: int, amount: str = "40.00", reference: str = "") -> dict[str, str]:
    """Records a payment; what the undo button of its toast sends, empty without one."""
    answer = send(owner, f"/orders/{order_id}/payment/", amount=amount, method="bank", reference=reference)
    assert answer.status_code == 204
    return promised(answer)


def promised(answer: object) -> dict[str, str]:
    (message,) = list(get_messages(answer.wsgi_request))  # type: ignore[attr-defined]
    return json.loads(message.extra_tags or "{}")  # type: ignore[no-any-return]


def state(order_id: int) -> tuple[object, object]:
    order = Order.objects.get(pk=order_id)
    return order.payment_state, order.paid_amount


def test_the_toast_undoes_a_payment_and_a_second_click_nothing_more(owner: Client, place: Callable[..., int]) -> None:
    order_id = place(CUP=2)
    promise = paid(owner, order_id)
    assert state(order_id) == ("paid", 40)
    for _click in range(2):
        assert (
            owner.post(promise["url"], {"token": promise["token"], "next": f"/orders/{order_id}/"}).status_code == 302
        )
        assert state(order_id) == ("unpaid", 0)
    assert LedgerEntry.objects.filter(order_id=order_id).count() == 2
    page = flat(owner.get(f"/orders/{order_id}/").content.decode())
    assert "Recorded by mistake" in page and "Payment undone" in page
    assert f"/payments/{Payment.objects.get().pk}/undo/" not in page


def test_the_toast_undoes_a_refund(owner: Client, place: Callable[..., int]) -> None:
    order_id = place(CUP=2)
    paid(owner, order_id)
    answer = send(owner, f"/orders/{order_id}/refund/", payment=Payment.objects.get().pk, amount="10", reason="late")
    assert state(order_id) == ("partial", 30)
    promise = promised(answer)
    owner.post(promise["url"], {"token": promise["token"], "next": "/"})
    assert state(order_id) == ("paid", 40)


def test_a_payment_that_was_there_before_is_not_offered_to_be_undone(owner: Client, place: Callable[..., int]) -> None:
    order_id = place(CUP=2)
    assert paid(owner, order_id, "15.00", "R1")
    assert paid(owner, order_id, "15.00", "R1") == {}


def test_order_and_invoice_offer_the_undo_with_a_reason(owner: Client, place: Callable[..., int]) -> None:
    order_id = place(CUP=2)
    line = f"line_{Order.objects.get(pk=order_id).lines.get().pk}"
    send(owner, f"/orders/{order_id}/invoice/", **{line: "2"})
    paid(owner, order_id, "15.00", "R1")
    payment, invoice = Payment.objects.get(), Invoice.objects.get()
    address = f"/payments/{payment.pk}/undo/"
    assert f'href="{address}"' in owner.get(f"/orders/{order_id}/").content.decode()
    assert f'href="{address}?next=/invoices/{invoice.pk}/"' in owner.get(f"/invoices/{invoice.pk}/").content.decode()
    form = owner.get(f"{address}?next=/invoices/{invoice.pk}/").content.decode()
    assert "Recorded by mistake" in form and f'value="/invoices/{invoice.pk}/"' in form
    assert send(owner, address, reason="").status_code == 422
    answer = send(owner, address, reason="belongs to another order", next=f"/invoices/{invoice.pk}/")
    assert (answer.status_code, answer["HX-Redirect"]) == (204, f"/invoices/{invoice.pk}/")
    assert state(order_id) == ("unpaid", 0)
    page = flat(owner.get(f"/invoices/{invoice.pk}/").content.decode())
    assert "belongs to another order" in page and address not in page
    again = send(owner, address, reason="once more")
    assert again.status_code == 422 and "belongs to another order" in again.content.decode()


def test_a_payment_of_which_something_went_back_says_what_to_do_first(owner: Client, place: Callable[..., int]) -> None:
    order_id = place(CUP=2)
    paid(owner, order_id)
    payment = Payment.objects.get()
    send(owner, f"/orders/{order_id}/refund/", payment=payment.pk, amount="10", reason="late")
    page = owner.get(f"/orders/{order_id}/").content.decode()
    back = f"/refunds/{Refund.objects.get().pk}/undo/"
    assert back in page and f"/payments/{payment.pk}/undo/" not in page
    refused = send(owner, f"/payments/{payment.pk}/undo/", reason="wrong")
    assert refused.status_code == 422 and "undo the refund first" in refused.content.decode()
    assert send(owner, back, reason="wrong").status_code == 204
    assert send(owner, f"/payments/{payment.pk}/undo/", reason="wrong").status_code == 204
    assert state(order_id) == ("unpaid", 0)


def test_the_list_undoes_many(owner: Client, place: Callable[..., int]) -> None:
    order_id = place(CUP=2)
    paid(owner, order_id, "15.00")
    paid(owner, order_id, "5.00")
    ids = list(Payment.objects.values_list("pk", flat=True))
    query = "&".join(f"id={pk}" for pk in ids)
    answer = send(owner, f"/lists/payments/act/undo/?{query}", reason="a wrong file")
    assert answer.status_code == 200
    assert state(order_id) == ("unpaid", 0)
    assert "a wrong file" in owner.get("/payments/").content.decode()
