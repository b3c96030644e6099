"""Typing an order: type-ahead for customer and product, totals as one types, and one way in - the intake gate."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from orderwell.domains.automation.hints.services.dismiss import adopt_dismissals
from orderwell.domains.catalog.choices import visible_channels
from orderwell.domains.catalog.matching import match_variants
from orderwell.domains.orders.drafts import OrderDraft, RequestIdentity, Submission
from orderwell.domains.orders.gate import gate
from orderwell.domains.orders.habits import channel_of_entry
from orderwell.domains.orders.models import Order
from orderwell.domains.orders.outcomes import Outcome, Placed, Refused, Repeated
from orderwell.domains.orders.reorder import ReorderLine, reorder
from orderwell.domains.orders.services.quote import save_quote
from orderwell.kernel.clock import utc_now
from orderwell.kernel.errors import DomainError, ErrorDetail, all_codes
from orderwell.kernel.quantities import plain
from orderwell.platform.accounts.actor import Actor
from orderwell.platform.formats import listed
from orderwell.platform.idempotency.repeating import Answer, once
from orderwell.platform.permissions import Permission
from orderwell.web.components.actions import OF_DRAFT, new_token
from orderwell.web.components.drafts import finish, key_in, whole
from orderwell.web.components.refusals import shown_as_page
from orderwell.web.orders.entry_drafts import KIND as DRAFT
from orderwell.web.orders.entry_drafts import Offered, Resumed, offered, resumed, to_refused
from orderwell.web.orders.entry_forms import (
    ADDRESS,
    EntryForm,
    Row,
    check_rows,
    draft_from,
    place_errors,
    rows_from,
    say_above,
)
from orderwell.web.orders.kept_changes import OfferedChange
from orderwell.web.orders.lookups import customer_card
from orderwell.web.pages import form_page
from orderwell.web.templatetags.orderwell import line_name, localname, money_text, price

MOST_ADDED = 200
# What a page sends beside the order; two tabs of the same draft differ in it.
NOT_THE_ORDER = OF_DRAFT | {"csrfmiddlewaretoken", "token"}


@form_page(Permission.ORDERS_ORDER_PLACE)
def new_order(request: HttpRequest, actor: Actor) -> HttpResponse:
    channels = visible_channels(actor, active_only=True)
    if request.method == "POST":
        form, rows = EntryForm(request.POST, channels=channels), rows_from(request.POST)
        placed = _submit(request, actor, form, rows)
        if placed is not None:
            finish(request, actor, DRAFT)
            return HttpResponseRedirect(placed)
        kept_at = to_refused(request, actor, form, rows) if shown_as_page(request) else None
        return kept_at or entry_page(request, actor, form, rows, status=422)
    if key := request.GET.get("draft", "")[:64]:
        if kept := resumed(actor, key):
            return _resumed(request, actor, kept, key)
        messages.info(request, _("This draft is not there any more: it became an order, or was discarded."))
    initial, rows, changes = _start(request, actor)
    form = EntryForm(channels=channels, initial=initial)
    empty = not rows and not initial.get("customer")
    return entry_page(request, actor, form, rows, changes=changes, drafts=offered(actor) if empty else ())


def _resumed(request: HttpRequest, actor: Actor, kept: Resumed, key: str) -> HttpResponse:
    channels = visible_channels(actor, active_only=True)
    draft = {"key": key, "version": kept.version}
    if kept.refused is None:
        return entry_page(request, actor, EntryForm(channels=channels, initial=kept.fields), kept.rows, draft=draft)
    form = EntryForm(kept.fields, channels=channels)
    read(form, kept.rows)
    place_errors(form, kept.rows, kept.refused)
    return entry_page(request, actor, form, kept.rows, draft=draft)


def entry_page(
    request: HttpRequest,
    actor: Actor,
    form: EntryForm,
    rows: list[Row],
    *,
    quote: Order | None = None,
    draft: dict[str, Any] | None = None,
    drafts: Sequence[Offered | OfferedChange] = (),
    changes: list[str] | None = None,
    merged: dict[str, Any] | None = None,
    status: int = 200,
) -> HttpResponse:
    number = form["customer"].value()
    context = {
        "draft": draft or {"key": key_in(request) or new_token(), "version": whole(request, "draft_version")},
        "drafts": drafts,
        "changes": changes or [],
        "form": form,
        "rows": rows,
        "quote": quote,
        **(merged or {}),
        "customer": customer_card(actor, number) if number else None,
        "may_price": actor.may(Permission.ORDERS_PRICE_OVERRIDE),
        "channel_currencies": {item.code: item.currency for item in visible_channels(actor, active_only=True)},
    }
    return render(request, "orders/entry.html", context, status=status)


def _start(request: HttpRequest, actor: Actor) -> tuple[dict[str, Any], list[Row], list[str]]:
    """Empty, for a customer, or a past order again with what is different today."""
    initial: dict[str, Any] = {"ship_country": "CN"}
    again = request.GET.get("from") or request.GET.get("again", "")
    if again.isascii() and again.isdecimal() and len(again) < 19:
        found = reorder(actor, int(again), now=utc_now())
        order, address = found.source.order, found.source.ship_to
        initial |= {"channel": order.channel.code, "customer": order.customer.number if order.customer else ""}
        initial |= {f"ship_{name}": address.get(name, "") for name in ADDRESS[:5]}
        initial |= {f"ship_{name}": getattr(order, f"ship_{name}") for name in ADDRESS[5:]}
        names = {view.line.sku: line_name(view.line) for view in found.source.goods}
        rows = [Row(line.sku, names[line.sku], plain(line.quantity)) for line in found.lines]
        changes = [_difference(line, names[line.sku], order.currency) for line in found.lines if line.changed]
        return initial, rows, changes
    if number := request.GET.get("customer", "")[:40]:
        card = customer_card(actor, number)
        if card:
            address = {name: card.get("address", {}).get(name, "") for name in ADDRESS}
            initial |= {"customer": number} | {f"ship_{name}": value for name, value in address.items() if value}
            initial["channel"] = card.get("channel", "")
    initial["channel"] = initial.get("channel") or channel_of_entry(actor)
    return initial, _wanted(request, actor), []


def _wanted(request: HttpRequest, actor: Actor) -> list[Row]:
    """Products that another page asks for: `add` names them, "q-CUP" says how many."""
    skus = [sku for sku in request.GET.getlist("add")[:MOST_ADDED] if len(sku) <= 60]
    if not skus or not actor.may(Permission.CATALOG_PRODUCT_VIEW):
        return []
    found = match_variants(actor, skus)
    return [
        Row(matches[0].sku, localname(matches[0]), request.GET.get(f"q-{sku}", "")[:20].strip() or "1")
        for sku in skus
        if (matches := found.get(sku.strip(), []))
    ]


def _difference(line: ReorderLine, name: str, currency: str) -> str:
    if not line.sold:
        return _("%(sku)s %(name)s is not sold any more.") % {"sku": line.sku, "name": name}
    if line.price_now is None:
        return _("%(sku)s %(name)s has no list price now.") % {"sku": line.sku, "name": name}
    return _("%(sku)s %(name)s: %(then)s then, %(now)s now.") % {
        "sku": line.sku,
        "name": name,
        "then": price(line.price_then, currency),
        "now": price(line.price_now, currency),
    }


def read(form: EntryForm, rows: list[Row]) -> bool:
    valid = form.is_valid()
    draft_from(form, rows)  # marks the cells that hold no number
    return check_rows(form, rows) and valid


def _keep_dismissals(request: HttpRequest, actor: Actor, order_id: int) -> None:
    """Hints that were dismissed while it was typed stay away from the order."""
    adopt_dismissals(draft=request.POST.get("draft", "")[:50], order_id=order_id, actor=actor, now=utc_now())


def _submit(request: HttpRequest, actor: Actor, form: EntryForm, rows: list[Row]) -> str | None:
    """Place the order or save the quote; the address to go to, or None when something is to be put right."""
    if not read(form, rows):
        return None
    draft = draft_from(form, rows)
    try:
        if request.POST.get("as") == "quote":
            return _save_quote(request, actor, form, draft)
        outcome = gate().submit(Submission(draft, actor, _identity(request, actor, form)))
    except DomainError as error:
        place_errors(form, rows, error.details)
        return None
    if isinstance(outcome, Placed):
        _keep_dismissals(request, actor, outcome.order_id)
    return _answer(request, form, rows, outcome)


def _save_quote(request: HttpRequest, actor: Actor, form: EntryForm, draft: OrderDraft) -> str:
    """Save it once: the same page sent again leads to what the first time made."""

    def work() -> Answer:
        saved = save_quote(draft=draft, actor=actor, now=utc_now())
        _keep_dismissals(request, actor, saved.order_id)
        messages.success(request, _("Quote %(number)s is saved.") % {"number": saved.number})
        return Answer(200, str(saved.order_id).encode())

    asked = _identity(request, actor, form)
    made = once(scope=asked.scope, key=asked.key, fingerprint=asked.fingerprint, now=utc_now(), act=work)
    return reverse("order-detail", args=[int(made.body)])


def _identity(request: HttpRequest, actor: Actor, form: EntryForm) -> RequestIdentity:
    """The form's token as request key: sending the same page twice places one order."""
    sent = {key: value for key, value in sorted(request.POST.lists()) if key not in NOT_THE_ORDER}
    fingerprint = hashlib.sha256(json.dumps(sent).encode()).digest()
    return RequestIdentity(f"web:{actor.id}", form.cleaned_data["token"], fingerprint)


def _answer(request: HttpRequest, form: EntryForm, rows: list[Row], outcome: Outcome) -> str | None:
    if isinstance(outcome, Repeated):
        stored = json.loads(outcome.answer)
        if "id" in stored:
            messages.info(request, _("This order was placed already; here it is."))
            return reverse("order-detail", args=[stored["id"]])
        _repeat_refusal(form, rows, stored)
        return None
    if isinstance(outcome, Refused):
        place_errors(form, rows, outcome.errors)
        say_above(form, rows)
        _fresh_token(form)
        return None
    if isinstance(outcome, Placed):
        _tell_placed(request, outcome)
    else:
        text = _("The channel had given this external number before; it is order %(number)s.")
        messages.warning(request, text % {"number": outcome.number})
    return reverse("order-detail", args=[outcome.order_id])


def _repeat_refusal(form: EntryForm, rows: list[Row], stored: dict[str, Any]) -> None:
    """The stored answer has its sentences filled in already, in the language of whoever sent it first; said anew here."""
    known = all_codes()
    errors = [
        ErrorDetail(
            item["code"],
            known[item["code"]].message if item["code"] in known else item["detail"],
            item.get("pointer"),
            item.get("data") or {},
        )
        for item in stored.get("errors", [])
    ]
    place_errors(form, rows, errors)
    say_above(form, rows)
    _fresh_token(form)


def _fresh_token(form: EntryForm) -> None:
    """A refused order is corrected and sent again as a new request; the old key would give the old refusal."""
    form.data = {**form.data.dict(), "token": new_token()} if isinstance(form.data, QueryDict) else form.data


def _tell_placed(request: HttpRequest, outcome: Placed) -> None:
    missing = [line for line in outcome.lines if line.backordered]
    total = money_text(outcome.total_amount, outcome.currency)
    messages.success(
        request, _("Order %(number)s over %(total)s was placed.") % {"number": outcome.number, "total": total}
    )
    if missing:
        skus = listed(line.sku for line in missing[:5])
        messages.warning(request, _("Not everything is in stock; backordered: %(skus)s.") % {"skus": skus})
