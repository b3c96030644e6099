"""What a page keeps of a form while somebody types (drafting.js): one way in for every form that has drafts."""

from __future__ import annotations

import json
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse

from orderwell.kernel.clock import utc_now
from orderwell.kernel.errors import DomainError, StaleVersion
from orderwell.platform.accounts.actor import Actor
from orderwell.platform.drafts.services import draft_of, finish_draft, save_draft
from orderwell.platform.formats import in_a_row
from orderwell.platform.wording import sentences
from orderwell.web.components.actions import new_token

# Saves of a page overtake each other at most so often before one of them is answered.
TRIES = 3


def keep_typed_so_far(request: HttpRequest, actor: Actor, kind: str) -> HttpResponse:
    """Save what is typed. 409 when another tab keeps the same draft: this one goes on under a key of its own."""
    try:
        content = json.loads(request.POST.get("content", ""))
        version = int(request.POST.get("version", "0"))
    except ValueError:
        return JsonResponse({"error": "not readable"}, status=400)
    key = key_in(request, "key")
    if not key or not isinstance(content, dict):
        return JsonResponse({"error": "not readable"}, status=400)
    try:
        kept = save_of_page(kind, key, content, version, actor)
    except StaleVersion:
        return JsonResponse({"stale": True}, status=409)
    except DomainError as error:
        return JsonResponse({"error": in_a_row(*sentences(error))}, status=422)
    return JsonResponse({"version": kept, "finished": kept is None})


def key_in(request: HttpRequest, name: str = "draft") -> str:
    return request.POST.get(name, "").replace("\0", "")[:64]


def finish(request: HttpRequest, actor: Actor, kind: str, name: str = "draft") -> None:
    finish_draft(kind=kind, key=key_in(request, name), actor=actor, now=utc_now())


def save_of_page(kind: str, key: str, content: dict[str, Any], version: int, actor: Actor) -> int | None:
    """Saves of one page never stand in each other's way, however the network shuffles them. Raises StaleVersion when
    another page that is still open keeps the draft.

    A save that was written but never answered is sent again with the version before it, and one may be overtaken by a
    later one; `page` and `step` say so. The last save of a page that was left may arrive after the page that followed it
    was made from what had been kept before: nobody is there any more whom that page would overwrite.
    """
    for _again in range(TRIES):
        try:
            return save_draft(kind=kind, key=key, content=content, version=version, actor=actor, now=utc_now())
        except StaleVersion:
            kept = draft_of(kind=kind, key=key, actor=actor)
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


def whole(request: HttpRequest, name: str) -> int:
    given = request.POST.get(name, "")
    return int(given) if given.isascii() and given.isdecimal() and len(given) < 10 else 0


def keep_sent(request: HttpRequest, actor: Actor, kind: str, content: dict[str, Any]) -> tuple[str, int]:
    """Keep what a form sent that was not taken, under the draft of its page; the key it is kept under, and its version.

    Under another key where another window keeps this draft, or saved it meanwhile. Raises DraftTooLarge.
    """
    of_page = {"page": request.POST.get("draft_page", "")[:64], "step": whole(request, "draft_step") + 1}
    content, key = content | of_page, key_in(request) or new_token()
    try:
        kept = save_of_page(kind, key, content, whole(request, "draft_version"), actor)
    except StaleVersion:
        kept = None
    if kept is None:
        key = new_token()
        kept = save_of_page(kind, key, content, 0, actor)
    return key, kept or 0
