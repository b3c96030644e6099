"""What's new: shown once to each person after an upgrade, readable at any time."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse

from orderwell import __version__
from orderwell.platform.accounts.actor import Actor
from orderwell.platform.accounts.models import User
from orderwell.platform.learning.services.news import has_news, put_away
from orderwell.web.help import book
from orderwell.web.pages import action, page, signed_in

ANCHOR = "v" + __version__.replace(".", "-")
# In the session: the version whose news this person has put away, or never needs to see.
KNOWN = "news"


def pending(request: HttpRequest) -> bool:
    """Whether the badge is shown. Asked of the database once per session and version, so that no page pays for it."""
    user = getattr(request, "user", None)
    if settings.SANDBOX or not isinstance(user, User) or request.session.get(KNOWN) == __version__:
        return False
    if has_news(user=user, version=__version__):
        return True
    request.session[KNOWN] = __version__
    return False


@page()
def read(request: HttpRequest, actor: Actor) -> HttpResponse:
    """To the news of this version; having opened them, they are seen."""
    _seen(request)
    found = book.page(book.reader_language(), book.NEWS)
    anchor = f"#{ANCHOR}" if found and ANCHOR in found.anchors else ""
    return HttpResponseRedirect(reverse("help-page", args=[book.NEWS]) + anchor)


@action()
def dismiss(request: HttpRequest, actor: Actor) -> HttpResponse:
    _seen(request)
    return HttpResponse("")


def _seen(request: HttpRequest) -> None:
    put_away(user=signed_in(request), version=__version__)
    request.session[KNOWN] = __version__
