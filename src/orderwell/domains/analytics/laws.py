"""What must always hold of prepared figures."""

from __future__ import annotations

from datetime import date
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import Max, Min

from orderwell.domains.analytics.figures import Figure, every_cell
from orderwell.domains.analytics.models import DayFigure, PreparedDay
from orderwell.domains.analytics.periods import Period
from orderwell.domains.analytics.prepared import clean_days
from orderwell.platform.verify import Difference, LawResult, law


class _Key(NamedTuple):
    day: date
    channel: int
    team: int | None
    currency: str


@law("analytics.prepared_days_are_what_their_orders_say")
def prepared_days_are_what_their_orders_say() -> LawResult:
    """The prepared figures of every day without a mark are the sums over the orders placed and the returns received on it."""
    zone = ZoneInfo(settings.TIME_ZONE)
    ends = PreparedDay.objects.filter(zone=zone.key).aggregate(first=Min("day"), last=Max("day"))
    if ends["first"] is None:
        return LawResult(0)
    period = Period(ends["first"], ends["last"])
    days = clean_days(period, zone)
    rows: Any = DayFigure.objects.values_list(
        "day", "channel_id", "team_id", "currency", "orders", "revenue", "returned"
    )
    stored = {_Key(*row[:4]): Figure(*row[4:]) for row in rows if row[0] in days}
    right = {
        _Key(cell.day, cell.channel_id, cell.team_id, cell.currency): cell.figure
        for cell in every_cell(period, zone)
        if cell.day in days
    }
    wrong = sorted(
        (key for key in stored.keys() | right.keys() if stored.get(key) != right.get(key)),
        key=lambda key: (key.day, key.channel, key.team or 0, key.currency),
    )
    found = [_difference(key, right.get(key), stored.get(key)) for key in wrong]
    return LawResult(len(days), found)


def _difference(key: _Key, right: Figure | None, stored: Figure | None) -> Difference:
    where = f"figures of {key.day.isoformat()}, channel {key.channel}, team {key.team or '-'}, {key.currency}"
    return Difference(where, right or Figure(), stored or Figure())
