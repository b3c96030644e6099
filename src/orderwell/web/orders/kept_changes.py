"""Drafts over a stored order: what is typed into the form of a quote, or of a change, is kept as a new order is.

Each order has its own, by form. One that was begun on an earlier version of its order is merged with what the order is now,
as it would have been had it been sent that late.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from orderwell.domains.orders.models import Order
from orderwell.domains.orders.queries import visible_orders
from orderwell.kernel.errors import DomainError, NotFound
from orderwell.platform.accounts.actor import Actor
from orderwell.platform.drafts.services import KeptDraft, draft_of, drafts_of
from orderwell.platform.events.queries import stream
from orderwell.platform.permissions import Permission
from orderwell.web.components.actions import OF_DRAFT, new_token
from orderwell.web.components.drafts import finish, keep_sent, keep_typed_so_far
from orderwell.web.orders.entry_forms import Row, cells_of
from orderwell.web.pages import action

# What a form is called in the kind of its drafts, and the page on which it stands.
QUOTE, CHANGE = "quote", "change"
PAGES = {QUOTE: "order-edit-quote", CHANGE: "order-change"}
MOST_OFFERED = 8
NOT_TYPED = OF_DRAFT | {"csrfmiddlewaretoken", "token", "seen"}


@dataclass(frozen=True)
class OfferedChange:
    key: str
    updated_at: datetime
    # The order is another than the one over which it was typed.
    overtaken: bool


@dataclass(frozen=True)
class Resumed:
    """A draft opened again, as its form would have sent it."""

    data: QueryDict
    draft: dict[str, Any]
    overtaken: bool


def kind_of(form: str, order_id: int) -> str:
    return f"{form}:{order_id}"


@action(Permission.ORDERS_ORDER_CHANGE)
def keep(request: HttpRequest, actor: Actor, order_id: int, form: str) -> HttpResponse:
    _require_visible(actor, order_id)
    return keep_typed_so_far(request, actor, kind_of(form, order_id))


@action(Permission.ORDERS_ORDER_CHANGE)
def discard(request: HttpRequest, actor: Actor, order_id: int, form: str) -> HttpResponse:
    _require_visible(actor, order_id)
    finish(request, actor, kind_of(form, order_id), "key")
    return HttpResponseRedirect(reverse(PAGES[form], args=[order_id]))


def _require_visible(actor: Actor, order_id: int) -> None:
    if not visible_orders(actor).filter(pk=order_id).exists():
        raise NotFound(kind="order", reference=str(order_id))


def offered_over(form: str, order: Order, actor: Actor) -> list[OfferedChange]:
    """Unfinished ones of this person over this order, the newest first; not where all that was typed was taken back."""
    begun = [kept for kept in drafts_of(kind=kind_of(form, order.pk), actor=actor) if kept.content.get("begun")]
    found = [(kept, _data_of(form, kept)) for kept in begun[:MOST_OFFERED]]
    return [
        OfferedChange(kept.key, kept.updated_at, data.get("version") != str(order.version))
        for kept, data in found
        if data
    ]


def resumed_over(request: HttpRequest, form: str, order: Order, actor: Actor) -> Resumed | None:
    """The draft that the address asks for; None, with a word of it, when it is not there any more."""
    key = request.GET.get("draft", "")[:64]
    if not key:
        return None
    kept = draft_of(kind=kind_of(form, order.pk), key=key, actor=actor)
    data = _data_of(form, kept) if kept else None
    if kept is None or data is None:
        messages.info(request, _("This draft is not there any more: it was saved, or was discarded."))
        return None
    return Resumed(data, {"key": key, "version": kept.version}, data.get("version") != str(order.version))


def to_newest(form: str, order: Order, actor: Actor) -> HttpResponse | None:
    """For an order whose form is not open any more: to what was typed before that, if anything was."""
    waiting = offered_over(form, order, actor)
    if not waiting:
        return None
    query = urlencode({"draft": waiting[0].key})
    return HttpResponseRedirect(f"{reverse(PAGES[form], args=[order.pk])}?{query}")


def overtaken_by(order: Order) -> str:
    """That the order is not as it was when somebody began to type over it."""
    newest = stream(f"order:{order.pk}", limit=1)
    text = _(
        "%(number)s was changed after you began to type, last by %(who)s. What you typed stands here over what it is now: "
        "look it over before you send it."
    )
    return text % {"number": order.number, "who": newest[0].actor_label if newest else _("Somebody else")}


def keep_refused(
    request: HttpRequest, form: str, order: Order, actor: Actor, content: dict[str, Any]
) -> dict[str, Any] | None:
    """What was sent and not taken, kept for the page that says so; None for a form that keeps no draft."""
    if "draft" not in request.POST:
        return None
    try:
        key, version = keep_sent(request, actor, kind_of(form, order.pk), {**content, "begun": True})
    except DomainError:  # too large to be kept; the page still shows it
        return None
    return {"key": key, "version": version}


def content_of_change(data: QueryDict) -> dict[str, Any]:
    return {"typed": [[name, value] for name, values in data.lists() if name not in NOT_TYPED for value in values]}


def content_of_quote(data: QueryDict, rows: Sequence[Row]) -> dict[str, Any]:
    fields = {name: value for name, value in data.items() if name not in NOT_TYPED and not name.startswith("line_")}
    fields.pop("rows", None)
    return {"title": "", "fields": fields, "rows": cells_of(rows)}


def _data_of(form: str, kept: KeptDraft) -> QueryDict | None:
    """What a draft holds, as its form would send it; None for what no form has kept."""
    data = QueryDict(mutable=True)
    if form == CHANGE:
        pairs = kept.content.get("typed")
        for pair in pairs if isinstance(pairs, list) else []:
            if isinstance(pair, list) and len(pair) == 2:
                data.appendlist(*(str(text).replace("\0", "") for text in pair))
    else:
        fields, rows = kept.content.get("fields"), kept.content.get("rows")
        for name, value in fields.items() if isinstance(fields, dict) else ():
            data[str(name)] = str(value).replace("\0", "")
        data["rows"] = json.dumps(rows if isinstance(rows, list) else [])
    if "version" not in data:
        return None
    data["token"] = new_token()
    return data
