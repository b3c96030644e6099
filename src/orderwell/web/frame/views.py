"""What belongs to the frame itself: taking back what a toast offers to take back."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from orderwell.kernel.clock import utc_now
from orderwell.kernel.errors import DomainError
from orderwell.platform.accounts.actor import Actor
from orderwell.platform.wording import sentences
from orderwell.web.components.toasts import take_back, tell
from orderwell.web.frame import undoing  # noqa: F401 - makes what it undoes known
from orderwell.web.pages import action, back_to, go


@action()
def undo(request: HttpRequest, actor: Actor) -> HttpResponse:
    """Take back what the token says, then show the page that stood there before; in place where that page asks itself."""
    try:
        text = take_back(request.POST.get("token", ""), actor=actor, now=utc_now())
    except DomainError as error:
        tell(request, " ".join([_("This can no longer be undone."), *sentences(error)]), level="error")
    else:
        if text is None:
            tell(request, _("This can no longer be undone."), level="error")
        else:
            tell(request, text)
    if request.headers.get("HX-Request"):
        return HttpResponse(headers={"HX-Trigger": "orderwell:undone"})
    return go(request, back_to(request))
