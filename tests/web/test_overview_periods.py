"""Periods of the overview and what they are compared with; figures, lists and files say the same."""

from __future__ import annotations

import csv
import io
import random
import re
from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.http import QueryDict
from django.test import Client

from orderwell.domains.analytics.periods import Period
from orderwell.domains.fulfilment.services.record_return import ReturnedUnits
from orderwell.domains.orders.models import Order
from orderwell.kernel.clock import utc_now
from orderwell.testing.actors import owner as the_owner
from orderwell.testing.markup import flat
from orderwell.web.home.periods import chosen
from tests.web.test_home import figures

WEDNESDAY = date(2026, 3, 18)


def period(query: str, today: date = WEDNESDAY) -> tuple[str, str, str, str]:
    found = chosen(QueryDict(query), today=today, known=Period(date(2020, 1, 1), today))
    before = found.before
    days = [found.period.first, found.period.last, *((before.first, before.last) if before else ())]
    return tuple(day.isoformat() for day in days)  # type: ignore[return-value]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("period=today", ("2026-03-18", "2026-03-18", "2026-03-17", "2026-03-17")),
        ("period=week", ("2026-03-16", "2026-03-18", "2026-03-09", "2026-03-11")),
        ("period=month", ("2026-03-01", "2026-03-18", "2026-02-01", "2026-02-18")),
        ("period=quarter", ("2026-01-01", "2026-03-18", "2025-10-01", "2025-12-16")),
        ("period=year", ("2026-01-01", "2026-03-18", "2025-01-01", "2025-03-18")),
        ("period=30", ("2026-02-17", "2026-03-18", "2026-01-18", "2026-02-16")),
        ("period=month&compare=year", ("2026-03-01", "2026-03-18", "2025-03-01", "2025-03-18")),
        ("period=month&compare=none", ("2026-03-01", "2026-03-18")),
        ("from=2026-03-01&to=2026-03-18", ("2026-03-01", "2026-03-18", "2026-02-11", "2026-02-28")),
        ("from=2026-03-01&to=2026-03-18&period=month", ("2026-03-01", "2026-03-18", "2026-02-01", "2026-02-18")),
        ("period=nonsense&compare=nonsense", ("2026-02-17", "2026-03-18", "2026-01-18", "2026-02-16")),
    ],
)
def test_what_a_period_is_and_what_it_is_compared_with(query: str, expected: tuple[str, ...]) -> None:
    assert period(query) == expected


def test_a_long_month_is_compared_with_all_of_a_short_one() -> None:
    assert period("period=month", date(2026, 3, 31))[2:] == ("2026-02-01", "2026-02-28")
    assert period("period=month&compare=year", date(2024, 2, 29))[2:] == ("2023-02-01", "2023-02-28")


@pytest.fixture
def business(place: Callable[..., int]) -> random.Random:
    """Orders of four months, some shipped, some of those returned, some invoiced, some paid in part."""
    from orderwell.domains.automation.services.take_back import take_back
    from orderwell.domains.billing.services.invoice import issue_invoice
    from orderwell.domains.billing.services.pay import PaymentDraft, record_payment
    from orderwell.domains.fulfilment.models import ShipmentLine
    from orderwell.domains.fulfilment.services.ship import ship

    chance, now = random.Random(7), utc_now()
    for number in range(24):
        moment = now - timedelta(days=chance.randint(0, 120), hours=chance.randint(0, 23))
        order = place(**({"CUP": 1} if number < 9 else {"CUP": 1, "POT": chance.randint(1, 3)}), now=moment)
        if number < 6:
            shipped = ship(order_id=order, actor=the_owner(), now=moment + timedelta(minutes=1))
            if number < 2:
                line = ShipmentLine.objects.get(shipment=shipped[0])
                units = [ReturnedUnits(line.order_line_id, Decimal(1), "restock")]
                take_back(order_id=order, lines=units, reason="x", actor=the_owner(), now=moment + timedelta(minutes=2))
        if number % 3 == 0 and number >= 6:
            issue_invoice(order_id=order, actor=the_owner(), now=moment)
            if number % 2:
                payment = PaymentDraft(order_id=order, amount=Decimal("7.77"), method="bank")
                record_payment(payment=payment, actor=the_owner(), now=now)
    return chance


def column(client: Client, link: str, key: str, name: str) -> list[Decimal]:
    """Every value of a column of the list behind a link, all pages of it."""
    found, path = [], f"{link.replace('&amp;', '&')}&columns={key}"
    while path:
        page = flat(client.get(path).content.decode())
        cells = (
            re.findall(r'<td class="num[^"]*"[^>]*>(?:<[^>]+>)?([^<]*)<', page.split("<tbody>")[1])
            if "<tbody>" in page
            else []
        )
        found += [Decimal(re.sub(r"[^\d.]", "", cell) or "0") for cell in cells]
        following = re.search(r'href="(\?[^"]*after=[^"]+)" rel="next"', page)
        path = path.split("?")[0] + following[1].replace("&amp;", "&") if following else ""
    return found


def number(text: str) -> Decimal:
    return Decimal(re.sub(r"[^\d.]", "", text))


@pytest.mark.usefixtures("business")
def test_totals_of_lists_are_the_figures_they_stand_behind(owner: Client) -> None:
    for query in ("period=30", "period=90", "period=365", "period=year", "period=month&compare=year"):
        page = flat(owner.get(f"/overview/?{query}").content.decode())
        service = re.search(r'hx-get="(/overview/service/[^"]+)"', page)
        rankings = re.search(r'hx-get="(/overview/rankings/[^"]+)"', page)
        assert service and rankings
        found = figures(page) | figures(owner.get(service[1].replace("&amp;", "&")).content.decode())
        value, link = found["Revenue"]
        assert number(value) == sum(column(owner, link, "total", "Total")), query
        value, link = found["Value returned"]
        assert number(value) == sum(column(owner, link, "amount", "Amount")), query
        for name in ("Receivables", "Overdue"):
            value, link = found[name]
            assert number(value) == sum(column(owner, link, "open", "Still open")), (query, name)
        value, link = found["Returns"]
        rows = len(re.findall(r"data-row=", owner.get(link.replace("&amp;", "&")).content.decode()))
        assert f">{rows} returned, " in owner.get(service[1].replace("&amp;", "&")).content.decode()
        top = flat(owner.get(rankings[1].replace("&amp;", "&")).content.decode())
        for link, units in re.findall(r'href="(/orders/lines/[^"]+)">([\d,.]+)</a>', top):
            assert number(units) == sum(column(owner, link, "units", "Units")), link
        for link, amount in re.findall(r'href="(/returns/[^"]+)">([^<]+)</a>', top):
            assert number(amount) == sum(column(owner, link, "amount", "Amount")), link


@pytest.mark.usefixtures("business")
def test_charts_and_tables_are_taken_along_with_the_same_figures(owner: Client) -> None:
    page = owner.get("/overview/?period=365").content.decode()
    value = number(figures(page)["Revenue"][0])

    def rows(link: str) -> list[dict[str, str]]:
        answer: Any = owner.get(link.replace("&amp;", "&"))
        assert answer["Content-Type"].startswith("text/csv")
        return list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))

    links = dict(re.findall(r'href="(/overview/\?csv=(\w+)[^"]*)"', page)) and {
        kind: link for link, kind in re.findall(r'href="(/overview/\?csv=(\w+)[^"]*)"', page)
    }
    assert set(links) == {"sales", "channels", "ages"}
    for kind in ("sales", "channels"):
        assert sum(Decimal(row["Revenue"]) for row in rows(links[kind])) == value
    waiting = Order.objects.filter(state="placed", fulfilment_state__in=["reserved", "backordered", "partial"]).count()
    assert sum(int(row["Orders"]) for row in rows(links["ages"])) == waiting
    top = re.search(r'hx-get="(/overview/rankings/[^"]+)"', page)
    assert top
    tables = re.findall(
        r'href="(/overview/rankings/\?csv=\w+[^"]*)"', owner.get(top[1].replace("&amp;", "&")).content.decode()
    )
    assert len(tables) == 2 and all(rows(link) for link in tables)


def test_a_period_without_orders_says_what_to_do(owner: Client, place: Callable[..., int]) -> None:
    place(CUP=1)
    page = owner.get("/overview/?from=2001-01-01&to=2001-01-31").content.decode()
    assert "No orders in this period" in page and 'href="?period=all"' in page and 'id="sales-chart"' not in page


def test_a_ranking_of_nobody_does_not_deny_the_orders(owner: Client, place: Callable[..., int]) -> None:
    """Orders of unknown customers are orders."""
    Order.objects.filter(pk=place(CUP=1)).update(customer=None)
    page = flat(owner.get("/overview/rankings/").content.decode())
    assert "No orders in this period." not in page
    assert "No orders with a customer in this period." in page
    assert "No products were sold in this period." not in page


def test_nothing_is_compared_where_nothing_was_asked_for(owner: Client, place: Callable[..., int]) -> None:
    place(CUP=1)
    page = owner.get("/overview/?compare=none").content.decode()
    assert "period before</" not in page.replace("Period before</option>", "") and "nothing to compare with" not in page
