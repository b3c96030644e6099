"""Stock at a past moment."""

from __future__ import annotations

from datetime import datetime

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.dateparse import parse_datetime

from orderwell.domains.inventory.choices import visible_warehouses
from orderwell.domains.inventory.counts import stock_at
from orderwell.domains.inventory.queries import StockFilters
from orderwell.kernel.clock import utc_now
from orderwell.platform.accounts.actor import Actor
from orderwell.platform.permissions import Permission
from orderwell.web.components.listing import ROWS, cursor, listing, one_of
from orderwell.web.home.views import zone
from orderwell.web.pages import page

FIRST_YEAR, LAST_YEAR = 1971, 2199


def _moment(text: str, now: datetime) -> datetime | None:
    """What the browser's field for date and time sent, in the business time zone; None for anything else."""
    try:
        found = parse_datetime(text)
    except ValueError:
        return None
    if found is None or not FIRST_YEAR <= found.year <= LAST_YEAR:
        return None
    return min(found.replace(tzinfo=zone()) if found.tzinfo is None else found, now)


@page(Permission.INVENTORY_STOCK_VIEW)
def past_stock(request: HttpRequest, actor: Actor) -> HttpResponse:
    now = utc_now()
    text = request.GET.get("at", "")[:40]
    moment = _moment(text, now) or now
    warehouses = visible_warehouses(actor, active_only=False)
    filters = StockFilters(
        text=request.GET.get("q", "")[:120],
        warehouse=one_of(request.GET.get("warehouse", ""), [item.code for item in warehouses]),
    )
    found = stock_at(actor, moment, filters, now=now, cursor=cursor(request), limit=ROWS)
    context = {
        "listing": listing(request, found),
        "warehouses": warehouses,
        "at": moment.astimezone(zone()).strftime("%Y-%m-%dT%H:%M"),
        "wrong": bool(text) and _moment(text, now) is None,
        "moment": moment,
        "narrowed": bool(filters.text or filters.warehouse),
        "filtered": bool(filters.text or filters.warehouse or text),
    }
    return render(request, "stock/past.html", context)
