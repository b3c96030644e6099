"""Several invoices of one order are told apart, and dialogs that somebody overtook say what happened."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from orderwell.domains.automation.services.call_off import cancel_and_credit
from orderwell.domains.billing.models import CreditNote, Invoice, Payment
from orderwell.domains.billing.services.credit import issue_credit_note
from orderwell.domains.billing.services.pay import PaymentDraft, record_payment
from orderwell.domains.fulfilment.models import Return, Shipment
from orderwell.domains.fulfilment.services.record_return import ReturnedUnits, record_return
from orderwell.domains.fulfilment.services.ship import ship
from orderwell.domains.orders.models import Order, OrderLine
from orderwell.kernel.clock import utc_now
from orderwell.testing.actors import owner as the_owner
from orderwell.testing.markup import flat
from tests.web.test_money_told import invoiced, paid, read
from tests.web.test_orders import send
from tests.web.test_public import text_of, visitor

pytestmark = pytest.mark.django_db
ACTOR = the_owner()


def pay(order_id: int, amount: int, invoice: Invoice) -> None:
    draft = PaymentDraft(order_id=order_id, amount=Decimal(amount), method="bank", invoice=invoice.number)
    record_payment(payment=draft, actor=ACTOR, now=utc_now())


def row_of(page: str, number: str, end: str) -> str:
    return page.split(f">{number}<", 1)[1].split(end, 1)[0]


def test_the_order_says_which_of_its_invoices_is_open(browse: Callable[..., Client], place: Callable[..., int]) -> None:
    order_id = place(CUP=6)
    only = invoiced(order_id, 3)
    assert " open<" not in row_of(read(browse("bookkeeper"), f"/orders/{order_id}/"), only.number, "</tr>")
    second, third = invoiced(order_id, 2), invoiced(order_id, 1)
    pay(order_id, 40, second)
    pay(order_id, 15, only)
    issue_credit_note(invoice_id=third.pk, reason="wrong", actor=ACTOR, now=utc_now())
    told = {only.number: "¥45.00 open<", second.number: ">Paid<", third.number: ">Credited<"}
    for page, end in (
        (read(browse("bookkeeper", username="two"), f"/orders/{order_id}/"), "</tr>"),
        (flat(text_of(visitor(order_id))), "</section>"),
    ):
        for number, said in told.items():
            assert said in row_of(page, number, end)
    chinese = read(browse("bookkeeper", username="zh", language="zh-hans"), f"/orders/{order_id}/")
    assert "未付 ¥45.00" in row_of(chinese, only.number, "</tr>")


def test_a_refund_says_which_invoice_each_payment_is_for(owner: Client, place: Callable[..., int]) -> None:
    order_id = place(CUP=4)
    first, _second = invoiced(order_id, 2), invoiced(order_id, 2)
    pay(order_id, 40, first)
    paid(order_id, "40")
    dialog = read(owner, f"/orders/{order_id}/refund/")
    assert f"Bank transfer · for {first.number} · left ¥40.00<" in dialog and "Bank transfer · left ¥40.00<" in dialog
    assert Payment.objects.count() == 2


def test_what_is_late_of_one_order_is_not_hidden_by_what_was_paid_ahead_on_another(
    owner: Client, place: Callable[..., int]
) -> None:
    late, ahead = place(CUP=2), place(POT=1)
    invoice = invoiced(late, 2)
    Invoice.objects.filter(pk=invoice.pk).update(due_at=utc_now() - timedelta(days=70))
    paid(ahead, "90")
    page = read(owner, f"/customers/{invoice.customer_id}/")
    assert '<dt>Overdue</dt><dd class="text-bad fw-bold">¥40.00<' in page
    assert "<dt>Paid ahead on other orders</dt><dd>¥90.00<" in page and '<dd class="fw-bold">¥50.00<' in page
    assert "¥40.00 is overdue" in page


def test_a_credit_note_that_cannot_be_undone_says_so_before_anybody_tries(
    owner: Client, place: Callable[..., int]
) -> None:
    order_id = place(CUP=2)
    invoiced(order_id, 2)
    cancel_and_credit(order_id=order_id, lines=None, reason="no", actor=ACTOR, now=utc_now())
    note = CreditNote.objects.get()
    dialog = read(owner, f"/credit-notes/{note.pk}/undo/")
    assert "of these units free to be invoiced again, and only 0 still are" in dialog
    assert "data-busy" not in dialog and "A new invoice over exactly these units" not in dialog


def test_goods_that_are_not_there_to_be_shipped_any_more(
    owner: Client, place: Callable[..., int], company: Any
) -> None:
    for warehouse in ("", company.warehouse.code):
        order_id = place(CUP=1)
        order = Order.objects.get(pk=order_id)
        typed = {f"line_{order.lines.get().pk}": "1", "carrier": "", "tracking_number": "", "warehouse": warehouse}
        shipped = place(CUP=1)
        late = {**typed, f"line_{OrderLine.objects.get(order_id=shipped).pk}": "1"}
        cancel_and_credit(order_id=order_id, lines=None, reason="no", actor=ACTOR, now=utc_now())
        answer = send(owner, f"/orders/{order_id}/ship/", **typed)
        said = flat(answer.content.decode())
        assert answer.status_code == 422 and f"Order {order.number} is cancelled." in said
        assert "at least one line" not in said
        ship(order_id=shipped, actor=ACTOR, now=utc_now())
        said = flat(send(owner, f"/orders/{shipped}/ship/", **late).content.decode())
        assert "There is nothing left to ship on order" in said and "at least one line" not in said
    assert Shipment.objects.count() == 2


@pytest.mark.parametrize("credit", ["", "on"])
def test_goods_that_somebody_took_back_already(owner: Client, place: Callable[..., int], credit: str) -> None:
    order_id = place(CUP=1)
    ship(order_id=order_id, actor=ACTOR, now=utc_now())
    line = OrderLine.objects.get(order_id=order_id)
    units = [ReturnedUnits(line.pk, line.quantity)]
    record_return(order_id=order_id, lines=units, reason="broken", actor=ACTOR, now=utc_now())
    typed = {f"line_{line.pk}": "1", "disposition": "restock", "warehouse": "", "reason": "broken", "credit": credit}
    answer = send(owner, f"/orders/{order_id}/return/", **typed)
    said = flat(answer.content.decode())
    assert answer.status_code == 422 and "at least one line" not in said
    assert "There is nothing left to return on order" in said
    assert Return.objects.count() == 1
