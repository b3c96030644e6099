"""A refused form gets an address: what answers a form that was sent has none, so no browser could come back to it."""

from __future__ import annotations

import base64
import binascii
import re
import zlib

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.middleware.csrf import get_token

from orderwell.kernel.clock import utc_now
from orderwell.kernel.errors import DomainError
from orderwell.kernel.identifiers import random_token
from orderwell.platform.accounts.actor import Actor
from orderwell.platform.drafts.services import draft_of, save_draft

KIND = "refused"
NAME = "refused"
REFUSED = 422
_TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="(\w+)"')


def shown_as_page(request: HttpRequest) -> bool:
    """The browser itself sent a form and puts the answer in the place of the page; no script takes it."""
    if request.method != "POST" or request.headers.get("HX-Request"):
        return False
    return "text/html" in request.headers.get("Accept", "")


def to_refused_form(request: HttpRequest, actor: Actor, response: HttpResponse) -> HttpResponse:
    """Keep the page that says what is wrong, with all that was typed, for the one who sent it, and go to it.

    The page itself is kept, not what was sent: looking at it again must not try again. It is kept as drafts are, sealed and
    for 30 days at most.
    """
    if response.streaming or not response.get("Content-Type", "").startswith("text/html"):
        return response
    key = random_token(24)
    page = base64.b85encode(zlib.compress(response.content, 6)).decode()
    try:
        save_draft(
            kind=KIND,
            key=key,
            content={"path": request.path, "page": page},
            version=0,
            actor=actor,
            now=utc_now(),
        )
    except DomainError:  # too large to be kept: then without an address
        return response
    query = request.GET.copy()
    query[NAME] = key
    return HttpResponseRedirect(f"{request.path}?{query.urlencode()}")


def address_of_form(request: HttpRequest) -> str:
    """Where a form that was sent stands, with its filters: not the address of a refusal before, which would show it again."""
    query = request.GET.copy()
    query.pop(NAME, None)
    return f"{request.path}?{query.urlencode()}" if query else request.path


def refused_before(request: HttpRequest, actor: Actor) -> HttpResponse | None:
    """The kept page that this address asks for; None when there is none, so that the form itself is shown, empty."""
    key = request.GET.get(NAME, "") if request.method in {"GET", "HEAD"} else ""
    kept = draft_of(kind=KIND, key=key, actor=actor) if key else None
    if kept is None or kept.content.get("path") != request.path:
        return None
    try:
        page = zlib.decompress(base64.b85decode(str(kept.content.get("page", "")))).decode()
    except (binascii.Error, ValueError, zlib.error):
        return None
    # The tokens of a session that has ended since would be refused.
    fresh = get_token(request)
    for token in set(_TOKEN.findall(page)) | set(re.findall(r'"X-CSRFToken": "(\w+)"', page)):
        page = page.replace(token, fresh)
    return HttpResponse(page)
