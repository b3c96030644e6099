"""A credit note that was a mistake is taken back by an invoice: the order stands as before, and no paper is lost."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from orderwell.domains.automation.crediting import awaiting_credit
from orderwell.domains.automation.services.call_off import cancel_and_credit
from orderwell.domains.automation.services.credit_invoice import credit_invoice, preview_credit
from orderwell.domains.automation.services.take_back import credit_return, settle_return
from orderwell.domains.automation.services.undo_return import undo_return
from orderwell.domains.billing.errors import (
    CreditedUnitsGone,
    CreditNoteRefunded,
    CreditNoteUndone,
    PricesMovedOn,
)
from orderwell.domains.billing.models import CreditNote, Invoice, InvoiceLine, LedgerEntry, Refund
from orderwell.domains.billing.open_then import open_then
from orderwell.domains.billing.queries import customer_balance, due_amount, order_money
from orderwell.domains.billing.services.credit import issue_credit_note
from orderwell.domains.billing.services.invoice import issue_invoice
from orderwell.domains.billing.services.pay import PaymentDraft, record_payment
from orderwell.domains.billing.services.undo_credit import in_the_way, undo_credit_note, undo_credit_notes
from orderwell.domains.billing.services.undo_money import undo_refund
from orderwell.domains.fulfilment.models import Return
from orderwell.domains.fulfilment.services.record_return import ReturnedUnits, record_return
from orderwell.domains.fulfilment.services.ship import ship
from orderwell.domains.orders.changes import LineChange, OrderChange
from orderwell.domains.orders.models import Order
from orderwell.domains.orders.services.change import change_order
from orderwell.kernel.errors import NotFound, Refusal
from orderwell.platform.events.models import Event
from orderwell.platform.permissions import PermissionDenied
from orderwell.testing.actors import clerk, limited, owner
from tests.domains.books import NOW, D, differences, lines_of, place, stocked

pytestmark = pytest.mark.django_db
ACTOR = owner()


def invoiced(quantity: int = 4, price: str = "10.00", shipping: str = "0", paid: bool = False) -> tuple[Order, Invoice]:
    order = place([(stocked(price=price), quantity)], shipping=shipping)
    ship(order_id=order.pk, actor=ACTOR, now=NOW)
    invoice = issue_invoice(order_id=order.pk, actor=ACTOR, now=NOW)
    if paid:
        draft = PaymentDraft(order.pk, order.total_amount, "bank")
        record_payment(payment=draft, actor=ACTOR, now=NOW)
    order.refresh_from_db()
    return order, invoice


def test_money_that_names_the_invoice_settles_the_one_that_takes_its_credit_note_back() -> None:
    order = place([(stocked(), 20)])
    line = lines_of(order)[0].pk
    other, named = (issue_invoice(order_id=order.pk, quantities={line: D(10)}, actor=ACTOR, now=NOW) for _part in "ab")
    draft = PaymentDraft(order.pk, D(100), "bank", invoice=named.number)
    record_payment(payment=draft, actor=ACTOR, now=NOW)
    notes = [credit(named, "6", reverses=True), credit(named, "1")]

    def still_open(*invoices: Invoice) -> list[Decimal]:
        assert differences() == []
        return [Invoice.objects.get(pk=invoice.pk).open_amount for invoice in invoices]

    assert still_open(other, named) == [30, 0]
    papers = undo_credit_notes(note_ids=[note.pk for note in notes], reason="right after all", actor=ACTOR, now=NOW)
    assert still_open(other, named, *papers) == [100, 0, 0, 0]
    # What a credit note of such an invoice took comes back to it as well.
    deeper = undo_credit_note(note_id=credit(papers[1], "2").pk, reason="again", actor=ACTOR, now=NOW)
    assert still_open(other, named, *papers, deeper) == [100, 0, 0, 0, 0]
    entries = LedgerEntry.objects.filter(order=order)
    assert [amount for _due, amount in open_then(entries)] == [100]


def credit(invoice: Invoice, units: str | None = None, *, reverses: bool = False) -> CreditNote:
    row = invoice.lines.order_by("pk").first()
    quantities = None if units is None or row is None else {row.pk: D(units)}
    shared = {"invoice_id": invoice.pk, "quantities": quantities, "reason": "wrong", "reverses": reverses}
    return issue_credit_note(**shared, actor=ACTOR, now=NOW)  # type: ignore[arg-type]


def undo(note: CreditNote, reason: str = "by mistake") -> Invoice:
    return undo_credit_note(note_id=note.pk, reason=reason, actor=ACTOR, now=NOW)


def came_back(order: Order, units: str = "1") -> Return:
    (line, *_rest) = lines_of(order)
    return record_return(
        order_id=order.pk, lines=[ReturnedUnits(line.pk, D(units))], reason="broken", actor=ACTOR, now=NOW
    )


def standing(order: Order) -> tuple[object, ...]:
    """All that is said of the order's money anywhere."""
    order.refresh_from_db()
    open_of_all = sum(Invoice.objects.filter(order=order).values_list("open_amount", flat=True))
    owed = customer_balance(ACTOR, order.customer_id or 0)
    units = [(line.quantity_invoiced, line.gross_amount) for line in lines_of(order)]
    return order.state, order.payment_state, order_money(ACTOR, order.pk), open_of_all, owed, units


@settings(max_examples=10, deadline=None)
@given(
    units=st.lists(st.sampled_from(["1", "2", None]), min_size=1, max_size=3),
    reverses=st.lists(st.booleans(), min_size=3, max_size=3),
    price=st.sampled_from(["10.00", "3.335"]),
    paid=st.booleans(),
)
def test_after_the_undo_all_is_as_before(units: list[str | None], reverses: list[bool], price: str, paid: bool) -> None:
    order, invoice = invoiced(5, price, "5.00", paid=paid)
    made, before = [], [standing(order)]
    for part, way in zip(units, reverses, strict=False):
        try:
            made.append(credit(invoice, part, reverses=way))
        except Refusal:
            break
        before.append(standing(order))
    while made:
        assert standing(order) == before.pop()
        undo(made.pop())
        assert standing(order) == before[-1]
        assert differences() == []


def test_an_invoice_takes_it_back_and_both_papers_stay() -> None:
    order, invoice = invoiced(shipping="5.00")
    note = credit(invoice, "3")
    anew = undo(note)
    note.refresh_from_db()
    assert (anew.takes_back, anew.cause, anew.bill_to) == (note, f"credit-note:{note.pk}", invoice.bill_to)
    assert (anew.net_amount, anew.tax_amount, anew.gross_amount) == (
        note.net_amount,
        note.tax_amount,
        note.gross_amount,
    )
    (row,) = anew.lines.all()
    assert (row.order_line_id, row.quantity, row.gross_amount) == (lines_of(order)[0].pk, 3, 30)
    assert (note.undone_at, note.undone_by, note.undone_reason) == (NOW, ACTOR.label, "by mistake")
    assert Invoice.objects.count() == 2 and CreditNote.objects.count() == 1
    assert int(anew.number[-6:]) == int(invoice.number[-6:]) + 1
    entries = LedgerEntry.objects.order_by("pk").values_list("kind", "amount")
    assert list(entries) == [("invoice", 45), ("credit_note", -30), ("invoice", 30)]
    told = Event.objects.get(name="billing.credit-note.undone").data
    assert (told["number"], told["invoice"], told["reason"]) == (note.number, anew.number, "by mistake")
    assert differences() == []


def test_only_once_and_only_with_a_reason_by_who_may() -> None:
    _order, invoice = invoiced()
    note = credit(invoice, "1")
    with pytest.raises(Refusal):
        undo(note, "  ")
    with pytest.raises(PermissionDenied):
        undo_credit_note(note_id=note.pk, reason="no", actor=clerk(), now=NOW)
    with pytest.raises(NotFound):
        undo_credit_note(note_id=note.pk, reason="no", actor=limited(ACTOR, channels=frozenset({0})), now=NOW)
    anew = undo(note)
    with pytest.raises(CreditNoteUndone) as refused:
        undo(note)
    assert refused.value.data["invoice"] == anew.number
    assert Invoice.objects.count() == 2
    assert differences() == []


def test_what_it_takes_back_can_be_credited_again_and_again() -> None:
    order, invoice = invoiced(4, "3.335")
    for _ in range(3):
        undo(credit(invoice if _ == 0 else Invoice.objects.order_by("-pk")[0]))
    order.refresh_from_db()
    assert due_amount(order) == order.total_amount
    credit(Invoice.objects.order_by("-pk")[0])
    order.refresh_from_db()
    assert (due_amount(order), order.credited_amount) == (0, order.total_amount)
    assert differences() == []


def test_a_return_waits_for_its_credit_note_again() -> None:
    order, _invoice = invoiced()
    document = came_back(order)
    notes = credit_return(return_id=document.pk, actor=ACTOR, now=NOW)
    assert awaiting_credit([document]) == []
    undo_credit_notes(note_ids=[note.pk for note in notes], reason="wrong return", actor=ACTOR, now=NOW)
    assert awaiting_credit([Return.objects.get()]) == [document]
    (again,) = credit_return(return_id=document.pk, actor=ACTOR, now=NOW)
    assert again.gross_amount == 10 and differences() == []
    undo(again)
    undo_return(return_id=document.pk, reason="never came", actor=ACTOR, now=NOW)
    assert differences() == []


def test_a_return_over_two_invoices_is_undone_whole() -> None:
    order = place([(stocked(price="3.335"), 3)])
    ship(order_id=order.pk, actor=ACTOR, now=NOW)
    (line,) = lines_of(order)
    for _ in range(3):
        issue_invoice(order_id=order.pk, quantities={line.pk: D(1)}, actor=ACTOR, now=NOW)
    before = standing(order)
    document = came_back(order, "3")
    notes = credit_return(return_id=document.pk, actor=ACTOR, now=NOW)
    assert len(notes) == 3
    undo_credit_notes(note_ids=[note.pk for note in notes], reason="wrong", actor=ACTOR, now=NOW)
    after = standing(order)
    assert after[1:] == before[1:] and differences() == []


def test_not_while_the_refund_made_along_with_it_stands() -> None:
    order, invoice = invoiced(paid=True)
    by_hand = credit_invoice(
        invoice_id=invoice.pk,
        quantities={invoice.lines.get().pk: D(1)},
        reason="sorry",
        refund=True,
        actor=ACTOR,
        now=NOW,
    )
    document = came_back(order, "2")
    settled = settle_return(return_id=document.pk, refund=True, actor=ACTOR, now=NOW)
    assert [row.amount for row in (*by_hand.refunds, *settled.refunds)] == [10, 20]
    before = standing(order)
    for note, amount in ((by_hand.credit_note, 10), (settled.credit_notes[0], 20)):
        with pytest.raises(CreditNoteRefunded) as refused:
            undo(note)
        assert refused.value.data["amount"] == amount
    assert standing(order) == before
    for refund in Refund.objects.order_by("-pk"):
        undo_refund(refund_id=refund.pk, reason="never went out", actor=ACTOR, now=NOW)
    undo(settled.credit_notes[0])
    undo(by_hand.credit_note)
    order.refresh_from_db()
    assert (order.payment_state, due_amount(order)) == ("paid", 0)
    assert differences() == []


def test_the_refund_is_what_is_then_paid_too_much_and_no_more() -> None:
    order, invoice = invoiced(shipping="5.00")
    record_payment(payment=PaymentDraft(order.pk, D(40), "bank"), actor=ACTOR, now=NOW)
    goods = invoice.lines.order_by("pk")[0]
    foreseen = preview_credit(Invoice.objects.get(), {goods.pk: D(1)}, refund=True)
    assert (foreseen.total.gross, foreseen.due, foreseen.given_back, foreseen.due_in_the_end) == (10, -5, 5, 0)
    made = credit_invoice(
        invoice_id=invoice.pk, quantities={goods.pk: D(1)}, reason="late", refund=True, actor=ACTOR, now=NOW
    )
    assert [row.amount for row in made.refunds] == [5]
    order.refresh_from_db()
    assert due_amount(order) == 0 and differences() == []


@pytest.mark.parametrize("reverses", [True, False])
def test_what_is_foreseen_is_what_is_written(reverses: bool) -> None:
    order, invoice = invoiced(7, "3.335", "4.99")
    goods, shipping = invoice.lines.order_by("pk")
    credit(invoice, "2", reverses=reverses)
    wish = {goods.pk: D(3), shipping.pk: D(1)}
    foreseen = preview_credit(Invoice.objects.get(), {**wish, 999: D(1)}, reverses=reverses)
    note = issue_credit_note(
        invoice_id=invoice.pk, quantities=wish, reason="late", reverses=reverses, actor=ACTOR, now=NOW
    )
    written: dict[int, Decimal] = dict(note.lines.values_list("invoice_line_id", "gross_amount"))
    assert {pk: amounts.gross for pk, amounts in foreseen.lines.items()} == written
    order.refresh_from_db()
    assert (foreseen.total.gross, foreseen.due) == (note.gross_amount, due_amount(order))
    assert preview_credit(Invoice.objects.get(), {goods.pk: D(3)}).lines == {}, "only two are left"


def test_units_that_were_invoiced_anew_or_cancelled_are_gone() -> None:
    order = place([(stocked(), 4)])
    invoice = issue_invoice(order_id=order.pk, actor=ACTOR, now=NOW)
    note = credit(invoice, "2", reverses=True)
    (line,) = lines_of(order)
    issue_invoice(order_id=order.pk, quantities={line.pk: D(1)}, actor=ACTOR, now=NOW)
    cancel_and_credit(order_id=order.pk, lines={line.pk: D(1)}, reason="no", actor=ACTOR, now=NOW)
    with pytest.raises(Refusal) as refusal:
        undo(note)
    (error,) = refusal.value.errors
    assert (error.code, error.data["value"], error.data["left"]) == (CreditedUnitsGone.code, "2", "0")
    assert isinstance(in_the_way(note), CreditedUnitsGone)
    cancel_and_credit(order_id=order.pk, lines=None, reason="all of it", actor=ACTOR, now=NOW)
    for row in CreditNote.objects.all():
        with pytest.raises(Refusal):
            undo(row)
        assert isinstance(in_the_way(row), CreditedUnitsGone)
    assert differences() == []


def test_who_asks_whether_it_can_be_undone_hears_what_the_undo_would_say() -> None:
    _order, invoice = invoiced(4, "3.335")
    note = credit(invoice, "1")
    assert in_the_way(note) is None
    later = credit(invoice, "1")
    assert in_the_way(note) is None and in_the_way(later) is None
    undo(later)
    later.refresh_from_db()
    assert in_the_way(note) is None and in_the_way(later) is None


def test_prices_that_changed_since_are_not_charged_again() -> None:
    order = place([(stocked(), 2)])
    note = credit(issue_invoice(order_id=order.pk, actor=ACTOR, now=NOW), reverses=True)
    (line,) = lines_of(order)
    wish = OrderChange(lines=(LineChange(line.pk, unit_price=D(9)),))
    change_order(order_id=order.pk, change=wish, version=None, actor=ACTOR, now=NOW)
    with pytest.raises(Refusal) as refusal:
        undo(note)
    assert refusal.value.errors[0].code == PricesMovedOn.code
    assert issue_invoice(order_id=order.pk, actor=ACTOR, now=NOW).gross_amount == 18
    assert differences() == []


@pytest.mark.parametrize("reverses", [True, False])
def test_cents_are_undone_in_any_order(reverses: bool) -> None:
    order, invoice = invoiced(3, "3.335")
    first, second = credit(invoice, "1", reverses=reverses), credit(invoice, "1", reverses=reverses)
    assert first.gross_amount != second.gross_amount
    undo(first)
    assert differences() == []
    undo(second)
    assert differences() == []
    for paper in Invoice.objects.filter(order=order):
        credit(paper)
    order.refresh_from_db()
    assert (due_amount(order), order.credited_amount) == (0, order.total_amount)
    assert differences() == []


def test_the_law_notices_an_invoice_that_is_not_what_was_credited() -> None:
    _order, invoice = invoiced(3)
    anew = undo(credit(invoice, "1"))
    InvoiceLine.objects.filter(invoice=anew).update(quantity=D(2))
    assert "billing.undone_credit_notes_are_invoiced_anew" in [name for name, _ in differences()]
    Invoice.objects.filter(pk=anew.pk).update(takes_back=None)
    assert "billing.undone_credit_notes_are_invoiced_anew" in [name for name, _ in differences()]
