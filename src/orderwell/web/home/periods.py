"""The period a person chose on the overview, from the address: a preset, a year, or two dates."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.http import QueryDict
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from orderwell.domains.analytics.periods import LENGTHS, MOST_DAYS, Period, anchor, ending_at, everything

_TITLES = (_("7 days"), _("30 days"), _("90 days"), _("12 months"))
PRESETS: tuple[tuple[str, str | Promise, int], ...] = tuple(
    (str(days), title, days) for days, title in zip(LENGTHS, _TITLES, strict=True)
)
DEFAULT = "30"


@dataclass(frozen=True, slots=True)
class Choice:
    """`key` is the preset or year in force, empty for free dates."""

    period: Period
    key: str


def chosen(params: QueryDict, *, today: date, known: Period | None) -> Choice:
    """What the address asks for; anything unusable falls back to the last 30 days."""
    free = _free(params)
    if free is not None:
        return Choice(free, "")
    key = params.get("period", DEFAULT)
    if key == "all" and known is not None:
        return Choice(everything(known), "all")
    if key.isdecimal() and len(key) == 4 and 1900 <= int(key) <= 2999:
        return Choice(Period(date(int(key), 1, 1), date(int(key), 12, 31)), key)
    length = next((days for name, _title, days in PRESETS if name == key), None)
    if length is None:
        key, length = DEFAULT, 30
    return Choice(ending_at(anchor(today, known), length), key)


def _free(params: QueryDict) -> Period | None:
    try:
        first, last = date.fromisoformat(params.get("from", "")), date.fromisoformat(params.get("to", ""))
    except ValueError:
        return None
    if first > last:
        first, last = last, first
    return Period(first, last) if (last - first).days < MOST_DAYS and first.year >= 1900 and last.year <= 2999 else None
