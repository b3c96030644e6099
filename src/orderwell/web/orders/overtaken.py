"""What was typed over a quote or an order that meanwhile became something else: it goes on elsewhere, nothing is lost.

A confirmed quote goes on as a change of the order it became. What was cancelled is shown to copy from, and kept as an
unfinished new order.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from decimal import Decimal

from django import forms
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from orderwell.domains.orders.changing import changes_on
from orderwell.domains.orders.events import OrderEvent
from orderwell.domains.orders.lines_alike import numbered
from orderwell.domains.orders.models import Amendment, Order, OrderLine
from orderwell.domains.orders.overview import OrderOverview
from orderwell.kernel.errors import DomainError
from orderwell.kernel.quantities import plain
from orderwell.platform.accounts.actor import Actor
from orderwell.platform.events.queries import stream
from orderwell.platform.permissions import Permission
from orderwell.web.components.actions import new_token
from orderwell.web.orders.change_forms import ADDRESS, OrderChangeForm, Typed, read_rows, rows_of, stored_values
from orderwell.web.orders.entry_drafts import keep_typed
from orderwell.web.orders.entry_forms import EntryForm, Row
from orderwell.web.orders.quote_merging import MergedRows, QuoteForm
from orderwell.web.templatetags.orderwell import line_name

# Fields that a change has as well as a quote.
SHARED = ("shipping", "discount", "requested_on", "priority", "note", *(f"ship_{name}" for name in ADDRESS))
# What a placed order keeps as it is.
FIXED = ("channel", "customer", "external_id")


def who_did(order: Order, *names: str) -> tuple[str, datetime | None]:
    """Who did the newest of these things to an order, and when; the moment is None where that is not known."""
    found = next((event for event in stream(f"order:{order.pk}", limit=50) if event.name in names), None)
    return (found.actor_label, found.occurred_at) if found else (_("Somebody else"), None)


def as_change(found: OrderOverview, form: QuoteForm, lines: MergedRows, actor: Actor) -> tuple[OrderChangeForm, Typed]:
    """The form of a change of the order, with what was typed over the quote it was; and its lines."""
    order, typed = found.order, QueryDict(mutable=True)
    typed["version"], typed["token"], typed["reason"] = str(order.version), new_token(), ""
    stored = stored_values(found)
    typed["promised_on"] = stored["promised_on"].isoformat() if stored["promised_on"] else ""
    for name in SHARED:
        value = form.sent.get(name, "")
        typed[name] = value or str(stored[name]) if name == "priority" else value
    who, _when = who_did(order, OrderEvent.PLACED)
    text = _(
        "%(who)s confirmed quote %(number)s while you were typing: it is an order now. What you typed stands here as a "
        "change of it; look at what changes and send it."
    )
    said = [text % {"who": who, "number": order.number}, *form.said, *lines.said]
    said += _fill_lines(typed, found, lines.rows)
    if any(form.sent.get(name, "") != form.theirs.get(name, "") for name in FIXED):
        said.append(_("Channel, customer and external number of a placed order stay as they are."))
    change = OrderChangeForm(
        typed,
        stored=stored,
        version=order.version,
        may_price=actor.may(Permission.ORDERS_PRICE_OVERRIDE),
        personal="ship_street" in form.fields,
    )
    rows = read_rows(found, typed, {}, "")
    rows.said[:0] = said
    return change, rows


def _fill_lines(typed: QueryDict, found: OrderOverview, rows: Sequence[Row]) -> list[str]:
    """Write the cells of each line; what a change has no cell for."""
    said, mine = [], numbered(rows)
    goods = [row for row in rows_of(found) if row.line.kind == OrderLine.Kind.GOODS]
    for key, line in numbered([row.line for row in goods]).items():
        row = mine.pop(key, None)
        if row is None:
            typed[f"x-{line.pk}"] = "1"
            continue
        typed[f"q-{line.pk}"], typed[f"d-{line.pk}"] = row.quantity, row.discount
        if row.unit_price:
            typed[f"p-{line.pk}"] = row.unit_price
    for row in mine.values():
        for name in ("sku", "name", "quantity", "unit_price"):
            typed.appendlist(f"new_{name}", getattr(row, name))
        if row.discount:
            text = _("%(name)s: the discount of %(amount)s is not taken over; enter it once the line is on the order.")
            said.append(text % {"name": row.name or row.sku, "amount": row.discount})
    return said


def typed_as_order(found: OrderOverview, sent: QueryDict) -> tuple[dict[str, str], list[Row]]:
    """What was typed into a change, as fields and lines of a new order. Prices that nobody typed are found anew."""
    order = found.order
    fields = {name: sent.get(name, "") for name in SHARED}
    fields |= {"channel": order.channel.code, "customer": order.customer.number if order.customer else ""}
    rows = []
    for line, units in _before_cancelling(found):
        if sent.get(f"x-{line.pk}"):
            continue
        # Scripts leave out what stands as it was.
        quantity, price = sent.get(f"q-{line.pk}") or plain(units), sent.get(f"p-{line.pk}", "")
        same = price in ("", plain(line.unit_price), f"{line.unit_price:.2f}") or sent.get(f"r-{line.pk}")
        discount = sent.get(f"d-{line.pk}", plain(line.line_discount) if line.line_discount else "")
        rows.append(Row(line.sku, line_name(line), quantity, "" if same else price, discount))
    added = (sent.getlist(f"new_{name}") for name in ("sku", "name", "quantity", "unit_price"))
    rows += [Row(*cells) for cells in zip(*added, strict=False) if cells[0].strip()]
    return fields, rows


def _before_cancelling(found: OrderOverview) -> Iterator[tuple[OrderLine, Decimal]]:
    """The lines of goods that the newest cancellation found open, with their units."""
    last = next((row for row in changes_on(found.order) if row.kind == Amendment.Kind.CANCEL), None)
    before = last.before.get("lines", {}) if last else {}
    for view in found.lines:
        then = before.get(str(view.line.pk), {})
        units = view.line.quantity - Decimal(str(then.get("quantity_cancelled", 0)))
        if view.line.kind == OrderLine.Kind.GOODS and (then or not before) and units > 0:
            yield view.line, units


def cancelled(
    request: HttpRequest,
    actor: Actor,
    order: Order,
    form: forms.Form,
    fields: Mapping[str, str],
    rows: Sequence[Row],
    *,
    key: str = "",
) -> HttpResponse:
    """Show what was typed over an order that was cancelled meanwhile, and keep it as an unfinished new order.

    `key` of the draft in which it was kept; looked at again it is the same unfinished order.
    """
    kept = ""
    if actor.may(Permission.ORDERS_ORDER_PLACE):
        content = {name: fields.get(name, "") for name in EntryForm.base_fields}
        if content["external_id"] == (order.external_id or ""):
            content["external_id"] = ""  # the channel has given it to the cancelled order
        content["token"] = new_token()
        try:
            key = keep_typed(actor, content, rows, key=key or request.POST.get("token", "")[:64])
            kept = f"{reverse('order-new')}?{urlencode({'draft': key})}"
        except DomainError:
            kept = ""  # too large to be kept; the page still shows it
    who, when = who_did(order, OrderEvent.CANCELLED, OrderEvent.UNITS_CANCELLED)
    facts = [
        (bound.label, str(bound.value()))
        for bound in form
        if not bound.is_hidden and bound.name not in FIXED and bound.value() and bound.name in form.fields
    ]
    context = {"order": order, "who": who, "when": when, "facts": facts, "rows": rows, "kept": kept}
    return render(request, "orders/overtaken.html", context, status=422 if request.method == "POST" else 200)
