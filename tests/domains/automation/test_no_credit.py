"""A return that needs no credit note: what of it was never invoiced is not billed, and it can be said otherwise again."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from orderwell.domains.automation.crediting import awaiting_credit
from orderwell.domains.automation.errors import AlreadyCredited
from orderwell.domains.automation.services.call_off import cancel_and_credit
from orderwell.domains.automation.services.no_credit import settle_without, undo_settlement, units_without_bill
from orderwell.domains.automation.services.take_back import credit_return
from orderwell.domains.automation.services.undo_return import undo_return
from orderwell.domains.billing.credit_state import not_invoiced
from orderwell.domains.billing.queries import due_amount
from orderwell.domains.billing.services.invoice import issue_invoice
from orderwell.domains.billing.services.pay import PaymentDraft, record_payment
from orderwell.domains.billing.services.undo_credit import undo_credit_note
from orderwell.domains.billing.waiting import orders_to_invoice
from orderwell.domains.fulfilment.errors import ReturnNotSettled, ReturnSettled, ReturnSettledAlready, ReturnUndone
from orderwell.domains.fulfilment.models import Return, ReturnLine
from orderwell.domains.fulfilment.services.record_return import ReturnedUnits, record_return
from orderwell.domains.fulfilment.services.ship import ship
from orderwell.domains.orders.changes import LineChange, OrderChange
from orderwell.domains.orders.errors import NothingToDo
from orderwell.domains.orders.models import Order, OrderLine
from orderwell.domains.orders.services.cancel import cancel_units
from orderwell.domains.orders.services.change import change_order
from orderwell.kernel.errors import NotFound, Refusal
from orderwell.platform.events.models import Event
from orderwell.platform.permissions import PermissionDenied
from orderwell.testing.actors import clerk, limited, owner
from orderwell.testing.factories import make_bundle, make_variant, make_warehouse, stock_up
from tests.domains.books import NOW, D, differences, lines_of, place, stocked

pytestmark = pytest.mark.django_db
ACTOR = owner()


def gone(quantity: int = 4, shipped: int | None = None, invoiced: int = 0, price: str = "10.00") -> Order:
    order = place([(stocked(price=price), quantity)])
    (line,) = lines_of(order)
    ship(order_id=order.pk, lines={line.pk: D(shipped or quantity)}, actor=ACTOR, now=NOW)
    if invoiced:
        issue_invoice(order_id=order.pk, quantities={line.pk: D(invoiced)}, actor=ACTOR, now=NOW)
    return order


def back(order: Order, units: int) -> Return:
    line = lines_of(order)[0]
    given = [ReturnedUnits(line.pk, D(units))]
    return record_return(order_id=order.pk, lines=given, reason="too small", actor=ACTOR, now=NOW)


def settle(document: Return) -> None:
    settle_without(return_id=document.pk, reason="exchanged", actor=ACTOR, now=NOW)


def undo(document: Return, reason: str = "by mistake") -> None:
    undo_settlement(return_id=document.pk, reason=reason, actor=ACTOR, now=NOW)


def left(order: Order) -> D:
    """Units of the only line that are still to be invoiced."""
    (line,) = lines_of(order)
    return line.quantity - line.quantity_cancelled - line.quantity_invoiced - line.quantity_unbilled


def standing(order: Order) -> tuple[object, ...]:
    order.refresh_from_db()
    waiting = not_invoiced(ACTOR, [order.customer_id or 0])
    desk = order in orders_to_invoice(ACTOR, limit=10)
    money = (order.total_amount, order.net_amount, order.tax_amount, due_amount(order))
    return order.state, order.fulfilment_state, order.payment_state, money, waiting, desk, left(order)


def test_goods_that_are_back_and_were_never_invoiced_are_not_asked_for() -> None:
    order = gone(4)
    document = back(order, 4)
    before = standing(order)
    assert (before[0], before[2], before[6]) == ("placed", "unpaid", 4)
    settle(document)
    after = standing(order)
    assert after[:4] == ("completed", "returned", "none", (0, 0, 0, 0)) and after[5:] == (False, 0)
    assert not_invoiced(ACTOR, [order.customer_id or 0]).get(order.customer_id or 0, D(0)) == 0
    with pytest.raises(NothingToDo):
        issue_invoice(order_id=order.pk, actor=ACTOR, now=NOW)
    assert differences() == []
    undo(document)
    assert standing(order) == before
    assert differences() == []


def told(document: Return) -> list[str]:
    rows = Event.objects.filter(name__in=("fulfilment.return.settled", "fulfilment.return.reopened")).order_by("pk")
    return [row.data["reason"] for row in rows if row.data["number"] == document.number]


def test_why_nothing_is_credited_is_not_replaced_but_taken_back_and_said_anew() -> None:
    document = back(gone(4), 4)
    settle(document)
    with pytest.raises(ReturnSettledAlready) as refusal:
        settle_without(return_id=document.pk, reason="repaired", actor=ACTOR, now=NOW)
    assert "exchanged" in str(refusal.value)
    document.refresh_from_db()
    assert (document.settled_without, told(document)) == ("exchanged", ["exchanged"])
    settle_without(return_id=document.pk, reason=" exchanged ", actor=ACTOR, now=NOW)
    assert told(document) == ["exchanged"], "the same said twice happened once"
    undo(document)
    settle_without(return_id=document.pk, reason="repaired", actor=ACTOR, now=NOW)
    document.refresh_from_db()
    assert (document.settled_without, told(document)) == ("repaired", ["exchanged", "by mistake", "repaired"])
    assert differences() == []


@settings(max_examples=15, deadline=None)
@given(
    shipped=st.integers(1, 5),
    invoiced=st.integers(0, 5),
    parts=st.lists(st.integers(1, 3), min_size=1, max_size=3),
    fates=st.lists(st.booleans(), min_size=3, max_size=3),
    price=st.sampled_from(["10.00", "3.335"]),
)
def test_what_is_left_to_be_invoiced_is_with_the_customer_or_still_to_go(
    shipped: int, invoiced: int, parts: list[int], fates: list[bool], price: str
) -> None:
    order = gone(5, shipped, invoiced, price)
    returns = []
    for units in parts:
        (line,) = lines_of(order)
        if line.quantity_shipped - line.quantity_returned >= units:
            returns.append(back(order, units))
    before = standing(order)
    settled = [row for row, fate in zip(returns, fates, strict=False) if fate]
    for row in settled:
        settle(row)
        settle(row)
    (line,) = lines_of(order)
    kept = line.quantity - line.quantity_returned
    if len(settled) == len(returns):
        assert left(order) == max(min(line.quantity - line.quantity_invoiced, kept), 0) or left(order) <= kept
    assert line.quantity_unbilled <= sum(D(row.lines.get().quantity) for row in settled)
    assert differences() == []
    for row in settled:
        undo(row)
    assert standing(order) == before
    assert differences() == []


@pytest.mark.parametrize(
    ("shipped", "invoiced", "units", "unbilled"),
    [
        (4, 0, 2, 2),
        # Those that are invoiced came back first: what is left to be invoiced is with the customer.
        (4, 2, 2, 0),
        (4, 2, 3, 1),
        (4, 4, 3, 0),
        # What was invoiced has left and come back; what is not invoiced is still to go.
        (2, 2, 2, 0),
        (2, 0, 2, 2),
    ],
)
def test_invoiced_units_are_taken_to_come_back_first(shipped: int, invoiced: int, units: int, unbilled: int) -> None:
    order = gone(4, shipped, invoiced)
    document = back(order, units)
    assert sum(units_without_bill(document).values()) == unbilled
    settle(document)
    assert (lines_of(order)[0].quantity_unbilled, units_without_bill(document)) == (unbilled, {})
    assert differences() == []


def test_a_return_that_waits_for_its_credit_note_keeps_its_units() -> None:
    order = gone(5, 5, 2)
    waiting, settled = back(order, 2), back(order, 3)
    settle(settled)
    assert left(order) == 0
    (note,) = credit_return(return_id=waiting.pk, actor=ACTOR, now=NOW)
    assert note.gross_amount == 20
    order.refresh_from_db()
    assert (order.state, due_amount(order)) == ("completed", 0)
    assert differences() == []


def test_what_is_credited_after_all_is_billed_first() -> None:
    order = gone(3)
    document = back(order, 3)
    settle(document)
    (note,) = credit_return(return_id=document.pk, actor=ACTOR, now=NOW)
    document.refresh_from_db()
    (line,) = lines_of(order)
    assert (note.gross_amount, line.quantity_unbilled, line.quantity_invoiced) == (30, 0, 3)
    assert document.settled_without == ""
    for way in (lambda: settle(document), lambda: undo(document)):
        with pytest.raises((AlreadyCredited, ReturnNotSettled)):
            way()
    undo_credit_note(note_id=note.pk, reason="no", actor=ACTOR, now=NOW)
    document.refresh_from_db()
    assert awaiting_credit([document]) == [document]
    settle(document)
    assert lines_of(order)[0].quantity_unbilled == 0, "they are invoiced now"
    assert differences() == []


def test_what_was_paid_in_advance_is_paid_too_much() -> None:
    order = gone(2)
    record_payment(payment=PaymentDraft(order.pk, D(20), "bank"), actor=ACTOR, now=NOW)
    document = back(order, 2)
    settle(document)
    order.refresh_from_db()
    assert (order.payment_state, due_amount(order), order.state) == ("overpaid", -20, "placed")
    undo(document)
    order.refresh_from_db()
    assert (order.payment_state, due_amount(order)) == ("paid", 0)
    assert differences() == []


def test_only_who_writes_credit_notes_and_only_what_is_settled() -> None:
    order = gone(2)
    document = back(order, 1)
    with pytest.raises(ReturnNotSettled):
        undo(document)
    settle(document)
    with pytest.raises(PermissionDenied):
        undo_settlement(return_id=document.pk, reason="no", actor=clerk(), now=NOW)
    with pytest.raises(NotFound):
        undo_settlement(return_id=document.pk, reason="no", actor=limited(ACTOR, channels=frozenset({0})), now=NOW)
    with pytest.raises(Refusal):
        undo(document, " ")
    with pytest.raises(ReturnSettled):
        undo_return(return_id=document.pk, reason="no", actor=ACTOR, now=NOW)
    undo(document, "wrong return")
    assert Event.objects.get(name="fulfilment.return.reopened").data["reason"] == "wrong return"
    undo_return(return_id=document.pk, reason="no", actor=ACTOR, now=NOW)
    with pytest.raises(ReturnUndone):
        undo(document)
    assert differences() == []


def test_the_order_can_still_be_changed_and_cancelled_around_it() -> None:
    order = gone(6, 2)
    document = back(order, 2)
    settle(document)
    (line,) = lines_of(order)
    with pytest.raises(Refusal):
        change_order(
            order_id=order.pk,
            change=OrderChange(lines=(LineChange(line.pk, quantity=D(1)),)),
            version=None,
            actor=ACTOR,
            now=NOW,
        )
    issue_invoice(order_id=order.pk, quantities={line.pk: D(1)}, actor=ACTOR, now=NOW)
    wish = OrderChange(lines=(LineChange(line.pk, quantity=D(5)),))
    change_order(order_id=order.pk, change=wish, version=None, actor=ACTOR, now=NOW)
    assert differences() == []
    cancel_units(order_id=order.pk, lines={line.pk: D(2)}, reason="no", actor=ACTOR, now=NOW)
    cancel_and_credit(order_id=order.pk, lines=None, reason="no", actor=ACTOR, now=NOW)
    order.refresh_from_db()
    assert (order.total_amount, order.state, left(order)) == (0, "completed", 0)
    undo(document)
    order.refresh_from_db()
    assert (order.total_amount, order.state, left(order)) == (20, "placed", 2)
    assert differences() == []


def test_a_bundle_that_came_back() -> None:
    warehouse, cup = make_warehouse(), make_variant()
    stock_up(cup, warehouse, 10)
    order = place([(make_bundle({cup: 2}), 3)])
    ship(order_id=order.pk, actor=ACTOR, now=NOW + timedelta(hours=1))
    document = back(order, 2)
    settle(document)
    assert left(order) == 1 and differences() == []


def test_the_law_notices_units_that_nothing_left_unbilled() -> None:
    order = gone(2)
    settle(back(order, 2))
    ReturnLine.objects.update(quantity_unbilled=1)
    assert "fulfilment.unbilled_is_the_sum_of_settled_returns" in [name for name, _ in differences()]
    ReturnLine.objects.update(quantity_unbilled=2)
    assert differences() == []
    Return.objects.update(settled_without="")
    assert "fulfilment.unbilled_is_the_sum_of_settled_returns" in [name for name, _ in differences()]
    OrderLine.objects.update(quantity_unbilled=0)
    assert "orders.line_amounts_follow_from_price" in [name for name, _ in differences()]


def test_the_bookkeepers_list_has_only_what_is_still_to_be_billed() -> None:
    order = gone(4, 2)
    document = back(order, 2)
    assert orders_to_invoice(ACTOR, limit=10) == [order]
    settle(document)
    assert orders_to_invoice(ACTOR, limit=10) == [], "what left is back; the rest is still here"
    undo(document)
    assert orders_to_invoice(ACTOR, limit=10) == [order]
