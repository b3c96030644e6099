"""The customer's page: what waits, money, key figures, favourites, and everything that happened. Costly parts come later."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from orderwell.domains.analytics.customer_figures import CustomerFigures, customer_figures
from orderwell.domains.analytics.customer_timeline import GROUPS, Happening, customer_timeline
from orderwell.domains.billing.credit_state import credit_state
from orderwell.domains.billing.queries import customer_balance
from orderwell.domains.cases.ratings import rating_summary
from orderwell.domains.customers.merges import merges_into, survivor_of
from orderwell.domains.customers.notes import notes_of
from orderwell.domains.customers.queries import customer_detail
from orderwell.domains.orders.customer_profile import customer_habits, open_orders
from orderwell.domains.orders.queries import OrderFilters, order_list
from orderwell.kernel.clock import utc_now
from orderwell.platform.accounts.actor import Actor
from orderwell.platform.permissions import Permission
from orderwell.web.components import charts
from orderwell.web.components.timeline import Entry, timeline
from orderwell.web.context import May
from orderwell.web.customers.forms import main_address
from orderwell.web.customers.standing import waiting_at
from orderwell.web.customers.wishes import consents_of, wishes_of
from orderwell.web.pages import page

P = Permission
VIEW = P.CUSTOMERS_CUSTOMER_VIEW
RECENT = 8
HAPPENINGS = 25
PAGES = {
    "order": "order-detail",
    "invoice": "invoice-detail",
    "return": "return-detail",
    "case": "case-detail",
}


@page(VIEW)
def customer_page(request: HttpRequest, actor: Actor, customer_id: int) -> HttpResponse:
    now = utc_now()
    detail = customer_detail(actor, customer_id)
    customer = detail.customer
    sees_orders, sees_money = actor.may(P.ORDERS_ORDER_VIEW), actor.may(P.BILLING_INVOICE_VIEW)
    habits = customer_habits(actor, customer_id) if sees_orders else None
    opened = open_orders(actor, customer_id, now=now) if sees_orders else None
    credit = credit_state(actor, customer_id, now=now) if sees_money else None
    balances = customer_balance(actor, customer_id) if sees_money else {}
    may_order = actor.may(P.ORDERS_ORDER_PLACE) and customer.active
    context = {
        "detail": detail,
        "customer": customer,
        "main_address": main_address(detail),
        "orders": order_list(actor, OrderFilters(customer_id=customer_id), limit=RECENT, now=now)
        if sees_orders
        else None,
        "habits": habits,
        "favourites": habits.favourites if habits else [],
        "credit": credit,
        "other_balances": sorted((name, owed) for name, owed in balances.items() if name != customer.currency),
        "waiting": waiting_at(customer, opened, credit, habits, may_order=may_order, now=now),
        "survivor": survivor_of(actor, customer_id) if customer.merged_into_id else None,
        "merges": merges_into(actor, customer_id, now=now),
        "notes": notes_of(actor, customer_id),
        "wishes": wishes_of(customer),
        "consents": consents_of(detail.consents),
        "may_order": may_order,
    }
    if customer.merged_into_id:
        # What one did here would change the customer it became part of.
        context["may"] = May(actor, but=frozenset({P.CUSTOMERS_CUSTOMER_CHANGE}))
    return render(request, "customers/detail.html", context)


@page(P.ORDERS_ORDER_VIEW)
def figures(request: HttpRequest, actor: Actor, customer_id: int) -> HttpResponse:
    """Twelve months of orders as tiles and a chart, a part of the page."""
    actor.require(VIEW)
    found = customer_figures(actor, customer_id, zone=ZoneInfo(settings.TIME_ZONE), now=utc_now())
    ratings = rating_summary(actor, customer_id=customer_id) if actor.may(P.CASES_RATING_VIEW) else None
    context = {
        "customer_id": customer_id,
        "found": found,
        "orders_url": f"{reverse('order-list')}?{_bounds(customer_id, found)}",
        "chart": _chart(customer_id, found),
        "ratings": ratings,
    }
    return render(request, "customers/figures.html", context)


def _bounds(customer_id: int, found: CustomerFigures) -> str:
    days = f"from={found.period.first.isoformat()}&to={found.period.last.isoformat()}"
    return f"customer={customer_id}&state=sold&{days}"


def _chart(customer_id: int, found: CustomerFigures) -> dict[str, Any]:
    """Each bar opens the orders of its month."""
    page = reverse("order-list")
    starts = [start for start, _sum, _count in found.months]
    ends = [*(later.toordinal() - 1 for later in starts[1:]), found.period.last.toordinal()]
    links = [
        f"{page}?customer={customer_id}&state=sold&currency={found.currency}"
        f"&from={start.isoformat()}&to={type(start).fromordinal(end).isoformat()}"
        for start, end in zip(starts, ends, strict=True)
    ]
    revenue = [total for _start, total, _count in found.months]
    return charts.series(
        _("Month"),
        [start.strftime("%Y-%m") for start in starts],
        [
            charts.Series("bar", _("Revenue"), revenue, found.currency, charts.money_in(found.currency)),
            charts.Series("line", _("Orders"), [count for _start, _total, count in found.months], _("Orders")),
        ],
        links=links,
    )


@dataclass(frozen=True, slots=True)
class Told:
    """A happening with where it leads and, for changes of the record, its sentence."""

    item: Happening
    url: str
    entry: Entry | None


@page(VIEW)
def happenings(request: HttpRequest, actor: Actor, customer_id: int) -> HttpResponse:
    """What happened, newest first, narrowed to the ticked kinds; further pages are appended."""
    groups = [name for name in request.GET.getlist("kind") if name in GROUPS]
    cursor = request.GET.get("after") or None
    found = customer_timeline(actor, customer_id, groups=groups, cursor=cursor, limit=HAPPENINGS)
    context = {
        "customer_id": customer_id,
        "rows": [_told(item) for item in found.rows],
        "next_cursor": found.next_cursor,
        "groups": [(name, _(title), name in groups) for name, title in GROUPS.items()],
        "chosen": groups,
        "more": cursor is not None,
    }
    template = "customers/happenings_rows.html" if cursor else "customers/happenings.html"
    return render(request, template, context)


def _told(item: Happening) -> Told:
    url = reverse(PAGES[item.page[0]], args=[item.page[1]]) if item.page else ""
    return Told(item, url, timeline([item.event])[0] if item.event is not None else None)
