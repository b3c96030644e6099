"""The manual in the product: contents, pages, search, and the panel beside the page that F1 opens."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from orderwell.kernel.errors import NotFound
from orderwell.platform.accounts.actor import Actor
from orderwell.web.help import book
from orderwell.web.help.search import index, warm
from orderwell.web.help.topics import START, place_to_open
from orderwell.web.pages import page


@page()
def contents(request: HttpRequest, actor: Actor) -> HttpResponse:
    warm(book.reader_language())
    return render(request, "help/contents.html", {"groups": _groups()})


@page()
def manual_page(request: HttpRequest, actor: Actor, name: str) -> HttpResponse:
    language = book.reader_language()
    found = book.page(language, name)
    if found is None:
        raise NotFound(kind=_("page of the manual"), reference=name)
    before, after = book.neighbours(language, name)
    context: dict[str, Any] = {"found": found, "before": before, "after": after, "groups": _groups(), "name": name}
    if name == book.GLOSSARY:
        context["terms"] = book.glossary_terms()
    return render(request, "help/page.html", context)


@page()
def find(request: HttpRequest, actor: Actor) -> HttpResponse:
    text = request.GET.get("q", "").strip()[:120]
    hits = index(book.reader_language()).search(text) if text else []
    context = {"hits": hits, "text": text, "groups": _groups()}
    part = bool(request.headers.get("HX-Request"))
    return render(request, "help/hits.html" if part else "help/results.html", context)


@page()
def panel(request: HttpRequest, actor: Actor) -> HttpResponse:
    """The section for `at` (page#anchor), to be shown beside the page."""
    warm(book.reader_language())
    at = request.GET.get("at", "")[:120] or START
    if at.partition("#")[0] == book.GLOSSARY:
        return _term(request, at.partition("#")[2])
    section = book.section_at(book.reader_language(), at) or book.section_at(book.reader_language(), START)
    if section is None:
        raise NotFound(kind=_("page of the manual"), reference=at)
    page_ = book.page(book.reader_language(), section.page)
    context = {
        "section": section,
        "page": page_,
        "html": _without_ids(section.html),
        "anchor": at.partition("#")[2],
        "place_to_open": place_to_open(f"{section.page}#{section.anchor}"),
    }
    return render(request, "help/panel.html", context)


def _groups() -> list[tuple[object, list[book.Page]]]:
    language = book.reader_language()
    return [
        (title, [found for name in names if (found := book.page(language, name))]) for title, names in book.CONTENTS
    ]


def _without_ids(html: SafeString) -> SafeString:
    """In the panel, places are found by data-anchor: the page beside it may have ids of its own."""
    return mark_safe(html.replace(' id="', ' data-anchor="'))  # noqa: S308  rendered from our own files


def _term(request: HttpRequest, anchor: str) -> HttpResponse:
    terms = book.glossary_terms()
    chosen = [term for term in terms if term.anchor == anchor] or list(terms)
    context = {"terms": chosen, "page": book.page(book.reader_language(), book.GLOSSARY)}
    return render(request, "help/term_panel.html", context)
