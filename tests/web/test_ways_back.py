"""What the dialog of an action on many rows says about undoing, held against what can be done afterwards."""

from __future__ import annotations

import pytest
from django.utils import translation

from orderwell.domains.automation.services.credit_invoice import credit_invoice
from orderwell.domains.billing.models import Payment
from orderwell.domains.billing.queries import due_amount
from orderwell.domains.billing.services.invoice import issue_invoice
from orderwell.domains.billing.services.pay import PaymentDraft, record_payment
from orderwell.domains.billing.services.undo_money import undo_payment
from orderwell.domains.fulfilment.services.record_return import ReturnedUnits, record_return
from orderwell.domains.fulfilment.services.ship import ship
from orderwell.domains.fulfilment.states import SHIPMENT
from orderwell.domains.inventory.models import StockItem
from orderwell.domains.inventory.states import TRANSFER
from orderwell.testing.actors import owner
from orderwell.web.lists.registry import specs
from tests.domains.books import NOW, D, differences, lines_of, place, stocked

ACTOR = owner()
# What takes it back on the same list, or why nothing has to.
OPPOSITES = {("ratings", "show"): "hide", ("users", "open"): "close", ("dead-letters", "retry"): None}
# What the hint names instead of undoing, and what the tests below then do.
INSTEAD = {
    ("to-ship", "ship"): "taken back as a return",
    ("lines-to-ship", "ship"): "taken back as a return",
    ("orders", "invoice"): "a wrong invoice is credited",
    ("payments", "undo"): "recorded as a new payment",
    ("expected", "receive"): "adjusting stock",
    ("transfers", "dispatch"): "a new transfer",
    ("transfers", "receive"): "a new transfer",
    ("transfers", "cancel"): "a new transfer",
    ("shipments", "deliver"): "",
    ("dead-letters", "dismiss"): "",
}


def test_an_action_offers_to_be_undone_or_says_that_it_cannot_and_what_to_do_instead() -> None:
    final: set[tuple[str, str]] = set()
    with translation.override("en"):
        for spec in specs().values():
            for action in spec.actions:
                which, hint = (spec.name, action.key), str(action.hint)
                if action.undo is not None or which in OPPOSITES:
                    assert "cannot be undone" not in hint and "can't be undone" not in hint, which
                else:
                    assert "This cannot be undone" in hint, (which, hint)
                    assert INSTEAD[which] in hint, (which, hint)
                    final.add(which)
                if other := OPPOSITES.get(which):
                    opposite = spec.action(other)
                    assert opposite is not None and opposite.undo is not None, which
    assert final == set(INSTEAD)


def test_what_is_final_is_final_by_its_states() -> None:
    assert "delivered" in SHIPMENT.final and not SHIPMENT.transitions.get("delivered")
    assert set(SHIPMENT.transitions["shipped"].values()) == {"delivered"}
    assert set(TRANSFER.transitions["dispatched"].values()) == {"dispatched", "received"}
    assert {"received", "cancelled"} <= set(TRANSFER.final)


@pytest.mark.django_db
def test_what_never_left_is_taken_back_as_a_return() -> None:
    order = place([(stocked(10), 3)])
    (line,) = lines_of(order)
    ship(order_id=order.pk, actor=ACTOR, now=NOW)
    assert StockItem.objects.get().on_hand == 7
    record_return(order_id=order.pk, lines=[ReturnedUnits(line.pk, D(3))], reason="never left", actor=ACTOR, now=NOW)
    assert StockItem.objects.get().on_hand == 10
    assert differences() == []


@pytest.mark.django_db
def test_a_wrong_invoice_is_credited_and_its_units_are_invoiced_anew() -> None:
    order = place([(stocked(10), 3)])
    invoice = issue_invoice(order_id=order.pk, actor=ACTOR, now=NOW)
    credit_invoice(invoice_id=invoice.pk, reason="wrong", reverses=True, actor=ACTOR, now=NOW)
    assert issue_invoice(order_id=order.pk, actor=ACTOR, now=NOW).gross_amount == invoice.gross_amount
    assert differences() == []


@pytest.mark.django_db
def test_money_that_came_in_after_all_is_recorded_as_a_new_payment() -> None:
    order = place([(stocked(10), 3)])
    draft = PaymentDraft(order.pk, D(30), "bank", reference="R1")
    first = record_payment(payment=draft, actor=ACTOR, now=NOW)
    undo_payment(payment_id=first.pk, reason="never came", actor=ACTOR, now=NOW)
    assert due_amount(order) == 30
    again = record_payment(payment=draft, actor=ACTOR, now=NOW)
    order.refresh_from_db()
    assert again.pk != first.pk and Payment.objects.count() == 2
    assert due_amount(order) == 0
    assert differences() == []
