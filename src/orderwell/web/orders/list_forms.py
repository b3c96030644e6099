"""What bulk actions on orders ask for."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from orderwell.domains.orders.holds import KINDS
from orderwell.platform.accounts.actor import Actor
from orderwell.platform.accounts.queries import people, teams
from orderwell.web.components.actions import ActionForm
from orderwell.web.components.forms import WholeField, offer


class BulkForm(ActionForm):
    """Knows who asks, so that it offers what that person may choose."""

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.actor = actor


class BulkReasonForm(BulkForm):
    reason = forms.CharField(label=_("Reason"), max_length=240, widget=forms.TextInput(attrs={"autocomplete": "off"}))


class BulkHoldForm(BulkReasonForm):
    kind = forms.ChoiceField(label=_("Kind"))
    field_order = ("kind", "reason")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "kind", [(name, gettext(known.title)) for name, known in KINDS.items()])


class BulkInvoiceForm(BulkForm):
    extent = forms.ChoiceField(
        label=_("What is invoiced"),
        choices=(
            ("shipped", _("What left the house and is not invoiced")),
            ("ordered", _("All that is ordered and not invoiced")),
        ),
        widget=forms.RadioSelect,
        initial="ordered",
    )


class BulkPriorityForm(BulkForm):
    priority = WholeField(
        label=_("Priority"),
        min_value=0,
        max_value=999,
        initial=100,
        help_text=_("Lower comes first when stock is short; 100 is normal."),
    )


class BulkAssignForm(BulkForm):
    owner = forms.ChoiceField(label=_("In charge"), required=False)
    team = forms.ChoiceField(label=_("Team"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "owner", [("", gettext("As it is")), *((str(user.pk), str(user)) for user in people())])
        offer(self, "team", [("", gettext("As it is")), *((str(team.pk), team.name) for team in teams())])

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if not self.errors and not cleaned.get("owner") and not cleaned.get("team"):
            raise forms.ValidationError(_("Choose an owner or a team."))
        return cleaned
