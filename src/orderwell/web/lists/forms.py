"""The forms about lists: their columns, saved views, exports."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from orderwell.web.components.actions import ActionForm

FORMAT_CHOICES = [
    ("xlsx", _("Excel (XLSX)")),
    ("csv", _("CSV")),
    ("parquet", _("Parquet, for data programs")),
]


class ViewForm(ActionForm):
    name = forms.CharField(label=_("Name"), max_length=80, widget=forms.TextInput(attrs={"autocomplete": "off"}))
    shared = forms.BooleanField(
        label=_("Share with everyone"), required=False, help_text=_("Everybody sees only the rows that they may see.")
    )
    default = forms.BooleanField(label=_("Open the list with this view"), required=False)
    # Of a view that is there already: what a colleague has changed since is looked at before it is written over.
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)
    current: int | None = None

    def renew(self) -> None:
        self.put("version", "" if self.current is None else self.current)


class ExportForm(ActionForm):
    format = forms.ChoiceField(label=_("Format"), choices=FORMAT_CHOICES, initial="xlsx")
    bom = forms.BooleanField(label=_("Mark CSV as UTF-8, so that Excel reads Chinese"), required=False, initial=True)
