"""Fill rate, on time, ratings, overdue: each says how it changed, and its rows are the ones it counts."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from django.test import Client

from orderwell.domains.analytics.periods import Period
from orderwell.domains.billing.models import Invoice
from orderwell.domains.billing.services.invoice import issue_invoice
from orderwell.domains.cases.models import Rating
from orderwell.domains.catalog.models import Variant
from orderwell.domains.fulfilment.services.ship import ship
from orderwell.domains.inventory.models import Warehouse
from orderwell.domains.orders.models import OrderLine
from orderwell.domains.orders.services.cancel import cancel_units
from orderwell.kernel.clock import utc_now
from orderwell.platform.permissions import Permission
from orderwell.testing.actors import owner as the_owner
from orderwell.testing.factories import stock_up
from orderwell.testing.markup import flat
from orderwell.web.home.periods import Choice
from orderwell.web.home.tiles import service_tiles
from tests.web.test_home import figures, numbers_of

NOW = utc_now()


def text(client: Client, path: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", client.get(path).content.decode()).split())


def test_the_fill_rate_counts_orders_that_left_whole_at_once(owner: Client, place: Callable[..., int]) -> None:
    def leave(*steps: int, ordered: int = 3, days: int = 0) -> int:
        """An order of which so many units leave at each step, an hour after the other."""
        order_id = place(CUP=ordered, now=NOW - timedelta(days=100))
        line = OrderLine.objects.get(order=order_id)
        start = NOW - timedelta(days=days, hours=len(steps))
        for hour, quantity in enumerate(steps):
            moment = start + timedelta(hours=hour)
            ship(order_id=order_id, lines={line.pk: Decimal(quantity)}, actor=the_owner(), now=moment)
        return order_id

    stock_up(Variant.objects.get(sku="CUP"), Warehouse.objects.get(), 100)
    leave(3), leave(3), leave(1, 2)
    leave(2)  # the rest has not left yet
    cancel_units(order_id=leave(1), lines=None, reason="gone", actor=the_owner(), now=NOW)  # nothing more is wanted
    place(CUP=3, now=NOW)  # young: nothing has left, and nothing is late
    leave(3, days=40), leave(1, 2, days=45)
    value, link = figures(owner.get("/overview/service/").content.decode())["Fill rate"]
    link = link.replace("&amp;", "&")
    assert value == "60.0 %" and numbers_of(owner, link) == 3
    assert numbers_of(owner, link.replace("first=whole", "first=part")) == 2
    words = text(owner, "/overview/service/")
    assert "3 of 5 · ▲ up 10.0 points to the period before" in words
    assert "Fill rate" not in figures(owner.get("/overview/").content.decode())


def test_on_time_is_measured_by_the_date_of_the_order(owner: Client, place: Callable[..., int]) -> None:
    for days in (2, 1, -1):
        ship(
            order_id=place(CUP=1, requested_at=NOW + timedelta(days=days)),
            actor=the_owner(),
            now=NOW,
        )
    ship(order_id=place(CUP=1), actor=the_owner(), now=NOW)
    value, link = figures(owner.get("/overview/service/").content.decode())["On time"]
    link = link.replace("&amp;", "&")
    assert value == "66.7 %"
    assert numbers_of(owner, link) == 2
    assert numbers_of(owner, link.replace("date=kept", "date=missed")) == 1
    assert numbers_of(owner, link.replace("&date=kept", "")) == 4


def test_overdue_invoices_are_those_of_the_list(owner: Client, place: Callable[..., int]) -> None:
    for days in (400, 0):
        order_id = place(CUP=3, now=NOW - timedelta(days=days))
        invoice = issue_invoice(order_id=order_id, actor=the_owner(), now=NOW - timedelta(days=days))
        Invoice.objects.filter(pk=invoice.pk).update(due_at=NOW + timedelta(days=20 - days))
    value, link = figures(owner.get("/overview/service/").content.decode())["Overdue"]
    page = flat(owner.get(link.replace("&amp;", "&")).content.decode())
    assert value == "¥60.00" and len(re.findall(r'<tr[^>]+data-href="/invoices/\d+/"', page)) == 1
    assert "1 invoice, open now" in text(owner, "/overview/service/")
    value, link = figures(owner.get("/overview/service/").content.decode())["Receivables"]
    page = flat(owner.get(link.replace("&amp;", "&")).content.decode())
    assert value == "¥120.00" and len(re.findall(r'<tr[^>]+data-href="/invoices/\d+/"', page)) == 2


def test_ratings_are_those_of_the_period(owner: Client, place: Callable[..., int]) -> None:
    for score, days in ((5, 1), (4, 2), (1, 40), (1, 100)):
        Rating.objects.create(order_id=place(CUP=1), score=score, created_at=NOW - timedelta(days=days))
    hidden = place(CUP=1)
    Rating.objects.create(
        order_id=hidden, score=1, created_at=NOW - timedelta(days=1), hidden_at=NOW, hidden_reason="spam"
    )
    value, link = figures(owner.get("/overview/service/").content.decode())["Ratings"]
    page = flat(owner.get(link.replace("&amp;", "&")).content.decode())
    assert value == "4.5 of 5" and page.count("data-row=") == 2
    assert "2 given · ▲ up 3.5 to the period before" in text(owner, "/overview/service/")


def test_what_one_may_not_see_has_no_figure(owner: Client) -> None:
    seen = frozenset({Permission.REPORTS_DASHBOARD_VIEW, Permission.CASES_RATING_VIEW})
    someone = replace(the_owner(), permissions=seen)
    period = Period(date(2026, 5, 1), date(2026, 5, 31))
    assert [tile.name for tile in service_tiles(someone, Choice(period, ""), "CNY", ZoneInfo("Asia/Shanghai"))] == [
        "Ratings"
    ]
