"""Fill rate, on time, ratings, overdue: each says how it changed, and its rows are the ones it counts."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from django.test import Client

from orderwell.domains.analytics.periods import Period
from orderwell.domains.billing.models import Invoice
from orderwell.domains.billing.services.invoice import issue_invoice
from orderwell.domains.cases.models import Rating
from orderwell.domains.fulfilment.services.ship import ship
from orderwell.kernel.clock import utc_now
from orderwell.platform.permissions import Permission
from orderwell.testing.actors import owner as the_owner
from orderwell.testing.markup import flat
from orderwell.web.home.periods import Choice
from orderwell.web.home.tiles import service_tiles
from tests.web.test_home import figures, numbers_of

NOW = utc_now()


def text(client: Client, path: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", client.get(path).content.decode()).split())


def test_the_fill_rate_counts_orders_of_which_everything_has_left(owner: Client, place: Callable[..., int]) -> None:
    ids = [place(CUP=1, now=NOW - timedelta(days=days)) for days in (1, 2, 3)]
    old = [place(CUP=1, now=NOW - timedelta(days=days)) for days in (40, 41)]
    for order_id in (*ids[:2], *old):
        ship(order_id=order_id, actor=the_owner(), now=NOW)
    value, link = figures(owner.get("/overview/").content.decode())["Fill rate"]
    assert value == "66.7 %" and numbers_of(owner, link) == 2
    words = text(owner, "/overview/")
    assert "2 of 3 · ▼ down 33.3 points to the period before" in words
    assert "▲ up 1 (50 %) to the period before" in words


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
    value, link = figures(owner.get("/overview/service/").content.decode())["Ratings"]
    page = flat(owner.get(link.replace("&amp;", "&")).content.decode())
    assert value == "4.5 of 5" and page.count('class="stars"') == 2
    assert "2 given · ▲ up 3.5 to the period before" in text(owner, "/overview/service/")


def test_what_one_may_not_see_has_no_figure(owner: Client) -> None:
    seen = frozenset({Permission.REPORTS_DASHBOARD_VIEW, Permission.CASES_RATING_VIEW})
    someone = replace(the_owner(), permissions=seen)
    period = Period(date(2026, 5, 1), date(2026, 5, 31))
    assert [tile.name for tile in service_tiles(someone, Choice(period, ""), "CNY", ZoneInfo("Asia/Shanghai"))] == [
        "Ratings"
    ]
