"""Account statements: they tie to the receivables ledger whatever happened, and say how old the rest is."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from django.db.models import Sum
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from orderwell.domains.automation.printing.statements import statements
from orderwell.domains.billing.errors import StatementPartial
from orderwell.domains.billing.models import CreditNote, Invoice, LedgerEntry, Payment, Refund, Statement
from orderwell.domains.billing.queries import customer_balance
from orderwell.domains.billing.services.credit import issue_credit_note
from orderwell.domains.billing.services.invoice import issue_invoice
from orderwell.domains.billing.services.make_statement import make_statement
from orderwell.domains.billing.services.pay import PaymentDraft, record_payment
from orderwell.domains.billing.statement import BUCKETS, account_statement, bucket_of, currencies_of
from orderwell.domains.orders.models import Order
from orderwell.kernel.clock import business_day
from orderwell.kernel.errors import InvalidValue, NotFound
from orderwell.platform.permissions import PermissionDenied
from orderwell.testing.actors import limited, outsider, owner
from orderwell.testing.factories import make_team
from tests.domains.books import NOW, D, place, stocked

pytestmark = pytest.mark.django_db
ZONE = ZoneInfo("Asia/Shanghai")
BASE = datetime(2026, 1, 1, 12, tzinfo=UTC)


def statement(customer: int, first: date, last: date) -> object:
    return account_statement(owner(), customer, currency="CNY", first=first, last=last, zone=ZONE)


def test_every_document_stands_once_with_the_balance_after_it() -> None:
    order = place([(stocked(price="100.00"), 1)])
    customer = order.customer_id or 0
    invoice = issue_invoice(order_id=order.pk, actor=owner(), now=NOW - timedelta(days=40))
    paid = PaymentDraft(order_id=order.pk, amount=D(30), method="bank", reference="TT-1")
    record_payment(payment=paid, actor=owner(), now=NOW - timedelta(days=10))
    issue_credit_note(invoice_id=invoice.pk, reason="late", actor=owner(), now=NOW)
    today = business_day(NOW, ZONE)
    found = statement(customer, today - timedelta(days=20), today)
    assert (found.opening, found.closing) == (D(100), D(-30))
    assert [(line.kind, line.number, line.amount, line.balance) for line in found.lines] == [
        ("payment", "TT-1", D(-30), D(70)),
        ("credit_note", CreditNote.objects.get().number, D(-100), D(-30)),
    ]
    assert found.ageing.credit == D(-30) and found.ageing.total == found.closing
    before = statement(customer, today - timedelta(days=60), today - timedelta(days=1))
    assert before.opening == 0 and before.lines[0].number == invoice.number
    assert before.lines[0].due_at == invoice.due_at and before.closing == D(70)
    assert before.ageing.by_age["to_60"] == D(70)
    assert currencies_of(owner(), customer) == ["CNY"]


def test_a_statement_that_was_made_is_found_again_and_another_one_when_something_was_added() -> None:
    order = place([(stocked(price="100.00"), 1)])
    issue_invoice(order_id=order.pk, actor=owner(), now=NOW)
    today = business_day(NOW, ZONE)
    shared = {"customer_id": order.customer_id or 0, "currency": "CNY", "first": today, "last": today, "zone": ZONE}
    made = make_statement(**shared, actor=owner(), now=NOW)
    assert make_statement(**shared, actor=owner(), now=NOW).pk == made.pk
    assert (made.opening, made.closing, made.documents) == (D(0), D(100), 1)
    record_payment(payment=PaymentDraft(order_id=order.pk, amount=D(100), method="cash"), actor=owner(), now=NOW)
    assert make_statement(**shared, actor=owner(), now=NOW).pk != made.pk
    assert Statement.objects.count() == 2
    with pytest.raises(InvalidValue):
        make_statement(**{**shared, "first": today + timedelta(days=1)}, actor=owner(), now=NOW)


def test_it_is_for_those_who_may_see_invoices_and_the_customer() -> None:
    order = place([(stocked(), 1)])
    shared = {"currency": "CNY", "first": date(2026, 1, 1), "last": date(2026, 2, 1), "zone": ZONE}
    with pytest.raises(PermissionDenied):
        account_statement(outsider(), order.customer_id or 0, **shared)
    with pytest.raises(NotFound):
        account_statement(limited(owner(), teams=frozenset({make_team().pk})), order.customer_id or 0, **shared)


def test_who_sees_a_part_of_the_account_is_told_and_hands_out_nothing() -> None:
    mine, other = place([(stocked(), 1)]), place([(stocked(), 1)])
    Order.objects.filter(pk=other.pk).update(customer=mine.customer_id)
    for order in (mine, other):
        issue_invoice(order_id=order.pk, actor=owner(), now=NOW)
    today = business_day(NOW, ZONE)
    shared = {"currency": "CNY", "first": today, "last": today, "zone": ZONE}
    customer, some = mine.customer_id or 0, limited(owner(), channels=frozenset({mine.channel_id}))
    part, all_ = (account_statement(actor, customer, **shared) for actor in (some, owner()))
    assert (part.partial, part.closing, all_.partial, all_.closing) == (True, D(10), False, D(20))
    with pytest.raises(StatementPartial):
        make_statement(customer_id=customer, **shared, actor=some, now=NOW)
    both = limited(owner(), channels=frozenset({mine.channel_id, other.channel_id}))
    made = make_statement(customer_id=customer, **shared, actor=both, now=NOW)
    assert made.closing == D(20)
    with pytest.raises(StatementPartial):
        statements([made.pk], some, str)


@pytest.mark.parametrize(
    ("days", "bucket"),
    [
        (-5, "not_due"),
        (0, "not_due"),
        (1, "to_30"),
        (30, "to_30"),
        (31, "to_60"),
        (60, "to_60"),
        (90, "to_90"),
        (91, "over_90"),
    ],
)
def test_where_an_age_belongs(days: int, bucket: str) -> None:
    assert bucket_of(days) == bucket


# What happens: (kind, day, amount, which invoice or payment, terms in days).
Step = tuple[str, int, int, int, int]
STEPS = st.lists(
    st.tuples(
        st.sampled_from(["invoice", "invoice", "payment", "credit_note", "refund"]),
        st.integers(0, 200),
        st.integers(1, 500),
        st.integers(0, 5),
        st.sampled_from([0, 14, 30, 60]),
    ),
    max_size=14,
)


def books(order: Order, steps: Sequence[Step]) -> None:
    """The documents and their ledger entries, as the services write them."""
    invoices: list[list[object]] = []
    payments: list[list[object]] = []
    for number, (kind, day, amount, which, terms) in enumerate(sorted(steps, key=lambda step: step[1])):
        when, value, shared = (
            BASE + timedelta(days=day),
            Decimal(amount),
            {"order": order, "customer_id": order.customer_id},
        )
        if kind == "invoice":
            row = Invoice.objects.create(
                **shared, number=f"I{number}", cause="x", currency="CNY", net_amount=value, tax_amount=0,
                gross_amount=value, issued_at=when, due_at=when + timedelta(days=terms), actor_label="x",
            )  # fmt: skip
            invoices.append([row, value])
        elif kind == "credit_note" and invoices:
            slot = invoices[which % len(invoices)]
            value = min(value, slot[1])  # type: ignore[call-overload]
            if not value:
                continue
            slot[1] -= value  # type: ignore[operator]
            row = CreditNote.objects.create(
                **shared, invoice=slot[0], number=f"C{number}", cause="x", currency="CNY", net_amount=value,
                tax_amount=0, gross_amount=value, issued_at=when, actor_label="x",
            )  # fmt: skip
            value = -value
        elif kind == "payment":
            row = Payment.objects.create(
                **shared, method="cash", currency="CNY", amount=value, received_at=when, actor_label="x"
            )
            payments.append([row, value])
            value = -value
        elif kind == "refund" and payments:
            slot = payments[which % len(payments)]
            value = min(value, slot[1])  # type: ignore[call-overload]
            if not value:
                continue
            slot[1] -= value  # type: ignore[operator]
            row = Refund.objects.create(payment=slot[0], amount=value, reason="x", refunded_at=when, actor_label="x")
        else:
            continue
        LedgerEntry.objects.create(
            **shared, kind=kind, document=f"{kind}:{row.pk}", currency="CNY", amount=value, occurred_at=when
        )


def oldest_first(customer: int, end: datetime, last: date) -> dict[str, Decimal]:
    """The same by hand: every payment goes to the invoice issued first."""
    rows = Invoice.objects.filter(customer_id=customer, issued_at__lt=end).order_by("issued_at", "pk")
    open_of = []
    for row in rows:
        less = row.credit_notes.filter(issued_at__lt=end).aggregate(total=Sum("gross_amount"))["total"] or D(0)
        open_of.append([row.due_at, row.gross_amount - less])
    entries = LedgerEntry.objects.filter(customer_id=customer, kind__in=("payment", "refund"), occurred_at__lt=end)
    pool = -(entries.aggregate(total=Sum("amount"))["total"] or D(0))
    found = dict.fromkeys(BUCKETS, D(0))
    for due_at, amount in open_of:
        part = min(pool, amount)
        pool -= part
        found[bucket_of((last - business_day(due_at, ZONE)).days)] += amount - part
    return found


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(steps=STEPS, cut=st.integers(-5, 210), length=st.integers(0, 120))
def test_whatever_happened_the_statement_ties_to_the_ledger(
    transactional: None, steps: list[Step], cut: int, length: int
) -> None:
    from django.db import transaction

    with transaction.atomic():
        order = place([(stocked(), 1)])
        customer = order.customer_id or 0
        books(order, steps)
        last = business_day(BASE + timedelta(days=cut), ZONE)
        first = last - timedelta(days=length)
        found = account_statement(owner(), customer, currency="CNY", first=first, last=last, zone=ZONE)
        ends = datetime.combine(last + timedelta(days=1), datetime.min.time(), tzinfo=ZONE)
        entries = LedgerEntry.objects.filter(customer_id=customer)
        ledger = entries.filter(occurred_at__lt=ends).aggregate(total=Sum("amount"))["total"] or D(0)
        assert found.closing == ledger == found.opening + found.charged + found.settled
        assert found.ageing.total == found.closing
        assert (
            len(found.lines)
            == entries.filter(
                occurred_at__lt=ends, occurred_at__gte=datetime.combine(first, datetime.min.time(), tzinfo=ZONE)
            ).count()
        )
        for earlier, later in pairwise(found.lines):
            assert later.balance == earlier.balance + later.amount
        if found.closing > 0:
            assert found.ageing.by_age == oldest_first(customer, ends, last)
        # Two statements in a row meet: one closes where the next opens.
        following = account_statement(
            owner(),
            customer,
            currency="CNY",
            first=last + timedelta(days=1),
            last=last + timedelta(days=400),
            zone=ZONE,
        )
        assert following.opening == found.closing
        assert following.closing == customer_balance(owner(), customer).get("CNY", D(0))
        transaction.set_rollback(True)


@pytest.fixture
def transactional(db: None) -> None:
    """Hypothesis runs many examples in one test; each takes back its own."""
