"""How well promises were kept: shipments that left by the date their order was promised or asked for."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from zoneinfo import ZoneInfo

from django.db.models import Count, Q

from orderwell.domains.analytics.periods import Period
from orderwell.domains.fulfilment.queries import DUE, kept_its_date, returns, shipments
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


def returned(*, actor: Actor, period: Period, zone: ZoneInfo) -> Share:
    """Returns that came in during the period, beside the shipments that left in it. Raises PermissionDenied."""
    actor.require(Permission.REPORTS_DASHBOARD_VIEW)
    since, until = period.bounds(zone)
    came = returns(actor, since=since, until=until).order_by().count()
    return Share(came, shipments(actor, since=since, until=until).order_by().count())
