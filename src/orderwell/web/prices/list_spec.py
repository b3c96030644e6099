"""The list of price lists."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from orderwell.domains.prices.models import PriceAssignment, PriceList
from orderwell.domains.prices.queries import ListFilters, assignments_of, entry_counts, price_lists, state_of
from orderwell.domains.prices.resolving import price_day
from orderwell.kernel.clock import utc_now
from orderwell.platform.accounts.actor import Actor
from orderwell.platform.permissions import Permission
from orderwell.web.components.words import choices
from orderwell.web.lists.common import pick
from orderwell.web.lists.spec import Column, Filter, ListSpec, Nothing, Tab, Values
from orderwell.web.prices.words import tax_word, who
from orderwell.web.templatetags.orderwell import localname

P = Permission


def rows(actor: Actor, values: Values, now: datetime) -> Sequence[QuerySet[PriceList]]:
    wanted = pick(values, text="q", state="state", currency="currency", scope="for")
    return [price_lists(actor, ListFilters(**wanted), day=price_day(now))]


def extras(actor: Actor, found: Sequence[Any], keys: Sequence[str]) -> None:
    ids = [row.pk for row in found]
    today = price_day(utc_now())
    targets: dict[int, list[PriceAssignment]] = assignments_of(actor, ids) if "for" in keys else {}
    counts = entry_counts(ids) if "entries" in keys else {}
    for row in found:
        row.state = state_of(row, today)
        row.targets = targets.get(row.pk, [])
        row.entry_count = counts.get(row.pk, 0)


def link(row: Any) -> str:
    return reverse("price-list", args=[row.pk])


def name(row: Any) -> Any:
    return format_html('<a class="fw-bold wrap" href="{}">{}</a>', link(row), localname(row))


def currency_choices(actor: Actor) -> list[tuple[str, str]]:
    found = sorted(set(price_lists(actor).order_by().values_list("currency", flat=True).distinct()))
    return [(code, code) for code in found] if len(found) > 1 else []


PRICE_LISTS = ListSpec(
    name="price-lists",
    topics="prices",
    title=_("Price lists"),
    permission=P.PRICES_PRICE_LIST_VIEW,
    url_name="price-lists",
    columns=(
        Column("name", _("Name"), localname, show=name, narrow="main"),
        Column("code", _("Code"), lambda row: row.code, sort="code", narrow="line"),
        Column("state", _("State"), lambda row: row.state, "word", "price-list", narrow="end"),
        Column("for", pgettext_lazy("price list", "For"), lambda row: who(row.targets), narrow="line"),
        Column("entries", _("Prices"), lambda row: row.entry_count, "whole"),
        Column("currency", _("Currency"), lambda row: row.currency, narrow="line"),
        Column("from", _("First day"), lambda row: row.valid_from, "day"),
        Column("until", _("Last day"), lambda row: row.valid_until, "day"),
        Column("priority", _("Priority"), lambda row: row.priority, "whole"),
        Column("tax", _("Tax in the prices"), lambda row: str(tax_word(row.prices_include_tax))),
        Column("note", _("Note"), lambda row: row.note),
        Column("updated", _("Changed"), lambda row: row.updated_at, "moment"),
    ),
    default=("name", "code", "state", "for", "entries", "currency", "from", "until", "priority"),
    rows=rows,
    sorts={"code": ("code",)},
    default_sort="code",
    filters=(
        Filter("q", _("Search"), "text"),
        Filter("state", _("State"), choices=lambda actor: choices("price-list")),
        Filter("for", pgettext_lazy("price list", "For"), choices=lambda actor: choices("price-scope")),
        Filter("currency", _("Currency"), choices=currency_choices),
    ),
    tabs=(
        Tab("all", _("All")),
        Tab("now", _("In use today"), {"state": "now"}),
        Tab("later", _("Later"), {"state": "later"}),
        Tab("over", _("Over"), {"state": "over"}),
        Tab("archived", _("Archived"), {"state": "archived"}),
    ),
    link=link,
    row_class=lambda row: "row-quiet" if row.state in ("over", "archived") else "",
    prepare=extras,
    search=_("Code or name"),
    buttons="lists/more/price_lists.html",
    nothing=Nothing(
        "receipt-2",
        _("No price lists yet"),
        _("Without one, every order takes the products’ own list prices."),
        "price-list-new",
        _("New price list"),
        P.PRICES_PRICE_LIST_CHANGE,
    ),
)
