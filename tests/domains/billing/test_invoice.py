"""Parts of an order are invoiced and credited in any way; to the cent they add up to the whole."""

from __future__ import annotations

from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from django.conf import settings

from orderwell.domains.billing.errors import AlreadyInvoiced, PastOrder, QuantityAboveInvoiced, QuantityAboveUninvoiced
from orderwell.domains.billing.invoice_preview import preview_invoice
from orderwell.domains.billing.models import CreditNote, Invoice, InvoiceLine, LedgerEntry
from orderwell.domains.billing.queries import (
    credit_note_detail,
    credit_note_list,
    customer_balance,
    invoice_detail,
    invoice_list,
    order_money,
)
from orderwell.domains.billing.services.credit import issue_credit_note
from orderwell.domains.billing.services.invoice import issue_invoice, issue_invoices
from orderwell.domains.billing.waiting import overdue
from orderwell.domains.catalog.models import Variant
from orderwell.domains.customers.models import Customer
from orderwell.domains.orders.errors import HeldOrder, NothingToDo, OrderStateForbids
from orderwell.domains.orders.models import Order, OrderLine
from orderwell.domains.orders.pricing import Amounts
from orderwell.domains.orders.services.cancel import cancel_units
from orderwell.domains.orders.services.change import LineChange, OrderChange, change_order
from orderwell.domains.orders.services.hold import place_hold
from orderwell.kernel.clock import business_day, day_bounds
from orderwell.kernel.errors import NotFound, Refusal
from orderwell.platform.configuration import services as configuration
from orderwell.platform.database import atomic
from orderwell.platform.events.models import Event
from orderwell.platform.numbering.models import NumberSequence
from orderwell.platform.permissions import PermissionDenied
from orderwell.platform.verify import run_laws
from orderwell.testing.actors import clerk, limited, owner
from tests.domains.books import NOW, D, differences, lines_of, place, stocked

pytestmark = pytest.mark.django_db


def codes(refusal: pytest.ExceptionInfo[Refusal]) -> list[str]:
    return [error.code for error in refusal.value.errors]


def test_who_pays_on_the_due_day_is_not_late() -> None:
    invoice = issue_invoice(order_id=place([(stocked(), 1)]).pk, actor=owner(), now=NOW)
    _first, tomorrow = day_bounds(business_day(NOW, ZoneInfo(settings.TIME_ZONE)), ZoneInfo(settings.TIME_ZONE))
    assert overdue(owner(), now=tomorrow - timedelta(seconds=1), limit=5) == []
    assert overdue(owner(), now=tomorrow, limit=5) == [invoice]


def test_the_whole_order() -> None:
    order = place([(stocked(price="9.99"), 3)], discount="1.00", shipping="8.00")
    Customer.objects.filter(pk=order.customer_id).update(payment_terms_days=30)
    invoice = issue_invoice(order_id=order.pk, actor=owner(), now=NOW)
    order.refresh_from_db()
    assert invoice.gross_amount == order.total_amount == order.invoiced_amount == D("36.97")
    zone = ZoneInfo(settings.TIME_ZONE)
    assert business_day(invoice.due_at, zone) == business_day(NOW, zone) + timedelta(days=30)
    assert (invoice.number, invoice.cause) == ("INV-2026-000001", f"order:{order.pk}")
    assert customer_balance(owner(), order.customer_id or 0) == {"CNY": D("36.97")}
    assert Event.objects.filter(stream=f"order:{order.pk}", name="billing.invoice.issued").count() == 1
    with pytest.raises(NothingToDo):
        issue_invoice(order_id=order.pk, actor=owner(), now=NOW)
    assert differences() == []


def test_a_preview_is_what_the_invoice_then_says() -> None:
    order = place([(stocked(price="3.335"), 3)], discount="1.00", shipping="8.00")
    lines = lines_of(order)
    (goods,) = (line for line in lines if line.kind == OrderLine.Kind.GOODS)
    for units in (D(1), D(2)):
        lines = lines_of(order)
        shown = preview_invoice(order, lines, {goods.pk: units})
        invoice = issue_invoice(order_id=order.pk, quantities={goods.pk: units}, actor=owner(), now=NOW)
        assert shown.total == Amounts(invoice.net_amount, invoice.tax_amount, invoice.gross_amount)
        assert shown.charges.gross == (D("8.00") if units == 1 else 0), "shipping goes with the first"
        assert shown.lines[goods.pk].gross == invoice.lines.get(order_line=goods).gross_amount
    assert preview_invoice(order, lines_of(order), {}).total.gross == 0


@pytest.mark.parametrize("prices_include_tax", [True, False])
def test_thirds_add_up_to_the_cent(prices_include_tax: bool) -> None:
    order = place([(stocked(price="3.335"), 3)], discount="1.00", prices_include_tax=prices_include_tax)
    (line,) = lines_of(order)
    invoices = [issue_invoice(order_id=order.pk, quantities={line.pk: D(1)}, actor=owner(), now=NOW) for _ in range(3)]
    assert sum(invoice.gross_amount for invoice in invoices) == order.total_amount
    assert sum(invoice.tax_amount for invoice in invoices) == order.tax_amount
    assert [invoice.number[-1] for invoice in invoices] == ["1", "2", "3"]
    assert differences() == []


def test_charges_stand_on_the_first_invoice() -> None:
    order = place([(stocked(), 2)], shipping="5.00")
    goods, shipping = lines_of(order)
    first = issue_invoice(order_id=order.pk, quantities={goods.pk: D(1)}, actor=owner(), now=NOW)
    second = issue_invoice(order_id=order.pk, actor=owner(), now=NOW)
    assert set(first.lines.values_list("order_line_id", flat=True)) == {goods.pk, shipping.pk}
    assert (first.gross_amount, second.gross_amount) == (D("15.00"), D("10.00"))
    assert differences() == []


def test_never_more_than_ordered() -> None:
    order = place([(stocked(), 3)])
    (line,) = lines_of(order)
    cancel_units(order_id=order.pk, lines={line.pk: D(1)}, reason="changed mind", actor=owner(), now=NOW)
    wrong = {"3": QuantityAboveUninvoiced.code, "0": "quantity_not_positive", "-1": "quantity_not_positive"}
    for quantity, code in {
        **wrong,
        "0.00001": "quantity_too_precise",
        "0.5": "quantity_too_precise",
        "NaN": "not_a_number",
    }.items():
        with pytest.raises(Refusal) as refusal:
            issue_invoice(order_id=order.pk, quantities={line.pk: D(quantity)}, actor=owner(), now=NOW)
        assert codes(refusal) == [code]
    assert not Invoice.objects.exists()
    assert issue_invoice(order_id=order.pk, actor=owner(), now=NOW).gross_amount == D("20.00")
    assert differences() == []


def test_no_part_of_a_piece_is_credited() -> None:
    order = place([(stocked(), 3)])
    invoice = issue_invoice(order_id=order.pk, actor=owner(), now=NOW)
    (row,) = invoice.lines.all()
    wrong = {
        "0.5": "quantity_too_precise",
        "0": "quantity_not_positive",
        "4": "quantity_above_invoiced",
        "NaN": "not_a_number",
    }
    for quantity, code in wrong.items():
        with pytest.raises(Refusal) as refusal:
            issue_credit_note(
                invoice_id=invoice.pk, quantities={row.pk: D(quantity)}, reason="no", actor=owner(), now=NOW
            )
        assert codes(refusal) == [code]
    # What is left of a product that was divisible once is credited as a whole all the same.
    Variant.objects.update(quantity_places=1)
    half = {row.pk: D("0.5")}
    issue_credit_note(invoice_id=invoice.pk, quantities=half, reason="scratched", actor=owner(), now=NOW)
    Variant.objects.update(quantity_places=0)
    rest = {row.pk: D("2.5")}
    issue_credit_note(invoice_id=invoice.pk, quantities=rest, reason="scratched", actor=owner(), now=NOW)
    assert differences() == []


def test_more_units_after_the_first_invoice_are_invoiced_to_the_cent() -> None:
    order = place([(stocked(price="0.335"), 3)])
    (line,) = lines_of(order)
    first = issue_invoice(order_id=order.pk, quantities={line.pk: D(1)}, actor=owner(), now=NOW)
    wish = OrderChange(lines=(LineChange(line.pk, quantity=D(7)),))
    change_order(order_id=order.pk, change=wish, version=None, actor=owner(), now=NOW)
    rest = issue_invoice(order_id=order.pk, actor=owner(), now=NOW)
    order.refresh_from_db()
    assert first.gross_amount + rest.gross_amount == order.invoiced_amount == order.total_amount == D("2.35")
    assert differences() == []


def test_a_cause_is_invoiced_once_until_it_is_reversed() -> None:
    order = place([(stocked(), 4)])
    (line,) = lines_of(order)
    more = {"quantities": {line.pk: D(2)}, "cause": "shipment:77", "actor": owner(), "now": NOW}
    first = issue_invoice(order_id=order.pk, **more)
    with pytest.raises(AlreadyInvoiced):
        issue_invoice(order_id=order.pk, **more)
    issue_credit_note(invoice_id=first.pk, reason="wrong address", reverses=True, actor=owner(), now=NOW)
    issue_invoice(order_id=order.pk, **more)
    assert lines_of(order)[0].quantity_invoiced == 2
    assert differences() == []


def test_a_refused_invoice_leaves_no_gap() -> None:
    order = place([(stocked(), 1)])
    with pytest.raises(ZeroDivisionError), atomic():
        issue_invoice(order_id=order.pk, actor=owner(), now=NOW)
        raise ZeroDivisionError
    assert issue_invoice(order_id=order.pk, actor=owner(), now=NOW).number.endswith("000001")
    assert differences() == []


def test_holds_states_and_the_past() -> None:
    held = place([(stocked(), 1)])
    place_hold(order_id=held.pk, kind="credit", reason="limit", actor=owner(), now=NOW)
    with pytest.raises(HeldOrder):
        issue_invoice(order_id=held.pk, actor=owner(), now=NOW)
    gone = place([(stocked(), 1)])
    cancel_units(order_id=gone.pk, lines=None, reason="gone", actor=owner(), now=NOW)
    with pytest.raises(OrderStateForbids):
        issue_invoice(order_id=gone.pk, actor=owner(), now=NOW)
    past = place([(stocked(), 1)])
    Order.objects.filter(pk=past.pk).update(history=True)
    with pytest.raises(PastOrder):
        issue_invoice(order_id=past.pk, actor=owner(), now=NOW)
    good = place([(stocked(), 1)])
    verdicts = issue_invoices(order_ids=[held.pk, good.pk], actor=owner(), now=NOW)
    assert [verdict.outcome for verdict in verdicts] == ["refused", "created"]


def test_who_may() -> None:
    order = place([(stocked(), 1)])
    with pytest.raises(PermissionDenied):
        issue_invoice(order_id=order.pk, actor=clerk(), now=NOW)
    stranger = limited(owner(), channels=frozenset())
    with pytest.raises(NotFound):
        issue_invoice(order_id=order.pk, actor=stranger, now=NOW)
    invoice = issue_invoice(order_id=order.pk, actor=owner(), now=NOW)
    assert invoice_list(stranger).rows == []
    assert customer_balance(stranger, order.customer_id or 0) == {}
    for forbidden in (
        lambda: invoice_detail(stranger, invoice.pk),
        lambda: order_money(stranger, order.pk),
        lambda: issue_credit_note(invoice_id=invoice.pk, reason="no", actor=stranger, now=NOW),
    ):
        with pytest.raises(NotFound):
            forbidden()
    assert [row.pk for row in invoice_list(owner(), text="inv-2026").rows] == [invoice.pk]


def test_goodwill_lowers_what_is_due() -> None:
    order = place([(stocked(), 3)])
    invoice = issue_invoice(order_id=order.pk, actor=owner(), now=NOW)
    row = InvoiceLine.objects.get(invoice=invoice)
    note = issue_credit_note(
        invoice_id=invoice.pk, quantities={row.pk: D(1)}, reason="scratched", actor=owner(), now=NOW
    )
    money = order_money(owner(), order.pk)
    assert (note.gross_amount, money.credited, money.due, money.balance) == (D(10), D(10), D(20), D(20))
    assert credit_note_detail(owner(), note.pk).number == "CN-2026-000001"
    with pytest.raises(Refusal) as refusal:
        issue_credit_note(invoice_id=invoice.pk, quantities={row.pk: D(3)}, reason="all", actor=owner(), now=NOW)
    assert codes(refusal) == [QuantityAboveInvoiced.code]
    issue_credit_note(invoice_id=invoice.pk, reason="the rest", actor=owner(), now=NOW)
    with pytest.raises(Refusal):
        issue_credit_note(invoice_id=invoice.pk, reason="nothing left", actor=owner(), now=NOW)
    assert len(credit_note_list(owner(), order_id=order.pk).rows) == 2
    assert differences() == []


def test_a_missing_number_is_found() -> None:
    """The law of numbers without gaps must be able to fail."""
    issue_invoice(order_id=place([(stocked(), 1)]).pk, actor=owner(), now=NOW)
    NumberSequence.objects.filter(name="billing.invoice").update(last_value=2)
    assert [law for law, _ in differences()] == ["billing.numbers_have_no_gap"]


def test_a_number_that_was_not_drawn_is_found_with_the_one_it_stands_for() -> None:
    """As many numbers as were drawn are not yet the numbers that were drawn; those of older templates are."""
    key = "billing.invoice_number_template"
    for template in ("INV-{value:06d}", "inv-{value:06d}", "R{year}-{value}", "Q{year}{value:04d}", "INV-{value:06d}"):
        configuration.set_value(key=key, value=template, actor=owner(), now=NOW)
        for _ in range(2):
            issue_invoice(order_id=place([(stocked(), 1)]).pk, actor=owner(), now=NOW)
    assert differences() == []
    Invoice.objects.filter(number=f"R{NOW.year}-2").update(number=f"R{NOW.year}-888888")
    [verdict] = run_laws(["billing.numbers_have_no_gap"])
    assert [(each.document, each.actual) for each in verdict.result.differences] == [
        (f"invoice R{NOW.year}-2", "missing"),
        (f"invoice R{NOW.year}-888888", "exists"),
    ]


@pytest.mark.parametrize(
    ("column", "law"),
    [
        ("invoiced_amount", "billing.order_money_is_the_sum_of_documents"),
        ("paid_amount", "billing.order_money_is_the_sum_of_documents"),
    ],
)
def test_a_wrong_sum_is_found(column: str, law: str) -> None:
    order = place([(stocked(), 1)])
    issue_invoice(order_id=order.pk, actor=owner(), now=NOW)
    Order.objects.filter(pk=order.pk).update(**{column: D("0.01")})
    assert law in [name for name, _ in differences()]


def test_a_cent_too_many_is_found() -> None:
    order = place([(stocked(), 1)])
    invoice = issue_invoice(order_id=order.pk, actor=owner(), now=NOW)
    for model in (Invoice, InvoiceLine):
        key = {"pk": invoice.pk} if model is Invoice else {"invoice": invoice}
        model.objects.filter(**key).update(
            net_amount=invoice.net_amount + D("0.01"), gross_amount=invoice.gross_amount + D("0.01")
        )
    found = {name for name, _ in differences()}
    assert {
        "billing.invoiced_lines_are_charged_in_full",
        "billing.ledger_holds_every_document_once",
        "billing.order_money_is_the_sum_of_documents",
    } <= found
    assert not CreditNote.objects.exists()


def test_the_ledger_s_law_says_what_is_wrong_in_words() -> None:
    order = place([(stocked(), 1)])
    invoice = issue_invoice(order_id=order.pk, actor=owner(), now=NOW)
    LedgerEntry.objects.filter(document=f"invoice:{invoice.pk}").delete()
    [verdict] = run_laws(["billing.ledger_holds_every_document_once"])
    [found] = verdict.result.differences
    assert found.document == f"invoice {invoice.pk}" and found.actual == "none"
    assert found.expected.startswith(f"{invoice.gross_amount.normalize():f} {invoice.currency} for order {order.pk} ")
