"""One customer's history over all domains: everything once, in order, page after page, and only what one may see."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest

from orderwell.domains.analytics.customer_figures import customer_figures
from orderwell.domains.analytics.customer_timeline import GROUPS, SOURCES, Happening, customer_timeline
from orderwell.domains.billing.services.credit import issue_credit_note
from orderwell.domains.billing.services.invoice import issue_invoice
from orderwell.domains.billing.services.pay import PaymentDraft, record_payment
from orderwell.domains.customers.models import Customer
from orderwell.domains.orders.drafts import LineDraft, OrderDraft
from orderwell.domains.orders.models import Order
from orderwell.domains.orders.outcomes import Placed
from orderwell.domains.orders.services.place import place_orders
from orderwell.kernel.errors import NotFound
from orderwell.platform.paging import UnknownCursor
from orderwell.platform.permissions import Permission, PermissionDenied
from orderwell.testing.actors import limited, outsider, owner
from orderwell.testing.factories import make_channel, make_customer, make_team
from tests.domains.books import NOW, D, stocked

pytestmark = pytest.mark.django_db
ZONE = ZoneInfo("Asia/Shanghai")


@pytest.fixture
def customer() -> Customer:
    """Ten orders, half of them at one moment, each with an invoice and a payment, one with a credit note."""
    found, goods = make_customer(), stocked(1000, price="10.00")
    channel = make_channel()
    draft = OrderDraft(channel=channel.code, customer=found.number, lines=(LineDraft(goods.sku, D(1)),))
    for number in range(10):
        when = NOW - timedelta(days=max(0, number - 5))
        (outcome,) = place_orders([draft], actor=owner(), now=when)
        assert isinstance(outcome, Placed)
        invoice = issue_invoice(order_id=outcome.order_id, actor=owner(), now=when)
        payment = PaymentDraft(order_id=outcome.order_id, amount=D(4), method="cash")
        record_payment(payment=payment, actor=owner(), now=when)
        if number == 3:
            issue_credit_note(invoice_id=invoice.pk, reason="scratched", actor=owner(), now=when)
    return found


def pages(customer: Customer, limit: int, groups: Sequence[str] = ()) -> list[Happening]:
    found, cursor = [], None
    while True:
        page = customer_timeline(owner(), customer.pk, groups=groups, cursor=cursor, limit=limit)
        assert len(page.rows) <= limit
        found += page.rows
        cursor = page.next_cursor
        if cursor is None:
            return found


@pytest.mark.parametrize("limit", [1, 3, 7, 500])
def test_every_happening_comes_once_whatever_the_size_of_a_page(customer: Customer, limit: int) -> None:
    found = pages(customer, limit)
    whole = pages(customer, 500)
    assert [(item.kind, item.pk) for item in found] == [(item.kind, item.pk) for item in whole]
    assert len({(item.kind, item.pk) for item in found}) == len(found) == 31
    assert all(later.moment >= earlier.moment for later, earlier in pairwise(found))


def test_kinds_narrow_it(customer: Customer) -> None:
    assert {item.kind for item in pages(customer, 50, ["invoices"])} == {"invoice", "credit_note"}
    assert len(pages(customer, 50, ["payments"])) == 10
    assert {source.group for source in SOURCES} == set(GROUPS)


def test_only_what_one_may_see(customer: Customer) -> None:
    sees = replace(owner(), permissions=frozenset({Permission.CUSTOMERS_CUSTOMER_VIEW, Permission.ORDERS_ORDER_VIEW}))
    assert {item.kind for item in customer_timeline(sees, customer.pk, limit=500).rows} == {"order"}
    elsewhere = limited(owner(), channels=frozenset({make_channel().pk}))
    assert not customer_timeline(elsewhere, customer.pk, limit=500).rows
    with pytest.raises(PermissionDenied):
        customer_timeline(outsider(), customer.pk)
    with pytest.raises(NotFound):
        customer_timeline(limited(owner(), teams=frozenset({make_team().pk})), customer.pk)


@pytest.mark.parametrize("cursor", ["x", "1.2", "-1.0.0", "1.2.3.4", "999999999999999999.1.1"])
def test_a_cursor_of_another_list_is_refused(customer: Customer, cursor: str) -> None:
    with pytest.raises(UnknownCursor):
        customer_timeline(owner(), customer.pk, cursor=cursor)


def test_figures_are_those_of_the_orders_by_business_month(customer: Customer) -> None:
    Order.objects.filter(customer=customer).update(placed_at=NOW - timedelta(days=30))
    newest = Order.objects.filter(customer=customer).order_by("-pk")[:2]
    for order, days in zip(newest, (0, 400), strict=True):
        Order.objects.filter(pk=order.pk).update(placed_at=NOW - timedelta(days=days))
    found = customer_figures(owner(), customer.pk, zone=ZONE, now=NOW)
    assert (found.orders, found.revenue, found.average, found.before) == (9, D(90), D(10), D(10))
    assert len(found.months) == 12 and found.months[-1][1:] == (D(10), 1)
    assert sum(count for _month, _sum, count in found.months) == found.orders
    assert found.on_time == (0, 0) and found.on_time_share is None
