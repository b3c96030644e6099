"""A customer's account over a period: on the screen, as CSV, and as a document to hand out."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from orderwell.domains.automation.printing.statements import AGES
from orderwell.domains.automation.services.hand_out import hand_out_statement
from orderwell.domains.billing.statement import AccountStatement, account_statement, currencies_of, usual_currency
from orderwell.kernel.clock import business_day, utc_now
from orderwell.platform.accounts.actor import Actor
from orderwell.platform.exporting import Column, content_type, csv_bytes
from orderwell.platform.permissions import Permission
from orderwell.web.components.words import word
from orderwell.web.pages import action, page

VIEW = Permission.BILLING_INVOICE_VIEW
# More lines than anybody reads on a screen; the file has all of them.
SHOWN = 1000


def zone() -> ZoneInfo:
    return ZoneInfo(settings.TIME_ZONE)


def _day(text: str) -> date | None:
    try:
        found = date.fromisoformat(text)
    except ValueError:
        return None
    return found if 1971 <= found.year <= 2199 else None


def _chosen(params: Any, actor: Actor, customer_id: int) -> dict[str, Any]:
    """Period and currency of the address: from the first of the month before last, in the customer's own."""
    today = business_day(utc_now(), zone())
    before = (today.replace(day=1) - timedelta(days=1)).replace(day=1)
    first, last = _day(params.get("from", "")) or before, _day(params.get("to", "")) or today
    first, last = sorted((first, last))
    currency = params.get("currency", "")
    if currency not in currencies_of(actor, customer_id):
        currency = usual_currency(actor, customer_id)
    return {"first": first, "last": last, "currency": currency}


def _found(request: HttpRequest, actor: Actor, customer_id: int) -> AccountStatement:
    actor.require(Permission.CUSTOMERS_CUSTOMER_VIEW)
    params = request.POST if request.method == "POST" else request.GET
    return account_statement(actor, customer_id, **_chosen(params, actor, customer_id), zone=zone())


@page(VIEW)
def statement(request: HttpRequest, actor: Actor, customer_id: int) -> HttpResponse:
    found = _found(request, actor, customer_id)
    context = {
        "found": found,
        "customer": found.customer,
        "lines": found.lines[:SHOWN],
        "more": max(0, len(found.lines) - SHOWN),
        "ages": [(_(title), found.ageing.by_age[age], age) for age, title in AGES.items()],
        "presets": _presets(),
        "currencies": sorted({*currencies_of(actor, customer_id), found.currency}),
        "query": urlencode({"from": found.first, "to": found.last, "currency": found.currency}),
    }
    return render(request, "customers/statement.html", context)


def _presets() -> list[tuple[str, date, date]]:
    today = business_day(utc_now(), zone())
    month = today.replace(day=1)
    before = (month - timedelta(days=1)).replace(day=1)
    return [
        (_("This month"), month, today),
        (_("Last month"), before, month - timedelta(days=1)),
        (_("This year"), today.replace(month=1, day=1), today),
        (_("Twelve months"), today - timedelta(days=365), today),
    ]


@page(VIEW)
def statement_csv(request: HttpRequest, actor: Actor, customer_id: int) -> HttpResponse:
    """The whole statement as a file, opening and closing balance included."""
    found = _found(request, actor, customer_id)
    columns = [
        Column("date", _("Date"), "day"),
        *(Column(key, title) for key, title in (("kind", _("Kind")), ("number", _("Number")), ("order", _("Order")))),
        Column("due", _("Due"), "day"),
        Column("amount", _("Amount"), "number"),
        Column("balance", _("Balance"), "number"),
        Column("currency", _("Currency")),
        Column("invoice", _("For invoice")),
    ]
    nothing = (None,) * 4
    rows: list[list[Any]] = [
        [found.first, _("Opening balance"), *nothing, found.opening, found.currency, None],
    ]
    for line in found.lines:
        due = business_day(line.due_at, zone()) if line.due_at else None
        day, kind = business_day(line.occurred_at, zone()), str(word("ledger", line.kind))
        money = (line.amount, line.balance, found.currency)
        rows.append([day, kind, line.number, line.order_number, due, *money, line.invoice or None])
    rows.append([found.last, _("Closing balance"), *nothing, found.closing, found.currency, None])
    response = HttpResponse(b"".join(csv_bytes(columns, [rows], zone=zone())), content_type=content_type("csv"))
    name = f"statement-{found.customer.pk}-{found.first}-{found.last}.csv"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["Cache-Control"] = "private, no-store"
    return response


@action(VIEW)
def print_statement(request: HttpRequest, actor: Actor, customer_id: int) -> HttpResponse:
    """Keep the statement as a document, and open its PDF."""
    actor.require(Permission.CUSTOMERS_CUSTOMER_VIEW)
    chosen = _chosen(request.POST, actor, customer_id)
    made = hand_out_statement(customer_id=customer_id, **chosen, zone=zone(), actor=actor, now=utc_now())
    return HttpResponseRedirect(f"{reverse('print', args=['statement'])}?ids={made.pk}")
