"""Two people do the same thing at the same moment: exactly one of them does it.

The control decides before it looks again, as a program without locks would, and shows that the threads really meet.
"""

from __future__ import annotations

import threading
from datetime import timedelta
from decimal import Decimal

import pytest

from orderwell.domains.automation.services.credit_invoice import credit_invoice
from orderwell.domains.automation.services.no_credit import settle_without, undo_settlement
from orderwell.domains.automation.services.take_back import credit_return
from orderwell.domains.billing.errors import CreditNoteUndone, MoneyUndone, RefundAbovePayment
from orderwell.domains.billing.models import CreditNote, Invoice, Payment, Refund
from orderwell.domains.billing.queries import due_amount
from orderwell.domains.billing.services.invoice import issue_invoice
from orderwell.domains.billing.services.pay import PaymentDraft, record_payment, record_refund
from orderwell.domains.billing.services.undo_credit import undo_credit_note
from orderwell.domains.billing.services.undo_money import undo_payment, undo_refund
from orderwell.domains.fulfilment.models import Return, Shipment
from orderwell.domains.fulfilment.services.record_return import ReturnedUnits, record_return
from orderwell.domains.fulfilment.services.ship import ship
from orderwell.domains.orders.models import Order, OrderLine
from orderwell.kernel.errors import DomainError
from orderwell.platform.events.models import Event
from orderwell.testing.actors import owner
from orderwell.testing.concurrency import in_threads
from tests.domains.books import NOW, D, differences, lines_of, place, stocked

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.concurrency]
WORKERS = 4
ACTOR = owner()


def one_won(results: list[object]) -> list[DomainError]:
    """Asserts that exactly one succeeded; the refusals of the others."""
    refusals = [result for result in results if isinstance(result, DomainError)]
    assert len(refusals) == len(results) - 1, results
    assert not [item for item in results if isinstance(item, BaseException) and not isinstance(item, DomainError)]
    return refusals


def test_one_of_them_ships() -> None:
    order = place([(stocked(10), 3)])
    refusals = one_won(in_threads(lambda _: ship(order_id=order.pk, actor=ACTOR, now=NOW), WORKERS))
    assert {refusal.code for refusal in refusals} <= {"nothing_to_do"}
    assert Shipment.objects.count() == 1
    assert differences() == []


def test_one_of_them_invoices() -> None:
    order = place([(stocked(10), 3)])
    refusals = one_won(in_threads(lambda _: issue_invoice(order_id=order.pk, actor=ACTOR, now=NOW), WORKERS))
    assert {refusal.code for refusal in refusals} == {"nothing_to_do"}
    assert Invoice.objects.count() == 1
    assert differences() == []


def test_one_of_them_refunds() -> None:
    order = place([(stocked(10), 1)])
    payment = record_payment(payment=PaymentDraft(order.pk, D(10), "bank"), actor=ACTOR, now=NOW)
    refusals = one_won(
        in_threads(
            lambda _: record_refund(payment_id=payment.pk, amount=D(6), reason="late", actor=ACTOR, now=NOW), WORKERS
        )
    )
    assert {refusal.code for refusal in refusals} == {RefundAbovePayment.code}
    assert Refund.objects.count() == 1
    assert differences() == []


def test_payments_at_once_each_settle_the_invoice_they_name() -> None:
    order = place([(stocked(10), 8)])
    line = lines_of(order)[0].pk
    made = [
        issue_invoice(order_id=order.pk, quantities={line: D(2)}, actor=ACTOR, now=NOW + timedelta(days=day))
        for day in range(WORKERS)
    ]

    def pay(worker: int) -> Payment:
        draft = PaymentDraft(order.pk, D(20 - worker), "bank", invoice=made[worker].number)
        return record_payment(payment=draft, actor=ACTOR, now=NOW)

    assert all(isinstance(result, Payment) for result in in_threads(pay, WORKERS))
    left = Invoice.objects.order_by("pk").values_list("open_amount", flat=True)
    assert list(left) == [D(worker) for worker in range(WORKERS)]
    assert differences() == []


def test_one_of_them_undoes_a_payment() -> None:
    order = place([(stocked(10), 1)])
    payment = record_payment(payment=PaymentDraft(order.pk, D(10), "bank"), actor=ACTOR, now=NOW)
    refusals = one_won(
        in_threads(lambda _: undo_payment(payment_id=payment.pk, reason="twice", actor=ACTOR, now=NOW), WORKERS)
    )
    assert {refusal.code for refusal in refusals} == {MoneyUndone.code}
    order.refresh_from_db()
    assert order.paid_amount == 0
    assert differences() == []


def test_undo_and_refund_of_one_payment_never_both_happen() -> None:
    order = place([(stocked(10), 1)])
    payment = record_payment(payment=PaymentDraft(order.pk, D(10), "bank"), actor=ACTOR, now=NOW)

    def act(number: int) -> object:
        if number % 2:
            return undo_payment(payment_id=payment.pk, reason="twice", actor=ACTOR, now=NOW)
        return record_refund(payment_id=payment.pk, amount=D(10), reason="late", actor=ACTOR, now=NOW)

    refusals = one_won(in_threads(act, WORKERS))
    assert {refusal.code for refusal in refusals} <= {"money_undone", "payment_refunded", "refund_above_payment"}
    order.refresh_from_db()
    assert order.paid_amount == 0
    assert differences() == []


def test_control_without_a_lock_all_of_them_refund() -> None:
    order = place([(stocked(10), 1)])
    payment = record_payment(payment=PaymentDraft(order.pk, D(10), "bank"), actor=ACTOR, now=NOW)
    everyone_has_looked = threading.Barrier(WORKERS)

    def careless(_: int) -> bool:
        left: Decimal = Payment.objects.get(pk=payment.pk).amount - sum(
            (refund.amount for refund in Refund.objects.filter(payment=payment)), D(0)
        )
        everyone_has_looked.wait()
        if left < 6:
            return False
        Refund.objects.create(payment=payment, amount=D(6), reason="late", refunded_at=NOW, actor_label="control")
        return True

    assert in_threads(careless, WORKERS) == [True] * WORKERS
    assert "billing.refunded_is_the_sum_of_refunds" in [law for law, _ in differences()]


def credited(*, refund: bool) -> tuple[Order, CreditNote]:
    """An order of three, shipped, invoiced and paid; one unit credited, with its money given back where wanted."""
    order = place([(stocked(10), 3)])
    ship(order_id=order.pk, actor=ACTOR, now=NOW)
    invoice = issue_invoice(order_id=order.pk, actor=ACTOR, now=NOW)
    record_payment(payment=PaymentDraft(order.pk, D(30), "bank"), actor=ACTOR, now=NOW)
    quantities = {invoice.lines.get().pk: D(1)}
    made = credit_invoice(
        invoice_id=invoice.pk, quantities=quantities, reason="late", refund=refund, actor=ACTOR, now=NOW
    )
    return order, made.credit_note


def test_one_of_them_undoes_a_credit_note() -> None:
    order, note = credited(refund=False)
    refusals = one_won(
        in_threads(lambda _: undo_credit_note(note_id=note.pk, reason="twice", actor=ACTOR, now=NOW), WORKERS)
    )
    assert {refusal.code for refusal in refusals} == {CreditNoteUndone.code}
    order.refresh_from_db()
    assert (Invoice.objects.count(), order.credited_amount) == (2, 0)
    assert differences() == []


def test_a_credit_note_is_undone_only_once_its_refund_is() -> None:
    order, note = credited(refund=True)
    refund = Refund.objects.get()

    def act(number: int) -> object:
        if number % 2:
            return undo_credit_note(note_id=note.pk, reason="wrong", actor=ACTOR, now=NOW)
        return undo_refund(refund_id=refund.pk, reason="wrong", actor=ACTOR, now=NOW)

    results = in_threads(act, WORKERS)
    codes = {result.code for result in results if isinstance(result, DomainError)}
    assert codes <= {"credit_note_refunded", "credit_note_undone", "money_undone"}, results
    note.refresh_from_db()
    order.refresh_from_db()
    assert Refund.objects.get().undone_at is not None
    assert due_amount(order) == (0 if note.undone_at else -10)
    assert differences() == []


def test_undoing_and_refunding_at_once_leaves_every_cent_told() -> None:
    order, note = credited(refund=False)
    payment = Payment.objects.get()

    def act(number: int) -> object:
        if number % 2:
            return undo_credit_note(note_id=note.pk, reason="wrong", actor=ACTOR, now=NOW)
        return record_refund(payment_id=payment.pk, amount=D(10), reason="too much", actor=ACTOR, now=NOW)

    results = in_threads(act, WORKERS)
    assert not [item for item in results if isinstance(item, BaseException) and not isinstance(item, DomainError)]
    order.refresh_from_db()
    assert Invoice.objects.count() == 2, "exactly one of them undid it"
    assert due_amount(order) == 10 * Refund.objects.count()
    assert differences() == []


def came_back_unbilled() -> tuple[Order, Return]:
    order = place([(stocked(10), 3)])
    ship(order_id=order.pk, actor=ACTOR, now=NOW)
    units = [ReturnedUnits(lines_of(order)[0].pk, D(3))]
    return order, record_return(order_id=order.pk, lines=units, reason="no", actor=ACTOR, now=NOW)


def test_one_of_them_takes_back_that_a_return_needs_no_credit_note() -> None:
    order, document = came_back_unbilled()
    settle_without(return_id=document.pk, reason="exchanged", actor=ACTOR, now=NOW)
    refusals = one_won(
        in_threads(lambda _: undo_settlement(return_id=document.pk, reason="no", actor=ACTOR, now=NOW), WORKERS)
    )
    assert {refusal.code for refusal in refusals} == {"return_not_settled"}
    order.refresh_from_db()
    assert (lines_of(order)[0].quantity_unbilled, order.total_amount) == (0, 30)
    assert differences() == []


def test_one_of_them_says_why_a_return_needs_no_credit_note() -> None:
    _order, document = came_back_unbilled()
    reasons = [f"reason {number}" for number in range(WORKERS)]
    refusals = one_won(
        in_threads(lambda n: settle_without(return_id=document.pk, reason=reasons[n], actor=ACTOR, now=NOW), WORKERS)
    )
    assert {refusal.code for refusal in refusals} == {"return_settled_already"}
    document.refresh_from_db()
    told = [row.data["reason"] for row in Event.objects.filter(name="fulfilment.return.settled")]
    assert [document.settled_without] == told
    assert differences() == []


def test_settling_invoicing_and_crediting_at_once_bill_no_unit_twice() -> None:
    order, document = came_back_unbilled()

    def act(number: int) -> object:
        if number == 0:
            return issue_invoice(order_id=order.pk, actor=ACTOR, now=NOW)
        if number == 1:
            return credit_return(return_id=document.pk, actor=ACTOR, now=NOW)
        return settle_without(return_id=document.pk, reason="exchanged", actor=ACTOR, now=NOW)

    results = in_threads(act, WORKERS)
    assert not [item for item in results if isinstance(item, BaseException) and not isinstance(item, DomainError)]
    (line,) = lines_of(order)
    assert line.quantity_invoiced + line.quantity_unbilled == 3
    assert differences() == []


def test_control_without_a_lock_all_of_them_undo() -> None:
    _order, note = credited(refund=False)
    everyone_has_looked = threading.Barrier(WORKERS)

    def careless(_: int) -> bool:
        standing = CreditNote.objects.get(pk=note.pk).undone_at is None
        everyone_has_looked.wait()
        if standing:
            CreditNote.objects.filter(pk=note.pk).update(undone_at=NOW, undone_by="control", reverses=True)
        return standing

    assert in_threads(careless, WORKERS) == [True] * WORKERS
    assert "billing.undone_credit_notes_are_invoiced_anew" in [law for law, _ in differences()]


def test_one_of_them_takes_back() -> None:
    order = place([(stocked(10), 3)])
    ship(order_id=order.pk, actor=ACTOR, now=NOW)
    units = [ReturnedUnits(lines_of(order)[0].pk, D(2))]
    one_won(
        in_threads(lambda _: record_return(order_id=order.pk, lines=units, reason="no", actor=ACTOR, now=NOW), WORKERS)
    )
    assert OrderLine.objects.get(order=order).quantity_returned == 2
    document = Return.objects.get()
    one_won(in_threads(lambda _: credit_return(return_id=document.pk, actor=ACTOR, now=NOW), WORKERS))
    assert CreditNote.objects.count() == 1
    assert differences() == []


def test_a_payment_told_by_all_is_one_payment() -> None:
    order = place([(stocked(10), 3)])
    draft = PaymentDraft(order.pk, D(10), "alipay", "TX-1")
    results = in_threads(lambda _: record_payment(payment=draft, actor=ACTOR, now=NOW), WORKERS)
    assert {getattr(result, "pk", result) for result in results} == {Payment.objects.get().pk}
    assert differences() == []


def test_the_same_reference_for_two_orders_is_taken_once() -> None:
    orders = [place([(stocked(10), 3)]) for _ in range(WORKERS)]
    drafts = [PaymentDraft(order.pk, D(10), "alipay", "TX-2") for order in orders]
    refusals = one_won(in_threads(lambda index: record_payment(payment=drafts[index], actor=ACTOR, now=NOW), WORKERS))
    assert {refusal.code for refusal in refusals} == {"reference_taken"}
    assert differences() == []


def test_numbers_have_no_gap_under_load() -> None:
    """Half of the invoices are refused; those that are issued count from one without a gap."""
    orders = [place([(stocked(10), 1)]) for _ in range(6)]
    twice = [order.pk for order in orders for _ in range(2)]
    in_threads(lambda index: issue_invoice(order_id=twice[index], actor=ACTOR, now=NOW), len(twice))
    numbers = sorted(Invoice.objects.values_list("number", flat=True))
    assert [int(number[-6:]) for number in numbers] == list(range(1, 7))
    assert differences() == []
