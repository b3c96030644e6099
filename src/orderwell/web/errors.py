"""Pages for addresses that lead nowhere and for faults: what happened, and where to go from here."""

from __future__ import annotations

import sys

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.template import loader
from django.utils.translation import gettext as _

from orderwell.platform.accounts.authentication import actor_for_user
from orderwell.platform.accounts.models import User
from orderwell.platform.faults import fault_of
from orderwell.web.pages import address_of


def _page(request: HttpRequest, status: int, title: str, *texts: str, reload: bool = False) -> HttpResponse:
    if request.path.startswith("/api/"):
        body = {"type": "about:blank", "title": title, "status": status, "code": f"http_{status}"}
        return JsonResponse(body, status=status, content_type="application/problem+json")
    user = getattr(request, "user", None)
    if isinstance(user, User):
        request.actor = actor_for_user(user, address=address_of(request))  # type: ignore[attr-defined]
    context = {"title": title, "sentences": texts, "status": status, "reload": reload}
    return render(request, "layout/error.html", context, status=status)


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return _page(
        request,
        400,
        _("This request makes no sense"),
        _("The address or what was sent with it is damaged. Nothing was changed."),
        _("Go back and try again; type the address anew if it was pasted."),
    )


def only_sent(request: HttpRequest) -> HttpResponse:
    """An address that only takes what a form sends, opened by itself: loaded again, or from a bookmark."""
    return _page(
        request,
        405,
        _("There is nothing to see at this address"),
        _("It only takes what a form sends. Nothing was changed: go back, and press the button again."),
    )


def forbidden(request: HttpRequest, exception: Exception | None = None, reason: str = "") -> HttpResponse:
    return _page(
        request,
        403,
        _("You may not do this"),
        _("Your role does not include it. Nothing was changed."),
        _("Ask an administrator if it is part of your work."),
    )


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return _page(
        request,
        404,
        _("This is not here"),
        _("The address may be mistyped, what it named is gone, or it is not among what you may see."),
    )


def broken(request: HttpRequest) -> HttpResponse:
    """Asks the database nothing: it may be what is broken, and then the page says so."""
    error = sys.exc_info()[1]
    away, fault = isinstance(error, OperationalError | InterfaceError), fault_of(error)
    status = 503 if away or fault else 500
    if request.path.startswith("/api/"):
        code, title = ("database_away", "Database away") if status == 503 else ("internal_error", "Internal error")
        body = {"type": "about:blank", "title": title, "status": status, "code": code}
        return JsonResponse(body, status=status, content_type="application/problem+json")
    page = loader.render_to_string(
        "layout/broken.html", {"away": away, "fault": _(fault) if fault else "", "status": status, "path": request.path}
    )
    return HttpResponse(page, status=status, headers={"Retry-After": "10"} if status == 503 else None)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """The form was older than the session, or came from elsewhere; either way nothing was done."""
    if request.headers.get("HX-Request"):
        return HttpResponse(status=401)  # session.js renews the token, or asks to sign in
    return _page(
        request,
        403,
        _("This page was open too long"),
        _("You signed in or out in another window since it was loaded. What you sent was not saved."),
        _("Go back, where what you typed still stands, and send it again."),
        reload=True,
    )
