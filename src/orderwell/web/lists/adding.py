"""How many rows a filter has, and what they come to, for the screen and for programs."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db.models import QuerySet

from orderwell.platform.accounts.actor import Actor
from orderwell.platform.paging import capped_count
from orderwell.platform.views.sources import Totals
from orderwell.web.lists.spec import ListSpec, Summed, Values

# Nothing is counted or added up past so many rows: bounded work whatever the size of the table.
MOST = 5_000
# Sums by currency, for each amount.
Added = dict[str, dict[str, Decimal]]


def sums_of(spec: ListSpec, filters: Values) -> list[Summed]:
    """The amounts that are added up under these filters."""
    return [item for item in spec.sums if not item.when or set(item.when) & filters.keys()]


def totals_of(spec: ListSpec, actor: Actor, filters: Values, now: datetime) -> Totals:
    """Of filters that make sense."""
    sums = sums_of(spec, filters)
    if not sums:
        count = rows_of(spec, actor, filters, now, MOST)
        return Totals(min(count, MOST), count > MOST, {})
    rows = spec.counted(actor, filters, now) if spec.counted else None
    count, added = _added_up(actor, [rows] if rows is not None else spec.rows(actor, filters, now), sums)
    return Totals(min(count, MOST), count > MOST, {} if count > MOST else added)


def rows_of(spec: ListSpec, actor: Actor, filters: Values, now: datetime, cap: int) -> int:
    """How many match, or more than `cap`."""
    if spec.counted:
        return capped_count(spec.counted(actor, filters, now), cap)
    found = 0
    for rows in spec.rows(actor, filters, now):
        found += capped_count(rows, cap - min(found, cap))
    return found


def _added_up(actor: Actor, parts: Sequence[QuerySet[Any]], sums: Sequence[Summed]) -> tuple[int, Added]:
    """Count, and for each amount the sums by currency."""
    count = 0
    added: Added = {item.value: defaultdict(Decimal) for item in sums}
    reckoned = [item for item in sums if item.of]
    currencies: dict[int, str] = {}
    columns = ["currency", *("pk" if item.of else item.value for item in sums)]
    standing = any(item.standing for item in sums)
    for rows in parts:
        wanted = rows.order_by().values_list(*columns, *(("undone_at",) if standing else ()))
        for row in wanted[: MOST + 1 - count]:
            count += 1
            undone = standing and row[-1] is not None
            for at, item in enumerate(sums, 1):
                if item.of:
                    currencies[row[at]] = row[0]
                elif not (undone and item.standing):
                    added[item.value][row[0]] += row[at]
        if count > MOST:
            return count, added
    for item in reckoned:
        for pk, amount in item.of(actor, list(currencies)).items() if item.of else ():
            added[item.value][currencies[pk]] += amount
    return count, added
