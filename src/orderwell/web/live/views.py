"""Small answers that open pages ask for every few seconds."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseNotModified

from orderwell.kernel.clock import utc_now
from orderwell.platform.accounts.actor import Actor
from orderwell.web.live.counters import counts
from orderwell.web.live.stamps import stamps
from orderwell.web.pages import page

MOST_TOPICS = 20


@page()
def changes(request: HttpRequest, actor: Actor) -> HttpResponse:
    """The stamps of the topics asked for: `?t=orders&t=order:12`."""
    return _answer(request, stamps(actor, request.GET.getlist("t")[:MOST_TOPICS]))


@page()
def counters(request: HttpRequest, actor: Actor) -> HttpResponse:
    return _answer(request, counts(actor, utc_now()))


def _answer(request: HttpRequest, found: dict[str, Any]) -> HttpResponse:
    body = json.dumps(found, sort_keys=True)
    tag = f'"{hashlib.sha256(body.encode()).hexdigest()[:20]}"'
    same = request.headers.get("If-None-Match", "").removeprefix("W/") == tag
    response = HttpResponseNotModified() if same else HttpResponse(body, content_type="application/json")
    response["ETag"] = tag
    response["Cache-Control"] = "private, no-cache"
    return response
