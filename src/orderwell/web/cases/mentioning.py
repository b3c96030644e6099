"""Names after an at sign: whom to choose from while one types, and what is said of names that reach nobody."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from orderwell.domains.cases.naming import colleagues_called
from orderwell.domains.cases.services.notify import reach_of
from orderwell.platform.accounts.actor import Actor
from orderwell.web.pages import page

# What a field says in which an at sign tells a colleague; `static/web/mention.js` offers their names there.
MENTIONS = {"data-mentions": ""}


@page()
def offered(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Colleagues for what is typed after an at sign, as data."""
    if not actor.permissions:
        return JsonResponse({"people": []})
    found = colleagues_called(request.GET.get("q", ""), me=actor.id if actor.kind == "user" else None)
    people = [{"call": who.call, "name": who.name or who.username, "username": who.username} for who in found]
    return JsonResponse({"people": people})


def with_told(done: str, text: str, *, stream: str, actor: Actor) -> str:
    """`done`, and who is told by the names in `text`, who could not be, and which names are nobody's."""
    found = reach_of(text[:10_000], stream=stream, actor=actor)
    said = [done]
    comma = pgettext("between names", ", ")
    if found.told:
        said.append(_("Told: %(names)s.") % {"names": comma.join(map(str, found.told))})
    if found.barred:
        names = comma.join(map(str, found.barred))
        said.append(_("Not told, as this is not theirs to see: %(names)s.") % {"names": names})
    if found.unknown:
        names = comma.join(f"@{name[:40]}" for name in found.unknown[:5])
        said.append(_("No colleague is called %(names)s, or several are.") % {"names": names})
    return " ".join(said)
