"""For the administrator: is everything in order, what happened, what could not be delivered."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext

from orderwell.kernel.clock import utc_now
from orderwell.kernel.errors import fill
from orderwell.platform.accounts.actor import Actor
from orderwell.platform.events.queries import backlog
from orderwell.platform.health import TITLES, examine
from orderwell.platform.jobs.queries import processes, schedule_list
from orderwell.platform.permissions import Permission
from orderwell.web.pages import page


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
        "any_step": any(check.step_template for check in checks),
        "ok": all(check.state == "ok" for check in checks),
        "backlog": backlog(),
        "schedules": schedule_list(actor=actor),
        "processes": processes(actor=actor),
        "now": now,
    }
    return render(request, "system/health.html", context)
