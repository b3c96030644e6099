"""Money in and out, told once or twice, and what it makes of an order."""

from __future__ import annotations

from datetime import UTC, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.utils.translation import override

from orderwell.domains.billing.errors import PastOrder, PaymentFarAboveOrder, ReferenceTaken, RefundAbovePayment
from orderwell.domains.billing.models import LedgerEntry, Payment, Refund
from orderwell.domains.billing.queries import customer_balance, order_money, payment_detail, payment_list
from orderwell.domains.billing.services.pay import PaymentDraft, record_payment, record_payments, record_refund
from orderwell.domains.fulfilment.services.ship import ship
from orderwell.domains.orders.models import Order
from orderwell.domains.orders.services.cancel import cancel_units
from orderwell.kernel.errors import NotFound, Refusal
from orderwell.platform.permissions import PermissionDenied
from orderwell.platform.wording import sentence
from orderwell.testing.actors import clerk, limited, owner
from tests.domains.books import NOW, D, differences, place, stocked

pytestmark = pytest.mark.django_db
Payments = Order.PaymentState


def pay(order: Order, amount: str, reference: str | None = None, method: str = "bank") -> Payment:
    draft = PaymentDraft(order.pk, D(amount), method, reference)
    return record_payment(payment=draft, actor=owner(), now=NOW)


def state(order: Order) -> tuple[str, str]:
    order.refresh_from_db()
    return order.state, order.payment_state


def test_part_whole_too_much_and_back() -> None:
    order = place([(stocked(), 3)])
    assert state(order) == ("placed", Payments.UNPAID)
    pay(order, "10.00")
    assert state(order) == ("placed", Payments.PARTIAL)
    last = pay(order, "20.00")
    assert state(order) == ("placed", Payments.PAID)
    extra = pay(order, "5.00")
    assert state(order) == ("placed", Payments.OVERPAID)
    record_refund(payment_id=extra.pk, amount=D(5), reason="paid twice", actor=owner(), now=NOW)
    assert state(order) == ("placed", Payments.PAID)
    ship(order_id=order.pk, actor=owner(), now=NOW)
    assert state(order) == ("completed", Payments.PAID)
    record_refund(payment_id=last.pk, amount=D("0.01"), reason="goodwill", actor=owner(), now=NOW)
    assert state(order) == ("placed", Payments.PARTIAL)
    assert differences() == []


def test_a_reference_told_twice_is_one_payment() -> None:
    order, other = place([(stocked(), 1)]), place([(stocked(), 1)])
    first = pay(order, "10.00", "TX1")
    assert pay(order, "10.00", " TX1 ").pk == first.pk
    assert pay(other, "10.00", "TX1", "card").pk != first.pk
    for target, amount in ((order, "9.00"), (other, "10.00")):
        with pytest.raises(ReferenceTaken):
            pay(target, amount, "TX1")
    pay(order, "1.00")
    pay(order, "1.00")
    assert Payment.objects.filter(order=order).count() == 3
    assert LedgerEntry.objects.count() == 4
    assert differences() == []


def test_never_back_more_than_came() -> None:
    order = place([(stocked(), 1)])
    payment = pay(order, "10.00")
    first = record_refund(payment_id=payment.pk, amount=D(6), reason="late", reference="R1", actor=owner(), now=NOW)
    again = record_refund(payment_id=payment.pk, amount=D(6), reason="late", reference="R1", actor=owner(), now=NOW)
    assert again.pk == first.pk
    with pytest.raises(RefundAbovePayment):
        record_refund(payment_id=payment.pk, amount=D("4.01"), reason="late", actor=owner(), now=NOW)
    with pytest.raises(ReferenceTaken):
        record_refund(payment_id=payment.pk, amount=D(4), reason="late", reference="R1", actor=owner(), now=NOW)
    record_refund(payment_id=payment.pk, amount=D(4), reason="late", actor=owner(), now=NOW)
    assert Refund.objects.count() == 2
    assert order_money(owner(), order.pk).paid == 0
    assert differences() == []


def test_money_for_a_cancelled_order_waits_to_go_back() -> None:
    order = place([(stocked(), 1)])
    cancel_units(order_id=order.pk, lines=None, reason="gone", actor=owner(), now=NOW)
    payment = pay(order, "10.00")
    assert state(order) == ("cancelled", Payments.OVERPAID)
    assert customer_balance(owner(), order.customer_id or 0) == {"CNY": D(-10)}
    record_refund(payment_id=payment.pk, amount=D(10), reason="cancelled", actor=owner(), now=NOW)
    assert state(order) == ("cancelled", Payments.REFUNDED)
    assert customer_balance(owner(), order.customer_id or 0) == {}
    assert differences() == []


@pytest.mark.parametrize("amount", ["0", "-1", "0.001", "NaN", "Infinity", "1e30"])
def test_unusable_amounts(amount: str) -> None:
    order = place([(stocked(), 1)])
    with pytest.raises(Refusal):
        pay(order, amount)
    payment = pay(order, "5.00")
    with pytest.raises(Refusal):
        record_refund(payment_id=payment.pk, amount=D(amount), reason="no", actor=owner(), now=NOW)
    assert Payment.objects.count() == 1


def test_unusable_methods_references_and_times() -> None:
    order = place([(stocked(), 1)])
    draft = PaymentDraft(order.pk, D(1), "gold", "x" * 121, NOW.replace(tzinfo=None))
    with pytest.raises(Refusal) as refusal:
        record_payment(payment=draft, actor=owner(), now=NOW)
    assert [error.pointer for error in refusal.value.errors] == ["/reference", "/method", "/received_at"]
    with pytest.raises(Refusal):
        record_refund(payment_id=1, amount=D(1), reason=" ", actor=owner(), now=NOW)


def test_who_may_and_the_past() -> None:
    order = place([(stocked(), 1)])
    with pytest.raises(PermissionDenied):
        record_payment(payment=PaymentDraft(order.pk, D(1), "cash"), actor=clerk(), now=NOW)
    payment = pay(order, "1.00", "TX9")
    stranger = limited(owner(), teams=frozenset())
    assert payment_list(stranger).rows == []
    with pytest.raises(NotFound):
        payment_detail(stranger, payment.pk)
    with pytest.raises(NotFound):
        record_refund(payment_id=payment.pk, amount=D(1), reason="no", actor=stranger, now=NOW)
    assert [row.pk for row in payment_list(owner(), reference="TX9").rows] == [payment.pk]
    Order.objects.filter(pk=order.pk).update(history=True)
    with pytest.raises(PastOrder):
        pay(order, "1.00")


def test_many_at_once_each_with_a_verdict() -> None:
    order = place([(stocked(), 1)])
    drafts = [PaymentDraft(order.pk, D(4), "cash"), PaymentDraft(order.pk, D(4), "gold"), PaymentDraft(0, D(4), "cash")]
    verdicts = record_payments(payments=drafts, actor=owner(), now=NOW)
    assert [verdict.outcome for verdict in verdicts] == ["created", "refused", "refused"]


def test_a_payment_of_a_day_to_come_is_named_by_the_day_of_the_business() -> None:
    """Midnight in Hangzhou is the evening before in UTC."""
    order = place([(stocked(), 1)])
    day = NOW + timedelta(days=20)
    midnight = day.astimezone(ZoneInfo("Asia/Shanghai")).replace(hour=0, minute=0, second=0, microsecond=0)
    draft = PaymentDraft(order.pk, D(1), "cash", received_at=midnight.astimezone(UTC))
    with pytest.raises(Refusal) as refused:
        record_payment(payment=draft, actor=owner(), now=NOW)
    assert refused.value.details[0].data["value"] == midnight.date().isoformat()


def test_a_slip_of_the_finger_is_asked_about_and_money_that_came_is_taken() -> None:
    order = place([(stocked(), 2)])  # 20.00
    pay(order, "199.99")
    for amount in ("200.00", "1000000000"):
        with pytest.raises(PaymentFarAboveOrder) as refused:
            pay(order, amount, "TX9")
        assert refused.value.details[0].data["worth"] == D(20)
    really = PaymentDraft(order.pk, D(1_000_000_000), "bank", "TX9", overpay=True)
    first = record_payment(payment=really, actor=owner(), now=NOW)
    assert pay(order, "1000000000", "TX9").pk == first.pk, "told again, it is the payment that is there"
    assert state(order) == ("placed", Payments.OVERPAID)
    cancelled = place([(stocked(), 2)])
    cancel_units(order_id=cancelled.pk, lines=None, reason="gone", actor=owner(), now=NOW)
    pay(cancelled, "20.00")
    with pytest.raises(PaymentFarAboveOrder):
        pay(cancelled, "2000.00")
    assert differences() == []


def test_refusals_of_money_write_digits_in_groups() -> None:
    order = place([(stocked(), 1)])
    with pytest.raises(Refusal) as refused:
        pay(order, "12345678901.5")
    with pytest.raises(PaymentFarAboveOrder) as far:
        pay(order, "1234567.00")
    with override("en"):
        assert (
            sentence(refused.value.details[0])
            == "The amount must lie between 0 and 10,000,000,000; it is 12,345,678,901.5."
        )
        said = sentence(far.value.details[0])
    assert "¥1,234,567.00" in said and "(¥10.00)" in said
