"""Numbers of documents: by their keys, or without a gap where that is asked for, such as those of invoices: counted by one
row that the caller's transaction holds.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import connection

from orderwell.kernel.clock import business_day
from orderwell.kernel.identifiers import format_number, has_year
from orderwell.platform.configuration import services as configuration
from orderwell.platform.numbering.models import NumberSequence

# One statement on both databases. The row stays locked until the caller commits, so the next number waits for the fate
# of this one: a rollback takes it back.
_COUNT_ON = (
    f"INSERT INTO {NumberSequence._meta.db_table} (name, year, last_value) VALUES (%s, %s, %s) "  # noqa: S608  our own table
    "ON CONFLICT (name, year) DO UPDATE SET "
    f"last_value = {NumberSequence._meta.db_table}.last_value + excluded.last_value RETURNING last_value"
)


def year_of_numbers(now: datetime) -> int:
    """The business year in which a number that is given `now` says it was given."""
    return business_day(now, ZoneInfo(settings.TIME_ZONE)).year


def numbers_of_keys(setting: str, keys: Iterable[int], *, now: datetime) -> list[str]:
    """What documents with these keys are called by the template that `setting` holds ("orders.number_template")."""
    template, year = configuration.get(setting), year_of_numbers(now)
    return [format_number(template, key, year=year) for key in keys]


def next_number(sequence: str, *, now: datetime) -> str:
    """The next number of `sequence` ("billing.invoice"). Must run inside the transaction that writes the document."""
    return next_numbers(sequence, count=1, now=now)[0]


def next_numbers(sequence: str, *, count: int, now: datetime) -> list[str]:
    """The next `count` numbers, formatted by the setting `<sequence>_number_template`.

    A template with `{year}` counts each business year from one. Take them as late in the transaction as possible: others
    who need one wait until it ends.
    """
    if not connection.in_atomic_block:
        raise RuntimeError("a gap-free number can only be drawn inside the transaction that uses it")
    if count < 1:
        return []
    template: str = configuration.get(f"{sequence}_number_template")
    year = year_of_numbers(now)
    with connection.cursor() as cursor:
        cursor.execute(_COUNT_ON, [sequence, year if has_year(template) else 0, count])
        last: int = cursor.fetchone()[0]
    return [format_number(template, value, year=year) for value in range(last - count + 1, last + 1)]
