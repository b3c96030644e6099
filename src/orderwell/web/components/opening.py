"""Whether somebody may open an address, so that no page shows a link that only leads to a refusal."""

from __future__ import annotations

import re
from functools import cache
from typing import Any

from django.http import HttpResponse
from django.urls import Resolver404, resolve

from orderwell.platform.accounts.actor import Actor
from orderwell.platform.permissions import EVERYTHING, Permission

_NUMBER = re.compile(r"\d+")
_LINK = re.compile(r'<a\b([^>]*?) href="(/[^"]*)"([^>]*)>(.*?)</a>', re.DOTALL)
_ROW = re.compile(r'(<tr\b[^>]*?) data-href="(/[^"]*)"')
# A button without what it does is no button; a word without its link is still a word.
_BUTTON = re.compile(r'\bdata-dialog\b|class="[^"]*\bbtn\b')


def may_open(actor: Actor, address: str) -> bool:
    needed = _needed(_NUMBER.sub("1", address.split("?", 1)[0]))
    return needed is None or actor.may(needed)


def without_closed_doors(response: HttpResponse, actor: Actor) -> HttpResponse:
    """The same page; links to what this person may not open are words, and buttons to it are gone."""
    if actor.permissions >= EVERYTHING or response.streaming:
        return response
    if not response.get("Content-Type", "").startswith("text/html"):
        return response

    def link(found: re.Match[str]) -> str:
        before, address, after, words = found.groups()
        if may_open(actor, address):
            return found[0]
        return "" if _BUTTON.search(before + after) else f"<span{before}{after}>{words}</span>"

    def row(found: re.Match[str]) -> str:
        return found[0] if may_open(actor, found[2]) else found[1]

    text = response.content.decode()
    response.content = _ROW.sub(row, _LINK.sub(link, text)).encode()
    return response


@cache
def _needed(path: str) -> Permission | None:
    """What the view of an address asks for; all addresses of one shape share the answer."""
    try:
        view: Any = resolve(path).func
    except Resolver404:
        return None
    found = getattr(view, "orderwell_permission", None)
    return found() if callable(found) else found
