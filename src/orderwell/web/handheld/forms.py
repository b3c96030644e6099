"""The form of the list of what is to be sorted out."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from orderwell.web.components.actions import ActionForm


class SettleForm(ActionForm):
    note = forms.CharField(label=_("What was done"), required=False, max_length=240)
