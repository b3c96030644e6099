"""Tours inside the practice company: coming in, the panel with the steps, hints, answers, reset. Nothing here anywhere else."""

from __future__ import annotations

from urllib.parse import quote

from django.conf import settings
from django.contrib.auth import login
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from orderwell.kernel.clock import utc_now
from orderwell.kernel.errors import NotFound
from orderwell.platform.accounts.actor import Actor
from orderwell.platform.accounts.authentication import actor_for_user
from orderwell.platform.accounts.models import User
from orderwell.platform.accounts.services.preferences import set_preferences
from orderwell.platform.learning.models import TourRun
from orderwell.platform.learning.queries import active_learners, run_of
from orderwell.platform.learning.services import runs
from orderwell.platform.sandbox.handover import Learner, Unreadable, receive
from orderwell.platform.sandbox.launching import sandbox_home
from orderwell.platform.sandbox.place import ask_for_reset
from orderwell.web.account.views import BACKEND
from orderwell.web.context import THEMES
from orderwell.web.frame.places import DESKS
from orderwell.web.help.tours import progress
from orderwell.web.help.tours.catalogue import TOURS
from orderwell.web.help.tours.material import prepare
from orderwell.web.help.tours.rights import admit
from orderwell.web.pages import action, form_page, open_page, page, signed_in

BACK = "practice_back"


@open_page
@require_safe
def enter(request: HttpRequest) -> HttpResponse:
    """Sign in with the note from the real company, and begin the tour or go on with it."""
    try:
        if not settings.SANDBOX:
            raise Unreadable
        learner = receive(request.GET.get("note", ""))
        if learner.tour not in TOURS or not runs.use_once(nonce=learner.nonce, now=utc_now()):
            raise Unreadable
    except Unreadable:
        context = {
            "title": _("This is not here"),
            "sentences": [_("This way in was used already, or is too old. Begin the tour again in the real company.")],
            "status": 404,
        }
        return render(request, "layout/error.html", context, status=404)
    user = _user(learner)
    login(request, user, backend=BACKEND)
    request.session[BACK] = learner.back
    run = run_of(user)
    if run is None or run.finished_at is not None:
        _begin(user, learner.user, learner.tour)
    return HttpResponseRedirect("/")


def _user(learner: Learner) -> User:
    """A user of their own for each person and tour, who may do here what the person may do at work."""
    user = admit(learner, now=utc_now())
    language = learner.language if learner.language in dict(settings.LANGUAGES) else ""
    theme = learner.theme if learner.theme in THEMES else "auto"
    set_preferences(user_id=user.pk, language=language, theme=theme, desk=learner.desk if learner.desk in DESKS else "")
    translation.activate(language or settings.LANGUAGE_CODE)
    user.refresh_from_db()
    return user


def _begin(user: User, learner: int, code: str) -> TourRun:
    now = utc_now()
    material = prepare(TOURS[code], actor_for_user(user), now=now)
    return runs.begin(user=user, learner=learner, tour=code, material=material, now=now)


def _run(request: HttpRequest) -> TourRun:
    run = run_of(signed_in(request)) if settings.SANDBOX else None
    if run is None:
        raise NotFound(kind=_("tour"), reference="")
    return run


def _is_of_this_tab(request: HttpRequest) -> bool:
    """Each tour has a user of its own, and a browser one session: where another tour was begun in another tab, this page
    is still the first one's, and nothing on it may count for the second."""
    asked = request.POST.get("of") or request.GET.get("of") or ""
    return asked in ("", str(signed_in(request).pk))


def _panel(request: HttpRequest, *, wrong: str = "") -> HttpResponse:
    if not _is_of_this_tab(request):
        return render(request, "help/practice_other.html", {"back": request.session.get(BACK, "")})
    found = progress.look(_run(request), now=utc_now())
    back = request.session.get(BACK, "")
    result = progress.certificate(found)
    context = {
        "found": found,
        "back": back,
        "take_back": f"{back}back/?result={quote(result)}" if back and result else "",
        "wrong": wrong,
    }
    return render(request, "help/practice_panel.html", context)


@page()
def panel(request: HttpRequest, actor: Actor) -> HttpResponse:
    return _panel(request)


@action()
def hint(request: HttpRequest, actor: Actor) -> HttpResponse:
    if _is_of_this_tab(request):
        progress.take_hint(_run(request), request.POST.get("task", ""))
    return _panel(request)


@action()
def answer(request: HttpRequest, actor: Actor) -> HttpResponse:
    right = _is_of_this_tab(request) and progress.answer(
        _run(request), request.POST.get("task", ""), request.POST.get("answer", "")[:20], actor=actor
    )
    return _panel(request, wrong="" if right else _("Not yet right. Look again."))


@action()
def again(request: HttpRequest, actor: Actor) -> HttpResponse:
    """The same tour from the beginning."""
    run = _run(request)
    if _is_of_this_tab(request):
        _begin(signed_in(request), run.learner, run.tour)
    return HttpResponseRedirect("/")


@form_page()
def reset(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Back to the first state, for everybody here; asked first."""
    if not settings.SANDBOX:
        raise NotFound(kind=_("practice company"), reference="")
    context = {"others": max(active_learners() - 1, 0), "back": request.session.get(BACK, ""), "asked": False}
    if request.method == "POST":
        ask_for_reset(sandbox_home())
        context["asked"] = True
    return render(request, "help/practice_reset.html", context)
