"""A payment or refund that was a mistake is undone: the order owes as before, and the books still agree."""

from __future__ import annotations

from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from orderwell.domains.billing.errors import MoneyUndone, PaymentRefunded
from orderwell.domains.billing.models import Invoice, LedgerEntry, Payment, Refund
from orderwell.domains.billing.queries import customer_balance, order_money
from orderwell.domains.billing.services.invoice import issue_invoice
from orderwell.domains.billing.services.pay import PaymentDraft, record_payment, record_refund
from orderwell.domains.billing.services.undo_money import undo_payment, undo_payments, undo_refund
from orderwell.domains.billing.statement import account_statement
from orderwell.domains.fulfilment.services.ship import ship
from orderwell.domains.orders.models import Order
from orderwell.domains.orders.services.cancel import cancel_units
from orderwell.kernel.errors import NotFound, Refusal
from orderwell.platform.events.models import Event
from orderwell.platform.permissions import PermissionDenied
from orderwell.testing.actors import clerk, limited, owner
from tests.domains.books import NOW, D, differences, place, stocked

pytestmark = pytest.mark.django_db
ACTOR = owner()


def pay(order: Order, amount: str, reference: str | None = None) -> Payment:
    return record_payment(payment=PaymentDraft(order.pk, D(amount), "bank", reference), actor=ACTOR, now=NOW)


def refund(payment: Payment, amount: str, reference: str | None = None) -> Refund:
    back = {"payment_id": payment.pk, "amount": D(amount), "reason": "late", "reference": reference}
    return record_refund(**back, actor=ACTOR, now=NOW)  # type: ignore[arg-type]


def undo(row: Payment | Refund) -> None:
    if isinstance(row, Payment):
        undo_payment(payment_id=row.pk, reason="wrong order", actor=ACTOR, now=NOW)
    else:
        undo_refund(refund_id=row.pk, reason="wrong order", actor=ACTOR, now=NOW)


def standing(order: Order, invoice: int | None = None) -> tuple[object, ...]:
    """All that is said of the order's money anywhere."""
    order.refresh_from_db()
    open_of_it = Invoice.objects.get(pk=invoice).open_amount if invoice else None
    owed = customer_balance(ACTOR, order.customer_id or 0)
    return order.state, order.payment_state, order_money(ACTOR, order.pk), open_of_it, owed


@settings(max_examples=15, deadline=None)
@given(
    steps=st.lists(st.sampled_from(["5.00", "10.00", "20.00", "25.00"]), min_size=1, max_size=3),
    back=st.sampled_from([None, "1.00", "5.00"]),
    invoiced=st.booleans(),
    fate=st.sampled_from(["open", "shipped", "cancelled"]),
)
def test_after_the_undo_all_is_as_before(steps: list[str], back: str | None, invoiced: bool, fate: str) -> None:
    order = place([(stocked(), 2)])
    if fate == "shipped":
        ship(order_id=order.pk, actor=ACTOR, now=NOW)
    invoice = issue_invoice(order_id=order.pk, actor=ACTOR, now=NOW).pk if invoiced and fate != "cancelled" else None
    if fate == "cancelled":
        cancel_units(order_id=order.pk, lines=None, reason="gone", actor=ACTOR, now=NOW)
    made: list[Payment | Refund] = []
    before = [standing(order, invoice)]
    for amount in steps:
        made.append(pay(order, amount))
        before.append(standing(order, invoice))
    if back is not None:
        assert isinstance(made[-1], Payment)
        made.append(refund(made[-1], back))
        before.append(standing(order, invoice))
    while made:
        assert standing(order, invoice) == before.pop()
        undo(made.pop())
        assert standing(order, invoice) == before[-1]
    assert differences() == []


def test_nothing_is_deleted_and_the_ledger_says_both() -> None:
    order = place([(stocked(), 2)])
    payment = pay(order, "20.00", "TX1")
    undo(payment)
    payment.refresh_from_db()
    assert (payment.undone_at, payment.undone_by, payment.undone_reason) == (NOW, ACTOR.label, "wrong order")
    entries = LedgerEntry.objects.order_by("pk").values_list("kind", "document", "amount")
    assert list(entries) == [
        ("payment", f"payment:{payment.pk}", D(-20)),
        ("payment_undo", f"payment_undo:{payment.pk}", D(20)),
    ]
    told = Event.objects.get(name="billing.payment.undone")
    assert told.stream == f"order:{order.pk}" and told.data["reason"] == "wrong order"


def test_what_is_undone_counts_no_longer_and_does_not_stand_in_the_way() -> None:
    order, right = place([(stocked(), 2)]), place([(stocked(), 2)])
    wrong = pay(order, "20.00", "TX1")
    undo(wrong)
    with pytest.raises(MoneyUndone):
        undo(wrong)
    with pytest.raises(MoneyUndone):
        refund(wrong, "1.00")
    assert pay(right, "20.00", "TX1").pk != wrong.pk
    first = refund(Payment.objects.get(order=right), "5.00", "R1")
    with pytest.raises(PaymentRefunded):
        undo(first.payment)
    undo(first)
    with pytest.raises(MoneyUndone):
        undo(first)
    assert refund(first.payment, "4.00", "R1").pk != first.pk
    assert differences() == []


def test_a_statement_that_was_handed_out_stays_true() -> None:
    order = place([(stocked(), 2)])
    payment = pay(order, "20.00")
    later = NOW + timedelta(days=40)
    undo_payment(payment_id=payment.pk, reason="never came", actor=ACTOR, now=later)
    shared = {"currency": "CNY", "zone": ZoneInfo("UTC")}
    first = account_statement(ACTOR, order.customer_id or 0, first=NOW.date(), last=NOW.date(), **shared)  # type: ignore[arg-type]
    assert first.closing == -20
    second = account_statement(ACTOR, order.customer_id or 0, first=NOW.date(), last=later.date(), **shared)  # type: ignore[arg-type]
    assert [(line.kind, line.balance) for line in second.lines] == [("payment", D(-20)), ("payment_undo", D(0))]


def test_many_at_once_each_with_a_verdict() -> None:
    order = place([(stocked(), 2)])
    good, gone = pay(order, "5.00"), pay(order, "6.00")
    undo(gone)
    verdicts = undo_payments([good.pk, gone.pk], data={"reason": "twice"}, actor=ACTOR, now=NOW)
    assert [row.outcome for row in verdicts] == ["done", "refused"]
    assert verdicts[1].errors[0].code == "money_undone"


def test_only_who_may_record_may_undo_and_only_what_is_seen() -> None:
    order = place([(stocked(), 2)])
    payment = pay(order, "5.00")
    given_back = refund(pay(order, "5.00"), "1.00")
    with pytest.raises(PermissionDenied):
        undo_payment(payment_id=payment.pk, reason="x", actor=clerk(), now=NOW)
    with pytest.raises(PermissionDenied):
        undo_refund(refund_id=given_back.pk, reason="x", actor=clerk(), now=NOW)
    with pytest.raises(NotFound):
        undo_payment(payment_id=payment.pk, reason="x", actor=limited(owner(), channels=frozenset({0})), now=NOW)
    with pytest.raises(NotFound):
        undo_refund(refund_id=given_back.pk, reason="x", actor=limited(owner(), channels=frozenset({0})), now=NOW)
    for reason in ("", "x" * 241):
        with pytest.raises(Refusal):
            undo_payment(payment_id=payment.pk, reason=reason, actor=ACTOR, now=NOW)
