"""Which order a browser may see: a signed cookie that holds the proof, checked anew with every request."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec, cast

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from orderwell.domains.cases.access import OrderAccess
from orderwell.domains.cases.errors import LinkInvalid
from orderwell.domains.cases.services.link import access_of_link
from orderwell.domains.cases.services.lookup import access_by_phone
from orderwell.kernel.clock import utc_now
from orderwell.web.pages import address_of, open_page
from orderwell.web.public.showing import show_closed

COOKIE, SALT, PATH = "track", "orderwell.track", "/track/"
# A link is at hand again; who typed the phone number may sit at somebody else's computer.
SECONDS = {"link": 12 * 3600, "phone": 2 * 3600}
# Without any script there is nothing to run, whatever gets into a name or a comment.
POLICY = (
    "default-src 'none'; script-src 'none'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
)
P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, OrderAccess, P], HttpResponse]


def guarded(response: HttpResponse) -> HttpResponse:
    """The headers of everything a customer gets: nothing runs, nothing is kept, no search engine, no trace elsewhere."""
    response["Content-Security-Policy"] = POLICY
    response["Cache-Control"] = "private, no-store"
    response["X-Robots-Tag"] = "noindex, nofollow, noarchive"
    response["Referrer-Policy"] = "same-origin"
    return response


def public_page(*methods: str) -> Callable[[Callable[P, HttpResponse]], Callable[P, HttpResponse]]:
    """A page without sign-in."""

    def decorate(view: Callable[P, HttpResponse]) -> Callable[P, HttpResponse]:
        checked = require_http_methods(list(methods))(view)

        @wraps(view)
        def wrapper(*args: P.args, **kwargs: P.kwargs) -> HttpResponse:
            request = args[0]
            if methods == ("POST",) and isinstance(request, HttpRequest) and request.method in ("GET", "HEAD"):
                # The address of a form that was refused, asked for anew: a page loaded again, or a tab restored.
                return guarded(HttpResponseRedirect(reverse("track-order")))
            return guarded(checked(*args, **kwargs))

        return open_page(wrapper)

    return decorate


def order_view(*methods: str) -> Callable[[View[P]], Callable[Concatenate[HttpRequest, P], HttpResponse]]:
    """A page about the one order that this browser may see; without one, to where it can be found."""

    def decorate(view: View[P]) -> Callable[Concatenate[HttpRequest, P], HttpResponse]:
        @public_page(*methods)
        @wraps(view)
        def wrapper(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
            access = current(request)
            if access is None:
                return forget(show_closed(request))
            return view(request, access, *args, **kwargs)

        return cast(Callable[Concatenate[HttpRequest, P], HttpResponse], wrapper)

    return decorate


def remember(response: HttpResponse, access: OrderAccess) -> HttpResponse:
    seconds = SECONDS[access.proof.partition(":")[0]]
    value = signing.dumps({"order": access.order_id, "proof": access.proof}, salt=SALT)
    response.set_cookie(COOKIE, value, max_age=seconds, path=PATH, secure=settings.HTTPS, httponly=True, samesite="Lax")
    return response


def forget(response: HttpResponse) -> HttpResponse:
    response.delete_cookie(COOKIE, path=PATH, samesite="Lax")
    return response


def current(request: HttpRequest) -> OrderAccess | None:
    """What the cookie of the request still gives access to, if anything."""
    try:
        held: Any = signing.loads(request.COOKIES.get(COOKIE, ""), salt=SALT, max_age=max(SECONDS.values()))
        kind, _colon, key = str(held["proof"]).partition(":")
        signing.loads(request.COOKIES[COOKIE], salt=SALT, max_age=SECONDS[kind])
        order_id = int(held["order"])
        address = address_of(request)
        if kind == "link":
            access = access_of_link(link_id=int(key), address=address, now=utc_now())
        else:
            access = access_by_phone(order_id=order_id, index=key, address=address)
    except (signing.BadSignature, LinkInvalid, KeyError, ValueError, TypeError):
        return None
    return access if access.order_id == order_id else None
