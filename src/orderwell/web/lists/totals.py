"""How many rows a filter has, and what they come to: asked for when the page already stands."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from orderwell.kernel.clock import utc_now
from orderwell.platform.accounts.actor import Actor
from orderwell.platform.formats import money_text
from orderwell.web.components.listing import capped
from orderwell.web.lists.keeping import looking_at
from orderwell.web.lists.source import SpecSource
from orderwell.web.lists.spec import ListSpec, Summed, Values
from orderwell.web.pages import page

# Nothing is counted or added up past so many rows: bounded work whatever the size of the table.
MOST = 5_000
# Sums by currency, for each amount.
Added = dict[str, dict[str, Decimal]]


@page()
def total(request: HttpRequest, actor: Actor, name: str) -> HttpResponse:
    """Of the filters of the address."""
    looking = looking_at(request, actor, name)
    text = total_text(looking.spec, actor, looking.filters, whole=bool(request.GET.get("whole")), now=utc_now())
    return HttpResponse(text, content_type="text/plain; charset=utf-8")


def total_text(spec: ListSpec, actor: Actor, filters: Values, *, whole: bool, now: datetime) -> str:
    """In words, for beside the rows. `whole`: all rows stand on the page, which says how many they are."""
    added: Added = {}
    sums = [item for item in spec.sums if not item.when or set(item.when) & filters.keys()]
    if not sums:
        count = SpecSource(spec).count(actor, filters, now, MOST)
    else:
        rows = spec.counted(actor, filters, now) if spec.counted else None
        count, added = _added_up([rows] if rows is not None else spec.rows(actor, filters, now), sums)
    said = [] if whole else [_("%(count)s in all") % {"count": capped(count, MOST)}]
    if count <= MOST:
        said += [f"{item.title} {text}" for item in sums if (text := _amounts(added[item.value]))]
    return " · ".join(said)


def _added_up(parts: Sequence[QuerySet[Any]], sums: Sequence[Summed]) -> tuple[int, Added]:
    """Count, and for each amount the sums by currency."""
    count = 0
    added: Added = {item.value: defaultdict(Decimal) for item in sums}
    columns = ["currency", *(item.value for item in sums)]
    standing = any(item.standing for item in sums)
    for rows in parts:
        wanted = rows.order_by().values_list(*columns, *(("undone_at",) if standing else ()))
        for row in wanted[: MOST + 1 - count]:
            count += 1
            undone = standing and row[-1] is not None
            for at, item in enumerate(sums, 1):
                if not (undone and item.standing):
                    added[item.value][row[0]] += row[at]
        if count > MOST:
            break
    return count, added


def _amounts(by_currency: dict[str, Decimal]) -> str:
    return " + ".join(money_text(amount, currency) for currency, amount in sorted(by_currency.items()))
