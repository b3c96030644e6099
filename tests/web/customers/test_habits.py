"""What a customer usually does, on their page."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from django.test import Client

from orderwell.domains.orders.customer_profile import Favourite, customer_habits
from orderwell.kernel.clock import utc_now
from orderwell.testing.actors import owner as the_owner
from orderwell.web.customers.standing import waiting_at
from tests.web.conftest import Company
from tests.web.test_pages import queries

pytestmark = pytest.mark.django_db


def test_favourites_and_rhythm_come_from_the_latest_orders(company: Company, place: Callable[..., int]) -> None:
    now = utc_now()
    for days in (40, 30, 20, 10):
        place(CUP=2, now=now - timedelta(days=days))
    place(CUP=1, POT=1, now=now - timedelta(days=1))
    habits = customer_habits(the_owner(), company.customer.pk)
    assert (habits.orders, habits.more, habits.rhythm) == (5, False, 10)
    assert habits.sums == {"CNY": Decimal(270)} and habits.average == {"CNY": Decimal(54)}
    assert [(row.sku, row.orders, row.quantity, row.last_price) for row in habits.favourites] == [
        ("CUP", 5, 9, 20),
        ("POT", 1, 1, 90),
    ]


def test_orders_of_one_business_day_are_one_however_late_its_morning_is_elsewhere(
    company: Company, place: Callable[..., int]
) -> None:
    """In Shanghai seven and nine in the morning are two days of UTC."""
    for day in (1, 11, 21):
        for hour in (23, 25):
            place(CUP=1, now=datetime(2026, 2, day, tzinfo=UTC) + timedelta(hours=hour))
    assert customer_habits(the_owner(), company.customer.pk).rhythm == 10


def test_a_customer_without_orders_has_no_habits(company: Company) -> None:
    habits = customer_habits(the_owner(), company.customer.pk)
    assert (habits.orders, habits.last_at, habits.rhythm, list(habits.favourites)) == (0, None, None, [])


def test_cancelled_orders_and_those_of_other_channels_don_t_count(company: Company, place: Callable[..., int]) -> None:
    from dataclasses import replace

    place(CUP=1)
    stranger = replace(the_owner(), channel_ids=frozenset({10**9}))
    assert customer_habits(stranger, company.customer.pk).orders == 0


def test_the_page_of_a_customer_shows_them_with_few_queries(
    owner: Client, company: Company, place: Callable[..., int]
) -> None:
    place(CUP=1)
    path = f"/customers/{company.customer.pk}/"
    owner.get(path)
    few = queries(owner, path)
    for days in range(10):
        place(CUP=1, POT=1, now=utc_now() - timedelta(days=days))
    page = owner.get(path).content.decode()
    assert "Favourites" in page and "CUP" in page and "Usual rhythm" in page
    assert queries(owner, path) <= few + 1 <= 31


@pytest.mark.parametrize(("may_order", "leads_to"), [(True, "/orders/new/"), (False, "/orders/")])
def test_who_may_not_order_is_not_sent_to_the_entry(
    company: Company, place: Callable[..., int], may_order: bool, leads_to: str
) -> None:
    now = utc_now()
    for days in (400, 390, 380, 370):
        place(CUP=1, now=now - timedelta(days=days))
    habits = customer_habits(the_owner(), company.customer.pk)
    [waiting] = waiting_at(company.customer, None, None, habits, may_order=may_order, now=now)
    assert "370" in waiting.text and waiting.url.split("?")[0] == leads_to


@pytest.mark.parametrize(
    ("together", "orders", "usual"),
    [("1.333", 1, "1.333"), ("4.6", 3, "1.5"), ("0.004", 1, "0.004"), ("0.3", 7, "0.1"), ("10", 4, "3"), ("1", 5, "1")],
)
def test_what_is_usual_is_as_fine_as_what_was_bought(together: str, orders: int, usual: str) -> None:
    """Finer than the product allows it would be refused, and nothing at all cannot be ordered."""
    bought = Favourite(1, "CLOTH", "Cloth", orders, Decimal(together), Decimal(1), "CNY", 1, utc_now())
    assert bought.usual == Decimal(usual)
