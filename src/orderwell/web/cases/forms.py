"""Forms of cases, tasks and ratings."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from orderwell.domains.cases.models import Case
from orderwell.domains.cases.queries import colleagues
from orderwell.domains.cases.services.notify import people_who_may
from orderwell.platform.accounts.models import User
from orderwell.platform.permissions import Permission
from orderwell.web.cases.mentioning import MENTIONS
from orderwell.web.components.actions import ActionForm
from orderwell.web.components.forms import ComingDayField, keep_day, offer, options
from orderwell.web.components.merging import MergingForm
from orderwell.web.components.words import choices
from orderwell.web.orders.forms import CountForm

NOBODY = _("Nobody yet")


def _named(people: Iterable[User]) -> list[tuple[str, str]]:
    return [(user.username, str(user)) for user in people]


class CaseForm(ActionForm):
    """A case as a colleague opens it."""

    kind = forms.ChoiceField(label=_("Kind"), choices=choices("case_kind", "question", "complaint"))
    subject = forms.CharField(label=_("Subject"), max_length=240, required=False)
    direction = forms.ChoiceField(label=_("What follows was"), choices=choices("message", "in", "out", "internal"))
    body = forms.CharField(label=_("Message"), max_length=10_000, widget=forms.Textarea(attrs={"rows": 4, **MENTIONS}))
    assignee = forms.ChoiceField(label=_("In charge"), required=False)
    due_on = ComingDayField(label=_("Due"), required=False)
    pointers = {"/due_at": "due_on", "/order_id": "subject", "/customer_id": "subject"}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "assignee", options(_named(people_who_may(Permission.CASES_CASE_VIEW)), empty=NOBODY))


class ChangeForm(MergingForm):
    subject = forms.CharField(label=_("Subject"), max_length=240, required=False)
    assignee = forms.ChoiceField(label=_("In charge"), required=False)
    priority = forms.TypedChoiceField(
        label=_("Priority"), coerce=int, choices=[(10, _("High")), (50, _("Normal")), (90, _("Low"))]
    )
    due_on = ComingDayField(label=_("Due"), required=False)
    pointers = {"/due_at": "due_on"}

    def __init__(self, *args: Any, people: Iterable[User], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        keep_day(self, "due_on")
        offer(self, "assignee", options(_named(people), empty=NOBODY))


class MessageForm(ActionForm):
    """An answer or an internal note; the button says which."""

    body = forms.CharField(
        label=_("Message"),
        max_length=10_000,
        widget=forms.Textarea(attrs={"rows": 4, **MENTIONS}),
        help_text=_("@name tells a colleague."),
    )
    file = forms.FileField(label=_("File"), required=False)
    # The newest message on the page on which it was written.
    seen = forms.IntegerField(required=False, widget=forms.HiddenInput)
    pointers = {"/files": "file"}


class SettleForm(CountForm):
    """What became of the goods of a return request."""

    disposition = forms.ChoiceField(
        label=_("What becomes of the goods"), choices=choices("disposition", "restock", "scrap")
    )
    reason = forms.CharField(label=_("Reason"), max_length=240)
    answer = forms.CharField(
        label=_("Answer to the customer"), required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 3})
    )
    credit = forms.BooleanField(label=_("Write the credit note at once"), required=False, initial=True)
    refund = forms.BooleanField(label=_("Give back what is then paid too much"), required=False)

    def __init__(self, *args: Any, may_credit: bool, may_refund: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not may_credit:
            del self.fields["credit"]
        if not (may_credit and may_refund):
            del self.fields["refund"]

    def field_at(self, pointer: str | None) -> str | None:
        """The service numbers its lines; the form knows them by their key."""
        found = re.match(r"/lines/(\d+)", pointer or "")
        if found:
            given = list(self.counted())
            return f"line_{given[int(found[1])]}" if int(found[1]) < len(given) else None
        return super().field_at(pointer)


class TaskForm(ActionForm):
    text = forms.CharField(
        label=_("Task"),
        max_length=1000,
        widget=forms.TextInput(attrs={"autocomplete": "off", **MENTIONS}),
        help_text=_("@name tells a colleague."),
    )
    assignee = forms.ChoiceField(label=_("Who does it"), required=False)
    due_on = ComingDayField(label=_("Due"), required=False)
    pointers = {"/due_at": "due_on"}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "assignee", options(_named(colleagues()), empty=NOBODY))


class QuestionForm(ActionForm):
    subject = forms.CharField(label=_("What is it about?"), max_length=240)
    body = forms.CharField(label=_("Your question"), max_length=10_000, widget=forms.Textarea(attrs={"rows": 5}))
    file = forms.FileField(
        label=_("File"), required=False, help_text=_("Such as a picture of the screen; at most 25 MB.")
    )
    pointers = {"/files": "file"}


class HideForm(ActionForm):
    reason = forms.CharField(label=_("Reason"), max_length=240)


KINDS = tuple(Case.Kind.values)
