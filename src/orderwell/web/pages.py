"""The frame of every view: who asks, may they, and what a refusal looks like on the screen."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec, cast
from urllib.parse import quote, urlsplit

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from orderwell.kernel.errors import DomainError, NotFound, StaleVersion
from orderwell.platform.accounts.actor import Actor
from orderwell.platform.accounts.authentication import actor_for_user
from orderwell.platform.accounts.models import User
from orderwell.platform.permissions import Permission, PermissionDenied
from orderwell.platform.wording import sentences
from orderwell.web.components.opening import without_closed_doors
from orderwell.web.components.refusals import REFUSED, refused_before, shown_as_page, to_refused_form

P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, Actor, P], HttpResponse]


def address_of(request: HttpRequest) -> str:
    """The client's address as the server saw it. A proxy in front is told to the server, not guessed from headers."""
    return str(request.META.get("REMOTE_ADDR", ""))[:45]


def _drop_nul(request: HttpRequest) -> None:
    """No text of ours holds a NUL character, and PostgreSQL refuses to look for one."""
    if "%00" in request.META.get("QUERY_STRING", ""):
        cleaned = request.GET.copy()
        for name, values in cleaned.lists():
            cleaned.setlist(name, [value.replace("\0", "") for value in values])
        request.GET = cleaned  # type: ignore[assignment]


def signed_in(request: HttpRequest) -> User:
    """The user of a request that has passed `page`."""
    user = request.user
    if not isinstance(user, User):
        raise TypeError("this view is open to people who are not signed in")
    return user


def page(
    permission: Permission | None = None, *, methods: tuple[str, ...] = ("GET", "HEAD")
) -> Callable[[View[P]], Callable[Concatenate[HttpRequest, P], HttpResponse]]:
    """Makes `view(request, actor, ...)` a page for signed-in users with `permission`, and turns refusals into pages.

    Services check the permission again; here it keeps people from a form that they could not send.
    """

    def decorate(view: View[P]) -> Callable[Concatenate[HttpRequest, P], HttpResponse]:
        @wraps(view)
        def wrapper(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
            user = request.user
            if not isinstance(user, User) or not user.is_active:
                return to_sign_in(request)
            if user.must_change_password and not request.path.startswith(("/account/", "/sign-out/")):
                return _to_new_password(request)
            _drop_nul(request)
            actor = actor_for_user(user, source="web", address=address_of(request))
            request.actor = actor  # type: ignore[attr-defined]
            try:
                if permission is not None:
                    actor.require(permission)
                if "GET" in methods and (again := refused_before(request, actor)):
                    return without_closed_doors(again, actor)
                response = view(request, actor, *args, **kwargs)
                if "GET" in methods and response.status_code == REFUSED and shown_as_page(request):
                    response = to_refused_form(request, actor, response)
                return without_closed_doors(response, actor)
            except DomainError as error:
                return refusal(request, error)

        checked = require_http_methods(list(methods))(wrapper)
        checked.orderwell_page = True  # type: ignore[attr-defined]
        checked.orderwell_permission = permission  # type: ignore[attr-defined]
        return cast(Callable[Concatenate[HttpRequest, P], HttpResponse], checked)

    return decorate


def form_page(
    permission: Permission | None = None,
) -> Callable[[View[P]], Callable[Concatenate[HttpRequest, P], HttpResponse]]:
    """A page that shows a form and takes it."""
    return page(permission, methods=("GET", "HEAD", "POST"))


def action(
    permission: Permission | None = None,
) -> Callable[[View[P]], Callable[Concatenate[HttpRequest, P], HttpResponse]]:
    """Something that only changes: POST alone."""
    return page(permission, methods=("POST",))


def open_page(view: Callable[P, HttpResponse]) -> Callable[P, HttpResponse]:
    """Marks a view that needs no sign-in, so that a test can tell it from one that forgot to ask for it."""
    view.orderwell_page = True  # type: ignore[attr-defined]
    return view


def _to_new_password(request: HttpRequest) -> HttpResponse:
    """To the page where a first password is replaced. A part of that page asks in vain, or the page would fill itself."""
    if not request.headers.get("HX-Request"):
        return HttpResponseRedirect("/account/password/")
    response = HttpResponse(status=204)
    if "/account/" not in request.headers.get("HX-Current-URL", ""):
        response["HX-Redirect"] = "/account/password/"
    return response


def to_sign_in(request: HttpRequest) -> HttpResponse:
    """To the sign-in page and back again. A part of a page is refused with 401, and the page asks to sign in there, so
    that nothing typed is lost (session.js)."""
    if request.headers.get("HX-Request"):
        return HttpResponse(status=401)
    target = request.get_full_path()
    if request.method != "GET":
        # What was sent is gone with this request; the page it came from is where it can be sent again.
        sender = urlsplit(request.headers.get("Referer", ""))
        target = sender._replace(scheme="", netloc="").geturl() if sender.netloc == request.get_host() else "/"
    return HttpResponseRedirect(f"{settings.LOGIN_URL}?next={quote(target)}")


def refusal(request: HttpRequest, error: DomainError) -> HttpResponse:
    """A refusal that no form took: a whole page that says what happened, or a message for a part of a page."""
    status = 404 if isinstance(error, NotFound) else 403 if isinstance(error, PermissionDenied) else 422
    if isinstance(error, StaleVersion):
        status = 409
    titles = {403: _("You may not do this"), 404: _("This is not here"), 409: _("Somebody was faster")}
    context: dict[str, Any] = {
        "title": titles.get(status, _("That did not work")),
        "sentences": sentences(error),
        "status": status,
    }
    if request.headers.get("HX-Request"):
        # A dialog shows what it was refused for; any other part of a page is left as it is, and a message tells of it.
        shown = status == 409 or request.headers.get("HX-Target") == "dialog-content"
        return render(request, "components/refusal.html", context, status=422 if shown else status)
    return render(request, "layout/error.html", context, status=status)


def back_to(request: HttpRequest) -> str:
    """The page that sent the form, if it is one of ours."""
    target = request.POST.get("next") or request.GET.get("next") or "/"
    safe = url_has_allowed_host_and_scheme(
        target, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return target if safe else "/"


def go(request: HttpRequest, url: str) -> HttpResponse:
    """To another page after a change, whether the form was sent by htmx or by the browser itself."""
    if request.headers.get("HX-Request"):
        response = HttpResponse(status=204)
        response["HX-Redirect"] = url
        return response
    return HttpResponseRedirect(url)


def dialog(request: HttpRequest, template: str, context: dict[str, Any], *, status: int = 200) -> HttpResponse:
    """A form over the page it was opened from; where scripts don't run, or after a reload, a page of its own."""
    base = "layout/dialog.html" if request.headers.get("HX-Request") else "layout/dialog_page.html"
    return render(request, template, {**context, "base": base}, status=status)
