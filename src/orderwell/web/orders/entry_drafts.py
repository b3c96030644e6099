"""Drafts of orders: what is typed is kept on the server as one goes, and offered again when one comes back."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.urls import reverse
from django.utils.http import urlencode

from orderwell.domains.customers.lookup import customer_by_number
from orderwell.kernel.clock import utc_now
from orderwell.kernel.errors import DomainError, ErrorDetail, StaleVersion
from orderwell.platform.accounts.actor import Actor
from orderwell.platform.drafts.services import KeptDraft, draft_of, drafts_of, finish_draft, save_draft
from orderwell.platform.formats import in_a_row
from orderwell.platform.permissions import Permission
from orderwell.platform.wording import sentence, sentences
from orderwell.web.components.actions import new_token
from orderwell.web.orders.entry_forms import CELLS, EntryForm, Row, row_of
from orderwell.web.pages import action

KIND = "order"
MOST_OFFERED = 8
# Saves of a page overtake each other at most so often before one of them is answered.
TRIES = 3


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
    """Save what is typed. 409 when another tab keeps the same draft: this one goes on under a key of its own."""
    try:
        content = json.loads(request.POST.get("content", ""))
        version = int(request.POST.get("version", "0"))
    except ValueError:
        return JsonResponse({"error": "not readable"}, status=400)
    key = request.POST.get("key", "").replace("\0", "")
    if not key or not isinstance(content, dict):
        return JsonResponse({"error": "not readable"}, status=400)
    try:
        kept = _save(key, content, version, actor)
    except StaleVersion:
        return JsonResponse({"stale": True}, status=409)
    except DomainError as error:
        return JsonResponse({"error": in_a_row(*sentences(error))}, status=422)
    return JsonResponse({"version": kept, "finished": kept is None})


def _save(key: str, content: dict[str, Any], version: int, actor: Actor) -> int | None:
    """Saves of one page never stand in each other's way, however the network shuffles them. Raises StaleVersion when
    another page that is still open keeps the draft.

    A save that was written but never answered is sent again with the version before it, and one may be overtaken by a
    later one; `page` and `step` say so. The last save of a page that was left may arrive after the page that followed it
    was made from what had been kept before: nobody is there any more whom that page would overwrite.
    """
    for _again in range(TRIES):
        try:
            return save_draft(kind=KIND, key=key, content=content, version=version, actor=actor, now=utc_now())
        except StaleVersion:
            kept = draft_of(kind=KIND, key=key, actor=actor)
            if kept is None:
                continue
            if content.get("page") and kept.content.get("page") == content["page"]:
                if _step(kept.content) >= _step(content):
                    return kept.version
            elif kept.content.get("left") != version or not version:
                raise
            version = kept.version
    raise StaleVersion(kind="draft", current=version, given=version)


def _step(content: dict[str, Any]) -> int:
    step = content.get("step", 0)
    return step if isinstance(step, int) else 0


def to_refused(request: HttpRequest, actor: Actor, form: EntryForm, rows: list[Row]) -> HttpResponse | None:
    """Keep what was refused with the reasons, and go to it: the answer to a form that was sent has no address, so a
    browser could not come back to it. None when it can't be kept; then the answer itself must do.
    """
    sent = request.POST
    version, step = (
        int(given) if given.isdecimal() and len(given) < 10 else 0
        for given in (sent.get("draft_version", ""), sent.get("draft_step", ""))
    )
    fields = {name: sent.get(name, "") for name in EntryForm.base_fields} | {"token": form["token"].value() or ""}
    customer = customer_by_number(actor, fields["customer"]) if fields["customer"] else None
    content = {
        "title": customer.name if customer else "",
        "fields": fields,
        "rows": [[row.sku, row.name, row.quantity, row.unit_price, row.discount] for row in rows],
        "refused": [{"code": item.code, "message": sentence(item), "pointer": item.pointer} for item in form.refused],
        "page": sent.get("draft_page", "")[:64],
        "step": step + 1,
    }
    key = sent.get("draft", "").replace("\0", "")[:64] or new_token()
    try:
        kept = _save(key, content, version, actor)
    except StaleVersion:
        kept = None
    except DomainError:
        return None
    if kept is None:  # another window keeps this draft, or made an order of it: this one goes on by itself
        key = new_token()
        _save(key, content, 0, actor)
    return HttpResponseRedirect(f"{reverse('order-new')}?{urlencode({'draft': key})}")


def keep_typed(actor: Actor, fields: Mapping[str, str], rows: Sequence[Row], *, key: str) -> str:
    """Keep what was typed elsewhere as an unfinished order under `key`, or another where that one is taken.

    Sent again as it was it is kept once. Raises DraftTooLarge.
    """
    customer = customer_by_number(actor, fields["customer"]) if fields["customer"] else None
    content = {
        "title": customer.name if customer else "",
        "fields": dict(fields),
        "rows": [[row.sku, row.name, row.quantity, row.unit_price, row.discount] for row in rows],
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
    finish_draft(kind=KIND, key=request.POST.get("key", "").replace("\0", ""), actor=actor, now=utc_now())
    return HttpResponseRedirect(reverse("order-new"))
