"""The look of a kind of document, as a form."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from orderwell.platform.printing.kinds import DocumentKind
from orderwell.platform.printing.looks import MOST_MARKUP, MOST_TEXT, PAPERS, look_of
from orderwell.web.components.forms import Form
from orderwell.web.components.merging import MergingForm


class TemplateForm(MergingForm):
    paper = forms.ChoiceField(label=_("Paper"))
    colour = forms.CharField(label=_("Colour"), max_length=7, widget=forms.TextInput(attrs={"type": "color"}))
    columns = forms.MultipleChoiceField(
        label=_("Columns"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("None ticked: the usual ones."),
    )
    bilingual = forms.BooleanField(label=_("Titles in Chinese and English"), required=False)
    barcode = forms.BooleanField(label=_("Bar code of the number"), required=False)
    signatures = forms.BooleanField(label=_("Lines to sign on"), required=False)
    closing = forms.CharField(
        label=_("Closing text"), required=False, max_length=MOST_TEXT, widget=forms.Textarea(attrs={"rows": 3})
    )
    markup = forms.CharField(
        label=_("Template"),
        required=False,
        strip=False,
        max_length=MOST_MARKUP,
        widget=forms.Textarea(attrs={"rows": 16, "spellcheck": "false", "class": "mono"}),
        help_text=_("For those who want more than the form offers: Typst markup. Empty means the built-in template."),
    )

    def __init__(self, kind: DocumentKind, *args: Any, **kwargs: Any) -> None:
        self.kind = kind
        super().__init__(*args, **kwargs)

    def prepare(self) -> None:
        self.fields["paper"].choices = [(code, gettext(title)) for code, title in PAPERS.items()]  # type: ignore[attr-defined]
        named = [(name, gettext(column.title)) for name, column in self.kind.columns.items() if column.title]
        self.fields["columns"].choices = named  # type: ignore[attr-defined]
        if not named:
            del self.fields["columns"]

    def field_at(self, pointer: str | None) -> str | None:
        name = (pointer or "").rsplit("/", 1)[-1]
        return name if name in self.fields else super().field_at(pointer)

    def options(self) -> dict[str, Any]:
        """What was chosen, as the options of a look."""
        names = ("paper", "colour", "columns", "bilingual", "barcode", "signatures", "closing")
        data = {name: self.cleaned_data[name] for name in names if name in self.fields}
        chosen = data.get("columns")
        if chosen:
            # Columns without a title (a box to tick) stay where they are.
            data["columns"] = [name for name, column in self.kind.columns.items() if name in chosen or not column.title]
        return data


def stored_look(kind: DocumentKind, options: Mapping[str, Any], markup: str) -> dict[str, Any]:
    """What the form of a look begins with."""
    look = look_of(kind, options)
    values = {
        name: getattr(look, name) for name in ("paper", "colour", "bilingual", "barcode", "signatures", "closing")
    }
    return {**values, "columns": list(look.columns), "markup": markup}


class LogoForm(Form):
    logo = forms.FileField(
        label=_("Logo"), required=False, widget=forms.FileInput(attrs={"accept": "image/png,image/jpeg,image/svg+xml"})
    )
