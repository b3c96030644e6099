"""Pages for addresses that lead nowhere and for faults: what happened, and where to go from here."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseServerError, JsonResponse
from django.shortcuts import render
from django.template import loader
from django.utils.translation import gettext as _

from orderwell.platform.accounts.authentication import actor_for_user
from orderwell.platform.accounts.models import User
from orderwell.web.pages import address_of


def _page(request: HttpRequest, status: int, title: str, *texts: str) -> HttpResponse:
    if request.path.startswith("/api/"):
        body = {"type": "about:blank", "title": title, "status": status, "code": f"http_{status}"}
        return JsonResponse(body, status=status, content_type="application/problem+json")
    user = getattr(request, "user", None)
    if isinstance(user, User):
        request.actor = actor_for_user(user, address=address_of(request))  # type: ignore[attr-defined]
    return render(request, "layout/error.html", {"title": title, "sentences": texts, "status": status}, status=status)


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return _page(request, 400, _("This request makes no sense"), _("Go back and try again."))


def forbidden(request: HttpRequest, exception: Exception | None = None, reason: str = "") -> HttpResponse:
    return _page(
        request,
        403,
        _("You may not do this"),
        _("Perhaps the page was open for long, or you signed in or out in another window. Load it again and repeat."),
    )


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return _page(
        request,
        404,
        _("This is not here"),
        _(
            "The address may be mistyped, or what it named is gone. The search box finds orders, customers and products."
        ),
    )


def broken(request: HttpRequest) -> HttpResponse:
    """Asks the database nothing: it may be what is broken."""
    if request.path.startswith("/api/"):
        body = {"type": "about:blank", "title": "Internal error", "status": 500, "code": "internal_error"}
        return JsonResponse(body, status=500, content_type="application/problem+json")
    return HttpResponseServerError(loader.render_to_string("layout/broken.html", {}))


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    return forbidden(request)
