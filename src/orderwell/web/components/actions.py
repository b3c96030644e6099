"""A form that does one thing: one service call, errors at the field, and nothing twice."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable
from typing import Any, cast

from django import forms
from django.http import HttpRequest, HttpResponse, QueryDict
from django.utils.translation import gettext as _

from orderwell.kernel.clock import utc_now
from orderwell.kernel.errors import DomainError, ErrorDetail, NotFound
from orderwell.kernel.identifiers import random_token
from orderwell.platform.accounts.actor import Actor
from orderwell.platform.idempotency.repeating import Answer, once
from orderwell.platform.idempotency.services import KeyReused, answers_for
from orderwell.platform.permissions import PermissionDenied
from orderwell.web.components.forms import Form
from orderwell.web.components.toasts import Undo, tell
from orderwell.web.pages import dialog, go

# What a page sends of the draft that it keeps (drafting.js), beside what the form is about: the same form sent again may have
# been kept once more in between.
OF_DRAFT = frozenset({"draft", "draft_version", "draft_page", "draft_step"})


def new_token() -> str:
    return random_token(24)


class ActionForm(Form):
    """Carries a token, made with the empty form: the same form sent twice is one request."""

    # Fields that belong to the form itself, not to what it is about.
    OWN = frozenset({"token"})
    token = forms.CharField(widget=forms.HiddenInput, max_length=64, initial=new_token)

    def renew(self) -> None:
        """Make a form that comes back ready to be sent once more."""

    def refuse(self, error: DomainError | Iterable[ErrorDetail]) -> None:
        """The same form with something else in it, after the first went out and its answer was lost: a request of its own,
        once somebody has looked."""
        details = list(error.details if isinstance(error, DomainError) else error)
        rest = [detail for detail in details if detail.code != KeyReused.code]
        if len(rest) < len(details):
            self.put("token", new_token())
            self.add_error(None, _("This form was taken once already. Look whether this is to be sent as well."))
        super().refuse(rest)

    def put(self, name: str, value: object) -> None:
        """What comes back has `value` there, whatever was sent."""
        sent = cast("QueryDict", self.data).copy()
        sent[name] = str(value)
        self.data = sent

    @property
    def said(self) -> list[str]:
        """What somebody should know of how their form was taken."""
        return []


def perform(
    request: HttpRequest,
    actor: Actor,
    form: Form,
    *,
    template: str,
    act: Callable[[dict[str, Any]], object],
    done: str | Callable[[Any], str],
    to: str | Callable[[Any], str],
    context: dict[str, Any] | None = None,
    undo: Callable[[Any], Undo | None] | None = None,
) -> HttpResponse:
    """Show `form`, or take it: `act` gets the clean data and makes the one service call.

    `done` is what is said then and `to` where it leads; where one is made of what `act` returned, it gets None for a form
    that was sent twice.

    `undo` makes of what `act` returned the promise that the toast offers; a form sent twice offers it once.
    """
    if request.method == "POST":
        # What could be done only once was done by the first of two clicks: then the form alone would be refused.
        taken, made = not form.is_valid() and _sent_before(request, actor, form), None
        if not form.errors:
            try:
                made = perform_once(request, actor, form, act)
                taken = True
            except (NotFound, PermissionDenied):
                raise
            except DomainError as error:
                form.refuse(error)
        if taken:
            for text in form.said if isinstance(form, ActionForm) and not form.errors else ():
                tell(request, text, level="info")
            said = done(made) if callable(done) else done
            tell(request, said, undo=undo(made) if undo and made is not None else None)
            return go(request, to(made) if callable(to) else to)
    if isinstance(form, ActionForm) and form.is_bound:
        form.renew()
    status = 422 if form.errors else 200
    return dialog(request, template, {**(context or {}), "form": form}, status=status)


def fingerprint_of(request: HttpRequest) -> bytes:
    """What a form sent and where to: the same token with another form is noticed."""
    sent = "&".join(
        f"{name}={value}"
        for name, values in sorted(request.POST.lists())
        if name != "csrfmiddlewaretoken" and name not in OF_DRAFT
        for value in values
    )
    return hashlib.sha256(f"{request.path}?{sent}".encode()).digest()


def _sent_before(request: HttpRequest, actor: Actor, form: Form) -> bool:
    asked = (f"web:{actor.id}", str(form.cleaned_data.get("token", "")))
    known = answers_for([asked]).get(asked) if asked[1] else None
    return known is not None and bytes(known.fingerprint) == fingerprint_of(request)


def perform_once(request: HttpRequest, actor: Actor, form: Form, act: Callable[[dict[str, Any]], object]) -> object:
    """`act` with the clean data of a valid form, unless the same form was sent before; what it returned, else None."""
    token = form.cleaned_data.get("token", "")
    own = form.OWN if isinstance(form, ActionForm) else ()
    data = {name: value for name, value in form.cleaned_data.items() if name not in own}
    if not token:
        return act(data)
    made: list[object] = []

    def work() -> Answer:
        made.append(act(data))
        return Answer(200, b"")

    fingerprint = fingerprint_of(request)
    once(scope=f"web:{actor.id}", key=token, fingerprint=fingerprint, now=utc_now(), act=work)
    return made[0] if made else None
