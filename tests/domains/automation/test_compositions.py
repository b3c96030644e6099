"""Several domains in one step: all of it happens, or nothing."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from orderwell.domains.automation.errors import AlreadyCredited
from orderwell.domains.automation.services.bill import invoice_shipment, ship_and_invoice
from orderwell.domains.automation.services.call_off import cancel_and_credit
from orderwell.domains.automation.services.take_back import credit_return, take_back
from orderwell.domains.billing.errors import AlreadyInvoiced, PastOrder
from orderwell.domains.billing.models import CreditNote, Invoice, InvoiceLine, Refund
from orderwell.domains.billing.queries import customer_balance, due_amount, order_money
from orderwell.domains.billing.services.credit import issue_credit_note
from orderwell.domains.billing.services.invoice import issue_invoice
from orderwell.domains.billing.services.pay import PaymentDraft, record_payment
from orderwell.domains.fulfilment.models import Return, Shipment
from orderwell.domains.fulfilment.services.record_return import ReturnedUnits, record_return
from orderwell.domains.fulfilment.services.ship import ship
from orderwell.domains.orders.errors import HeldOrder, NothingToDo
from orderwell.domains.orders.models import Amendment, Order
from orderwell.domains.orders.services.cancel import cancel_units
from orderwell.domains.orders.services.hold import place_hold
from orderwell.domains.orders.services.undo import undo_change
from orderwell.kernel.errors import NotFound, Refusal
from orderwell.platform.permissions import PermissionDenied
from orderwell.testing.actors import clerk, limited, owner, warehouse_worker
from orderwell.testing.factories import make_bundle, make_warehouse
from tests.domains.books import NOW, D, differences, lines_of, place, stocked

pytestmark = pytest.mark.django_db


def pay(order: Order, amount: str) -> None:
    record_payment(payment=PaymentDraft(order.pk, D(amount), "bank"), actor=owner(), now=NOW)


def test_ship_and_invoice_what_left() -> None:
    order = place([(stocked(), 3)], shipping="5.00")
    (goods, _) = lines_of(order)
    shipments, invoices = ship_and_invoice(order_id=order.pk, lines={goods.pk: D(2)}, actor=owner(), now=NOW)
    assert [invoice.cause for invoice in invoices] == [f"shipment:{shipments[0].pk}"]
    assert invoices[0].gross_amount == D("25.00")
    with pytest.raises((AlreadyInvoiced, NothingToDo)):
        invoice_shipment(shipment_id=shipments[0].pk, actor=owner(), now=NOW)
    _, rest = ship_and_invoice(order_id=order.pk, actor=owner(), now=NOW)
    assert rest[0].gross_amount == D("10.00")
    assert differences() == []


def test_a_bundle_is_invoiced_with_the_shipment_that_completes_it() -> None:
    north, south = make_warehouse(priority=1), make_warehouse(priority=2)
    cup, tea = stocked(4, warehouse=north), stocked(4, warehouse=south)
    order = place([(make_bundle({cup: 1, tea: 1}), 2)])
    shipments, invoices = ship_and_invoice(order_id=order.pk, actor=owner(), now=NOW)
    assert len(shipments) == 2
    assert [invoice.cause for invoice in invoices] == [f"shipment:{shipments[1].pk}"]
    assert differences() == []


def test_neither_when_one_cannot() -> None:
    order = place([(stocked(), 3)])
    place_hold(order_id=order.pk, kind="other", reason="?", actor=owner(), now=NOW)
    with pytest.raises(HeldOrder):
        ship_and_invoice(order_id=order.pk, actor=owner(), now=NOW)
    with pytest.raises(PermissionDenied):
        ship_and_invoice(order_id=order.pk, actor=warehouse_worker(), now=NOW)
    assert not Shipment.objects.exists()


def test_a_shipment_of_somebody_else() -> None:
    order = place([(stocked(), 3)])
    (shipment,) = ship(order_id=order.pk, actor=owner(), now=NOW)
    with pytest.raises(NotFound):
        invoice_shipment(shipment_id=shipment.pk, actor=limited(owner(), channels=frozenset()), now=NOW)


def test_return_credit_and_refund_in_one() -> None:
    order = place([(stocked(price="3.335"), 3)], discount="1.00", shipping="2.00")
    ship_and_invoice(order_id=order.pk, actor=owner(), now=NOW)
    pay(order, str(order.total_amount))
    (goods, _) = lines_of(order)
    done = take_back(
        order_id=order.pk, lines=[ReturnedUnits(goods.pk, D(1))], reason="broken", refund=True, actor=owner(), now=NOW
    )
    assert done.document.gross_amount == done.credit_notes[0].gross_amount == done.refunds[0].amount
    order.refresh_from_db()
    assert (order.state, order.payment_state) == ("completed", "paid")
    assert customer_balance(owner(), order.customer_id or 0) == {}
    take_back(
        order_id=order.pk, lines=[ReturnedUnits(goods.pk, D(2))], reason="broken", refund=True, actor=owner(), now=NOW
    )
    money = order_money(owner(), order.pk)
    assert (money.paid, money.due, money.balance) == (D(2), D(0), D(0))
    assert differences() == []


def test_only_what_is_paid_too_much_goes_back() -> None:
    order = place([(stocked(), 3)])
    ship_and_invoice(order_id=order.pk, actor=owner(), now=NOW)
    pay(order, "15.00")
    pay(order, "9.00")
    (line,) = lines_of(order)
    done = take_back(
        order_id=order.pk, lines=[ReturnedUnits(line.pk, D(2))], reason="broken", refund=True, actor=owner(), now=NOW
    )
    assert [refund.amount for refund in done.refunds] == [D(9), D(5)]
    assert order_money(owner(), order.pk).due == 0
    assert differences() == []


def test_goods_back_before_the_invoice_are_invoiced_and_credited() -> None:
    order = place([(stocked(), 3)])
    ship(order_id=order.pk, actor=owner(), now=NOW)
    (line,) = lines_of(order)
    take_back(order_id=order.pk, lines=[ReturnedUnits(line.pk, D(2))], reason="broken", actor=owner(), now=NOW)
    assert (Invoice.objects.get().gross_amount, CreditNote.objects.get().gross_amount) == (D(20), D(20))
    issue_invoice(order_id=order.pk, actor=owner(), now=NOW)
    assert order_money(owner(), order.pk).due == order_money(owner(), order.pk).balance == D(10)
    assert differences() == []


def test_a_return_is_credited_once() -> None:
    order = place([(stocked(), 3)])
    ship_and_invoice(order_id=order.pk, actor=owner(), now=NOW)
    (line,) = lines_of(order)
    document = record_return(
        order_id=order.pk, lines=[ReturnedUnits(line.pk, D(1))], reason="no", actor=clerk(), now=NOW
    )
    with pytest.raises(PermissionDenied):
        credit_return(return_id=document.pk, actor=clerk(), now=NOW)
    with pytest.raises(NotFound):
        credit_return(return_id=document.pk, actor=limited(owner(), channels=frozenset()), now=NOW)
    (note,) = credit_return(return_id=document.pk, actor=owner(), now=NOW)
    assert (note.cause, note.gross_amount) == (f"return:{document.pk}", D(10))
    with pytest.raises(AlreadyCredited):
        credit_return(return_id=document.pk, actor=owner(), now=NOW)
    Return.objects.update(history=True)
    with pytest.raises(PastOrder):
        credit_return(return_id=document.pk, actor=owner(), now=NOW)


def test_a_return_over_two_invoices_gives_two_credit_notes() -> None:
    order = place([(stocked(), 3)])
    (line,) = lines_of(order)
    ship(order_id=order.pk, actor=owner(), now=NOW)
    for quantity in (D(1), D(2)):
        issue_invoice(order_id=order.pk, quantities={line.pk: quantity}, actor=owner(), now=NOW)
    done = take_back(order_id=order.pk, lines=[ReturnedUnits(line.pk, D(2))], reason="no", actor=owner(), now=NOW)
    assert [note.gross_amount for note in done.credit_notes] == [D(10), D(10)]
    assert sum(note.gross_amount for note in done.credit_notes) == done.document.gross_amount
    assert differences() == []


def test_goodwill_is_not_credited_twice() -> None:
    order = place([(stocked(), 2)])
    ship_and_invoice(order_id=order.pk, actor=owner(), now=NOW)
    (line,) = lines_of(order)
    row = InvoiceLine.objects.get()
    issue_credit_note(invoice_id=row.invoice_id, quantities={row.pk: D(1)}, reason="sorry", actor=owner(), now=NOW)
    done = take_back(order_id=order.pk, lines=[ReturnedUnits(line.pk, D(2))], reason="no", actor=owner(), now=NOW)
    assert [note.gross_amount for note in done.credit_notes] == [D(10)]
    assert order_money(owner(), order.pk).due == 0
    assert differences() == []


def test_nothing_of_it_when_the_return_is_refused() -> None:
    order = place([(stocked(), 2)])
    ship_and_invoice(order_id=order.pk, actor=owner(), now=NOW)
    (line,) = lines_of(order)
    with pytest.raises(Refusal):
        take_back(order_id=order.pk, lines=[ReturnedUnits(line.pk, D(3))], reason="no", actor=owner(), now=NOW)
    assert not Return.objects.exists()
    assert not CreditNote.objects.exists()
    assert not Refund.objects.exists()


def test_cancelling_what_is_invoiced_reverses_the_invoice() -> None:
    order = place([(stocked(price="3.335"), 3)], discount="1.00", shipping="2.00")
    (goods, _) = lines_of(order)
    issue_invoice(order_id=order.pk, actor=owner(), now=NOW)
    with pytest.raises(Refusal):
        cancel_units(order_id=order.pk, lines={goods.pk: D(1)}, reason="no", actor=owner(), now=NOW)
    done = cancel_and_credit(order_id=order.pk, lines={goods.pk: D(1)}, reason="no", actor=owner(), now=NOW)
    assert [note.reverses for note in done.credit_notes] == [True]
    money = order_money(owner(), order.pk)
    assert money.total == money.invoiced == money.due == money.balance
    assert differences() == []
    ship(order_id=order.pk, lines={goods.pk: D(1)}, actor=owner(), now=NOW)
    cancel_and_credit(order_id=order.pk, lines=None, reason="the rest", actor=owner(), now=NOW)
    money = order_money(owner(), order.pk)
    assert money.total == money.invoiced == money.balance
    assert lines_of(order)[1].quantity_cancelled == 0
    assert differences() == []


def test_cancelling_everything_takes_the_charges_along() -> None:
    order = place([(stocked(), 3)], shipping="2.00")
    issue_invoice(order_id=order.pk, actor=owner(), now=NOW)
    pay(order, "32.00")
    done = cancel_and_credit(order_id=order.pk, lines=None, reason="closed", actor=owner(), now=NOW)
    assert (done.order.state, done.order.payment_state) == ("cancelled", "overpaid")
    assert customer_balance(owner(), order.customer_id or 0) == {"CNY": D(-32)}
    assert differences() == []


def test_units_that_are_not_invoiced_are_cancelled_first() -> None:
    order = place([(stocked(), 3)])
    (line,) = lines_of(order)
    issue_invoice(order_id=order.pk, quantities={line.pk: D(1)}, actor=owner(), now=NOW)
    done = cancel_and_credit(order_id=order.pk, lines={line.pk: D(2)}, reason="no", actor=owner(), now=NOW)
    assert done.credit_notes == []
    assert differences() == []


@pytest.mark.parametrize("units", [None, D(1)])
def test_goods_credited_by_hand_before_they_left_can_be_cancelled(units: Decimal | None) -> None:
    """The credit note then reverses its invoice: the units were never delivered."""
    order = place([(stocked(), 3)])
    issue_invoice(order_id=order.pk, actor=owner(), now=NOW)
    (line,) = lines_of(order)
    row = InvoiceLine.objects.get()
    quantities = None if units is None else {row.pk: units}
    issue_credit_note(invoice_id=row.invoice_id, quantities=quantities, reason="sorry", actor=owner(), now=NOW)
    # The units that were not credited would be cancelled first, so all that are open are named.
    done = cancel_and_credit(order_id=order.pk, lines=None, reason="sold out", actor=owner(), now=NOW)
    assert [note.gross_amount for note in done.credit_notes] == ([] if units is None else [D(20)])
    line.refresh_from_db()
    assert (line.quantity_cancelled, line.quantity_invoiced) == (D(3), D(0))
    assert CreditNote.objects.filter(reverses=False).count() == 0
    assert order_money(owner(), order.pk).due == order_money(owner(), order.pk).balance == 0
    assert differences() == []


def test_charges_go_with_the_last_of_the_goods_where_that_is_wished() -> None:
    order = place([(stocked(), 2), (stocked(), 1)], shipping="5.00")
    first, second, shipping = lines_of(order)

    def cancel(lines: dict[int, D], *, charges: bool) -> Order:
        given: dict[str, Any] = {"lines": lines, "charges": charges, "reason": "no", "now": NOW}
        return cancel_and_credit(order_id=order.pk, actor=owner(), **given).order

    assert cancel({first.pk: D(2)}, charges=True).total_amount == 15, "goods are left"
    number = Amendment.objects.latest("number").number + 1
    done = cancel({second.pk: D(1)}, charges=True)
    assert (done.state, done.total_amount, due_amount(done)) == ("cancelled", 0, 0)
    shipping.refresh_from_db()
    assert shipping.quantity_cancelled == 1
    undo_change(order_id=order.pk, number=number, actor=owner(), now=NOW)
    done.refresh_from_db()
    assert (done.state, done.total_amount) == ("placed", 15)
    kept = cancel({second.pk: D(1)}, charges=False)
    assert (kept.state, kept.total_amount) == ("placed", 5)
    assert differences() == []


def test_charges_stay_once_something_was_shipped() -> None:
    order = place([(stocked(), 2)], shipping="5.00")
    goods, shipping = lines_of(order)
    ship(order_id=order.pk, lines={goods.pk: D(1)}, actor=owner(), now=NOW)
    cancel_and_credit(order_id=order.pk, lines={goods.pk: D(1)}, charges=True, reason="no", actor=owner(), now=NOW)
    shipping.refresh_from_db()
    assert shipping.quantity_cancelled == 0 and differences() == []


def test_invoiced_charges_are_credited_and_the_whole_sum_is_to_be_given_back() -> None:
    order = place([(stocked(), 2)], shipping="5.00")
    goods, _shipping = lines_of(order)
    issue_invoice(order_id=order.pk, actor=owner(), now=NOW)
    pay(order, "25.00")
    done = cancel_and_credit(
        order_id=order.pk, lines={goods.pk: D(2)}, charges=True, reason="no", actor=owner(), now=NOW
    )
    assert sum(note.gross_amount for note in done.credit_notes) == 25
    assert (done.order.state, due_amount(done.order)) == ("cancelled", -25)
    assert differences() == []


def test_who_may_not_credit_leaves_invoiced_charges() -> None:
    order = place([(stocked(), 2)], shipping="5.00")
    goods, shipping = lines_of(order)
    issue_invoice(order_id=order.pk, quantities={goods.pk: D(1)}, actor=owner(), now=NOW)
    issue_credit_note(
        invoice_id=InvoiceLine.objects.filter(order_line=goods).get().invoice_id,
        quantities={InvoiceLine.objects.get(order_line=goods).pk: D(1)},
        reason="wrong",
        reverses=True,
        actor=owner(),
        now=NOW,
    )
    done = cancel_and_credit(
        order_id=order.pk, lines={goods.pk: D(2)}, charges=True, reason="no", actor=clerk(), now=NOW
    )
    shipping.refresh_from_db()
    assert (done.order.state, shipping.quantity_cancelled) == ("placed", 0)
    assert differences() == []
