"""How an account stands: what is owed, what of it is late, what open orders will add."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from orderwell.domains.billing.credit_state import credit_state, credit_used
from orderwell.domains.billing.services.credit import issue_credit_note
from orderwell.domains.billing.services.invoice import issue_invoice
from orderwell.domains.billing.services.pay import PaymentDraft, record_payment
from orderwell.domains.customers.models import Customer
from orderwell.kernel.errors import NotFound
from orderwell.platform.accounts.actor import Actor
from orderwell.platform.permissions import PermissionDenied
from orderwell.testing.actors import limited, outsider, owner
from orderwell.testing.factories import make_channel, make_team
from tests.domains.books import NOW, D, place, stocked

pytestmark = pytest.mark.django_db


def test_owed_overdue_and_not_invoiced() -> None:
    goods = stocked(price="100.00")
    late = place([(goods, 1)])
    customer = late.customer_id or 0
    Customer.objects.filter(pk=customer).update(payment_terms_days=30, credit_limit=D(1000))
    issue_invoice(order_id=late.pk, actor=owner(), now=NOW - timedelta(days=60))
    young, waiting = place([(goods, 2)]), place([(goods, 3)])
    for order in (young, waiting):
        type(order).objects.filter(pk=order.pk).update(customer_id=customer)
    invoice = issue_invoice(order_id=young.pk, actor=owner(), now=NOW)
    state = credit_state(owner(), customer, now=NOW)
    assert (state.owed, state.overdue, state.not_invoiced, state.left) == (D(300), D(100), D(300), D(400))
    use = credit_used(owner(), Customer.objects.all())[customer]
    assert (use.owed, use.not_invoiced, use.left) == (D(300), D(300), D(400))
    record_payment(payment=PaymentDraft(order_id=late.pk, amount=D(40), method="cash"), actor=owner(), now=NOW)
    assert credit_state(owner(), customer, now=NOW).overdue == D(60)
    issue_credit_note(invoice_id=invoice.pk, reason="scratched", actor=owner(), now=NOW)
    state = credit_state(owner(), customer, now=NOW)
    assert (state.owed, state.overdue) == (D(60), D(60))


def test_who_sees_one_channel_sees_the_whole_account_all_the_same() -> None:
    """A limit is one for all channels: what is used elsewhere is not left here."""
    order = place([(stocked(price="100.00"), 2)])
    customer = order.customer_id or 0
    Customer.objects.filter(pk=customer).update(credit_limit=D(1000))
    issue_invoice(order_id=order.pk, actor=owner(), now=NOW)
    waiting = place([(stocked(price="100.00"), 3)])
    type(waiting).objects.filter(pk=waiting.pk).update(customer_id=customer)
    elsewhere = limited(owner(), channels=frozenset({make_channel().pk}))
    state = credit_state(elsewhere, customer, now=NOW)
    assert (state.owed, state.not_invoiced, state.left) == (D(200), D(300), D(500))
    assert credit_used(elsewhere, Customer.objects.all())[customer].left == D(500)


def test_a_program_gets_the_sums_of_its_own_rows_and_is_told_that_they_are_a_part() -> None:
    order = place([(stocked(price="100.00"), 2)])
    customer = order.customer_id or 0
    Customer.objects.filter(pk=customer).update(credit_limit=D(1000))
    here, elsewhere = (limited(owner(), channels=frozenset({pk})) for pk in (order.channel_id, make_channel().pk))

    def told(actor: Actor) -> tuple[Any, ...]:
        state = credit_state(actor, customer, now=NOW, own_rows=True)
        return state.owed, state.not_invoiced, state.left, state.partial

    assert told(here) == told(owner()) == (0, 200, 800, False)
    assert told(elsewhere) == (0, 0, None, True)
    issue_invoice(order_id=order.pk, actor=owner(), now=NOW)
    assert told(here) == told(owner()) == (200, 0, 800, False)
    assert told(elsewhere) == (0, 0, None, True)


def test_without_a_limit_nothing_is_left_to_say() -> None:
    order = place([(stocked(), 1)])
    state = credit_state(owner(), order.customer_id or 0, now=NOW)
    assert (state.limit, state.left, state.owed, state.overdue) == (None, None, D(0), D(0))
    assert credit_used(owner(), Customer.objects.all()) == {}


def test_it_is_for_those_who_may_see_invoices_and_the_customer() -> None:
    customer = place([(stocked(), 1)]).customer_id or 0
    with pytest.raises(PermissionDenied):
        credit_state(outsider(), customer, now=NOW)
    with pytest.raises(NotFound):
        credit_state(limited(owner(), teams=frozenset({make_team().pk})), customer, now=NOW)
