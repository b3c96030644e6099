"""For the administrator: is everything in order, what happened, what could not be delivered."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext as _

from orderwell.kernel.clock import utc_now
from orderwell.kernel.errors import fill
from orderwell.platform.accounts.actor import Actor
from orderwell.platform.events.queries import backlog, dead_letters, event_list
from orderwell.platform.events.services import discard, replay
from orderwell.platform.health import TITLES, examine
from orderwell.platform.jobs.queries import job_list, processes, schedule_list
from orderwell.platform.paging import keyset_page
from orderwell.platform.permissions import Permission
from orderwell.web.components.listing import ROWS, cursor, listing
from orderwell.web.components.timeline import timeline
from orderwell.web.pages import action, page


@page(Permission.SYSTEM_EVENT_VIEW)
def health(request: HttpRequest, actor: Actor) -> HttpResponse:
    now = utc_now()
    checks = sorted(examine(now=now), key=lambda check: {"problem": 0, "warning": 1}.get(check.state, 2))
    context = {
        "checks": [
            {
                "title": gettext(TITLES.get(check.name, check.name)),
                "state": check.state,
                "found": fill(gettext(check.template), check.data) if check.template else "",
                "next_step": fill(gettext(check.step_template), check.data) if check.step_template else "",
            }
            for check in checks
        ],
        "ok": all(check.state == "ok" for check in checks),
        "backlog": backlog(),
        "schedules": schedule_list(actor=actor),
        "processes": processes(actor=actor),
        "now": now,
    }
    return render(request, "system/health.html", context)


@page(Permission.SYSTEM_EVENT_VIEW)
def events(request: HttpRequest, actor: Actor) -> HttpResponse:
    text = request.GET.get("q", "")[:60]
    found = event_list(actor=actor, text=text, cursor=cursor(request), limit=ROWS)
    context: dict[str, Any] = {
        "listing": listing(request, found),
        "entries": zip(found.rows, timeline(found.rows), strict=True),
        "backlog": backlog(),
        "filtered": bool(text),
    }
    return render(request, "system/events.html", context)


@page(Permission.SYSTEM_EVENT_VIEW)
def dead(request: HttpRequest, actor: Actor) -> HttpResponse:
    found = keyset_page(dead_letters(actor=actor), order=("-id",), cursor=cursor(request), limit=ROWS)
    return render(request, "system/dead.html", {"listing": listing(request, found), "backlog": backlog()})


@action(Permission.SYSTEM_EVENT_REPLAY)
def decide(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Try dead letters again or give them up: the chosen ones, or all."""
    chosen = [int(key) for key in request.POST.getlist("id") if key.isdecimal() and len(key) < 19]
    if request.POST.get("what") == "replay-all":
        count = replay(delivery_ids=None, actor=actor, now=utc_now())
    elif not chosen:
        messages.warning(request, _("Choose at least one."))
        return HttpResponseRedirect(reverse("dead-letters"))
    elif request.POST.get("what") == "discard":
        count = discard(delivery_ids=chosen, actor=actor, now=utc_now())
    else:
        count = replay(delivery_ids=chosen, actor=actor, now=utc_now())
    messages.success(request, ngettext("%(count)s delivery", "%(count)s deliveries", count) % {"count": count})
    return HttpResponseRedirect(reverse("dead-letters"))


@page(Permission.SYSTEM_EVENT_VIEW)
def jobs(request: HttpRequest, actor: Actor) -> HttpResponse:
    found = job_list(actor=actor, cursor=cursor(request), limit=ROWS)
    return render(request, "system/jobs.html", {"listing": listing(request, found)})
