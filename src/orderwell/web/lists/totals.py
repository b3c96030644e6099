"""How many rows a filter has, and what they come to: asked for when the page already stands."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from orderwell.kernel.clock import utc_now
from orderwell.platform.accounts.actor import Actor
from orderwell.platform.formats import money_text
from orderwell.web.components.listing import capped
from orderwell.web.lists.adding import sums_of, totals_of
from orderwell.web.lists.keeping import looking_at
from orderwell.web.lists.spec import ListSpec, Values
from orderwell.web.pages import page


@page()
def total(request: HttpRequest, actor: Actor, name: str) -> HttpResponse:
    """Of the filters of the address."""
    looking = looking_at(request, actor, name)
    text = total_text(looking.spec, actor, looking.filters, whole=bool(request.GET.get("whole")), now=utc_now())
    return HttpResponse(text, content_type="text/plain; charset=utf-8")


def total_text(spec: ListSpec, actor: Actor, filters: Values, *, whole: bool, now: datetime) -> str:
    """In words, for beside the rows. `whole`: all rows stand on the page, which says how many they are."""
    found = totals_of(spec, actor, filters, now)
    said = [] if whole else [_("%(count)s in all") % {"count": capped(found.rows + found.more, found.rows)}]
    if not found.more:
        amounts = [(item.title, _amounts(found.sums[item.value])) for item in sums_of(spec, filters)]
        said += [f"{title} {text}" for title, text in amounts if text]
    return " · ".join(said)


def _amounts(by_currency: Mapping[str, Decimal]) -> str:
    return " + ".join(money_text(amount, currency) for currency, amount in sorted(by_currency.items()))
