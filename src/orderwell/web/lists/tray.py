"""The tray in the top bar: what is under way for this person, on whatever page they are."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from orderwell.kernel.clock import utc_now
from orderwell.platform.accounts.actor import Actor
from orderwell.platform.jobs.progress import take_note, tray
from orderwell.web.help.tours.following import looked_after
from orderwell.web.pages import action, page


@page()
def progress_tray(request: HttpRequest, actor: Actor) -> HttpResponse:
    return _tray(request, actor)


@action()
def seen(request: HttpRequest, actor: Actor, progress_id: int) -> HttpResponse:
    take_note(actor=actor, progress_id=progress_id, now=utc_now())
    return _tray(request, actor)


def _tray(request: HttpRequest, actor: Actor) -> HttpResponse:
    now = utc_now()
    rows = looked_after(tray(actor, now=now), actor, now=now)
    context = {"rows": rows, "running": sum(1 for row in rows if not row.is_over)}
    return render(request, "lists/tray.html", context)
