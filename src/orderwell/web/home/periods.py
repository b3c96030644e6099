"""The period a person chose on the overview, from the address: a preset, a year, or two dates."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from django.http import QueryDict
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from orderwell.domains.analytics.periods import Period

PRESETS: tuple[tuple[str, str | Promise, int], ...] = (
    ("7", _("7 days"), 7),
    ("30", _("30 days"), 30),
    ("90", _("90 days"), 90),
    ("365", _("12 months"), 365),
)
DEFAULT = "30"
MOST_DAYS = 366 * 20


@dataclass(frozen=True, slots=True)
class Choice:
    """`key` is the preset or year in force, empty for free dates."""

    period: Period
    key: str


def chosen(params: QueryDict, *, today: date, known: Period | None) -> Choice:
    """What the address asks for; anything unusable falls back to the last 30 days.

    Where the newest order is older than that (imported history), the presets end with it instead of today, or a
    freshly imported company would look empty.
    """
    anchor = today
    if known is not None and known.last < today - timedelta(days=30):
        anchor = known.last
    free = _free(params)
    if free is not None:
        return Choice(free, "")
    key = params.get("period", DEFAULT)
    if key == "all" and known is not None:
        return Choice(Period(max(known.first, known.last - timedelta(days=MOST_DAYS)), known.last), "all")
    if key.isdecimal() and len(key) == 4 and 1900 <= int(key) <= 2999:
        return Choice(Period(date(int(key), 1, 1), date(int(key), 12, 31)), key)
    length = next((days for name, _title, days in PRESETS if name == key), None)
    if length is None:
        key, length = DEFAULT, 30
    return Choice(Period(anchor - timedelta(days=length - 1), anchor), key)


def _free(params: QueryDict) -> Period | None:
    try:
        first, last = date.fromisoformat(params.get("from", "")), date.fromisoformat(params.get("to", ""))
    except ValueError:
        return None
    if first > last:
        first, last = last, first
    return Period(first, last) if (last - first).days < MOST_DAYS and first.year >= 1900 and last.year <= 2999 else None
