from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import Any

from django import forms
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from orderwell.domains.inventory.errors import MovedSinceShown
from orderwell.kernel.clock import utc_now
from orderwell.kernel.errors import DomainError, ErrorDetail
from orderwell.platform.accounts.actor import Actor
from orderwell.web.components.actions import ActionForm, perform_once
from orderwell.web.components.forms import ExactField, offer, options


class OpenedForm(ActionForm):
    """What is counted goes by the moment the form was opened: where stock moved since, a second yes is asked for."""

    opened = forms.CharField(
        widget=forms.HiddenInput, required=False, max_length=40, initial=lambda: utc_now().isoformat()
    )

    def clean_opened(self) -> datetime | None:
        try:
            opened = datetime.fromisoformat(self.cleaned_data["opened"])
        except ValueError:
            return None
        return opened if opened.tzinfo else None

    def refuse(self, error: DomainError | Iterable[ErrorDetail]) -> None:
        error = error if isinstance(error, DomainError) else list(error)
        details = error.details if isinstance(error, DomainError) else error
        if any(detail.code == MovedSinceShown.code for detail in details):
            self.put("opened", utc_now().isoformat())
        super().refuse(error)


class NewCountForm(ActionForm):
    pointers = {r"/skus/\d+": "skus"}
    warehouse = forms.ChoiceField(label=_("Warehouse"))
    category = forms.ChoiceField(label=_("Category"), required=False)
    skus = forms.CharField(
        label=_("Only these products"),
        required=False,
        max_length=100_000,
        widget=forms.Textarea(attrs={"rows": 4, "spellcheck": "false", "class": "mono", "data-goods-codes": ""}),
        help_text=_(
            "SKU, barcode or name, one each line or with commas between. Empty: everything of the category, or of the warehouse."
        ),
    )
    blind = forms.BooleanField(label=_("Blind: those who count don't see what should be there"), required=False)
    note = forms.CharField(label=_("Note"), required=False, max_length=240)

    def __init__(self, *args: Any, warehouses: Sequence[Any], categories: Sequence[Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "warehouse", warehouses)
        self.fields["skus"].widget.attrs["data-goods"] = reverse("lookup-goods")
        offer(self, "category", options(categories, empty=_("All")))


class EntryForm(OpenedForm):
    pointers = {r"/entries/\d+/code": "code", r"/entries/\d+/quantity": "quantity"}
    code = forms.CharField(
        label=_("SKU or barcode"),
        max_length=60,
        widget=forms.TextInput(attrs={"data-scan": "", "autocomplete": "off", "autofocus": True}),
    )
    quantity = ExactField(label=_("Quantity"), min_value=0, initial=1)
    add = forms.BooleanField(label=_("Add to what was counted before"), required=False)

    def once(self, request: HttpRequest, actor: Actor, act: Callable[[], object]) -> None:
        perform_once(request, actor, self, lambda data: act())


class CountLineForm(OpenedForm):
    pointers = {r"/entries/\d+/quantity": "quantity"}
    quantity = ExactField(label=_("Quantity"), min_value=0)
