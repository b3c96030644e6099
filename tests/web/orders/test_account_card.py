"""How the account of a customer stands while an order is typed."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal

import pytest
from django.test import Client

from orderwell.domains.billing.services.invoice import issue_invoice
from orderwell.domains.billing.services.pay import PaymentDraft, record_payment
from orderwell.kernel.clock import utc_now
from orderwell.testing.actors import owner as the_owner
from tests.web.conftest import Company

pytestmark = pytest.mark.django_db


def test_less_owed_than_overdue_is_explained_by_what_was_paid_ahead(
    owner: Client, company: Company, place: Callable[..., int]
) -> None:
    issue_invoice(order_id=place(CUP=5), actor=the_owner(), now=utc_now() - timedelta(days=300))
    draft = PaymentDraft(order_id=place(CUP=4), amount=Decimal(30), method="bank")
    record_payment(payment=draft, actor=the_owner(), now=utc_now())
    credit = owner.get("/orders/lookup/customer/?number=C1").json()["credit"]
    assert (credit["owed"], credit["overdue"], credit["elsewhere"]) == ("¥70.00", "¥100.00", "¥30.00")
    page = owner.get("/orders/new/").content.decode()
    assert 'data-text-elsewhere-paid="Paid ahead on other orders"' in page
