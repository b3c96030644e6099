"""Tours as the real company sees them: which there are, getting the practice company ready, going there, results."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from urllib.parse import quote

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from orderwell.kernel.clock import utc_now
from orderwell.kernel.errors import NotFound
from orderwell.platform.accounts.actor import Actor
from orderwell.platform.formats import listed
from orderwell.platform.learning.queries import all_results, results_of
from orderwell.platform.learning.services.results import keep_result
from orderwell.platform.permissions import Permission
from orderwell.platform.sandbox import handover
from orderwell.platform.sandbox.launching import Situation, situation, start
from orderwell.web.help.tours.catalogue import TOURS
from orderwell.web.help.tours.following import follow
from orderwell.web.help.tours.rights import limits_at_work, offered
from orderwell.web.pages import action, page, signed_in


@page()
def tours(request: HttpRequest, actor: Actor) -> HttpResponse:
    if settings.SANDBOX:
        return HttpResponseRedirect("/")
    user = signed_in(request)
    results = results_of(user)
    mine = {role.code for role in user.roles.all()}
    asked = {tour.code: offered(tour, actor) for tour in TOURS.values()}
    # The own work first, what somebody may not do last.
    ordered = sorted(TOURS.values(), key=lambda tour: (not asked[tour.code], tour.role not in mine))
    context = _situation(request) | {
        "tours": [{"tour": tour, "steps": len(asked[tour.code]), "result": results.get(tour.code)} for tour in ordered],
        "everybody": all_results(actor=actor) if actor.may(Permission.SYSTEM_USER_MANAGE) else [],
        "titles": {tour.code: tour.title for tour in TOURS.values()},
    }
    return render(request, "help/tours.html", context)


@page()
def status(request: HttpRequest, actor: Actor) -> HttpResponse:
    context = _situation(request)
    response = render(request, "help/tours_status.html", context)
    if context["situation"].running:
        response["HX-Refresh"] = "true"  # the tours can be begun now
    return response


@action()
def prepare(request: HttpRequest, actor: Actor) -> HttpResponse:
    if not settings.SANDBOX and not _unreachable(request, situation()):
        start()
        follow(actor, now=utc_now())
    return HttpResponseRedirect(reverse("tours"))


@page()
def begin(request: HttpRequest, actor: Actor, code: str) -> HttpResponse:
    """To the practice company, with a signed note that signs the person in there, once, within a minute."""
    if code not in TOURS or settings.SANDBOX:
        raise NotFound(kind=_("tour"), reference=code)
    found = situation()
    if not found.running or _unreachable(request, found) or not offered(TOURS[code], actor):
        return HttpResponseRedirect(reverse("tours"))
    user = signed_in(request)
    note = handover.send(
        user=user.pk,
        name=str(user),
        tour=code,
        language=get_language() or settings.LANGUAGE_CODE,
        theme=user.theme,
        back=request.build_absolute_uri(reverse("tours")),
        roles=listed(sorted(role.title for role in user.roles.all())),
        permissions=actor.permissions,
        limits=limits_at_work(actor),
        desk=user.desk,
    )
    return HttpResponseRedirect(f"{_address(request, found)}{reverse('practice-enter')}?note={quote(note)}")


@page()
def take_back(request: HttpRequest, actor: Actor) -> HttpResponse:
    """The result of a tour, brought back from the practice company."""
    try:
        achieved = handover.read_certificate(request.GET.get("result", ""))
    except handover.Unreadable:
        messages.error(
            request, _("This result can't be read or is older than a day. Open it again in the practice company.")
        )
        return HttpResponseRedirect(reverse("tours"))
    if achieved.user != signed_in(request).pk or achieved.tour not in TOURS:
        messages.error(request, _("This result belongs to somebody else."))
        return HttpResponseRedirect(reverse("tours"))
    keep_result(
        user_id=achieved.user,
        tour=achieved.tour,
        points=achieved.points,
        most=achieved.most,
        tasks=achieved.tasks,
        hints=achieved.hints,
        seconds=achieved.seconds,
        finished_at=datetime.fromisoformat(achieved.finished_at),
    )
    messages.success(
        request, _("Well done: %(points)s of %(most)s points.") % {"points": achieved.points, "most": achieved.most}
    )
    return HttpResponseRedirect(reverse("tours"))


def _situation(request: HttpRequest) -> dict[str, Any]:
    found = situation()
    return {"situation": found, "unreachable": _unreachable(request, found)}


def _unreachable(request: HttpRequest, found: Situation) -> bool:
    """Behind a proxy that ends TLS, a port beside it can't be reached: then the administrator names an address."""
    return request.is_secure() and not found.remote and not settings.TLS_CERT


def _address(request: HttpRequest, found: Situation) -> str:
    if found.remote:
        return str(settings.SANDBOX_URL)
    host = request.get_host()
    name = host.rpartition("]")[0] + "]" if host.startswith("[") else host.partition(":")[0]
    return f"{'https' if settings.TLS_CERT else 'http'}://{name}:{found.port}"
