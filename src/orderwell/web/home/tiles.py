"""The figures of the overview, each with how it changed and where the rows behind it are."""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import ROUND_HALF_UP, Decimal
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from orderwell.domains.analytics.figures import Figure
from orderwell.domains.analytics.periods import Period
from orderwell.domains.analytics.service_level import Share, filled, on_time, returned
from orderwell.domains.billing.queries import receivables
from orderwell.domains.cases.ratings import RatingSummary, rating_summary
from orderwell.kernel.clock import utc_now
from orderwell.platform.accounts.actor import Actor
from orderwell.platform.permissions import Permission
from orderwell.web.home.periods import Choice
from orderwell.web.templatetags.orderwell import money, thousands

ONE_PLACE = Decimal("0.1")


@dataclass(frozen=True, slots=True)
class Change:
    """Against the period before: which way, by how much (as text), and in whole percent where that says anything."""

    way: str
    amount: str
    percent: int | None = None
    # Which way is good.
    better: str = "up"


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


def sales_tiles(
    total: Figure, before: Figure | None, currency: str, list_query: str, returns_query: str = ""
) -> list[Tile]:
    """Revenue, what came back (with `returns_query`), orders, average order. `before` None: not compared."""
    compared, before = before is not None, before or Figure()
    orders = reverse("order-list")
    url = f"{orders}?{list_query}"
    tiles = [
        Tile(
            *(_("Revenue"), money(total.revenue, currency), url),
            _("What the orders placed in the period come to, tax included, without what was cancelled."),
            change=money_change(total.revenue, before.revenue, currency),
            compared=compared,
        ),
        Tile(
            *(_("Orders"), thousands(total.orders), url),
            _("Orders placed in the period that were not cancelled."),
            change=count_change(total.orders, before.orders),
            compared=compared,
        ),
        Tile(
            *(_("Average order"), money(total.average, currency), url),
            _("Revenue divided by orders."),
            change=money_change(total.average, before.average, currency),
            compared=compared,
        ),
    ]
    if returns_query:
        tiles.insert(1, _value_returned(total, before if compared else None, currency, returns_query))
    return tiles


def _value_returned(total: Figure, before: Figure | None, currency: str, returns_query: str) -> Tile:
    change = money_change(total.returned, before.returned, currency) if before else None
    return Tile(
        *(_("Value returned"), money(total.returned, currency), f"{reverse('return-list')}?{returns_query}"),
        _(
            "What the goods that came back in the period had been charged at, tax included, whenever they were ordered. "
            "It is not taken off the revenue."
        ),
        _("revenue less returns %(amount)s") % {"amount": money(total.net, currency)},
        replace(change, better="down") if change else None,
        before is not None,
    )


def _of(share: Share) -> str:
    return _("%(part)s of %(whole)s") % {"part": thousands(share.part), "whole": thousands(share.whole)}


def service_tiles(actor: Actor, choice: Choice, currency: str, zone: ZoneInfo) -> list[Tile]:
    """Fill rate, on time, returns, ratings, receivables: what the actor may see of them."""
    found = []
    period = choice.period
    days = urlencode({"from": period.first.isoformat(), "to": period.last.isoformat()})
    if actor.may(Permission.FULFILMENT_SHIPMENT_VIEW):
        found.append(_filled(actor, choice, zone, days))
        found.append(_on_time(actor, choice, zone, days))
        if actor.may(Permission.FULFILMENT_RETURN_VIEW):
            found.append(_returned(actor, choice, zone, days))
    if actor.may(Permission.CASES_RATING_VIEW):
        found.append(_ratings(actor, choice, zone, days))
    if actor.may(Permission.BILLING_INVOICE_VIEW):
        found += _receivables(actor, currency)
    return found


def _filled(actor: Actor, choice: Choice, zone: ZoneInfo, days: str) -> Tile:
    now = filled(actor=actor, period=choice.period, zone=zone)
    before = filled(actor=actor, period=choice.before, zone=zone) if choice.before else Share(0, 0)
    return Tile(
        *(_("Fill rate"), share_text(now), f"{reverse('shipment-list')}?{days}&first=whole"),
        _("Of the orders whose first shipment left in the period, the share of which everything left with it."),
        _of(now),
        share_change(now, before),
        choice.before is not None,
    )


def _on_time(actor: Actor, choice: Choice, zone: ZoneInfo, days: str) -> Tile:
    now = on_time(actor=actor, period=choice.period, zone=zone)
    before = on_time(actor=actor, period=choice.before, zone=zone) if choice.before else Share(0, 0)
    return Tile(
        *(_("On time"), share_text(now), f"{reverse('shipment-list')}?{days}&date=kept"),
        _("Of the shipments of the period whose order has a promised or requested date, the share that left by it."),
        _of(now),
        share_change(now, before),
        choice.before is not None,
    )


def _returned(actor: Actor, choice: Choice, zone: ZoneInfo, days: str) -> Tile:
    now = returned(actor=actor, period=choice.period, zone=zone)
    before = returned(actor=actor, period=choice.before, zone=zone) if choice.before else Share(0, 0)
    change = share_change(now, before)
    return Tile(
        *(_("Returns"), share_text(now), f"{reverse('return-list')}?{days}&standing=1"),
        _("Returns that came in during the period, for each hundred shipments that left in it."),
        _("%(part)s returned, %(whole)s shipped") % {"part": thousands(now.part), "whole": thousands(now.whole)},
        # More returns are not better: the arrow stays, the colour turns.
        replace(change, better="down") if change else None,
        choice.before is not None,
    )


def _ratings(actor: Actor, choice: Choice, zone: ZoneInfo, days: str) -> Tile:
    def summary(each: Period) -> RatingSummary:
        since, until = each.bounds(zone)
        return rating_summary(actor, since=since, until=until)

    now = summary(choice.period)
    before = summary(choice.before) if choice.before else None
    change = None
    if before is not None and now.average is not None and before.average is not None:
        difference = now.average - before.average
        change = Change(way(difference), str(abs(difference)))
    return Tile(
        _("Ratings"),
        "—" if now.average is None else _("%(average)s of 5") % {"average": now.average},
        f"{reverse('rating-list')}?{days}&shown=shown",
        _("The mean of the ratings customers gave in the period; hidden ones do not count."),
        _("%(count)s given") % {"count": thousands(now.count)},
        change,
        choice.before is not None,
    )


def _receivables(actor: Actor, currency: str) -> list[Tile]:
    found = receivables(actor, currency=currency, now=utc_now())
    lists = reverse("invoice-list")
    query = urlencode({"currency": currency})
    return [
        Tile(
            *(_("Receivables"), money(found.total, currency), f"{lists}?open=1&{query}"),
            _(
                "What is still to be paid of all invoices, without credit notes. Payments count for the invoice they name, "
                "all others for the oldest of their order."
            ),
            _invoices(found.count),
            compared=False,
        ),
        Tile(
            *(_("Overdue"), money(found.overdue, currency), f"{lists}?overdue=1&{query}"),
            _("The part of it whose date has passed."),
            _invoices(found.overdue_count),
            compared=False,
        ),
    ]


def _invoices(count: int) -> str:
    text = ngettext("%(count)s invoice, open now", "%(count)s invoices, open now", count)
    return text % {"count": thousands(count)}
