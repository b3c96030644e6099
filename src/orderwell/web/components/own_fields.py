"""The company's own fields in a form: one field of the right type for each, and back to values."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from orderwell.kernel.quantities import plain
from orderwell.platform.configuration.custom_fields import recent_custom_fields
from orderwell.platform.configuration.models import CustomField
from orderwell.web.components.forms import DayField, ExactField, dress, options

PREFIX = "own_"
Kind = CustomField.Kind


def add_own_fields(form: forms.Form, entity: str, values: Mapping[str, Any]) -> None:
    """Add a field for each that the company has for `entity`, filled from a row's `custom`."""
    for definition in recent_custom_fields(entity):
        field = _field(definition)
        dress(field)
        field.initial = values.get(definition.key)
        form.fields[PREFIX + definition.key] = field


def own_bound(form: forms.Form) -> list[forms.BoundField]:
    return [form[name] for name in form.fields if name.startswith(PREFIX)]


def own_values(form: forms.Form, before: Mapping[str, Any], entity: str) -> dict[str, Any]:
    """The values as they are kept; what a removed field left behind is not carried on."""
    found: dict[str, Any] = {}
    for definition in recent_custom_fields(entity):
        value = form.cleaned_data.get(PREFIX + definition.key)
        if value in (None, ""):
            continue
        match definition.kind:
            case Kind.NUMBER:
                found[definition.key] = plain(value)
            case Kind.DATE:
                found[definition.key] = value.isoformat()
            case Kind.YES_NO:
                found[definition.key] = value == "yes"
            case _:
                found[definition.key] = value
    return found


def _field(definition: CustomField) -> forms.Field:
    chinese = (get_language() or "").startswith("zh")
    shared: dict[str, Any] = {
        "label": definition.label_zh if chinese else definition.label_en,
        "required": definition.required,
    }
    match definition.kind:
        case Kind.NUMBER:
            return ExactField(places=6, max_digits=24, **shared)
        case Kind.DATE:
            return DayField(**shared)
        case Kind.YES_NO:
            answers = options([("yes", _("Yes")), ("no", _("No"))], empty="—")
            return _YesNoField(choices=answers, **shared)
        case Kind.CHOICE:
            return forms.ChoiceField(choices=options([(c, c) for c in definition.choices], empty="—"), **shared)
        case _:
            return forms.CharField(max_length=2_000, **shared)


class _YesNoField(forms.ChoiceField):
    def prepare_value(self, value: Any) -> Any:
        return {True: "yes", False: "no"}.get(value, value)
