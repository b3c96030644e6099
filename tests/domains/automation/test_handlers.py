"""What follows from events: freed stock goes to backorders, and a shortened order is delivered when its goods arrived."""

from __future__ import annotations

import pytest

from orderwell.domains.automation.handlers import settle_delivery, settle_refunds
from orderwell.domains.billing.services.credit import issue_credit_note
from orderwell.domains.billing.services.invoice import issue_invoice
from orderwell.domains.billing.services.pay import PaymentDraft, record_payment, record_refund
from orderwell.domains.billing.services.undo_money import undo_payment
from orderwell.domains.fulfilment.services.record_return import ReturnedUnits, record_return
from orderwell.domains.fulfilment.services.ship import ship
from orderwell.domains.fulfilment.services.track import deliver
from orderwell.domains.orders.handlers import stock_became_free
from orderwell.domains.orders.models import Backorder, Order
from orderwell.domains.orders.services.cancel import cancel_units
from orderwell.platform.events.models import Event
from orderwell.platform.events.subscriptions import subscribers
from orderwell.testing.actors import owner
from tests.domains.books import NOW, D, differences, lines_of, place, stocked

pytestmark = pytest.mark.django_db


def test_what_came_back_goes_to_who_waits() -> None:
    variant = stocked(3)
    first = place([(variant, 3)])
    waiting = place([(variant, 2)], backorder=True)
    ship(order_id=first.pk, actor=owner(), now=NOW)
    units = [ReturnedUnits(lines_of(first)[0].pk, D(2))]
    record_return(order_id=first.pk, lines=units, reason="too small", actor=owner(), now=NOW)
    event = Event.objects.get(name="fulfilment.return.recorded")
    for _ in range(2):
        stock_became_free(event)
    assert not Backorder.objects.exists()
    waiting.refresh_from_db()
    assert waiting.fulfilment_state == Order.FulfilmentState.RESERVED
    assert differences() == []


def test_an_order_cut_to_what_arrived_is_delivered() -> None:
    order = place([(stocked(), 3)])
    (line,) = lines_of(order)
    (shipment,) = ship(order_id=order.pk, lines={line.pk: D(2)}, actor=owner(), now=NOW)
    deliver(shipment_id=shipment.pk, actor=owner(), now=NOW)
    cancel_units(order_id=order.pk, lines=None, reason="enough", actor=owner(), now=NOW)
    event = Event.objects.get(name="orders.line.cancelled")
    for _ in range(2):
        settle_delivery(event)
    order.refresh_from_db()
    assert order.fulfilment_state == Order.FulfilmentState.DELIVERED
    assert differences() == []


def test_refunded_before_or_after_it_was_cancelled_is_refunded() -> None:
    order = place([(stocked(), 3)])
    paid = PaymentDraft(order_id=order.pk, amount=order.total_amount, method="cash")
    payment = record_payment(payment=paid, actor=owner(), now=NOW)
    record_refund(payment_id=payment.pk, amount=payment.amount, reason="sorry", actor=owner(), now=NOW)
    cancel_units(order_id=order.pk, lines=None, reason="not to be had", actor=owner(), now=NOW)
    event = Event.objects.get(name="orders.line.cancelled")
    for _ in range(2):
        settle_refunds(event)
    order.refresh_from_db()
    assert (order.state, order.payment_state) == (Order.State.CANCELLED, Order.PaymentState.REFUNDED)
    assert differences() == []


def test_refunded_before_it_was_credited_is_refunded_at_once() -> None:
    order = place([(stocked(), 3)])
    invoice = issue_invoice(order_id=order.pk, actor=owner(), now=NOW)
    paid = PaymentDraft(order_id=order.pk, amount=order.total_amount, method="cash")
    payment = record_payment(payment=paid, actor=owner(), now=NOW)
    record_refund(payment_id=payment.pk, amount=payment.amount, reason="sorry", actor=owner(), now=NOW)
    issue_credit_note(invoice_id=invoice.pk, reason="sorry", actor=owner(), now=NOW)
    order.refresh_from_db()
    assert order.payment_state == Order.PaymentState.REFUNDED
    assert differences() == []


def test_without_money_there_is_nothing_to_refund() -> None:
    order = place([(stocked(), 3)])
    payment = record_payment(
        payment=PaymentDraft(order_id=order.pk, amount=order.total_amount, method="cash"), actor=owner(), now=NOW
    )
    undo_payment(payment_id=payment.pk, reason="of another order", actor=owner(), now=NOW)
    cancel_units(order_id=order.pk, lines=None, reason="not to be had", actor=owner(), now=NOW)
    settle_refunds(Event.objects.get(name="orders.line.cancelled"))
    order.refresh_from_db()
    assert order.payment_state == Order.PaymentState.NONE


def test_the_events_reach_them() -> None:
    for name in ("inventory.stock.received", "orders.line.cancelled", "fulfilment.return.recorded"):
        assert "orderwell.domains.orders.handlers.stock_became_free" in subscribers(name)
    assert "orderwell.domains.automation.handlers.settle_delivery" in subscribers("orders.line.cancelled")
    for name in ("orders.line.cancelled", "orders.order.changed"):
        assert "orderwell.domains.automation.handlers.settle_refunds" in subscribers(name)
