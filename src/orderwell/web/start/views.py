"""The first page of the day: what needs this person now."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext

from orderwell.domains.orders.waiting import any_order
from orderwell.kernel.clock import utc_now
from orderwell.kernel.errors import fill
from orderwell.platform.accounts.actor import Actor
from orderwell.platform.accounts.services.preferences import set_preferences
from orderwell.platform.health import TITLES, examine
from orderwell.platform.permissions import Permission
from orderwell.web.context import navigation
from orderwell.web.frame.desks import desk_of, desks_of
from orderwell.web.frame.places import DESKS
from orderwell.web.pages import action, page, signed_in
from orderwell.web.start.sections import sections_of


@page()
def start(request: HttpRequest, actor: Actor) -> HttpResponse:
    desk = desk_of(actor, signed_in(request).desk)
    if desk == "manager":
        return redirect("overview")
    if not desk:
        for group in navigation(actor, request.path):
            return redirect(group["entries"][0]["url"])
        return render(request, "home/nothing.html")
    now = utc_now()
    checks = _checks() if desk == "administrator" and actor.may(Permission.SYSTEM_EVENT_VIEW) else None
    context = {
        "sections": sections_of(actor, desk, now),
        "is_new": _may_begin(actor) and not any_order(actor),
        "checks": checks,
        "fine": [check["title"] for check in checks or () if check["state"] == "ok"],
    }
    return render(request, "start/start.html", {**context, **desk_choice(actor, desk)})


def _may_begin(actor: Actor) -> bool:
    return actor.may(Permission.ORDERS_ORDER_PLACE) and actor.may(Permission.ORDERS_ORDER_VIEW)


def desk_choice(actor: Actor, desk: str) -> dict[str, object]:
    """The desks a person may sit at, for the switch above the page; none where there is nothing to choose."""
    names = desks_of(actor)
    shown = [{"name": name, "title": DESKS[name].title, "current": name == desk} for name in names]
    return {"desk_title": DESKS[desk].title if desk else "", "desks": shown if len(shown) > 1 else []}


@action()
def choose_desk(request: HttpRequest, actor: Actor) -> HttpResponse:
    desk = request.POST.get("desk", "")
    if desk in desks_of(actor):
        set_preferences(user_id=signed_in(request).pk, desk=desk)
    return HttpResponseRedirect(reverse("home"))


def _checks() -> list[dict[str, str]]:
    """What the health check found, what is wrong first."""
    checks = sorted(examine(now=utc_now()), key=lambda check: {"problem": 0, "warning": 1}.get(check.state, 2))
    return [
        {
            "title": gettext(TITLES.get(check.name, check.name)),
            "state": check.state,
            "found": fill(gettext(check.template), check.data) if check.template else "",
            "next_step": fill(gettext(check.step_template), check.data) if check.step_template else "",
        }
        for check in checks
    ]
