"""Recording many invoices as paid at once: what is open of each, once, each with a verdict and a way back."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.conf import settings

from orderwell.domains.billing.models import Invoice, Payment
from orderwell.domains.billing.services.invoice import issue_invoice
from orderwell.domains.billing.services.many import pay_invoices, take_payments_back
from orderwell.domains.billing.services.pay import PaymentDraft, record_payment
from orderwell.kernel.clock import business_day, day_bounds
from orderwell.platform.permissions import Permission
from orderwell.testing.actors import limited, owner
from orderwell.testing.factories import make_channel
from orderwell.web.billing.list_specs import INVOICES
from tests.domains.books import NOW, D, differences, lines_of, place, stocked

pytestmark = pytest.mark.django_db
ZONE = ZoneInfo(settings.TIME_ZONE)


def invoiced(quantity: int = 3, parts: int = 1) -> list[Invoice]:
    order = place([(stocked(), quantity)])
    (line,) = lines_of(order)
    share = {line.pk: D(quantity) / parts}
    return [issue_invoice(order_id=order.pk, quantities=share, actor=owner(), now=NOW) for _part in range(parts)]


def pay(invoices: list[Invoice], **data: Any) -> list[tuple[str, str]]:
    found = pay_invoices([row.pk for row in invoices], data={"method": "bank", **data}, actor=owner(), now=NOW)
    return [(each.reference, each.outcome) for each in found]


def still_open() -> list[Any]:
    return list(Invoice.objects.order_by("pk").values_list("open_amount", flat=True))


def test_what_is_open_of_each_is_paid_once_under_its_name() -> None:
    (first, second), (third,) = invoiced(4, parts=2), invoiced(3)
    record_payment(payment=PaymentDraft(third.order_id, D(5), "cash"), actor=owner(), now=NOW)
    day = business_day(NOW, ZONE) - timedelta(days=2)
    chosen = [second, third]
    assert pay(chosen, received_on=day.isoformat()) == [(row.number, "done") for row in chosen]
    assert still_open() == [20, 0, 0]
    made = Payment.objects.filter(method="bank").order_by("pk")
    assert [(row.invoice_id, row.amount, row.received_at) for row in made] == [
        (second.pk, 20, day_bounds(day, ZONE)[0]),
        (third.pk, 25, day_bounds(day, ZONE)[0]),
    ]
    assert pay([first, *chosen]) == [(first.number, "done"), (second.number, "unchanged"), (third.number, "unchanged")]
    assert still_open() == [0, 0, 0] and differences() == []


def test_one_that_is_refused_stops_no_other_and_all_can_be_taken_back() -> None:
    (mine,), (other,) = invoiced(), invoiced()
    tomorrow = business_day(NOW, ZONE) + timedelta(days=3)
    assert pay([mine], received_on=tomorrow.isoformat()) == [(mine.number, "refused")]
    elsewhere = limited(owner(), channels=frozenset({make_channel().pk}))
    hidden = pay_invoices([mine.pk], data={"method": "bank"}, actor=elsewhere, now=NOW)
    assert [(each.reference, each.outcome) for each in hidden] == [(f"#{mine.pk}", "refused")]
    verdicts = pay_invoices([mine.pk, 10**9, other.pk], data={"method": "bank"}, actor=owner(), now=NOW)
    assert [each.outcome for each in verdicts] == ["done", "refused", "done"]
    back = [(each.id, each.memory) for each in verdicts if each.outcome == "done"]
    undone = take_payments_back(back, reason="wrong statement", actor=owner(), now=NOW)
    assert {each.outcome for each in undone} == {"done"}
    assert still_open() == [30, 30] and differences() == []


def test_it_is_offered_to_who_may_record_payments_and_to_nobody_else() -> None:
    action = INVOICES.action("pay")
    assert action is not None and action.permission == Permission.BILLING_PAYMENT_CREATE
    assert action.form is not None and list(action.form(actor=owner()).fields) == ["token", "method", "received_on"]
