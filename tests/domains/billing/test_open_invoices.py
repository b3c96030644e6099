"""What is open of each invoice adds up to what its order owes, whatever was credited, paid or given back."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from django.db.models import Sum

from orderwell.domains.automation.services.call_off import cancel_and_credit
from orderwell.domains.billing.models import CreditNote, Invoice
from orderwell.domains.billing.queries import invoices, receivables
from orderwell.domains.billing.services.invoice import issue_invoice
from orderwell.domains.billing.services.pay import PaymentDraft, record_payment
from orderwell.domains.orders.models import Order, OrderLine
from orderwell.testing.actors import limited, owner
from orderwell.testing.factories import make_channel, make_variant, make_warehouse, stock_up
from tests.domains.orders.builders import draft, placed

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 3, 4, 9, tzinfo=UTC)
ZERO = Decimal(0)


def pay(order: Order, amount: Decimal) -> None:
    payment = PaymentDraft(order_id=order.pk, amount=amount, method="bank")
    record_payment(payment=payment, actor=owner(), now=NOW)


def owed_by_hand(order: Order) -> dict[int, Decimal]:
    """The oldest invoice is paid first."""
    left = Order.objects.get(pk=order.pk).paid_amount
    found = {}
    for invoice in Invoice.objects.filter(order=order).order_by("issued_at", "pk"):
        credited = CreditNote.objects.filter(invoice=invoice).aggregate(sum=Sum("gross_amount"))["sum"] or ZERO
        net = invoice.gross_amount - credited
        found[invoice.pk] = max(net - max(left, ZERO), ZERO)
        left -= net
    return found


@pytest.mark.parametrize("seed", range(3))
def test_open_amounts_are_those_reckoned_by_hand_for_any_sequence(seed: int) -> None:
    chance = random.Random(seed)
    channel = make_channel("shop")
    main = make_warehouse("main")
    cup, pot = make_variant("CUP", price="9.99"), make_variant("POT", price="31.50")
    stock_up(cup, main, 500)
    stock_up(pot, main, 500)
    orders = []
    for _ in range(8):
        order = placed(draft(channel, (cup, chance.randint(2, 9)), (pot, chance.randint(2, 9))))
        orders.append(order)
        lines = list(OrderLine.objects.filter(order=order).order_by("pk"))
        moment = NOW - timedelta(days=chance.randint(0, 60))
        issue_invoice(order_id=order.pk, quantities={lines[0].pk: Decimal(2)}, actor=owner(), now=moment)
        if chance.random() < 0.7:
            issue_invoice(order_id=order.pk, actor=owner(), now=moment + timedelta(days=chance.randint(0, 5)))
        if chance.random() < 0.6:
            pay(order, Decimal(chance.randint(1, 12_000)) / 100)
        if chance.random() < 0.5:
            cancel_and_credit(order_id=order.pk, lines={lines[0].pk: Decimal(1)}, reason="x", actor=owner(), now=NOW)
    Invoice.objects.filter(pk__in=list(Invoice.objects.values_list("pk", flat=True)[::2])).update(
        due_at=NOW - timedelta(days=1)
    )
    Invoice.objects.exclude(due_at__lt=NOW).update(due_at=NOW + timedelta(days=1))
    by_hand = {pk: amount for order in orders for pk, amount in owed_by_hand(order).items()}
    assert dict(Invoice.objects.values_list("pk", "open_amount")) == by_hand
    listed = {row.pk: row.open_amount for row in invoices(owner(), only_open=True)}
    assert listed == {pk: amount for pk, amount in by_hand.items() if amount}
    late = {row.pk for row in invoices(owner(), overdue_at=NOW)}
    found = receivables(owner(), currency="CNY", now=NOW)
    assert (found.total, found.count) == (sum(listed.values(), ZERO), len(listed))
    assert (found.overdue, found.overdue_count) == (sum((listed[pk] for pk in late), ZERO), len(late))
    for order in orders:
        now = Order.objects.get(pk=order.pk)
        due = max(now.invoiced_amount - now.credited_amount - now.paid_amount, ZERO)
        assert sum(owed_by_hand(order).values(), ZERO) == due
    assert receivables(owner(), currency="USD", now=NOW).count == 0
    assert receivables(limited(owner(), channels=frozenset()), currency="CNY", now=NOW).total == 0
