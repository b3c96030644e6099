"""What a customer may send back, and until when: shipments say when, cases what is asked for already."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from django.conf import settings

from orderwell.domains.cases.errors import NothingToSendBack, ReturnTooLate
from orderwell.domains.cases.services.speak import returnable_units
from orderwell.domains.fulfilment.models import Shipment
from orderwell.domains.orders.models import Order, OrderLine
from orderwell.kernel.clock import business_day
from orderwell.kernel.errors import DomainError
from orderwell.platform.configuration import services as configuration


@dataclass(frozen=True, slots=True)
class ReturnTerms:
    """`lines` with the most units of each; `until` the last day, None before anything was delivered or shipped.

    `refusal` says why nothing can be sent back now.
    """

    lines: list[tuple[OrderLine, Decimal]]
    until: date | None
    refusal: DomainError | None


def return_terms(order: Order, now: datetime) -> ReturnTerms:
    """By the delivery that came last; a shipment nobody has marked as delivered counts from when it left."""
    zone, days = ZoneInfo(settings.TIME_ZONE), configuration.get("cases.return_days")
    moments = [
        delivered_at or shipped_at
        for shipped_at, delivered_at in Shipment.objects.filter(order_id=order.pk).values_list(
            "shipped_at", "delivered_at"
        )
    ]
    units = returnable_units(order)
    found = order.lines.filter(pk__in=list(units)).select_related("variant").order_by("position")
    rows = {line.pk: line for line in found}
    lines = [(line, units[pk]) for pk, line in rows.items()]
    if not moments or not lines or not days:
        return ReturnTerms([], None, NothingToSendBack())
    until = business_day(max(moments), zone) + timedelta(days=days)
    if business_day(now, zone) > until:
        return ReturnTerms([], until, ReturnTooLate(day=until.isoformat()))
    return ReturnTerms(lines, until, None)
