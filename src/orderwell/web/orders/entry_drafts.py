"""Drafts of orders: what is typed is kept on the server as one goes, and offered again when one comes back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.http import urlencode

from orderwell.domains.customers.lookup import customer_by_number
from orderwell.kernel.clock import utc_now
from orderwell.kernel.errors import DomainError, ErrorDetail, StaleVersion
from orderwell.platform.accounts.actor import Actor
from orderwell.platform.drafts.services import KeptDraft, draft_of, drafts_of, save_draft
from orderwell.platform.permissions import Permission
from orderwell.platform.wording import sentence
from orderwell.web.components.actions import new_token
from orderwell.web.components.drafts import finish, keep_sent, keep_typed_so_far
from orderwell.web.orders.entry_forms import CELLS, EntryForm, Row, cells_of, row_of
from orderwell.web.pages import action

KIND = "order"
MOST_OFFERED = 8


@dataclass(frozen=True)
class Offered:
    key: str
    title: str
    lines: int
    updated_at: datetime


def offered(actor: Actor) -> list[Offered]:
    """Unfinished orders of this person, the newest first, without those in which nothing is typed yet."""
    begun = (kept for kept in drafts_of(kind=KIND, actor=actor) if _is_begun(kept))
    return [
        Offered(kept.key, str(kept.content.get("title", ""))[:120], len(_rows(kept)), kept.updated_at)
        for kept in islice(begun, MOST_OFFERED)
    ]


def _is_begun(kept: KeptDraft) -> bool:
    """Somebody chose a customer, a product or an address, or wrote something; the rest stands in every empty form."""
    fields = kept.content.get("fields")
    own = ("customer", "note", "external_id", "ship_recipient", "ship_phone", "ship_street", "ship_city")
    typed = isinstance(fields, dict) and any(str(fields.get(name) or "").strip() for name in own)
    return bool(_rows(kept)) or typed


@dataclass(frozen=True)
class Resumed:
    """A draft opened again; `refused` is what the server said of it, where it was sent and refused since it was typed."""

    fields: dict[str, str]
    rows: list[Row]
    version: int
    refused: list[ErrorDetail] | None = None


def resumed(actor: Actor, key: str) -> Resumed | None:
    """None when it is not there any more."""
    kept = draft_of(kind=KIND, key=key, actor=actor)
    if kept is None:
        return None
    fields = kept.content.get("fields")
    known = EntryForm.base_fields
    typed = {name: str(value) for name, value in fields.items() if name in known} if isinstance(fields, dict) else {}
    return Resumed(typed, [row_of(row) for row in _rows(kept)], kept.version, _refusal(kept.content))


def _refusal(content: dict[str, Any]) -> list[ErrorDetail] | None:
    said = content.get("refused")
    if not isinstance(said, list):
        return None
    return [
        ErrorDetail(str(item.get("code", "")), str(item.get("message", "")), item.get("pointer"))
        for item in said
        if isinstance(item, dict)
    ]


def _rows(kept: KeptDraft) -> list[list[str]]:
    rows = kept.content.get("rows")
    if not isinstance(rows, list):
        return []
    return [[str(cell) for cell in row[:CELLS]] for row in rows if isinstance(row, list) and row]


@action(Permission.ORDERS_ORDER_PLACE)
def keep(request: HttpRequest, actor: Actor) -> HttpResponse:
    return keep_typed_so_far(request, actor, KIND)


def to_refused(request: HttpRequest, actor: Actor, form: EntryForm, rows: list[Row]) -> HttpResponse | None:
    """Keep what was refused with the reasons, and go to it: the answer to a form that was sent has no address, so a
    browser could not come back to it. None when it can't be kept; then the answer itself must do.
    """
    sent = request.POST
    fields = {name: sent.get(name, "") for name in EntryForm.base_fields} | {"token": form["token"].value() or ""}
    customer = customer_by_number(actor, fields["customer"]) if fields["customer"] else None
    content = {
        "title": customer.name if customer else "",
        "fields": fields,
        "rows": cells_of(rows),
        "refused": [{"code": item.code, "message": sentence(item), "pointer": item.pointer} for item in form.refused],
    }
    try:
        key, _version = keep_sent(request, actor, KIND, content)
    except DomainError:
        return None
    return HttpResponseRedirect(f"{reverse('order-new')}?{urlencode({'draft': key})}")


def keep_typed(actor: Actor, fields: Mapping[str, str], rows: Sequence[Row], *, key: str) -> str:
    """Keep what was typed elsewhere as an unfinished order under `key`, or another where that one is taken.

    Sent again as it was it is kept once. Raises DraftTooLarge.
    """
    customer = customer_by_number(actor, fields["customer"]) if fields["customer"] else None
    content = {
        "title": customer.name if customer else "",
        "fields": dict(fields),
        "rows": cells_of(rows),
    }
    key = key.replace("\0", "") or new_token()
    kept = draft_of(kind=KIND, key=key, actor=actor)
    if kept is not None and kept.content.get("rows") == content["rows"] and _same_fields(kept, fields):
        return key
    try:
        if kept is None and save_draft(kind=KIND, key=key, content=content, version=0, actor=actor, now=utc_now()):
            return key
    except StaleVersion:
        pass
    key = new_token()
    save_draft(kind=KIND, key=key, content=content, version=0, actor=actor, now=utc_now())
    return key


def _same_fields(kept: KeptDraft, fields: Mapping[str, str]) -> bool:
    """The token of a form is another each time."""
    return {**kept.content.get("fields", {}), "token": ""} == {**fields, "token": ""}


@action(Permission.ORDERS_ORDER_PLACE)
def discard(request: HttpRequest, actor: Actor) -> HttpResponse:
    finish(request, actor, KIND, "key")
    return HttpResponseRedirect(reverse("order-new"))
