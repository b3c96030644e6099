"""A filtered list says how many rows its filter has and what they come to, after the page; the overview's figures tie to it."""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal

import pytest
from django.test import Client

from orderwell.domains.billing.models import Payment
from orderwell.domains.billing.services.invoice import issue_invoice
from orderwell.domains.billing.services.pay import PaymentDraft, record_payment
from orderwell.domains.billing.services.undo_money import undo_payment
from orderwell.domains.orders.services.cancel import cancel_units
from orderwell.kernel.clock import utc_now
from orderwell.testing.actors import owner as the_owner
from orderwell.testing.markup import flat
from orderwell.web.lists import adding
from tests.web.test_home import figures

pytestmark = pytest.mark.django_db


def told(client: Client, address: str) -> str:
    """What stands beside the number of rows, once the page has asked for it."""
    page = flat(client.get(address).content.decode())
    found = re.search(r'data-total="([^"]+)"', page)
    return client.get(html.unescape(found[1])).content.decode() if found else ""


def test_count_and_sum_of_a_filter(owner: Client, place: Callable[..., int], monkeypatch: pytest.MonkeyPatch) -> None:
    for quantity in (1, 2, 3):
        place(CUP=quantity)
    assert told(owner, "/orders/") == ""
    assert told(owner, "/orders/?currency=CNY") == "sum ¥120.00"
    assert told(owner, "/orders/?fulfilment=backordered") == ""
    monkeypatch.setattr("orderwell.web.lists.views.ROWS", 2)
    assert told(owner, "/orders/?currency=CNY") == "3 in all · sum ¥120.00"
    monkeypatch.setattr(adding, "MOST", 2)
    assert told(owner, "/orders/?currency=CNY") == "2+ in all"


def test_what_was_undone_is_counted_and_adds_nothing(owner: Client, place: Callable[..., int]) -> None:
    for amount in ("20.00", "15.00", "5.00"):
        draft = PaymentDraft(order_id=place(CUP=1), amount=Decimal(amount), method="bank")
        record_payment(payment=draft, actor=the_owner(), now=utc_now())
    undo_payment(payment_id=Payment.objects.get(amount=15).pk, reason="wrong", actor=the_owner(), now=utc_now())
    assert told(owner, "/payments/?method=bank") == "sum ¥25.00"


def test_the_figures_of_the_overview_are_those_of_their_lists(owner: Client, place: Callable[..., int]) -> None:
    now = utc_now()
    for days, quantity in ((0, 1), (1, 2), (3, 1)):
        order_id = place(CUP=quantity, now=now - timedelta(days=days))
        issue_invoice(order_id=order_id, actor=the_owner(), now=now - timedelta(days=days))
    draft = PaymentDraft(order_id=order_id, amount=Decimal(5), method="bank")
    record_payment(payment=draft, actor=the_owner(), now=now)
    cancel_units(order_id=place(POT=1), lines=None, reason="gone", actor=the_owner(), now=now)
    tiles = figures(owner.get("/overview/").content.decode()) | figures(
        owner.get("/overview/service/").content.decode()
    )
    for name, words in (("Revenue", "sum"), ("Receivables", "still open"), ("Overdue", "still open")):
        value, link = tiles[name]
        assert f"{words} {value}" in told(owner, html.unescape(link)), (name, value)
