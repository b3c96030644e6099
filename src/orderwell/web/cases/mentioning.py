"""Names after an at sign: whom to choose from while one types, and what is said of names that reach nobody."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext as _

from orderwell.domains.cases.naming import colleagues_called, names_of_nobody
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


def with_unknown(done: str, text: str) -> str:
    """`done`, and that nobody was told where a name in `text` is nobody's."""
    unknown = names_of_nobody(text[:10_000])
    if not unknown:
        return done
    names = ", ".join(f"@{name[:40]}" for name in unknown[:5])
    said = _("No colleague is called %(names)s, or several are, so nobody was told by that name.") % {"names": names}
    return f"{done} {said}"
