"""The overview: figures in the business time zone, tied to the rows behind them."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from django.http import QueryDict
from django.test import Client

from orderwell.domains.analytics import queries
from orderwell.domains.analytics.periods import Period
from orderwell.kernel.clock import utc_now
from orderwell.platform.accounts.actor import Actor
from orderwell.testing.actors import limited
from orderwell.testing.actors import owner as the_owner
from orderwell.testing.markup import flat
from orderwell.web.home.periods import chosen

SHANGHAI = ZoneInfo("Asia/Shanghai")
LONDON = ZoneInfo("Europe/London")
# 23:30 and 00:30 in Shanghai: two business days, one UTC day.
BEFORE, AFTER = datetime(2026, 5, 1, 15, 30, tzinfo=UTC), datetime(2026, 5, 1, 16, 30, tzinfo=UTC)
MAY = Period(date(2026, 5, 1), date(2026, 5, 31))


def sales(zone: ZoneInfo, period: Period, actor: Actor) -> queries.Sales:
    return queries.sales(actor=actor, period=period, zone=zone, now=utc_now()).get("CNY") or queries.no_sales(period)


def test_days_begin_and_end_in_the_business_time_zone(place: Callable[..., int]) -> None:
    place(CUP=1, now=BEFORE)
    place(CUP=2, now=AFTER)
    found = sales(SHANGHAI, MAY, the_owner())
    by_day = {day: figure.revenue for day, figure in found.points if figure.orders}
    assert by_day == {date(2026, 5, 1): Decimal(20), date(2026, 5, 2): Decimal(40)}
    in_london = sales(LONDON, MAY, the_owner())
    assert {day: figure.orders for day, figure in in_london.points if figure.orders} == {date(2026, 5, 1): 2}


def test_parts_add_up_to_the_total(place: Callable[..., int]) -> None:
    for hours in range(0, 900, 37):
        place(CUP=1, now=BEFORE + timedelta(hours=hours))
    for zone in (SHANGHAI, LONDON):
        for period in (MAY, Period(date(2026, 1, 1), date(2026, 12, 31))):
            found = sales(zone, period, the_owner())
            assert sum(figure.orders for _day, figure in found.points) == found.total.orders
            assert sum(figure.revenue for _channel, figure in found.by_channel) == found.total.revenue
            a_year = Period(period.first.replace(year=2025), period.last.replace(year=2025))
            for earlier in (period.before(), a_year):
                every, before = queries.sales_and_before(
                    actor=the_owner(), period=period, before=earlier, zone=zone, now=utc_now()
                )
                assert every["CNY"] == found
                alone = queries.sales(actor=the_owner(), period=earlier, zone=zone, now=utc_now()).get("CNY")
                assert before.get("CNY") == alone
            every, before = queries.sales_and_before(
                actor=the_owner(), period=period, before=None, zone=zone, now=utc_now()
            )
            assert every["CNY"] == found and not before


def test_cancelled_orders_and_drafts_do_not_count(place: Callable[..., int], owner: Client) -> None:
    from orderwell.domains.orders.services.cancel import cancel_units

    place(CUP=1, now=BEFORE)
    cancel_units(order_id=place(POT=1, now=BEFORE), lines=None, reason="x", actor=the_owner(), now=AFTER)
    found = sales(SHANGHAI, MAY, the_owner())
    assert (found.total.orders, found.total.revenue) == (1, Decimal(20))


def test_figures_are_of_rows_one_may_see(place: Callable[..., int]) -> None:
    place(CUP=1, now=BEFORE)
    elsewhere = limited(the_owner(), channels=frozenset({0}))
    assert sales(SHANGHAI, MAY, elsewhere).total.orders == 0
    assert queries.backlog(actor=elsewhere, now=AFTER, zone=SHANGHAI).to_ship == 0


def test_the_backlog_tells_what_waits_and_since_when(place: Callable[..., int]) -> None:
    now = utc_now()
    place(CUP=1, now=now)
    place(CUP=100, now=now - timedelta(days=5))
    place(POT=1, now=now - timedelta(days=30), requested_at=now - timedelta(days=20))
    found = queries.backlog(actor=the_owner(), now=now, zone=SHANGHAI)
    assert (found.to_ship, found.backordered, found.late, found.on_hold, found.unpaid) == (3, 1, 1, 0, 3)
    assert dict(found.ages) == {1: 1, 3: 0, 7: 1, 14: 0, None: 1}


def numbers_of(client: Client, link: str) -> int:
    return len(
        re.findall(r'<tr data-href="/orders/\d+/"', flat(client.get(link.replace("&amp;", "&")).content.decode()))
    )


def figures(page: str) -> dict[str, tuple[str, str]]:
    """Name -> (value, link) of every figure."""
    page = flat(page)
    found = re.findall(
        r'<a href="([^"]+)" class="figure"[^>]*><span class="figure-name">([^<]+)</span><span[^>]*>([^<]+)<', page
    )
    found += [
        (link, name, value)
        for link, name, value in re.findall(
            r'<a class="figure" href="([^"]+)"><span class="figure-name">([^<]+)</span><span[^>]*>([^<]+)<', page
        )
    ]
    return {name: (value, link) for link, name, value in found}


def test_every_number_leads_to_as_many_rows(owner: Client, place: Callable[..., int]) -> None:
    now = utc_now()
    place(CUP=1, now=now)
    place(CUP=100, now=now - timedelta(days=5), requested_at=now - timedelta(days=2))
    place(POT=1, now=now - timedelta(days=45))
    found = figures(owner.get("/overview/").content.decode())
    assert {name: value for name, (value, _link) in found.items()} == {
        "Revenue": "¥2,020.00",
        "Value returned": "¥0.00",
        "Orders": "2",
        "Average order": "¥1,010.00",
        "Not all shipped": "3",
        "Late": "1",
        "Backordered": "1",
        "On hold": "0",
        "To be paid": "3",
    }
    for name, (value, link) in found.items():
        if name not in {"Revenue", "Value returned", "Average order"}:
            assert numbers_of(owner, link) == int(value), name


def chart(page: str, name: str) -> dict[str, Any]:
    found = re.search(rf'id="{name}" data-chart="([^"]*)"', flat(page))
    assert found
    data: dict[str, Any] = json.loads(html.unescape(found[1]))
    return data


def test_imported_history_shows_its_months(owner: Client, place: Callable[..., int]) -> None:
    for month in (1, 2, 4):
        place(CUP=month, now=datetime(2011, month, 10, tzinfo=UTC))
    page = owner.get("/overview/?period=2011").content.decode()
    data = chart(page, "sales-chart")
    assert data["labels"] == [f"2011-{month:02d}" for month in range(1, 13)]
    assert data["series"][1]["values"][:4] == [1, 1, 0, 1]
    # Nothing is recent, so the short periods end with the newest order instead of an empty today.
    assert figures(owner.get("/overview/").content.decode())["Orders"][0] == "1"


def test_each_bar_leads_to_its_rows(owner: Client, place: Callable[..., int]) -> None:
    place(CUP=1, now=AFTER)
    data = chart(owner.get("/overview/?from=2026-05-01&to=2026-05-31").content.decode(), "sales-chart")
    assert [numbers_of(owner, link) for link in data["links"][:3]] == [0, 1, 0]


def test_an_empty_company_is_told_what_to_do(owner: Client) -> None:
    page = owner.get("/overview/").content.decode()
    assert "No orders yet" in page and "/imports/new/" in page


def test_the_best_customers_and_products(owner: Client, place: Callable[..., int]) -> None:
    place(CUP=3, POT=1)
    page = owner.get("/overview/rankings/").content.decode()
    assert "王小明" in page and "¥150.00" in page
    assert page.index("Tea pot") < page.index("Tea cup")


def test_an_unusable_period_is_the_last_thirty_days() -> None:
    today = date(2026, 5, 31)
    for query in ("period=x", "from=1&to=2", "from=2026-05-01", "period=99999"):
        assert chosen(QueryDict(query), today=today, known=None).period == Period(date(2026, 5, 2), today)
    swapped = chosen(QueryDict("from=2026-05-31&to=2026-05-01"), today=today, known=None).period
    assert swapped == MAY


def test_what_the_address_asks_for_in_vain_is_said(owner: Client, place: Callable[..., int]) -> None:
    place(CUP=1)

    def said(query: str) -> str:
        page = flat(owner.get(f"/overview/?{query}").content.decode())
        return html.unescape(page.split('class="ignored"')[1].split("</div>")[0]) if 'class="ignored"' in page else ""

    assert "“2020-01-01” to “1999-01-01” is no period of at most 20 years; shown is" in said(
        "from=2020-01-01&to=1999-01-01"
    )
    assert "“garbage” to “…” is no period" in said("from=garbage")
    assert "Period “fortnight” is not known" in said("period=fortnight")
    assert "Compare with “last” is not known" in said("compare=last&period=year")
    assert "Currency “money” is not known" in said("currency=money")
    for fine in (
        "",
        "period=all",
        "period=2025",
        "period=30",
        "from=2026-01-02&to=2026-01-01",
        "compare=year&currency=cny",
    ):
        assert said(fine) == "", fine
    away = re.search(r'nowrap" href="([^"]+)"', said("from=garbage&compare=last"))
    assert away and said(away[1].lstrip("?")) == ""
