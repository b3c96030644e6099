"""The figures of the customer's page, and the papers behind them."""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import Decimal

import pytest

from tests.web.test_public import text_of, visitor

pytestmark = pytest.mark.django_db
Place = Callable[..., int]


def test_the_sum_adds_up_with_tax_and_credit_and_the_credit_note_opens(place: Place) -> None:
    from orderwell.domains.billing.services.credit import issue_credit_note
    from orderwell.domains.billing.services.invoice import issue_invoice
    from orderwell.domains.orders.models import Order
    from orderwell.kernel.clock import utc_now
    from orderwell.testing.actors import owner

    order, other = place(CUP=2), place(POT=1)
    # Net prices: 40.00 of goods, 5.20 tax, as a channel for companies has it.
    Order.objects.filter(pk=order).update(
        prices_include_tax=False, net_amount=40, tax_amount="5.20", total_amount="45.20"
    )
    Order.objects.get(pk=order).lines.update(net_amount=40, tax_amount="5.20", gross_amount="45.20", unit_price=20)
    notes = {}
    for pk in (order, other):
        invoice = issue_invoice(order_id=pk, actor=owner(), now=utc_now())
        line = invoice.lines.get()
        given = {line.pk: Decimal(1)}
        notes[pk] = issue_credit_note(
            invoice_id=invoice.pk, quantities=given, reason="broken", actor=owner(), now=utc_now()
        )
    client = visitor(order)
    page = re.sub(r"<[^>]+>|\s+", " ", text_of(client))
    page = re.sub(r" +", " ", page)
    assert "Net ¥40.00 Tax ¥5.20 Total ¥45.20 Credited −¥22.60 Still to pay ¥22.60" in page
    mine, theirs = notes[order], notes[other]
    assert mine.number in page and "−¥22.60" in page
    file = client.get(f"/track/order/credit-notes/{mine.pk}/")
    assert file["Content-Type"] == "application/pdf" and file.content.startswith(b"%PDF")
    for pk in (theirs.pk, 10**12):
        assert client.get(f"/track/order/credit-notes/{pk}/").status_code == 404
