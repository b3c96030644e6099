"""Dismissing a hint, taking its remedy, and hearing from the browser which hints were shown."""

from __future__ import annotations

from datetime import datetime

from django import forms
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from orderwell.domains.automation.hints.registry import rule_title
from orderwell.domains.automation.hints.services.dismiss import dismiss_hint, restore_hint
from orderwell.domains.automation.hints.services.measure import MOST_AT_ONCE, Seen, note_shown, note_taken
from orderwell.domains.automation.hints.services.take import take_remedy
from orderwell.domains.automation.hints.subjects import find_subject
from orderwell.domains.automation.models import HintDismissal
from orderwell.kernel.clock import utc_now
from orderwell.kernel.errors import DomainError
from orderwell.platform.accounts.actor import Actor
from orderwell.platform.formats import in_a_row
from orderwell.platform.permissions import Permission
from orderwell.platform.wording import sentences, shown
from orderwell.web.components.actions import ActionForm, perform_once
from orderwell.web.components.toasts import tell, undo, undoes
from orderwell.web.components.words import choices
from orderwell.web.hints.showing import place_of
from orderwell.web.pages import action, back_to, dialog, form_page, go


class DismissForm(ActionForm):
    reason = forms.ChoiceField(label=gettext_lazy("Why"), widget=forms.RadioSelect)
    note = forms.CharField(label=gettext_lazy("In your words"), required=False, max_length=240)

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reason"].choices = choices("hint_reason")  # type: ignore[attr-defined]


def _named(values: object) -> dict[str, str]:
    limits = {"subject": 60, "rule": 60, "fingerprint": 32}
    return {name: values.get(name, "")[:most] for name, most in limits.items()}  # type: ignore[attr-defined]


@form_page(Permission.AUTOMATION_HINT_ANSWER)
def dismiss(request: HttpRequest, actor: Actor) -> HttpResponse:
    """A form with the reasons. The page behind is loaded anew; where an order is typed, it is told and nothing is lost."""
    named = _named(request.GET)
    about = find_subject(actor, named["subject"])
    form = DismissForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            made = perform_once(
                request, actor, form, lambda data: dismiss_hint(**named, **data, actor=actor, now=utc_now())
            )
        except DomainError as error:
            form.refuse(error)
        else:
            typed = about.kind == "draft"
            back = undo("hint-dismissed", dismissal_id=made.pk) if isinstance(made, HintDismissal) else None
            tell(request, _("The hint is dismissed until what it rests on changes."), undo=back, in_place=typed)
            if typed:
                return HttpResponse(headers={"HX-Reswap": "none", "HX-Trigger": "hints:dismissed"})
            return go(request, page_of(named["subject"], request))
    context = {"form": form, "title": _(rule_title(named["rule"]))}
    return dialog(request, "hints/dismiss.html", context, status=422 if form.errors else 200)


def page_of(subject: str, request: HttpRequest) -> str:
    """The page that shows the subject; for goods the one it was pressed on."""
    kind, _colon, key = subject.partition(":")
    names = {"order": "order-detail", "customer": "customer-detail"}
    if kind in names:
        return reverse(names[kind], args=[int(key)])
    current = request.headers.get("HX-Current-URL", "")
    path = "/" + current.split("/", 3)[3] if current.count("/") >= 3 else ""
    return path.partition("?")[0] if path.startswith(("/products/", "/stock/")) else reverse("home")


@undoes("hint-dismissed")
def show_again(actor: Actor, now: datetime, *, dismissal_id: int) -> str:
    restore_hint(dismissal_id=dismissal_id, actor=actor, now=now)
    return _("The hint is shown again.")


@action(Permission.AUTOMATION_HINT_ANSWER)
def take(request: HttpRequest, actor: Actor) -> HttpResponse:
    """One click: the remedy is carried out if the hint still holds; back to the page with what happened and its undo."""
    named = _named(request.POST)
    try:
        taken = take_remedy(**named, remedy=request.POST.get("remedy", "")[:60], actor=actor, now=utc_now())
    except DomainError as error:
        tell(request, in_a_row(*sentences(error)), level="error")
        return go(request, back_to(request))
    if taken.done is None:
        found = place_of(taken.remedy.name, taken.remedy.data)
        return go(request, taken.remedy.address or (found[0] if found else back_to(request)))
    back = undo(taken.done.undo, **taken.done.arguments) if taken.done.undo else None
    tell(request, _("Done: %(remedy)s") % {"remedy": shown(taken.remedy.label)}, undo=back)
    return go(request, back_to(request))


@action()
def seen(request: HttpRequest, actor: Actor) -> HttpResponse:
    """The browser tells which hints it has shown (`shown`), or that a remedy that only opens something was pressed."""
    for text in request.POST.getlist("taken")[:5]:
        subject, rule, fingerprint, remedy = ([*text.split(" "), "", "", "", ""])[:4]
        note_taken(
            **_named({"subject": subject, "rule": rule, "fingerprint": fingerprint}),
            remedy=remedy,
            actor=actor,
            now=utc_now(),
        )
    found = [text.split(" ") for text in request.POST.getlist("shown")[:MOST_AT_ONCE]]
    rows = [Seen(*parts) for parts in found if len(parts) == 3]
    if rows:
        note_shown(rows, actor=actor, now=utc_now())
    return HttpResponse(status=204)
