"""What a credit note made paid too much goes back on the payment that was for the credited invoice."""

from __future__ import annotations

import pytest

from orderwell.domains.automation.services.credit_invoice import credit_invoice
from orderwell.domains.automation.services.take_back import take_back
from orderwell.domains.billing.models import Invoice, Payment, Refund
from orderwell.domains.billing.services.invoice import issue_invoice
from orderwell.domains.billing.services.pay import PaymentDraft, record_payment
from orderwell.domains.fulfilment.services.record_return import ReturnedUnits
from orderwell.domains.fulfilment.services.ship import ship
from orderwell.domains.orders.models import Order
from orderwell.testing.actors import owner
from tests.domains.books import NOW, D, differences, lines_of, place, stocked

pytestmark = pytest.mark.django_db
ACTOR = owner()


def invoiced(*units: int) -> tuple[Order, list[Invoice]]:
    """An order of units at 10.00 each, shipped, with an invoice for each part."""
    order = place([(stocked(), sum(units))])
    ship(order_id=order.pk, actor=ACTOR, now=NOW)
    (line,) = lines_of(order)
    made = [issue_invoice(order_id=order.pk, quantities={line.pk: D(part)}, actor=ACTOR, now=NOW) for part in units]
    return order, made


def pay(order: Order, amount: str, invoice: Invoice | None = None) -> Payment:
    draft = PaymentDraft(order.pk, D(amount), "bank", invoice=invoice.number if invoice else None)
    return record_payment(payment=draft, actor=ACTOR, now=NOW)


def went_back() -> list[tuple[int, int]]:
    assert differences() == []
    return [(row.payment_id, int(row.amount)) for row in Refund.objects.order_by("pk")]


def test_the_payment_that_names_the_credited_invoice_comes_first() -> None:
    order, (first, second) = invoiced(3, 5)
    bank, _alipay = pay(order, "30", first), pay(order, "50", second)
    credit_invoice(invoice_id=first.pk, reason="broken", refund=True, actor=ACTOR, now=NOW)
    assert went_back() == [(bank.pk, 30)]


def test_then_the_newest_and_no_payment_twice() -> None:
    order, (first, second) = invoiced(3, 5)
    bank, unnamed, alipay = pay(order, "10", first), pay(order, "20"), pay(order, "50", second)
    credit_invoice(invoice_id=first.pk, reason="broken", refund=True, actor=ACTOR, now=NOW)
    assert went_back() == [(bank.pk, 10), (alipay.pk, 20)]
    assert unnamed.refunded_amount == 0


def test_of_a_return_over_two_invoices_each_takes_from_its_own_payment() -> None:
    order, (first, second) = invoiced(1, 5)
    bank, alipay = pay(order, "10", first), pay(order, "50", second)
    (line,) = lines_of(order)
    shared = {"order_id": order.pk, "reason": "broken", "refund": True, "actor": ACTOR, "now": NOW}
    done = take_back(lines=[ReturnedUnits(line.pk, D(6))], **shared)  # type: ignore[arg-type]
    assert len(done.credit_notes) == 2
    assert sorted(went_back()) == [(bank.pk, 10), (alipay.pk, 50)]


def test_a_return_of_part_of_it_gives_back_what_was_paid_for_that_invoice() -> None:
    order, (first, second) = invoiced(3, 5)
    named = {first.pk: pay(order, "30", first), second.pk: pay(order, "50", second)}
    (line,) = lines_of(order)
    shared = {"order_id": order.pk, "reason": "broken", "refund": True, "actor": ACTOR, "now": NOW}
    done = take_back(lines=[ReturnedUnits(line.pk, D(1))], **shared)  # type: ignore[arg-type]
    (note,) = done.credit_notes
    assert went_back() == [(named[note.invoice_id].pk, 10)]
