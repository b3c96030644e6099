"""The figures of the overview, each with how it changed and where the rows behind it are."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from django.db.models import Count, Sum
from django.urls import reverse
from django.utils.translation import gettext as _

from orderwell.domains.analytics.figures import Figure
from orderwell.domains.analytics.periods import Period
from orderwell.domains.analytics.service_level import Share, on_time
from orderwell.domains.billing.queries import invoices
from orderwell.domains.cases.ratings import RatingSummary, rating_summary
from orderwell.kernel.clock import utc_now
from orderwell.platform.accounts.actor import Actor
from orderwell.platform.permissions import Permission
from orderwell.web.templatetags.orderwell import money, thousands

ONE_PLACE = Decimal("0.1")


@dataclass(frozen=True, slots=True)
class Change:
    """Against the period before: which way, by how much (as text), and in whole percent where that says anything."""

    way: str
    amount: str
    percent: int | None = None


@dataclass(frozen=True, slots=True)
class Tile:
    name: str
    value: str
    url: str
    # What the figure is, for those who point at it.
    meaning: str
    note: str = ""
    change: Change | None = None
    compared: bool = True


def way(difference: Decimal | int) -> str:
    return "up" if difference > 0 else "down" if difference < 0 else "same"


def percent_of(now: Decimal | int, before: Decimal | int) -> int | None:
    """In whole percent against the period before; None where there was nothing to compare with."""
    return round((now - before) * 100 / before) if before else None


def money_change(now: Decimal, before: Decimal, currency: str) -> Change | None:
    return Change(way(now - before), money(abs(now - before), currency), percent_of(now, before)) if before else None


def count_change(now: int, before: int) -> Change | None:
    return Change(way(now - before), thousands(abs(now - before)), percent_of(now, before)) if before else None


def share_text(share: Share) -> str:
    return "—" if share.value is None else f"{_points(share)} %"


def _points(share: Share) -> Decimal:
    return ((share.value or Decimal(0)) * 100).quantize(ONE_PLACE, rounding=ROUND_HALF_UP)


def share_change(now: Share, before: Share) -> Change | None:
    if now.value is None or before.value is None:
        return None
    difference = _points(now) - _points(before)
    return Change(way(difference), _("%(points)s points") % {"points": abs(difference)})


def sales_tiles(total: Figure, before: Figure, currency: str, list_query: str) -> list[Tile]:
    """Revenue, orders, average order, fill rate: of the orders placed in the period."""
    orders = reverse("order-list")
    url = f"{orders}?{list_query}"
    filled, filled_before = Share(total.filled, total.to_fill), Share(before.filled, before.to_fill)
    return [
        Tile(
            *(_("Revenue"), money(total.revenue, currency), url),
            _("What the orders placed in the period come to, tax included, without what was cancelled."),
            change=money_change(total.revenue, before.revenue, currency),
        ),
        Tile(
            *(_("Orders"), thousands(total.orders), url),
            _("Orders placed in the period that were not cancelled."),
            change=count_change(total.orders, before.orders),
        ),
        Tile(
            *(_("Average order"), money(total.average, currency), url),
            _("Revenue divided by orders."),
            change=money_change(total.average, before.average, currency),
        ),
        Tile(
            *(_("Fill rate"), share_text(filled), f"{url}&fulfilment=filled"),
            _("Of the orders placed in the period that have goods to ship, the share of which everything has left."),
            _of(filled),
            share_change(filled, filled_before),
        ),
    ]


def _of(share: Share) -> str:
    return _("%(part)s of %(whole)s") % {"part": thousands(share.part), "whole": thousands(share.whole)}


def service_tiles(actor: Actor, period: Period, currency: str, zone: ZoneInfo) -> list[Tile]:
    """On time, ratings, overdue: what the actor may see of them."""
    found = []
    days = urlencode({"from": period.first.isoformat(), "to": period.last.isoformat()})
    if actor.may(Permission.FULFILMENT_SHIPMENT_VIEW):
        found.append(_on_time(actor, period, zone, days))
    if actor.may(Permission.CASES_RATING_VIEW):
        found.append(_ratings(actor, period, zone, days))
    if actor.may(Permission.BILLING_INVOICE_VIEW):
        found.append(_overdue(actor, currency))
    return found


def _on_time(actor: Actor, period: Period, zone: ZoneInfo, days: str) -> Tile:
    now, before = (on_time(actor=actor, period=each, zone=zone) for each in (period, period.before()))
    return Tile(
        *(_("On time"), share_text(now), f"{reverse('shipment-list')}?{days}&date=kept"),
        _("Of the shipments of the period whose order has a promised or requested date, the share that left by it."),
        _of(now),
        share_change(now, before),
    )


def _ratings(actor: Actor, period: Period, zone: ZoneInfo, days: str) -> Tile:
    def summary(each: Period) -> RatingSummary:
        since, until = each.bounds(zone)
        return rating_summary(actor, since=since, until=until)

    now, before = summary(period), summary(period.before())
    change = None
    if now.average is not None and before.average is not None:
        difference = now.average - before.average
        change = Change(way(difference), str(abs(difference)))
    return Tile(
        _("Ratings"),
        "—" if now.average is None else _("%(average)s of 5") % {"average": now.average},
        f"{reverse('rating-list')}?{days}",
        _("The mean of the ratings customers gave in the period; hidden ones do not count."),
        _("%(count)s given") % {"count": thousands(now.count)},
        change,
    )


def _overdue(actor: Actor, currency: str) -> Tile:
    found = (
        invoices(actor, overdue_at=utc_now(), currency=currency)
        .order_by()
        .aggregate(count=Count("pk"), total=Sum("gross_amount"))
    )
    count, total = found["count"], found["total"] or Decimal(0)
    query = urlencode({"overdue": "1", "currency": currency})
    return Tile(
        *(_("Overdue invoices"), thousands(count), f"{reverse('invoice-list')}?{query}"),
        _("Invoices past their date on orders that are not paid in full; the amount is what was invoiced."),
        _("%(amount)s, open now") % {"amount": money(total, currency)},
        compared=False,
    )
