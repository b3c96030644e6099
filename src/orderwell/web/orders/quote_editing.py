"""A stored quote opened again: the page of entry over it, merged with what others changed meanwhile."""

from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _

from orderwell.domains.catalog.choices import visible_channels
from orderwell.domains.orders.drafts import OrderDraft
from orderwell.domains.orders.models import Order, OrderLine
from orderwell.domains.orders.overview import OrderOverview, order_overview
from orderwell.domains.orders.services.quote import stored_draft, update_quote
from orderwell.kernel.clock import business_day, utc_now
from orderwell.kernel.errors import DomainError, NotFound, StaleVersion
from orderwell.kernel.quantities import plain
from orderwell.platform.accounts.actor import Actor
from orderwell.platform.events.queries import stream
from orderwell.platform.permissions import Permission, PermissionDenied
from orderwell.web.components.actions import perform_once
from orderwell.web.components.drafts import finish
from orderwell.web.components.toasts import tell
from orderwell.web.orders.changing import change_page
from orderwell.web.orders.entry import entry_page, read
from orderwell.web.orders.entry_forms import ADDRESS, Row, draft_from, place_errors, rows_from, rows_of
from orderwell.web.orders.kept_changes import (
    QUOTE,
    Resumed,
    content_of_quote,
    keep_refused,
    kind_of,
    offered_over,
    overtaken_by,
    resumed_over,
    to_newest,
)
from orderwell.web.orders.overtaken import as_change, cancelled
from orderwell.web.orders.quote_merging import MergedRows, QuoteForm, with_what_is_not_typed
from orderwell.web.pages import form_page
from orderwell.web.templatetags.orderwell import line_name


@form_page(Permission.ORDERS_ORDER_CHANGE)
def edit_quote(request: HttpRequest, actor: Actor, order_id: int) -> HttpResponse:
    found = order_overview(actor, order_id)
    order = found.order
    again = resumed_over(request, QUOTE, order, actor) if request.method != "POST" else None
    if order.state != Order.State.DRAFT:
        data = again.data if again else request.POST
        if data:
            return _overtaken(request, actor, found, data, again.draft["key"] if again else "")
        if newest := to_newest(QUOTE, order, actor):
            return newest
        messages.error(request, _("Order %(number)s is not a quote any more.") % {"number": order.number})
        return HttpResponseRedirect(reverse("order-detail", args=[order_id]))
    stored = stored_draft(order)
    rows = rows_of(stored, order.currency, _names(order))
    if again:
        return _resumed(request, actor, order, _form(again.data, actor, order, stored, rows), again)
    form = _form(request.POST or None, actor, order, stored, rows)
    if request.method != "POST":
        return entry_page(request, actor, form, rows, quote=order, drafts=offered_over(QUOTE, order, actor))
    lines = form.merge_rows(rows_from(request.POST))
    if read(form, lines.rows) and not lines.conflicts and _save(request, actor, order, stored, form, lines):
        finish(request, actor, kind_of(QUOTE, order_id))
        return HttpResponseRedirect(reverse("order-detail", args=[order_id]))
    form.renew()
    content = content_of_quote(request.POST, rows_from(request.POST))
    draft = keep_refused(request, QUOTE, order, actor, content)
    shown: dict[str, Any] = {"merged": _merged(form, lines), "draft": draft}
    return entry_page(request, actor, form, lines.rows, quote=order, status=422, **shown)


def _resumed(request: HttpRequest, actor: Actor, order: Order, form: QuoteForm, again: Resumed) -> HttpResponse:
    """What was typed before, as it would have come back had it been sent."""
    lines = form.merge_rows(rows_from(again.data))
    form.is_valid()
    shown = _merged(form, lines)
    if again.overtaken:
        shown["said"].insert(0, overtaken_by(order))
    form.renew()
    return entry_page(request, actor, form, lines.rows, quote=order, merged=shown, draft=again.draft)


def _merged(form: QuoteForm, lines: MergedRows) -> dict[str, Any]:
    return {
        "said": [*form.said, *lines.said],
        "conflicts": [*(form.merged.conflicts if form.merged else ()), *lines.conflicts],
    }


def _overtaken(request: HttpRequest, actor: Actor, found: OrderOverview, data: QueryDict, key: str) -> HttpResponse:
    """Somebody confirmed or cancelled the quote while this person typed. `key` of the draft from which that comes."""
    order, stored = found.order, stored_draft(found.order)
    rows = rows_of(stored, order.currency, _names(order))
    form, typed = _form(data, actor, order, stored, rows), rows_from(data)
    if order.state == Order.State.CANCELLED:
        return cancelled(request, actor, order, form, {name: str(data[name]) for name in data}, typed, key=key)
    return change_page(request, actor, found, *as_change(found, form, form.merge_rows(typed), actor), carried=True)


def _form(data: QueryDict | None, actor: Actor, order: Order, stored: OrderDraft, rows: list[Row]) -> QuoteForm:
    newest = stream(f"order:{order.pk}", limit=1) if data else []
    return QuoteForm(
        data,
        channels=visible_channels(actor, active_only=True),
        stored=_values(stored),
        stored_rows=rows,
        version=order.version,
        changed_by=newest[0].actor_label if newest else "",
        personal=actor.may(Permission.CUSTOMERS_PERSONAL_DATA_VIEW) or not order.ship_to,
    )


def _save(
    request: HttpRequest, actor: Actor, order: Order, stored: OrderDraft, form: QuoteForm, lines: MergedRows
) -> bool:
    draft = with_what_is_not_typed(draft_from(form, lines.rows), stored, personal=form.personal)
    try:
        perform_once(
            request,
            actor,
            form,
            lambda data: update_quote(
                order_id=order.pk, draft=draft, version=order.version, actor=actor, now=utc_now()
            ),
        )
    except (NotFound, PermissionDenied):
        raise
    except StaleVersion:
        form.add_error(None, _("Somebody was faster by a moment. Look it over and send it again."))
        return False
    except DomainError as error:
        place_errors(form, lines.rows, error.details)
        return False
    for text in (*form.said, *lines.said):
        tell(request, text, level="info")
    messages.success(request, _("Quote %(number)s is saved.") % {"number": order.number})
    return True


def _values(draft: OrderDraft) -> dict[str, Any]:
    """What the form begins with."""
    address = draft.ship_to
    wanted = business_day(draft.requested_at, ZoneInfo(settings.TIME_ZONE)) if draft.requested_at else None
    return {
        "channel": draft.channel,
        "customer": draft.customer or "",
        "external_id": draft.external_id or "",
        "requested_on": wanted,
        "priority": draft.priority,
        "discount": plain(draft.discount) if draft.discount else "",
        "shipping": plain(draft.shipping) if draft.shipping else "",
        "note": draft.note,
        **{f"ship_{name}": getattr(address, name) if address else "" for name in ADDRESS[:-1]},
        "ship_country": address.country if address else "CN",
    }


def _names(order: Order) -> dict[str, str]:
    goods = order.lines.filter(kind=OrderLine.Kind.GOODS).select_related("variant")
    return {line.sku: line_name(line) for line in goods}
