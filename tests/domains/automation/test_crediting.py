"""Returns that wait for their credit note: none is forgotten, none is asked for twice."""

from __future__ import annotations

import pytest

from orderwell.domains.automation.crediting import awaiting_credit, returns_to_credit
from orderwell.domains.automation.errors import AlreadyCredited
from orderwell.domains.automation.services.bill import ship_and_invoice
from orderwell.domains.automation.services.call_off import cancel_and_credit
from orderwell.domains.automation.services.no_credit import settle_without
from orderwell.domains.automation.services.take_back import credit_return, settle_return
from orderwell.domains.billing.models import CreditNote, InvoiceLine, Refund
from orderwell.domains.billing.services.credit import issue_credit_note
from orderwell.domains.billing.services.invoice import issue_invoice
from orderwell.domains.fulfilment.models import Return
from orderwell.domains.fulfilment.services.record_return import ReturnedUnits, record_return
from orderwell.domains.fulfilment.services.settle_return import settle_without_credit
from orderwell.domains.fulfilment.services.ship import ship
from orderwell.domains.orders.changes import LineChange, OrderChange
from orderwell.domains.orders.models import Order
from orderwell.domains.orders.services.change import change_order
from orderwell.kernel.errors import NotFound, Refusal
from orderwell.platform.permissions import PermissionDenied
from orderwell.testing.actors import clerk, limited, owner, warehouse_worker
from tests.domains.automation.test_compositions import pay
from tests.domains.books import NOW, D, differences, lines_of, place, stocked

pytestmark = pytest.mark.django_db


def back(order: Order, units: int) -> Return:
    (line,) = lines_of(order)
    return record_return(
        order_id=order.pk, lines=[ReturnedUnits(line.pk, D(units))], reason="broken", actor=warehouse_worker(), now=NOW
    )


def waiting() -> list[int]:
    return [row.pk for row in returns_to_credit(owner(), limit=10)]


def test_a_return_waits_until_it_is_credited() -> None:
    order = place([(stocked(), 3)])
    ship_and_invoice(order_id=order.pk, actor=owner(), now=NOW)
    first, second = back(order, 1), back(order, 2)
    assert waiting() == [first.pk, second.pk]
    credit_return(return_id=first.pk, actor=owner(), now=NOW)
    assert waiting() == [second.pk]
    credit_return(return_id=second.pk, actor=owner(), now=NOW)
    assert waiting() == []


def test_none_is_forgotten_behind_many_of_which_nothing_can_be_credited(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("orderwell.domains.automation.crediting.LOOKED_AT", 2)
    for _ in range(3):
        past = place([(stocked(), 1)])
        _, (invoice,) = ship_and_invoice(order_id=past.pk, actor=owner(), now=NOW)
        issue_credit_note(invoice_id=invoice.pk, reason="sorry", actor=owner(), now=NOW)
        back(past, 1)
    order = place([(stocked(), 1)])
    ship_and_invoice(order_id=order.pk, actor=owner(), now=NOW)
    document = back(order, 1)
    assert waiting() == [document.pk]


def test_what_was_never_invoiced_waits_as_well() -> None:
    order = place([(stocked(), 3)])
    ship(order_id=order.pk, actor=owner(), now=NOW)
    document = back(order, 2)
    assert waiting() == [document.pk]
    credit_return(return_id=document.pk, actor=owner(), now=NOW)
    assert waiting() == []


def test_nothing_waits_where_all_was_credited_as_goodwill() -> None:
    order = place([(stocked(), 1)])
    ship_and_invoice(order_id=order.pk, actor=owner(), now=NOW)
    issue_credit_note(invoice_id=InvoiceLine.objects.get().invoice_id, reason="sorry", actor=owner(), now=NOW)
    back(order, 1)
    assert waiting() == []


def test_past_returns_wait_for_nothing() -> None:
    order = place([(stocked(), 1)])
    ship_and_invoice(order_id=order.pk, actor=owner(), now=NOW)
    document = back(order, 1)
    Return.objects.update(history=True)
    assert awaiting_credit([Return.objects.get(pk=document.pk)]) == []
    assert waiting() == []


def test_only_what_one_may_see() -> None:
    order = place([(stocked(), 1)])
    ship_and_invoice(order_id=order.pk, actor=owner(), now=NOW)
    back(order, 1)
    assert returns_to_credit(limited(owner(), channels=frozenset()), limit=10) == []
    with pytest.raises(PermissionDenied):
        returns_to_credit(warehouse_worker(), limit=10)


def test_settled_without_a_credit_note() -> None:
    order = place([(stocked(), 1)])
    ship_and_invoice(order_id=order.pk, actor=owner(), now=NOW)
    document = back(order, 1)
    with pytest.raises(PermissionDenied):
        settle_without_credit(return_id=document.pk, reason="exchanged", actor=clerk(), now=NOW)
    with pytest.raises(NotFound):
        settle_without_credit(
            return_id=document.pk, reason="exchanged", actor=limited(owner(), channels=frozenset()), now=NOW
        )
    with pytest.raises(Refusal):
        settle_without_credit(return_id=document.pk, reason=" ", actor=owner(), now=NOW)
    assert waiting() == [document.pk]
    settle_without_credit(return_id=document.pk, reason="exchanged", actor=owner(), now=NOW)
    assert waiting() == []
    # Second thoughts are possible.
    credit_return(return_id=document.pk, actor=owner(), now=NOW)
    assert CreditNote.objects.count() == 1
    assert differences() == []


def test_credit_and_refund_of_a_return_that_is_there() -> None:
    order = place([(stocked(), 3)])
    ship_and_invoice(order_id=order.pk, actor=owner(), now=NOW)
    pay(order, str(order.total_amount))
    document = back(order, 2)
    done = settle_return(return_id=document.pk, refund=True, actor=owner(), now=NOW)
    assert [note.gross_amount for note in done.credit_notes] == [refund.amount for refund in done.refunds] == [D(20)]
    order.refresh_from_db()
    assert order.payment_state == "paid"
    assert Refund.objects.count() == 1
    assert differences() == []


def test_what_was_credited_by_hand_is_refunded_all_the_same() -> None:
    order = place([(stocked(), 3)])
    (invoice,) = ship_and_invoice(order_id=order.pk, actor=owner(), now=NOW)[1]
    pay(order, str(order.total_amount))
    issue_credit_note(invoice_id=invoice.pk, reason="late", actor=owner(), now=NOW)
    document = back(order, 2)
    done = settle_return(return_id=document.pk, refund=True, actor=owner(), now=NOW)
    assert done.credit_notes == []
    assert [refund.amount for refund in done.refunds] == [D(20)]  # what came back, not all that is paid too much
    assert differences() == []


def test_what_is_credited_is_not_settled_without() -> None:
    order = place([(stocked(), 1)])
    ship_and_invoice(order_id=order.pk, actor=owner(), now=NOW)
    document = back(order, 1)
    (note,) = credit_return(return_id=document.pk, actor=owner(), now=NOW)
    with pytest.raises(AlreadyCredited, match=note.number):
        settle_without(return_id=document.pk, reason="exchanged", actor=owner(), now=NOW)
    document.refresh_from_db()
    assert not document.settled_without


@pytest.mark.parametrize("quantity", [D(4), D(2)])
def test_units_invoiced_with_a_discount_keep_their_worth(quantity: D) -> None:
    """Over more or fewer units the discount would be another for those that are charged already."""
    order = place([(stocked(price="130"), 3)], discount="0.62")
    (line,) = lines_of(order)
    issue_invoice(order_id=order.pk, quantities={line.pk: D(2)}, actor=owner(), now=NOW)
    change = OrderChange(lines=(LineChange(line_id=line.pk, quantity=quantity),))
    with pytest.raises(Refusal) as refusal:
        change_order(order_id=order.pk, change=change, version=None, actor=owner(), now=NOW)
    assert [error.code for error in refusal.value.errors] == ["line_not_changeable"]
    cancel_and_credit(order_id=order.pk, lines={line.pk: D(1)}, reason="too much", actor=owner(), now=NOW)
    assert differences() == []


def test_units_invoiced_without_a_discount_can_become_more() -> None:
    order = place([(stocked(price="130"), 3)])
    (line,) = lines_of(order)
    issue_invoice(order_id=order.pk, actor=owner(), now=NOW)
    change = OrderChange(lines=(LineChange(line_id=line.pk, quantity=D(4)),))
    change_order(order_id=order.pk, change=change, version=None, actor=owner(), now=NOW)
    cancel_and_credit(order_id=order.pk, lines={line.pk: D(1)}, reason="too much", actor=owner(), now=NOW)
    assert differences() == []


def test_goodwill_for_units_that_never_leave_ends_to_the_cent() -> None:
    """0.04 and 0.03 were credited of 0.11; the unit that stays must be credited as it is charged, with 0.04."""
    order = place([(stocked(price="0.035"), 3)])
    (line,) = lines_of(order)
    invoice = issue_invoice(order_id=order.pk, actor=owner(), now=NOW)
    (row,) = InvoiceLine.objects.all()
    for amount in (D("0.04"), D("0.03")):
        note = issue_credit_note(
            invoice_id=invoice.pk, quantities={row.pk: D(1)}, reason="sorry", actor=owner(), now=NOW
        )
        assert note.gross_amount == amount
    cancel_and_credit(order_id=order.pk, lines={line.pk: D(2)}, reason="too late", actor=owner(), now=NOW)
    order.refresh_from_db()
    assert order.total_amount == order.invoiced_amount == order.credited_amount == D("0.04")
    assert differences() == []
