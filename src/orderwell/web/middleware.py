"""What every page of the web interface needs around it: a strict content policy, the user's language and time zone."""

from __future__ import annotations

from collections.abc import Callable
from zoneinfo import ZoneInfo

from django.conf import settings
from django.contrib.auth.middleware import get_user
from django.contrib.messages import get_messages
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils import timezone, translation

from orderwell.platform.accounts.models import User
from orderwell.web.errors import only_sent

Handler = Callable[[HttpRequest], HttpResponse]

# Nothing inline, nothing from elsewhere: a script that got into a text can't run, a style can't hide anything.
POLICY = "; ".join(
    [
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data: blob:",
        "font-src 'self'",
        "connect-src 'self'",
        "manifest-src 'self'",
        "form-action 'self'",
        "frame-ancestors 'none'",
        "base-uri 'none'",
    ]
)


class ContentSecurity:
    """Sends the content security policy with every HTML page."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if response.get("Content-Type", "").startswith("text/html") and not request.path.startswith("/api/"):
            response.setdefault("Content-Security-Policy", POLICY)
            response.setdefault("Permissions-Policy", "camera=(self), geolocation=(), microphone=(), payment=()")
            if getattr(request, "user", None) is not None and request.user.is_authenticated:
                # A page with people's data is not to be found in a shared cache or after signing out.
                response.setdefault("Cache-Control", "private, no-store")
        return response


class OnlySent:
    """A page instead of the empty answer to a browser that opens an address which only takes forms."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if response.status_code != 405 or response.content or "text/html" not in request.headers.get("Accept", ""):
            return response
        shown = only_sent(request)
        shown["Allow"] = response.get("Allow", "POST")
        return shown


class Toasts:
    """Puts what was told to the user into an answer that is only a part of a page; whole pages show it themselves."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        # What asks by itself every few seconds takes no toast: the page it asks from may be on its way out.
        asks_by_itself = request.method == "GET" and request.headers.get("X-Orderwell-Live")
        is_part = (
            request.headers.get("HX-Request")
            and not asks_by_itself
            and response.status_code == 200
            and not response.streaming
            and response.get("Content-Type", "").startswith("text/html")
            and "HX-Redirect" not in response
        )
        if is_part and (told := list(get_messages(request))):
            response.content += render_to_string("components/toasts.html", {"messages": told}, request).encode()
        return response


class Preferences:
    """The language and time zone the user chose; before that the browser's language and the business time zone."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.path.startswith(("/api/", settings.STATIC_URL)):
            return self.get_response(request)
        # Asked for here anyway; as itself and not as a promise, since a page asks it a hundred times.
        user = request.user = get_user(request)
        zone = settings.TIME_ZONE
        if isinstance(user, User):
            if user.language in dict(settings.LANGUAGES):
                translation.activate(user.language)
                request.LANGUAGE_CODE = user.language
            zone = user.time_zone or zone
        with timezone.override(ZoneInfo(zone)):
            return self.get_response(request)
