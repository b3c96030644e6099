"""Two of the same request for a return at the same moment: never more than was shipped. With the control that must fail."""

from __future__ import annotations

import time
from collections.abc import Collection, Mapping
from decimal import Decimal

import pytest

from orderwell.domains.automation.services.settle_return import announce_return
from orderwell.domains.cases.models import Case, RequestedUnits
from orderwell.domains.cases.services import speak
from orderwell.domains.orders.models import Order
from orderwell.testing.concurrency import in_threads
from tests.domains.books import NOW, D, lines_of
from tests.domains.cases.desk import access, delivered

pytestmark = [pytest.mark.concurrency, pytest.mark.django_db(transaction=True)]


def asked_for(order: Order) -> Decimal:
    return sum((row.quantity for row in RequestedUnits.objects.filter(case__order=order)), D(0))


def test_requests_at_once_never_exceed_what_was_shipped() -> None:
    order = delivered(3)
    (line,), proof = lines_of(order), access(order)

    def send(_: int) -> Case:
        return announce_return(access=proof, units={line.pk: D(3)}, reason="broken", now=NOW)

    results = in_threads(send, 6)
    assert sum(isinstance(result, Case) for result in results) == 1, results
    assert asked_for(order) == 3


def test_without_the_lock_of_the_order_they_would(monkeypatch: pytest.MonkeyPatch) -> None:
    """The control: on PostgreSQL two see the same units left. SQLite's transactions hold the write lock anyhow."""
    from django.db import connection

    def unlocked(order_ids: Collection[int]) -> dict[int, Order]:
        return {order.pk: order for order in Order.objects.filter(pk__in=list(order_ids))}

    real = speak.returnable_units

    def slow(order: Order) -> Mapping[int, Decimal]:
        found = real(order)
        time.sleep(0.3)
        return found

    monkeypatch.setattr("orderwell.domains.automation.services.settle_return.lock_orders", unlocked)
    monkeypatch.setattr(speak, "lock_orders", unlocked)
    monkeypatch.setattr(speak, "returnable_units", slow)
    order = delivered(3)
    (line,), proof = lines_of(order), access(order)
    in_threads(lambda _: announce_return(access=proof, units={line.pk: D(3)}, reason="broken", now=NOW), 4)
    assert asked_for(order) > 3 if connection.vendor == "postgresql" else asked_for(order) == 3
