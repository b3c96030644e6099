"""Drafts of orders: what is typed is kept on the server as one goes, and offered again when one comes back."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.urls import reverse

from orderwell.kernel.clock import utc_now
from orderwell.kernel.errors import DomainError, StaleVersion
from orderwell.platform.accounts.actor import Actor
from orderwell.platform.drafts.services import KeptDraft, draft_of, drafts_of, finish_draft, save_draft
from orderwell.platform.permissions import Permission
from orderwell.platform.wording import sentences
from orderwell.web.orders.entry_forms import CELLS, EntryForm, Row, row_of
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
    """Unfinished orders of this person, the newest first."""
    return [
        Offered(kept.key, str(kept.content.get("title", ""))[:120], len(_rows(kept)), kept.updated_at)
        for kept in drafts_of(kind=KIND, actor=actor)[:MOST_OFFERED]
    ]


def resumed(actor: Actor, key: str) -> tuple[dict[str, Any], list[Row], int] | None:
    """Fields, rows and version of a draft; None when it is not there any more."""
    kept = draft_of(kind=KIND, key=key, actor=actor)
    if kept is None:
        return None
    fields = kept.content.get("fields")
    known = EntryForm.base_fields
    initial = {name: str(value) for name, value in fields.items() if name in known} if isinstance(fields, dict) else {}
    return initial, [row_of(row) for row in _rows(kept)], kept.version


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
        kept = save_draft(kind=KIND, key=key, content=content, version=version, actor=actor, now=utc_now())
    except StaleVersion:
        return JsonResponse({"stale": True}, status=409)
    except DomainError as error:
        return JsonResponse({"error": " ".join(sentences(error))}, status=422)
    return JsonResponse({"version": kept, "finished": kept is None})


@action(Permission.ORDERS_ORDER_PLACE)
def discard(request: HttpRequest, actor: Actor) -> HttpResponse:
    finish_draft(kind=KIND, key=request.POST.get("key", "").replace("\0", ""), actor=actor, now=utc_now())
    return HttpResponseRedirect(reverse("order-new"))
