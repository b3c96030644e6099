"""Credit notes on the screen: for a return and for an invoice, by a bookkeeper who may not take goods back."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from decimal import Decimal

import pytest
from django.contrib.messages import get_messages
from django.http import HttpResponse
from django.test import Client

from orderwell.domains.billing.models import CreditNote, Invoice, InvoiceLine, Refund
from orderwell.domains.billing.services.invoice import issue_invoice
from orderwell.domains.billing.services.pay import PaymentDraft, record_payment
from orderwell.domains.fulfilment.models import Return
from orderwell.domains.fulfilment.services.record_return import ReturnedUnits, record_return
from orderwell.domains.fulfilment.services.ship import ship
from orderwell.domains.orders.models import Order, OrderLine
from orderwell.kernel.clock import utc_now
from orderwell.testing.actors import owner as the_owner
from orderwell.testing.markup import flat
from tests.web.sent import begun
from tests.web.test_orders import send

pytestmark = pytest.mark.django_db


@pytest.fixture
def came_back(place: Callable[..., int]) -> Callable[..., tuple[int, int]]:
    """Two cups shipped and invoiced, one of them back; order and return. With `paid`, the order was paid in full."""

    def make(*, paid: bool = False) -> tuple[int, int]:
        order_id, now = place(CUP=2), utc_now()
        ship(order_id=order_id, actor=the_owner(), now=now)
        issue_invoice(order_id=order_id, actor=the_owner(), now=now)
        if paid:
            draft = PaymentDraft(order_id=order_id, amount=Order.objects.get(pk=order_id).total_amount, method="bank")
            record_payment(payment=draft, actor=the_owner(), now=now)
        line = OrderLine.objects.get(order_id=order_id)
        units = [ReturnedUnits(line.pk, Decimal(1))]
        document = record_return(order_id=order_id, lines=units, reason="broken", actor=the_owner(), now=now)
        return order_id, document.pk

    return make


def read(client: Client, address: str) -> str:
    return flat(client.get(address).content.decode())


def test_a_bookkeeper_credits_what_the_warehouse_took_back(
    browse: Callable[..., Client], came_back: Callable[..., tuple[int, int]]
) -> None:
    order_id, return_id = came_back()
    bookkeeper = browse("bookkeeper")
    button = f'href="/returns/{return_id}/credit/"'
    number = Return.objects.get().number
    assert button in read(bookkeeper, f"/returns/{return_id}/")
    order = read(bookkeeper, f"/orders/{order_id}/")
    assert button in order and "Return to be credited" in order and number in order
    desk = read(bookkeeper, "/")
    assert "Returned, not credited" in desk and button in desk
    assert read(bookkeeper, f"/returns/{return_id}/credit/").count("20.00") >= 2

    assert send(bookkeeper, f"/returns/{return_id}/credit/").status_code == 204
    assert CreditNote.objects.get().gross_amount == 20
    page = read(bookkeeper, f"/returns/{return_id}/")
    assert button not in page and CreditNote.objects.get().number in page
    assert "Return to be credited" not in read(bookkeeper, f"/orders/{order_id}/")
    assert button not in read(bookkeeper, "/")


def test_crediting_once_more_says_which_note_there_is(
    browse: Callable[..., Client], came_back: Callable[..., tuple[int, int]]
) -> None:
    _order_id, return_id = came_back()
    bookkeeper = browse("bookkeeper")
    send(bookkeeper, f"/returns/{return_id}/credit/")
    answer = send(bookkeeper, f"/returns/{return_id}/credit/")
    assert answer.status_code == 422 and CreditNote.objects.get().number in answer.content.decode()


def test_the_list_has_those_that_the_desk_shows(
    browse: Callable[..., Client], came_back: Callable[..., tuple[int, int]]
) -> None:
    came_back()
    settled = came_back()[1]
    bookkeeper = browse("bookkeeper")
    assert send(bookkeeper, f"/returns/{settled}/credit/").status_code == 204
    assert 'href="/returns/?credit=open"' in read(bookkeeper, "/")
    numbers = dict(Return.objects.values_list("pk", "number"))
    rows = read(bookkeeper, "/returns/?credit=open")
    assert [number in rows for number in numbers.values()] == [pk != settled for pk in numbers]
    assert "Waits for its credit note" not in read(browse("warehouse-worker"), "/returns/?credit=open")


def test_the_refund_goes_along(browse: Callable[..., Client], came_back: Callable[..., tuple[int, int]]) -> None:
    order_id, return_id = came_back(paid=True)
    send(browse("bookkeeper"), f"/returns/{return_id}/credit/", refund="on")
    assert Refund.objects.get().amount == CreditNote.objects.get().gross_amount == 20
    assert Order.objects.get(pk=order_id).payment_state == "paid"


def test_who_may_not_credit_sees_what_is_open_and_no_button(
    browse: Callable[..., Client], came_back: Callable[..., tuple[int, int]]
) -> None:
    order_id, return_id = came_back()
    clerk = browse("sales-clerk")
    assert "Return to be credited" in read(clerk, f"/orders/{order_id}/")
    for page in (f"/orders/{order_id}/", f"/returns/{return_id}/", f"/invoices/{Invoice.objects.get().pk}/"):
        assert "/credit/" not in read(clerk, page)
    assert clerk.get(f"/returns/{return_id}/credit/").status_code == 403


def test_a_return_that_needs_none(browse: Callable[..., Client], came_back: Callable[..., tuple[int, int]]) -> None:
    order_id, return_id = came_back()
    bookkeeper = browse("bookkeeper")
    assert send(bookkeeper, f"/returns/{return_id}/settle/", reason="").status_code == 422
    assert send(bookkeeper, f"/returns/{return_id}/settle/", reason="exchanged").status_code == 204
    assert "No credit note: exchanged" in read(bookkeeper, f"/returns/{return_id}/")
    order = read(bookkeeper, f"/orders/{order_id}/")
    assert "Return to be credited" not in order and "exchanged" in order
    # From a page that is open elsewhere since before.
    again = read(bookkeeper, f"/returns/{return_id}/settle/")
    assert "It is settled already: exchanged" in again and 'name="reason"' not in again
    answer = send(bookkeeper, f"/returns/{return_id}/settle/", reason="repaired")
    assert answer.status_code == 422 and "without a credit note already: exchanged" in flat(answer.content.decode())
    assert "No credit note: exchanged" in read(bookkeeper, f"/returns/{return_id}/")
    assert f"/returns/{return_id}/credit/" not in read(bookkeeper, "/")


def test_an_invoice_is_credited_by_line(
    browse: Callable[..., Client], came_back: Callable[..., tuple[int, int]]
) -> None:
    came_back()
    bookkeeper, row = browse("bookkeeper"), InvoiceLine.objects.get()
    address = f"/invoices/{row.invoice_id}/credit/"
    assert f'href="{address}"' in read(bookkeeper, f"/invoices/{row.invoice_id}/")
    line = f"line_{row.pk}"
    assert send(bookkeeper, address, **{line: "3"}, reason="sorry").status_code == 422
    assert send(bookkeeper, address, **{line: "1"}, reason="").status_code == 422
    assert not CreditNote.objects.exists()
    assert send(bookkeeper, address, **{line: "1"}, reason="sorry").status_code == 204
    assert (CreditNote.objects.get().gross_amount, CreditNote.objects.get().reverses) == (20, False)
    assert send(bookkeeper, address, **{line: "1"}, reason="wrong", reverses="on").status_code == 204
    assert CreditNote.objects.filter(reverses=True).count() == 1
    assert f'href="{address}"' not in read(bookkeeper, f"/invoices/{row.invoice_id}/")


def test_a_return_is_never_what_an_order_waits_for(browse: Callable[..., Client], place: Callable[..., int]) -> None:
    order_id = place(CUP=2)
    ship(order_id=order_id, actor=the_owner(), now=utc_now())
    page = read(browse("sales-clerk"), f"/orders/{order_id}/")
    assert f'href="/orders/{order_id}/return/"' in page
    assert not re.search(r'<a class="btn btn-primary" href="/orders/\d+/return/"', page)
    assert page.count(f'href="/orders/{order_id}/return/"') == 1


def test_the_form_tells_what_that_which_is_typed_comes_to(
    browse: Callable[..., Client], came_back: Callable[..., tuple[int, int]]
) -> None:
    order_id, _return_id = came_back(paid=True)
    bookkeeper, row = browse("bookkeeper"), InvoiceLine.objects.get()
    address, line = f"/invoices/{row.invoice_id}/credit/", f"line_{row.pk}"
    page = read(bookkeeper, address)
    assert f'<span id="worth-{row.pk}">¥40.00</span>' in page, "what is offered is counted at once"
    assert "Order then: too much paid" in page

    def sums(**typed: str) -> str:
        return " ".join(bookkeeper.get(address, {"sums": "1", **typed}).content.decode().split())

    one = sums(**{line: "1", "reason": ""})
    assert f'<span id="worth-{row.pk}" hx-swap-oob="true">¥20.00</span>' in one
    assert 'Order then: too much paid </dt> <dd class="text-bad"> ¥20.00 </dd>' in one
    assert "Given back with it" in sums(**{line: "1", "refund": "on"})
    again = sums(**{line: "1", "reverses": "on"})
    assert "Can then be invoiced anew" in again and "Order then: still to pay" in again
    for wrong in ("3", "x", "-1", ""):
        assert 'hx-swap-oob="true">—</span>' in sums(**{line: wrong})
    assert not CreditNote.objects.exists() and Order.objects.get(pk=order_id).credited_amount == 0


def test_an_invoice_is_credited_and_the_money_goes_back_once(
    browse: Callable[..., Client], came_back: Callable[..., tuple[int, int]]
) -> None:
    order_id, _return_id = came_back(paid=True)
    bookkeeper, row = browse("bookkeeper"), InvoiceLine.objects.get()
    address = f"/invoices/{row.invoice_id}/credit/"
    form = begun(bookkeeper, address) | {f"line_{row.pk}": "1", "reason": "sorry", "refund": "on"}
    for _ in range(2):
        answer = bookkeeper.post(address, form, HTTP_HX_REQUEST="true")
        assert answer.status_code == 204
        assert promised(answer) == {}, "what went back is undone first"
    assert (CreditNote.objects.get().gross_amount, Refund.objects.get().amount) == (20, 20)
    assert Refund.objects.get().cause == f"credit-note:{CreditNote.objects.get().pk}"
    assert Order.objects.get(pk=order_id).payment_state == "paid"
    address = f"/credit-notes/{CreditNote.objects.get().pk}/undo/"
    assert "Undo that refund first" in read(bookkeeper, address) and 'name="reason"' not in read(bookkeeper, address)
    assert bookkeeper.post(address, {"reason": "wrong"}, HTTP_HX_REQUEST="true").status_code == 422
    assert CreditNote.objects.get().undone_at is None


def test_a_credit_note_is_undone_where_it_is_shown(
    browse: Callable[..., Client], came_back: Callable[..., tuple[int, int]]
) -> None:
    order_id, return_id = came_back()
    bookkeeper, clerk = browse("bookkeeper"), browse("sales-clerk")
    send(bookkeeper, f"/returns/{return_id}/credit/")
    note = CreditNote.objects.get()
    address = f"/credit-notes/{note.pk}/undo/"
    places = [f"/orders/{order_id}/", f"/invoices/{note.invoice_id}/", f"/returns/{return_id}/"]
    for place in places:
        assert address in read(bookkeeper, place) and address not in read(clerk, place)
    assert clerk.get(address).status_code == 403
    assert "Order then: still to pay <strong>¥40.00</strong>" in read(bookkeeper, address)
    assert send(bookkeeper, address, reason="").status_code == 422
    assert send(bookkeeper, address, reason="wrong parcel").status_code == 204
    anew = Invoice.objects.get(takes_back=note)
    for place in places:
        page = read(bookkeeper, place)
        assert address not in page and "wrong parcel" in page and f"/invoices/{anew.pk}/" in page
    assert f'href="/returns/{return_id}/credit/"' in read(bookkeeper, f"/returns/{return_id}/")
    assert note.number in read(bookkeeper, f"/invoices/{anew.pk}/")
    assert anew.number in read(bookkeeper, address), "asked again, it says what took it back"
    answer = send(bookkeeper, address, reason="again")
    assert answer.status_code == 422 and anew.number in answer.content.decode()


def test_the_toast_undoes_the_credit_note(
    browse: Callable[..., Client], came_back: Callable[..., tuple[int, int]]
) -> None:
    order_id, return_id = came_back()
    bookkeeper = browse("bookkeeper")
    promise = promised(send(bookkeeper, f"/returns/{return_id}/credit/"))
    for _ in range(2):
        assert bookkeeper.post(promise["url"], {"token": promise["token"], "next": "/"}).status_code == 302
    assert CreditNote.objects.get().undone_at is not None
    assert Invoice.objects.count() == 2 and Order.objects.get(pk=order_id).credited_amount == 0


def test_no_credit_note_is_taken_back_by_its_toast_and_on_the_page(
    browse: Callable[..., Client], place: Callable[..., int]
) -> None:
    order_id, now = place(CUP=2), utc_now()
    ship(order_id=order_id, actor=the_owner(), now=now)
    line = OrderLine.objects.get(order_id=order_id)
    units = [ReturnedUnits(line.pk, Decimal(2))]
    return_id = record_return(order_id=order_id, lines=units, reason="broken", actor=the_owner(), now=now).pk
    bookkeeper, address = browse("bookkeeper"), f"/returns/{return_id}/settle/undo/"
    page, order = f"/returns/{return_id}/", f"/orders/{order_id}/"
    assert "2 of its units were never invoiced" in read(bookkeeper, f"/returns/{return_id}/settle/")
    promise = promised(send(bookkeeper, f"/returns/{return_id}/settle/", reason="exchanged"))
    assert "2 units are not billed" in read(bookkeeper, page) and address in read(bookkeeper, page)
    assert address not in read(browse("sales-clerk"), page)
    told = read(bookkeeper, order)
    assert "To be invoiced" not in told and "Everything is done" in told and "2 not billed" in told
    for _ in range(2):
        assert bookkeeper.post(promise["url"], {"token": promise["token"], "next": "/"}).status_code == 302
    assert "Return to be credited" in read(bookkeeper, order) and address not in read(bookkeeper, page)
    send(bookkeeper, f"/returns/{return_id}/settle/", reason="exchanged")
    assert "The 2 units that were not billed" in read(bookkeeper, address)
    assert send(bookkeeper, address, reason="").status_code == 422
    assert send(bookkeeper, address, reason="not so").status_code == 204
    assert "not so" in read(bookkeeper, order)
    assert "nothing to undo" in read(bookkeeper, address)
    assert send(bookkeeper, address, reason="again").status_code == 422


def promised(answer: HttpResponse) -> dict[str, str]:
    """What the undo button of the toast sends; empty without one."""
    message = list(get_messages(answer.wsgi_request))[-1]  # type: ignore[attr-defined]
    return json.loads(message.extra_tags or "{}")  # type: ignore[no-any-return]
