"""A payer names an invoice: that one is settled, wherever somebody looks, and the books agree whatever follows."""

from __future__ import annotations

from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import IntegrityError, transaction

from orderwell.domains.automation.hints.facts.money import overdue_of
from orderwell.domains.billing.credit_state import credit_state
from orderwell.domains.billing.errors import (
    InvoiceOfAnotherOrder,
    RecordedForAnotherInvoice,
    RecordedForNoInvoice,
    UnknownInvoice,
)
from orderwell.domains.billing.laws import open_is_what_nothing_settled, payment_names_an_invoice_of_its_order
from orderwell.domains.billing.models import Invoice, Payment
from orderwell.domains.billing.queries import invoices, payment_list, receivables
from orderwell.domains.billing.services.credit import issue_credit_note
from orderwell.domains.billing.services.invoice import issue_invoice
from orderwell.domains.billing.services.pay import PaymentDraft, record_payment, record_refund
from orderwell.domains.billing.services.undo_money import undo_payment, undo_refund
from orderwell.domains.billing.statement import account_statement
from orderwell.domains.billing.waiting import overdue
from orderwell.domains.customers.models import Customer
from orderwell.domains.orders.models import Order
from orderwell.kernel.clock import business_day
from orderwell.kernel.errors import Refusal
from orderwell.platform.events.models import Event
from orderwell.testing.actors import limited, owner
from tests.domains.books import NOW, D, differences, lines_of, place, stocked

pytestmark = pytest.mark.django_db
ACTOR = owner()
ZONE = ZoneInfo("Asia/Shanghai")


def three(*units: int) -> tuple[Order, list[Invoice]]:
    """An order of units at 10.00 each, with an invoice for each part, days apart."""
    order = place([(stocked(), sum(units))])
    line = lines_of(order)[0].pk
    made = [
        issue_invoice(order_id=order.pk, quantities={line: D(part)}, actor=ACTOR, now=NOW + timedelta(days=day))
        for day, part in enumerate(units)
    ]
    return order, made


def pay(order: Order, amount: str, invoice: Invoice | None = None, reference: str | None = None) -> Payment:
    named = invoice.number if invoice else None
    draft = PaymentDraft(order.pk, D(amount), "bank", reference, invoice=named)
    return record_payment(payment=draft, actor=ACTOR, now=NOW + timedelta(days=5))


def left(order: Order) -> list[int]:
    found = Invoice.objects.filter(order=order).order_by("issued_at", "pk").values_list("open_amount", flat=True)
    assert differences() == []
    return [int(amount) for amount in found]


def test_the_invoice_that_was_named_is_settled() -> None:
    order, (_first, second, _third) = three(10, 10, 10)
    assert left(order) == [100, 100, 100]
    pay(order, "100", second)
    assert left(order) == [100, 0, 100]
    pay(order, "30")
    assert left(order) == [70, 0, 100]
    pay(order, "90", second)  # paid twice: it goes to the oldest of the others
    assert left(order) == [0, 0, 80]


def test_a_refund_takes_from_what_its_payment_settled_and_its_undo_gives_it_back() -> None:
    order, (first, second) = three(10, 10)
    named, other = pay(order, "100", second), pay(order, "120")
    assert left(order) == [0, 0]
    back = record_refund(payment_id=named.pk, amount=D(20), reason="x", actor=ACTOR, now=NOW)
    assert left(order) == [0, 0]
    more = record_refund(payment_id=named.pk, amount=D(50), reason="x", actor=ACTOR, now=NOW)
    assert left(order) == [0, 50]
    undo_refund(refund_id=more.pk, reason="x", actor=ACTOR, now=NOW)
    assert left(order) == [0, 0]
    undo_refund(refund_id=back.pk, reason="x", actor=ACTOR, now=NOW)
    undo_payment(payment_id=other.pk, reason="x", actor=ACTOR, now=NOW)
    assert left(order) == [100, 0]
    undo_payment(payment_id=named.pk, reason="x", actor=ACTOR, now=NOW)
    assert left(order) == [100, 100]
    assert first.number != second.number


def test_what_a_credit_note_sets_free_settles_the_oldest_of_the_others() -> None:
    order, (_first, second) = three(10, 10)
    pay(order, "100", second)
    line = second.lines.get()
    issue_credit_note(invoice_id=second.pk, quantities={line.pk: D(4)}, reason="x", actor=ACTOR, now=NOW)
    assert left(order) == [60, 0]
    issue_credit_note(invoice_id=second.pk, reason="x", reverses=True, actor=ACTOR, now=NOW)
    assert left(order) == [0, 0]


def test_money_paid_ahead_settles_the_invoice_as_it_is_issued() -> None:
    order = place([(stocked(), 10)])
    pay(order, "60")
    assert issue_invoice(order_id=order.pk, actor=ACTOR, now=NOW).order_id == order.pk
    assert left(order) == [40]


def test_what_is_said_of_it_is_the_same_everywhere() -> None:
    order, (first, second) = three(10, 10)
    Invoice.objects.filter(pk=first.pk).update(due_at=NOW + timedelta(days=20))
    Invoice.objects.filter(pk=second.pk).update(due_at=NOW - timedelta(days=40))
    later, customer = NOW + timedelta(days=6), order.customer_id or 0
    assert [row.pk for row in overdue(ACTOR, now=later, limit=5)] == [second.pk]
    payment = pay(order, "100", second)
    assert overdue(ACTOR, now=later, limit=5) == []
    assert [row.pk for row in invoices(ACTOR, only_open=True)] == [first.pk]
    found = receivables(ACTOR, currency="CNY", now=later)
    assert (found.total, found.count, found.overdue, found.overdue_count) == (D(100), 1, D(0), 0)
    assert credit_state(ACTOR, customer, now=later).overdue == 0
    assert overdue_of(ACTOR, Customer.objects.filter(pk=customer), grace_days=0, now=later) == {}
    today = business_day(later, ZONE)
    shared = {"currency": "CNY", "first": today - timedelta(days=9), "zone": ZONE}
    assert account_statement(ACTOR, customer, last=today, **shared).ageing.by_age["not_due"] == 100  # type: ignore[arg-type]
    before = account_statement(ACTOR, customer, last=today - timedelta(days=2), **shared)  # type: ignore[arg-type]
    assert (before.ageing.by_age["to_60"], before.ageing.by_age["not_due"]) == (D(100), D(100))
    undo_payment(payment_id=payment.pk, reason="x", actor=ACTOR, now=later)
    assert credit_state(ACTOR, customer, now=later).overdue == 100
    late = overdue_of(ACTOR, Customer.objects.filter(pk=customer), grace_days=0, now=later)[customer]
    assert (late.amount, late.owed) == (D(100), D(200))


def test_what_was_paid_too_much_for_one_order_does_not_hide_what_is_late_of_another() -> None:
    order, (invoice,) = three(10)
    other = place([(stocked(), 10)])
    customer = order.customer_id or 0
    Order.objects.filter(pk=other.pk).update(customer_id=customer)
    Invoice.objects.filter(pk=invoice.pk).update(due_at=NOW - timedelta(days=1))
    other.refresh_from_db()
    pay(other, "30")
    later = NOW + timedelta(days=6)
    state = credit_state(ACTOR, customer, now=later)
    assert (state.owed, state.overdue, state.open, state.ahead) == (D(70), D(100), D(100), D(30))
    assert receivables(ACTOR, currency="CNY", now=later).overdue == 100
    late = overdue_of(ACTOR, Customer.objects.filter(pk=customer), grace_days=0, now=later)[customer]
    assert (late.amount, late.owed) == (D(100), D(70))
    today = business_day(later, ZONE)
    found = account_statement(ACTOR, customer, currency="CNY", first=today, last=today, zone=ZONE)
    assert (found.closing, found.ageing.by_age["to_30"], found.ageing.credit) == (D(70), D(100), D(-30))
    assert found.ageing.total == found.closing
    pay(other, "100")
    state = credit_state(ACTOR, customer, now=later)
    assert (state.owed, state.overdue, state.ahead) == (D(-30), D(100), D(130))


def test_the_payment_says_which() -> None:
    order, (_first, second) = three(10, 10)
    payment = pay(order, "50", second)
    assert Event.objects.get(name="billing.payment.recorded").data["invoice"] == second.number
    (listed,) = payment_list(ACTOR, order_id=order.pk).rows
    assert (listed.pk, listed.invoice) == (payment.pk, second)


def test_a_wrong_invoice_is_refused_at_its_field() -> None:
    order, _made = three(10)
    other, (theirs,) = three(5)
    for draft, error in (
        (PaymentDraft(order.pk, D(10), "bank", invoice="INV-NO"), UnknownInvoice),
        (PaymentDraft(order.pk, D(10), "bank", invoice=theirs.number), InvoiceOfAnotherOrder),
        (PaymentDraft(order.pk, D(10), "bank", invoice="9" * 41), Refusal),
    ):
        with pytest.raises(error) as found:
            record_payment(payment=draft, actor=ACTOR, now=NOW)
        assert [detail.pointer for detail in found.value.details] == ["/invoice"]
    # Who may not know of the other order learns nothing of it.
    mine = limited(owner(), channels=frozenset({order.channel_id}))
    with pytest.raises(UnknownInvoice):
        record_payment(payment=PaymentDraft(order.pk, D(1), "bank", invoice=theirs.number), actor=mine, now=NOW)
    assert not Payment.objects.exists() and other.pk != order.pk


def test_a_reference_told_again_names_the_same_invoice_or_none() -> None:
    order, (first, second) = three(10, 10)
    payment = pay(order, "50", second, "TX1")
    assert pay(order, "50", second, "TX1").pk == pay(order, "50", None, "TX1").pk == payment.pk
    with pytest.raises(RecordedForAnotherInvoice):
        pay(order, "50", first, "TX1")
    pay(order, "20", None, "TX2")
    with pytest.raises(RecordedForNoInvoice):
        pay(order, "20", first, "TX2")
    assert left(order) == [80, 50]


def test_the_laws_notice_a_balance_that_is_wrong() -> None:
    order, (first, second) = three(10, 10)
    pay(order, "40", second)
    Invoice.objects.filter(pk=first.pk).update(open_amount=D(60))
    (found,) = open_is_what_nothing_settled().differences
    assert f"invoice {first.number}" in str(found)
    other, (theirs,) = three(5)
    Payment.objects.update(invoice=theirs)
    assert payment_names_an_invoice_of_its_order().differences and other.pk != order.pk
    with pytest.raises(IntegrityError), transaction.atomic():
        Invoice.objects.filter(pk=first.pk).update(open_amount=D(-1))
