"""The period a person chose on the overview, from the address: a preset, a year, or two dates; and what it is compared with."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

from django.http import QueryDict
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from orderwell.domains.analytics.periods import LENGTHS, MOST_DAYS, ONE_DAY, Period, anchor, ending_at, everything
from orderwell.web.components.ignored import not_known

# Numbers are days up to today; the rest are what the calendar calls so, from its first day to today.
PRESETS: tuple[tuple[str, str | Promise], ...] = (
    ("today", _("Today")),
    ("week", _("This week")),
    ("month", _("This month")),
    ("quarter", _("This quarter")),
    ("year", _("This year")),
    ("30", _("30 days")),
    ("90", _("90 days")),
    ("365", _("12 months")),
)
COMPARISONS: tuple[tuple[str, str | Promise], ...] = (
    ("previous", _("Period before")),
    ("year", _("Year before")),
    ("none", _("No comparison")),
)
DEFAULT = "30"


@dataclass(frozen=True, slots=True)
class Choice:
    """`key` is the preset or year in force, empty for free dates. `before` is None where nothing is compared."""

    period: Period
    key: str
    compare: str = "previous"
    before: Period | None = None


def chosen(params: QueryDict, *, today: date, known: Period | None) -> Choice:
    """What the address asks for; anything unusable falls back to the last 30 days."""
    period, key = _period(params, anchor(today, known), known)
    compare = params.get("compare", "")
    compare = compare if compare in dict(COMPARISONS) else "previous"
    before = {"previous": _previous, "year": _year_earlier, "none": _nothing}[compare]
    return Choice(period, key, compare, before(period, key))


def ignored(params: QueryDict, choice: Choice) -> list[str]:
    """What the address asks for and gets something else instead, a sentence each."""
    found = []
    first, last = params.get("from", ""), params.get("to", "")
    if (first or last) and _free(params) is None:
        told = {
            "from": first[:20] or "…",
            "to": last[:20] or "…",
            "first": choice.period.first,
            "last": choice.period.last,
        }
        found.append(
            gettext("“%(from)s” to “%(to)s” is no period of at most 20 years; shown is %(first)s to %(last)s.") % told
        )
    asked = params.get("period", "")
    if asked and not found and _free(params) is None and asked not in (choice.key, "all"):
        found.append(not_known(_("Period"), asked[:20], "part"))
    if (compare := params.get("compare", "")) and compare != choice.compare:
        found.append(not_known(_("Compare with"), compare[:20], "part"))
    currency = params.get("currency", "")
    if currency and not is_currency(currency):
        found.append(not_known(_("Currency"), currency[:20], "part"))
    return found


def is_currency(text: str) -> bool:
    return len(text) == 3 and text.isalpha() and text.isascii()


def _period(params: QueryDict, last: date, known: Period | None) -> tuple[Period, str]:
    free = _free(params)
    if free is not None:
        # The rest of the page asks with the days of a preset and its name, which says what came before it.
        key = params.get("period", "")
        return free, key if key in _FIRST else ""
    key = params.get("period", DEFAULT)
    if key == "all" and known is not None:
        return everything(known), "all"
    if key.isdecimal() and len(key) == 4 and 1900 <= int(key) <= 2999:
        return Period(date(int(key), 1, 1), date(int(key), 12, 31)), key
    if key in _FIRST:
        return Period(_FIRST[key](last), last), key
    key = key if key in {str(days) for days in LENGTHS} else DEFAULT
    return ending_at(last, int(key)), key


def _quarter(day: date) -> date:
    return day.replace(month=(day.month - 1) // 3 * 3 + 1, day=1)


# The first day of what the calendar calls so.
_FIRST: dict[str, Callable[[date], date]] = {
    "today": lambda day: day,
    "week": lambda day: day - timedelta(days=day.weekday()),
    "month": lambda day: day.replace(day=1),
    "quarter": _quarter,
    "year": lambda day: day.replace(month=1, day=1),
}


def _previous(period: Period, key: str) -> Period | None:
    """For what the calendar names, the one before it up to the same day; else as many days just before."""
    if key not in _FIRST:
        return period.before()
    first = _FIRST[key](period.first - ONE_DAY)
    return Period(first, min(first + (period.last - period.first), period.first - ONE_DAY))


def _year_earlier(period: Period, key: str) -> Period | None:
    first, last = _same_day_of(period.first, period.first.year - 1), _same_day_of(period.last, period.last.year - 1)
    return Period(first, last)


def _nothing(period: Period, key: str) -> Period | None:
    return None


def _same_day_of(day: date, year: int) -> date:
    """The last of February stays the last of February."""
    try:
        return day.replace(year=year)
    except ValueError:
        return day.replace(year=year, day=28)


def _free(params: QueryDict) -> Period | None:
    try:
        first, last = date.fromisoformat(params.get("from", "")), date.fromisoformat(params.get("to", ""))
    except ValueError:
        return None
    if first > last:
        first, last = last, first
    return Period(first, last) if (last - first).days < MOST_DAYS and first.year >= 1900 and last.year <= 2999 else None
