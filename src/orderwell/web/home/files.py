"""The charts and tables of the overview as files, with exact figures."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from django.http import HttpResponse
from django.utils.translation import gettext as _

from orderwell.domains.analytics.periods import Period
from orderwell.domains.analytics.queries import Backlog, Sales
from orderwell.domains.analytics.rankings import Ranked
from orderwell.domains.catalog.choices import channel_names
from orderwell.web.components.charts import csv_answer
from orderwell.web.templatetags.orderwell import localname

Heads = list[tuple[str, str]]


def overview_file(kind: str, found: Sales, period: Period, currency: str, backlog: Backlog) -> HttpResponse:
    """`kind` is "channels", "ages", or else the days or months of the period."""
    figures: Heads = [(_("Orders"), "whole"), (_("Revenue"), "number"), (_("Currency"), "text")]
    if kind == "ages":
        rows = [[_("Older") if age is None else _("Up to %(days)s d") % {"days": age}, n] for age, n in backlog.ages]
        return csv_answer("waiting", [(_("Waiting"), "text"), (_("Orders"), "whole")], rows)
    if kind == "channels":
        names = channel_names()
        rows = [
            [localname(names.get(channel)) or str(channel), figure.orders, figure.revenue, currency]
            for channel, figure in found.by_channel
        ]
        return csv_answer("channels", [(_("Channel"), "text"), *figures], rows)
    heading = _("Month") if period.by_month else _("Day")
    rows = [[point, figure.orders, figure.revenue, currency] for point, figure in found.points]
    return csv_answer("sales", [(heading, "day"), *figures], rows)


def rankings_file(kind: str, customers: Sequence[Ranked], variants: Sequence[Ranked], currency: str) -> HttpResponse:
    """`kind` is "customers", or else the products."""
    if kind == "customers":
        heads: Heads = [(_("Customer"), "text"), (_("Orders"), "whole")]
        rows = [[row.name_zh, row.orders, *_money_of(row), currency] for row in customers]
        return csv_answer("customers", [*heads, *_money_heads(), (_("Currency"), "text")], rows)
    heads = [(_("Product"), "text"), (_("Units"), "number")]
    rows = [[localname(row), row.count, *_money_of(row), currency] for row in variants]
    return csv_answer("products", [*heads, *_money_heads(), (_("Currency"), "text")], rows)


def _money_heads() -> Heads:
    return [(_("Revenue"), "number"), (_("Value returned"), "number"), (_("Revenue less returns"), "number")]


def _money_of(row: Ranked) -> tuple[Decimal, Decimal, Decimal]:
    return row.revenue, row.returned, row.net
