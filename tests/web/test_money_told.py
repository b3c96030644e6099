"""What the screen says of money before and after: units to cancel, payments, refunds, credit balances."""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.test import Client

from orderwell.domains.billing.models import CreditNote, Invoice, Payment
from orderwell.domains.billing.services.invoice import issue_invoice
from orderwell.domains.billing.services.pay import PaymentDraft, record_payment
from orderwell.domains.fulfilment.models import Return
from orderwell.domains.fulfilment.services.record_return import ReturnedUnits, record_return
from orderwell.domains.fulfilment.services.ship import ship
from orderwell.domains.orders.models import Order, OrderLine
from orderwell.kernel.clock import utc_now
from orderwell.testing.actors import owner as the_owner
from orderwell.testing.markup import flat
from tests.web.test_orders import HTMX, send

pytestmark = pytest.mark.django_db


def read(client: Client, address: str) -> str:
    return flat(client.get(address).content.decode())


def invoiced(order_id: int, units: int) -> Invoice:
    line = OrderLine.objects.get(order_id=order_id)
    return issue_invoice(order_id=order_id, quantities={line.pk: Decimal(units)}, actor=the_owner(), now=utc_now())


def paid(order_id: int, amount: str) -> None:
    draft = PaymentDraft(order_id=order_id, amount=Decimal(amount), method="bank")
    record_payment(payment=draft, actor=the_owner(), now=utc_now())


def test_a_clerk_cancels_what_is_not_invoiced_and_is_told_of_the_rest(
    browse: Callable[..., Client], place: Callable[..., int]
) -> None:
    order_id = place(CUP=4)
    invoice = invoiced(order_id, 3)
    line, path, clerk = OrderLine.objects.get(), f"/orders/{order_id}/cancel/", browse("sales-clerk")
    page = read(clerk, path)
    assert "3 more are invoiced" in page and "only with a credit note" in page and invoice.number in page
    assert "What is shipped stays." in page and "what is invoiced is credited" not in page
    refused = send(clerk, path, **{f"line_{line.pk}": "2"}, reason="changed mind")
    assert refused.status_code == 422 and "At most 1." in refused.content.decode()
    assert send(clerk, path, **{f"line_{line.pk}": "1"}, reason="changed mind").status_code == 204

    page = read(clerk, path)
    assert f"line_{line.pk}" not in page and "only with a credit note" in page
    assert "gruppe" not in page and not CreditNote.objects.exists()
    manager = browse("sales-manager", language="zh-hans")
    assert "贷项通知单" in read(manager, path)

    # The bookkeeper credits the units as invoiced by mistake; then the clerk can cancel them.
    row = invoice.lines.get()
    credit = {f"line_{row.pk}": "3"}
    send(browse("bookkeeper"), f"/invoices/{invoice.pk}/credit/", **credit, reason="not sent", reverses="on")
    assert send(clerk, path, **{f"line_{line.pk}": "3"}, reason="changed mind").status_code == 204
    assert Order.objects.get().state == "cancelled"


def test_who_may_credit_cancels_invoiced_units_at_once(owner: Client, place: Callable[..., int]) -> None:
    order_id = place(CUP=4)
    invoiced(order_id, 4)
    line, path = OrderLine.objects.get(), f"/orders/{order_id}/cancel/"
    page = read(owner, path)
    assert "what is invoiced is credited" in page and "you may not issue" not in page
    assert send(owner, path, **{f"line_{line.pk}": "4"}, reason="changed mind").status_code == 204
    assert CreditNote.objects.get().gross_amount == 80


def test_a_payment_from_an_invoice_proposes_what_is_open_of_it(
    browse: Callable[..., Client], place: Callable[..., int]
) -> None:
    order_id = place(CUP=6)
    first, second = invoiced(order_id, 3), invoiced(order_id, 1)
    bookkeeper = browse("bookkeeper")
    address = f"/orders/{order_id}/payment/?invoice={second.pk}"
    page = read(bookkeeper, f"/invoices/{second.pk}/")
    assert f'href="{address}"' in page and "Still open of this invoice" in page and ">Unpaid<" in page
    dialog = read(bookkeeper, address)
    assert 'value="20.00"' in dialog
    assert f'<option value="{second.number}" selected' in dialog and "The oldest first" in dialog
    due = second.due_at.astimezone(ZoneInfo("Asia/Shanghai")).date()
    assert f"{second.number} · ¥20.00 open · due {due}<" in dialog
    assert "先抵最早的" in flat(browse("bookkeeper", username="zh", language="zh-hans").get(address).content.decode())
    for other in ("x", "99999", ""):
        assert 'value="120.00"' in read(bookkeeper, f"/orders/{order_id}/payment/?invoice={other}")

    assert send(bookkeeper, address, amount="20", method="bank", invoice=second.number).status_code == 204
    assert Payment.objects.get().invoice == second
    assert ">Unpaid<" in read(bookkeeper, f"/invoices/{first.pk}/")
    page = read(bookkeeper, f"/invoices/{second.pk}/")
    assert ">Paid<" in page and "?invoice=" not in page and f"for {second.number}" in page
    for page in (f"/orders/{order_id}/", "/payments/"):
        assert second.number in read(bookkeeper, page)
    assert f"For invoice {second.number}" in read(bookkeeper, f"/orders/{order_id}/")


def test_with_one_open_invoice_there_is_nothing_to_choose_and_it_is_named_all_the_same(
    browse: Callable[..., Client], place: Callable[..., int]
) -> None:
    order_id = place(CUP=6)
    only = invoiced(order_id, 3)
    bookkeeper = browse("bookkeeper")
    address = f"/orders/{order_id}/payment/?invoice={only.pk}"
    dialog = read(bookkeeper, address)
    assert "For invoice" not in dialog and f"Open of {only.number}" in dialog and 'value="60.00"' in dialog
    assert send(bookkeeper, address, amount="20", method="bank").status_code == 204
    assert Payment.objects.get().invoice == only
    assert ">Partly paid<" in read(bookkeeper, f"/invoices/{only.pk}/")
    assert send(bookkeeper, f"/orders/{order_id}/payment/", amount="20", method="bank").status_code == 204
    assert Payment.objects.filter(invoice=None).count() == 1


def test_an_invoice_that_somebody_paid_meanwhile_is_said_at_the_choice(
    browse: Callable[..., Client], place: Callable[..., int]
) -> None:
    order_id = place(CUP=6)
    _first, second, third = invoiced(order_id, 3), invoiced(order_id, 1), invoiced(order_id, 1)
    bookkeeper = browse("bookkeeper")
    form = {"amount": "20", "method": "bank", "invoice": second.number}
    assert send(bookkeeper, f"/orders/{order_id}/payment/", **form).status_code == 204
    late = send(bookkeeper, f"/orders/{order_id}/payment/", **form)
    assert late.status_code == 422 and "Nothing is open of this invoice any more." in flat(late.content.decode())
    assert Payment.objects.count() == 1 and Invoice.objects.get(pk=third.pk).open_amount == 20


def test_an_invoice_paid_meanwhile_is_said_also_where_one_other_is_open(
    browse: Callable[..., Client], place: Callable[..., int]
) -> None:
    order_id = place(CUP=6)
    first, second = invoiced(order_id, 3), invoiced(order_id, 1)
    bookkeeper = browse("bookkeeper")
    plain, meant = f"/orders/{order_id}/payment/", f"/orders/{order_id}/payment/?invoice={second.pk}"
    # Sent from dialogs that were opened while both were open, and from one of the time when it alone was.
    late = {"amount": "10", "method": "bank", "invoice": second.number}
    opened = [(plain, {**late, "token": "a" * 32}), (meant, {**late, "token": "b" * 32})]
    opened.append((meant, {"amount": "10", "method": "bank", "token": "c" * 32}))
    assert send(bookkeeper, meant, amount="20", method="bank", invoice=second.number).status_code == 204
    for address, form in opened:
        answer = bookkeeper.post(address, form, headers=HTMX)
        page = flat(answer.content.decode())
        assert answer.status_code == 422 and "Nothing is open of this invoice any more." in page, form
        assert f"{first.number} · ¥60.00 open" in page and "The oldest first" in page
    assert Payment.objects.count() == 1
    # With a choice made anew it is taken; so is a dialog that is opened only now.
    again = bookkeeper.post(meant, {**late, "invoice": "", "token": "b" * 32}, headers=HTMX)
    assert again.status_code == 204 and Payment.objects.latest("pk").invoice is None
    assert send(bookkeeper, plain, amount="10", method="bank").status_code == 204


def test_a_payment_sent_twice_with_one_form_is_answered_as_the_first_time(
    browse: Callable[..., Client], place: Callable[..., int]
) -> None:
    order_id = place(CUP=6)
    _first, second, _third = invoiced(order_id, 3), invoiced(order_id, 1), invoiced(order_id, 1)
    bookkeeper, path = browse("bookkeeper"), f"/orders/{order_id}/payment/"
    form = {"amount": "20", "method": "bank", "invoice": second.number, "token": "d" * 32}
    answers = [bookkeeper.post(path, form, headers=HTMX) for _time in range(2)]
    assert [answer.status_code for answer in answers] == [204, 204]
    assert answers[0].headers["HX-Redirect"] == answers[1].headers["HX-Redirect"]
    assert "The payment is recorded." in flat(bookkeeper.get(f"/orders/{order_id}/").content.decode())
    assert Payment.objects.count() == 1
    other = bookkeeper.post(path, {**form, "amount": "10"}, headers=HTMX)
    assert other.status_code == 422, "the same token with another form is no repetition"


def test_amounts_are_proposed_with_the_digits_of_the_currency(
    browse: Callable[..., Client], place: Callable[..., int]
) -> None:
    order_id = place(CUP=6)
    invoiced(order_id, 3)
    second, bookkeeper = invoiced(order_id, 1), browse("bookkeeper")
    page = read(bookkeeper, f"/orders/{order_id}/payment/?invoice={second.pk}")
    assert 'value="20.00"' in page and "&quot;: &quot;60.00&quot;" in page
    paid(order_id, "130.50")
    assert 'value="10.50"' in read(bookkeeper, f"/orders/{order_id}/refund/")


def test_an_invoice_past_its_day_is_overdue(browse: Callable[..., Client], place: Callable[..., int]) -> None:
    second, bookkeeper = invoiced(place(CUP=6), 1), browse("bookkeeper")
    now = utc_now()
    Invoice.objects.filter(pk=second.pk).update(due_at=now.replace(year=now.year - 1))
    assert ">Overdue<" in read(bookkeeper, f"/invoices/{second.pk}/")


def test_a_refund_for_a_return_without_credit_note_says_what_it_does(
    browse: Callable[..., Client], place: Callable[..., int]
) -> None:
    order_id, now = place(CUP=2), utc_now()
    ship(order_id=order_id, actor=the_owner(), now=now)
    issue_invoice(order_id=order_id, actor=the_owner(), now=now)
    paid(order_id, "40")
    units = [ReturnedUnits(OrderLine.objects.get().pk, Decimal(1))]
    record_return(order_id=order_id, lines=units, reason="broken", actor=the_owner(), now=now)
    bookkeeper, returned = browse("bookkeeper"), Return.objects.get()
    dialog = read(bookkeeper, f"/orders/{order_id}/refund/")
    link = f'href="/returns/{returned.pk}/credit/?refund=1"'
    assert link in dialog and "Credit the return first" in dialog and returned.number in dialog
    assert "becomes due again" in dialog and 'value="20"' not in dialog
    assert " checked" in read(bookkeeper, f"/returns/{returned.pk}/credit/?refund=1")
    assert " checked" not in read(bookkeeper, f"/returns/{returned.pk}/credit/")
    send(bookkeeper, f"/returns/{returned.pk}/credit/")
    dialog = read(bookkeeper, f"/orders/{order_id}/refund/")
    assert 'value="20.00"' in dialog and "becomes due again" not in dialog and "/credit/" not in dialog


def test_an_invoice_for_what_is_invoiced_says_which_one_has_it(
    browse: Callable[..., Client], place: Callable[..., int]
) -> None:
    order_id = place(CUP=2)
    bookkeeper, path = browse("bookkeeper"), f"/orders/{order_id}/invoice/"
    line = f"line_{OrderLine.objects.get().pk}"
    assert send(bookkeeper, path, **{line: "2"}).status_code == 204
    again = send(bookkeeper, path, **{line: "2"})
    number = Invoice.objects.get().number
    assert again.status_code == 422 and f"is invoiced already ({number})" in flat(again.content.decode())
    assert number in read(bookkeeper, path) and "data-busy" not in read(bookkeeper, path)


def test_money_paid_ahead_is_a_credit_balance(
    browse: Callable[..., Client], owner: Client, place: Callable[..., int], company: Any
) -> None:
    order_id = place(CUP=2)
    paid(order_id, "15")
    page = read(owner, f"/orders/{order_id}/")
    assert re.search(r"<dt>Credit balance</dt>\s*<dd>\s*¥15.00", page)
    card = owner.get("/orders/lookup/customer/?number=C1").json()
    assert card["credit"]["ahead"] == "¥15.00" and not card["credit"]["owed"]
    chinese = browse("administrator", username="zh", language="zh-hans")
    assert "<dt>预付</dt>" in read(chinese, f"/orders/{order_id}/")
    assert 'data-text-ahead="预付"' in read(chinese, "/orders/new/")
    assert "<dt>预付</dt>" in read(chinese, f"/customers/{company.customer.pk}/")
