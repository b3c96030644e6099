"""An invoice is credited with exactly what it charged, in whatever parts and order; its order ends exact all the same."""

from __future__ import annotations

import os
from decimal import Decimal
from typing import Any

import pytest
from django.db import transaction
from django.db.models import Sum
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from orderwell.domains.automation.services.call_off import cancel_and_credit
from orderwell.domains.automation.services.credit_invoice import preview_credit
from orderwell.domains.automation.services.take_back import credit_return
from orderwell.domains.billing.models import CreditNote, CreditNoteLine, Invoice, InvoiceLine
from orderwell.domains.billing.queries import due_amount, order_money
from orderwell.domains.billing.services.credit import issue_credit_note
from orderwell.domains.billing.services.invoice import issue_invoice
from orderwell.domains.billing.services.undo_credit import undo_credit_note
from orderwell.domains.fulfilment.services.record_return import ReturnedUnits, record_return
from orderwell.domains.fulfilment.services.ship import ship
from orderwell.domains.orders.models import Order, OrderLine
from orderwell.kernel.errors import DomainError
from orderwell.testing.actors import owner
from tests.domains.books import NOW, D, differences, lines_of, place, stocked

pytestmark = pytest.mark.django_db
MORE: dict[str, Any] = {"actor": owner(), "now": NOW}
EXAMPLES = int(os.environ.get("ORDERWELL_TEST_EXAMPLES", "12"))
MONEY = ("net_amount", "tax_amount", "gross_amount")


def in_parts(order: Order, *parts: int) -> list[Invoice]:
    (line,) = lines_of(order)
    return [issue_invoice(order_id=order.pk, quantities={line.pk: D(units)}, **MORE) for units in parts]


def credit(invoice: Invoice, units: int | None = None, *, reverses: bool = False) -> CreditNote:
    quantities = None if units is None else {invoice.lines.get().pk: D(units)}
    return issue_credit_note(invoice_id=invoice.pk, quantities=quantities, reason="wrong", reverses=reverses, **MORE)


def money(document: Invoice | CreditNote) -> tuple[Decimal, ...]:
    return document.net_amount, document.tax_amount, document.gross_amount


@pytest.mark.parametrize("reverses", [True, False])
def test_the_second_invoice_of_a_line_is_credited_with_its_own_amount(reverses: bool) -> None:
    order = place([(stocked(price="3.335"), 3)])
    invoices = in_parts(order, 1, 1, 1)
    assert [row.gross_amount for row in invoices] == [D("3.34"), D("3.33"), D("3.34")]
    foreseen = preview_credit(invoices[1], {invoices[1].lines.get().pk: D(1)}, reverses=reverses)
    note = credit(invoices[1], reverses=reverses)
    assert money(note) == money(invoices[1]) and foreseen.total.gross == note.gross_amount
    assert Invoice.objects.get(pk=invoices[1].pk).open_amount == 0
    order.refresh_from_db()
    assert due_amount(order) == foreseen.due
    assert differences() == []


def test_an_order_is_worth_what_its_invoices_charge_when_one_from_the_middle_was_taken_back() -> None:
    order = place([(stocked(price="3.335"), 3)])
    invoices = in_parts(order, 1, 1, 1)
    note = credit(invoices[1], reverses=True)
    order.refresh_from_db()
    assert (order.total_amount, order.invoiced_amount) == (D("10.01"), D("6.68"))
    (line,) = lines_of(order)
    cancel_and_credit(order_id=order.pk, lines={line.pk: D(1)}, reason="no", **MORE)
    order.refresh_from_db()
    assert (order.total_amount, order.invoiced_amount, order_money(owner(), order.pk).balance) == (D("6.68"),) * 3
    assert differences() == []
    # What is left ends exact as well, and the last of the order is worth nothing.
    foreseen = preview_credit(invoices[2], {invoices[2].lines.get().pk: D(1)}, reverses=True)
    credit(invoices[2], reverses=True)
    order.refresh_from_db()
    assert due_amount(order) == foreseen.due == D("6.67")
    assert issue_invoice(order_id=order.pk, **MORE).gross_amount == D("3.33")
    assert note.gross_amount == D("3.33") and differences() == []


def test_what_the_next_invoice_charges_makes_up_for_the_cent() -> None:
    order = place([(stocked(price="3.335"), 3)])
    invoices = in_parts(order, 1, 1, 1)
    credit(invoices[0], reverses=True)
    credit(invoices[2], reverses=True)
    assert [row.gross_amount for row in in_parts(order, 1, 1)] == [D("3.34"), D("3.34")]
    order.refresh_from_db()
    assert order.total_amount == order.invoiced_amount == D("10.01")
    assert differences() == []


def test_the_last_undo_is_possible_at_once_whatever_the_cents() -> None:
    order = place([(stocked(price="3.335"), 3)])
    invoices = in_parts(order, 1, 1, 1)
    notes = [credit(invoices[at], reverses=True) for at in (1, 2, 0)]
    for note in reversed(notes):
        undo_credit_note(note_id=note.pk, reason="right after all", **MORE)
        assert differences() == []
    order.refresh_from_db()
    assert order.invoiced_amount == order.total_amount == D("10.01")


def as_the_old_rule_wrote_it(note: CreditNote, gross: str) -> None:
    """Untaxed for short: a credit note that took the next units of the order line, not those of its invoice."""
    more = D(gross) - note.gross_amount
    for rows in (CreditNote.objects.filter(pk=note.pk), CreditNoteLine.objects.filter(credit_note=note)):
        rows.update(net_amount=note.net_amount + more, gross_amount=D(gross))
    Order.objects.filter(pk=note.order_id).update(credited_amount=D(gross))


def test_after_a_credit_note_of_the_old_rule_the_order_still_ends_exact() -> None:
    order = place([(stocked(price="3.335"), 3)])
    invoices = in_parts(order, 1, 1, 1)
    as_the_old_rule_wrote_it(credit(invoices[1]), "3.34")
    notes = [credit(invoices[0]), credit(invoices[2])]
    assert [note.gross_amount for note in notes] == [D("3.34"), D("3.33")]
    order.refresh_from_db()
    assert order.credited_amount == order.invoiced_amount == D("10.01")
    found = [name for name, _item in differences()]
    assert "billing.invoiced_lines_are_charged_in_full" not in found
    assert "billing.order_money_is_the_sum_of_documents" not in found


def test_the_law_notices_a_rounding_that_nothing_left() -> None:
    order = place([(stocked(price="3.335"), 3)])
    in_parts(order, 1, 1)
    OrderLine.objects.filter(order=order).update(rounding_net=D("0.01"))
    assert [name for name, _item in differences()] == ["billing.invoiced_lines_are_charged_in_full"]


def test_what_came_back_is_credited_invoice_by_invoice() -> None:
    order = place([(stocked(price="3.335"), 3)])
    ship(order_id=order.pk, **MORE)
    invoices = in_parts(order, 1, 1, 1)
    (line,) = lines_of(order)
    back = record_return(order_id=order.pk, lines=[ReturnedUnits(line.pk, D(3))], reason="broken", **MORE)
    notes = credit_return(return_id=back.pk, **MORE)
    assert [money(note) for note in notes] == [money(invoice) for invoice in invoices]
    assert differences() == []


DEEDS = st.sampled_from(["invoice", "invoice", "credit", "credit", "reverse", "reverse", "cancel", "undo"])
STEPS = st.lists(st.tuples(DEEDS, st.integers(0, 5), st.integers(1, 4)), min_size=4, max_size=14)


@settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    prices=st.lists(st.sampled_from(["0.005", "3.335", "9.99", "77.545", "33.333333"]), min_size=2, max_size=2),
    discount=st.sampled_from(["0", "0.05", "1.00"]),
    taxed_within=st.booleans(),
    steps=STEPS,
)
def test_every_invoice_ends_at_nothing(
    prices: list[str], discount: str, taxed_within: bool, steps: list[tuple[str, int, int]]
) -> None:
    with transaction.atomic():
        goods: list[Any] = [(stocked(price=price), quantity) for price, quantity in zip(prices, (7, 4), strict=True)]
        worth = D(discount) if all(D(price) > 1 for price in prices) else D(0)
        order = place(goods, discount=str(worth), shipping="5.00", prices_include_tax=taxed_within)
        for step in steps:
            try:
                with transaction.atomic():
                    do(order, *step)
            except DomainError:
                continue
            check_invoices(order)
        assert differences() == []
        end(order)
        transaction.set_rollback(True)


def do(order: Order, deed: str, which: int, units: int) -> None:
    lines, invoiced = lines_of(order), list(InvoiceLine.objects.filter(invoice__order=order).order_by("pk"))
    wish = {lines[which % 2].pk: D(units)}
    if deed == "invoice":
        issue_invoice(order_id=order.pk, quantities=wish, **MORE)
    elif deed == "cancel":
        cancel_and_credit(order_id=order.pk, lines=wish, reason="probe", **MORE)
    elif deed == "undo":
        notes = list(CreditNote.objects.filter(order=order).order_by("pk"))
        undo_credit_note(note_id=notes[which % len(notes)].pk if notes else 0, reason="probe", **MORE)
    elif invoiced:
        row = invoiced[which % len(invoiced)]
        left = row.quantity - row.quantity_credited
        quantities = {row.pk: min(D(units), left)} if which % 3 else None
        issue_credit_note(
            invoice_id=row.invoice_id, quantities=quantities, reason="probe", reverses=deed == "reverse", **MORE
        )


def check_invoices(order: Order) -> None:
    """Part by part never more than the invoice, and all of it exactly, net and tax."""
    for row in InvoiceLine.objects.filter(invoice__order=order):
        parts = CreditNoteLine.objects.filter(invoice_line=row)
        for column in MONEY:
            whole, given_back = getattr(row, column), parts.aggregate(sum=Sum(column))["sum"] or D(0)
            assert min(whole, 0) <= given_back <= max(whole, 0)
            assert row.quantity_credited < row.quantity or given_back == whole


def end(order: Order) -> None:
    """Invoice what is left, then credit every invoice in full: nothing is open of any, and the order asks for nothing."""
    try:
        with transaction.atomic():
            issue_invoice(order_id=order.pk, **MORE)
    except DomainError:
        pass
    order.refresh_from_db()
    if order.state == Order.State.CANCELLED:
        return
    assert order.invoiced_amount == order.total_amount
    for invoice in Invoice.objects.filter(order=order).order_by("-pk"):
        try:
            with transaction.atomic():
                credit(invoice)
        except DomainError:
            continue  # all of it is credited
    check_invoices(order)
    assert not Invoice.objects.filter(order=order).exclude(open_amount=0).exists()
    order.refresh_from_db()
    assert (order.invoiced_amount - order.credited_amount, due_amount(order)) == (0, 0)
    for line in InvoiceLine.objects.filter(invoice__order=order):
        assert line.quantity == line.quantity_credited
    assert differences() == []
