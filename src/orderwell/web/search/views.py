"""The one search box: everything one may see, and what one can do, as one types; Enter opens the best hit."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render

from orderwell.platform.accounts.actor import Actor
from orderwell.platform.search import half_width
from orderwell.web.pages import page
from orderwell.web.search.hits import find, opened


@page()
def search(request: HttpRequest, actor: Actor) -> HttpResponse:
    text = half_width(request.GET.get("q", "").strip()[:120])
    groups = find(actor, text) if text else opened(actor, request.GET.get("opened", "").split())
    context = {"groups": groups, "text": text}
    if request.headers.get("HX-Request"):
        return render(request, "search/box.html", context)
    if text:
        hits = [hit for group in groups for hit in group.hits]
        exact = [hit for hit in hits if hit.exact]
        if len(exact) == 1 or len(hits) == 1:
            return HttpResponseRedirect((exact or hits)[0].url)
    return render(request, "search/page.html", context)
