"""The overview: figures of a period and what is open now. Every number leads to the rows behind it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from orderwell.domains.analytics import queries
from orderwell.domains.analytics.periods import Period
from orderwell.domains.analytics.queries import Backlog, Sales
from orderwell.domains.analytics.rankings import Ranked, top_customers, top_variants
from orderwell.domains.catalog.choices import channel_names
from orderwell.kernel.clock import business_day, utc_now
from orderwell.platform.accounts.actor import Actor
from orderwell.platform.caching import PacedCache
from orderwell.platform.permissions import Permission
from orderwell.web.components import charts
from orderwell.web.home import files
from orderwell.web.home.periods import COMPARISONS, PRESETS, Choice, chosen, ignored, is_currency
from orderwell.web.home.tiles import sales_tiles, service_tiles
from orderwell.web.pages import page
from orderwell.web.start.views import desk_choice
from orderwell.web.templatetags.orderwell import localname

_open: PacedCache[tuple[frozenset[int] | None, frozenset[int] | None], Backlog] = PacedCache()


def zone() -> ZoneInfo:
    return ZoneInfo(settings.TIME_ZONE)


@page(Permission.REPORTS_DASHBOARD_VIEW)
def home(request: HttpRequest, actor: Actor) -> HttpResponse:
    now = utc_now()
    known = queries.first_and_last_day(actor=actor, zone=zone())
    choice = chosen(request.GET, today=business_day(now, zone()), known=known)
    by_currency, earlier = queries.sales_and_before(
        actor=actor, period=choice.period, before=choice.before, zone=zone(), now=now
    )
    currency = _currency(request, list(by_currency))
    found = by_currency.get(currency) or queries.no_sales(choice.period)
    before = (earlier.get(currency) or queries.no_sales(choice.before)) if choice.before else None
    open_now = _open.get(
        (actor.channel_ids, actor.team_ids), lambda: queries.backlog(actor=actor, now=now, zone=zone())
    )
    if kind := request.GET.get("csv", ""):
        return files.overview_file(kind, found, choice.period, currency, open_now.value)
    context = {
        "empty": known is None,
        "choice": choice,
        "presets": PRESETS,
        "comparisons": COMPARISONS,
        "compare": choice.compare,
        "years": [str(year) for year in queries.years_with_orders(actor=actor, zone=zone())],
        "currency": currency,
        "currencies": [(name, sold.total.orders) for name, sold in by_currency.items()],
        "sales": found,
        "tiles": sales_tiles(
            *(found.total, before.total if before else None, currency, _list_query(choice.period, currency)),
            _returns_query(choice.period, currency) if actor.may(Permission.FULFILMENT_RETURN_VIEW) else "",
        ),
        "sales_chart": _sales_chart(found, before, choice, currency),
        "channel_chart": _channel_chart(found, choice.period, currency),
        "backlog": open_now.value,
        "backlog_at": open_now.at,
        "age_chart": _age_chart(open_now.value, business_day(now, zone())),
        "period_query": _part_query(choice, currency),
        "csv_query": _part_query(choice, currency),
        "list_query": _list_query(choice.period, currency),
        "ignored": ignored(request.GET, choice),
        "ignored_query": f"?{_part_query(choice, currency)}",
        # This page is what the manager's desk starts with, whichever desk somebody sits at.
        **desk_choice(actor, "manager"),
    }
    return render(request, "home/home.html", context)


@page(Permission.REPORTS_DASHBOARD_VIEW)
def rankings(request: HttpRequest, actor: Actor) -> HttpResponse:
    """The slower part of the overview, fetched when the page already stands."""
    now = utc_now()
    choice = chosen(request.GET, today=business_day(now, zone()), known=None)
    currency = _currency(request, [])
    shared: dict[str, Any] = {"actor": actor, "period": choice.period, "currency": currency, "zone": zone(), "now": now}
    customers, variants = top_customers(**shared), top_variants(**shared)
    if kind := request.GET.get("csv", ""):
        return files.rankings_file(kind, customers.value, variants.value, currency)
    context = {
        "csv_query": _part_query(choice, currency),
        "currency": currency,
        "customers": customers,
        "variants": variants,
        "most_customer": _most(customers.value),
        "most_variant": _most(variants.value),
        "list_query": _list_query(choice.period, currency),
        "returns_query": _returns_query(choice.period, currency),
    }
    return render(request, "home/rankings.html", context)


@page(Permission.REPORTS_DASHBOARD_VIEW)
def service(request: HttpRequest, actor: Actor) -> HttpResponse:
    """How well customers were served, fetched when the page already stands."""
    choice = chosen(request.GET, today=business_day(utc_now(), zone()), known=None)
    tiles = service_tiles(actor, choice, _currency(request, []), zone())
    return render(request, "home/service.html", {"tiles": tiles, "compare": choice.compare})


def _currency(request: HttpRequest, used: list[str]) -> str:
    asked = request.GET.get("currency", "")
    if is_currency(asked):
        return asked.upper()
    return used[0] if used else "CNY"


def _query(period: Period, currency: str) -> str:
    return urlencode({"from": period.first.isoformat(), "to": period.last.isoformat(), "currency": currency})


def _part_query(choice: Choice, currency: str) -> str:
    """What a part of the page, or a file of it, is asked with."""
    return f"{_query(choice.period, currency)}&{urlencode({'period': choice.key, 'compare': choice.compare})}"


def _most(ranked: Sequence[Ranked]) -> float:
    """What the longest bar stands for; more than nothing, even where everything came back."""
    return max(float(ranked[0].net), 0.01) if ranked else 1


def _list_query(period: Period, currency: str, **more: Any) -> str:
    """The order list behind a figure of this period."""
    return f"{_query(period, currency)}&{urlencode({'state': 'sold', **more})}"


def _returns_query(period: Period, currency: str, **more: Any) -> str:
    """The list of returns behind a figure of this period."""
    return f"{_query(period, currency)}&{urlencode({'standing': 1, **more})}"


def _sales_chart(found: Sales, before: Sales | None, choice: Choice, currency: str) -> dict[str, Any]:
    period = choice.period
    labels, links = [], []
    for point, _figure in found.points:
        labels.append(point.strftime("%Y-%m") if period.by_month else point.strftime("%m-%d"))
        cut = _month(point, period) if period.by_month else Period(point, point)
        links.append(f"{reverse('order-list')}?{_list_query(cut, currency)}")
    figures = [figure for _point, figure in found.points]
    heading = _("Month") if period.by_month else _("Day")
    found_series = [
        charts.Series(
            *("bar", _("Revenue"), [figure.revenue for figure in figures]), currency, charts.money_in(currency)
        ),
        charts.Series("line", _("Orders"), [figure.orders for figure in figures], _("Orders")),
    ]
    if before is not None and before.total.orders:
        earlier = [figure.revenue for _point, figure in before.points]
        # Day by day from the first on: months differ in length.
        values = [*earlier, *([Decimal(0)] * len(figures))][: len(figures)]
        title = _("Revenue a year before") if choice.compare == "year" else _("Revenue before")
        found_series.append(charts.Series("bar", title, values, currency, charts.money_in(currency), quiet=True))
    return charts.series(heading, labels, found_series, links=links)


def _month(first: date, period: Period) -> Period:
    last = (first + timedelta(days=32)).replace(day=1) - timedelta(days=1)
    return Period(max(first, period.first), min(last, period.last))


def _channel_chart(found: Sales, period: Period, currency: str) -> dict[str, Any]:
    names = channel_names()
    return charts.ranking(
        _("Channel"),
        _("Revenue"),
        [
            (
                localname(names.get(channel)) or str(channel),
                figure.revenue,
                f"{reverse('order-list')}?{_list_query(period, currency, channel=channel)}",
            )
            for channel, figure in found.by_channel[:8]
        ],
        charts.money_in(currency),
    )


def _age_chart(backlog: Backlog, today: date) -> dict[str, Any]:
    """How long orders have been waiting; the youngest bar holds today's and yesterday's."""
    labels, links, counts = [], [], []
    younger = today
    for age, count in backlog.ages:
        params = {"fulfilment": "waiting", "to": younger.isoformat()}
        if age is None:
            labels.append(_("Older"))
        else:
            labels.append(_("Up to %(days)s d") % {"days": age})
            oldest = today - timedelta(days=age)
            params["from"] = oldest.isoformat()
            younger = oldest - timedelta(days=1)
        links.append(f"{reverse('order-list')}?{urlencode(params)}")
        counts.append(count)
    return charts.series(_("Waiting"), labels, [charts.Series("bar", _("Orders"), counts, _("Orders"))], links=links)
