"""How well customers were served: orders that left whole at once, and shipments that left by the date of their order."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from zoneinfo import ZoneInfo

from django.db.models import Count, Q

from orderwell.domains.analytics.periods import Period
from orderwell.domains.fulfilment.queries import DUE, kept_its_date, returns, shipments, whole_order
from orderwell.platform.accounts.actor import Actor
from orderwell.platform.permissions import Permission


@dataclass(frozen=True, slots=True)
class Share:
    """`part` of `whole`; without any there is no share."""

    part: int
    whole: int

    @property
    def value(self) -> Decimal | None:
        return Decimal(self.part) / self.whole if self.whole else None


def on_time(*, actor: Actor, period: Period, zone: ZoneInfo) -> Share:
    """Of the shipments of the period that had a date to keep, those that left by it. Raises PermissionDenied."""
    actor.require(Permission.REPORTS_DASHBOARD_VIEW)
    since, until = period.bounds(zone)
    found = (
        shipments(actor, since=since, until=until)
        .order_by()
        .annotate(due_at=DUE)
        .aggregate(whole=Count("pk", filter=Q(due_at__isnull=False)), part=Count("pk", filter=kept_its_date()))
    )
    return Share(found["part"], found["whole"])


def filled(*, actor: Actor, period: Period, zone: ZoneInfo) -> Share:
    """Of the orders whose first shipment left in the period, those of which everything left with it. Orders that nothing
    has left of are no part of it, so young ones do not lower it. Raises PermissionDenied.
    """
    actor.require(Permission.REPORTS_DASHBOARD_VIEW)
    since, until = period.bounds(zone)
    firsts = shipments(actor, since=since, until=until, first=True).order_by()
    found = firsts.aggregate(whole=Count("pk"), part=Count("pk", filter=whole_order()))
    return Share(found["part"], found["whole"])


def returned(*, actor: Actor, period: Period, zone: ZoneInfo) -> Share:
    """Returns that came in during the period and were not undone, beside the shipments that left in it. Raises
    PermissionDenied."""
    actor.require(Permission.REPORTS_DASHBOARD_VIEW)
    since, until = period.bounds(zone)
    came = returns(actor, since=since, until=until, standing=True).order_by().count()
    return Share(came, shipments(actor, since=since, until=until).order_by().count())
