"""What waits for the person who is signed in: mentions, tasks, cases; and asking the administrators."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from orderwell.domains.cases.queries import (
    CaseFilters,
    case_list,
    notice_list,
    open_tasks_of,
    titles_of,
)
from orderwell.domains.cases.services.notify import mark_read
from orderwell.domains.cases.services.open_case import ask_colleagues
from orderwell.kernel.clock import utc_now
from orderwell.platform.accounts.actor import Actor
from orderwell.web.cases.conversation import sent_files
from orderwell.web.cases.forms import QuestionForm
from orderwell.web.cases.panels import PAGES
from orderwell.web.components.actions import perform
from orderwell.web.components.listing import cursor, listing
from orderwell.web.pages import action, form_page, go, page


def address_of_stream(stream: str) -> str:
    """The page of the document that a stream names."""
    kind, _colon, key = stream.partition(":")
    return reverse(PAGES[kind], args=[int(key)]) if kind in PAGES else ""


@page()
def for_me(request: HttpRequest, actor: Actor) -> HttpResponse:
    tasks = open_tasks_of(actor)
    titles = titles_of({task.stream for task in tasks})
    found = listing(request, notice_list(actor, cursor=cursor(request)))
    cases = case_list(actor, CaseFilters(box="mine", state="any_open"), limit=50)
    asked = case_list(actor, CaseFilters(kind="staff_question"), limit=20).rows
    context = {
        "listing": found,
        "notices": [(notice, address_of_stream(notice.stream)) for notice in found.rows],
        "tasks": [(task, titles.get(task.stream, ""), address_of_stream(task.stream)) for task in tasks],
        "cases": cases.rows,
        "asked": asked,
        "unread": any(notice.read_at is None for notice in found.rows),
        "now": utc_now(),
    }
    return render(request, "cases/for_me.html", context)


@action()
def read(request: HttpRequest, actor: Actor) -> HttpResponse:
    """One notice and on to its page, or all of them."""
    key = request.POST.get("notice", "")
    notice_id = int(key) if key.isdecimal() and len(key) < 19 else None
    mark_read(notice_id=notice_id, actor=actor, now=utc_now())
    return go(request, reverse("for-me"))


@form_page()
def ask(request: HttpRequest, actor: Actor) -> HttpResponse:
    def act(data: dict[str, Any]) -> None:
        files = sent_files(data.pop("file"))
        ask_colleagues(**data, files=files, actor=actor, now=utc_now())

    return perform(
        request,
        actor,
        QuestionForm(request.POST or None, request.FILES or None),
        template="cases/ask.html",
        act=act,
        done=_("Your question is on its way to the administrators; you are told when they answer."),
        to=reverse("for-me"),
    )
