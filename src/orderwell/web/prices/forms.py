"""Forms of price lists: their terms and whom they are for, a copy, prices pasted from a sheet, the question."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from orderwell.domains.prices.drafts import CopyDraft, PriceListDraft, Target
from orderwell.domains.prices.models import PriceList
from orderwell.domains.prices.queries import ListDetail
from orderwell.web.admin.forms import Choice, ManyField, currency_choices
from orderwell.web.components.actions import ActionForm
from orderwell.web.components.forms import DayField, ExactField, Form, WholeField, offer
from orderwell.web.components.merging import MergingForm
from orderwell.web.templatetags.orderwell import localname

TAX = [("", _("Like list prices: as the channel has it")), ("yes", _("With tax")), ("no", _("Without tax"))]
STEPS = [(step, step) for step in ("0.01", "0.05", "0.1", "0.5", "1", "5", "10")]


class NamesField(forms.MultipleChoiceField):
    """Customers by number, found while typing; whether there are such customers is the service's business."""

    widget = forms.SelectMultiple

    def valid_value(self, value: Any) -> bool:
        return len(str(value)) <= 40


class ListForm(MergingForm):
    """Terms of a list, and whom it is for."""

    pointers = {r"/applies_to/.*": "customers", "/prices_include_tax": "tax"}
    code = forms.CharField(
        label=_("Code"), max_length=40, help_text=_("Letters, digits and hyphens; it stays as it is.")
    )
    name_zh = forms.CharField(label=_("Chinese name"), required=False, max_length=120)
    name_en = forms.CharField(label=_("English name"), required=False, max_length=120)
    currency = forms.ChoiceField(label=_("Currency"))
    valid_from = DayField(label=_("First day"), required=False)
    valid_until = DayField(label=_("Last day"), required=False)
    priority = WholeField(
        label=_("Priority"),
        min_value=0,
        max_value=9999,
        initial=100,
        help_text=_("The smaller number goes first among lists for the same circle."),
    )
    tax = forms.ChoiceField(label=_("Tax in the prices"), choices=TAX, required=False)
    everyone = forms.BooleanField(label=_("Everyone"), required=False)
    channels = ManyField(label=_("Channels"), required=False)
    groups = ManyField(label=_("Groups of customers"), required=False)
    customers = NamesField(label=_("Customers"), required=False)
    note = forms.CharField(label=_("Note"), required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 2}))

    def __init__(
        self,
        *args: Any,
        channels: Sequence[Choice],
        groups: Sequence[Choice],
        customers: Mapping[str, str],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "currency", currency_choices())
        offer(self, "channels", channels)
        offer(self, "groups", groups)
        chosen = (self["customers"].value() or [])[:2000]
        offer(self, "customers", [(number, customers.get(number, number)) for number in chosen])
        # The field that replaces it takes its label along.
        self.fields["customers"].widget.attrs["aria-label"] = _("Customers")

    def draft(self) -> PriceListDraft:
        data = self.cleaned_data
        targets = [Target("everyone")] if data["everyone"] else []
        targets += [Target("channel", code) for code in data["channels"]]
        targets += [Target("group", code) for code in data["groups"]]
        targets += [Target("customer", number) for number in data["customers"]]
        return PriceListDraft(
            code=data["code"],
            **{name: data[name] for name in ("name_zh", "name_en", "currency", "valid_from", "valid_until")},
            priority=data["priority"],
            prices_include_tax={"yes": True, "no": False}.get(data["tax"]),
            note=data["note"],
            applies_to=tuple(targets),
            version=self.current,
        )


def stored_terms(detail: ListDetail) -> dict[str, Any]:
    """What the form of a list begins with."""
    row = detail.price_list
    codes: dict[str, list[str]] = {"customer": [], "group": [], "channel": [], "everyone": []}
    for item in detail.assignments:
        target = item.channel or item.group
        codes[item.scope].append(item.customer.number if item.customer else target.code if target else "")
    return {
        **{name: getattr(row, name) for name in ("code", "name_zh", "name_en", "currency", "priority", "note")},
        "valid_from": row.valid_from,
        "valid_until": row.valid_until,
        "tax": {None: "", True: "yes", False: "no"}[row.prices_include_tax],
        "everyone": bool(codes["everyone"]),
        "channels": sorted(codes["channel"]),
        "groups": sorted(codes["group"]),
        "customers": sorted(codes["customer"]),
    }


class CopyForm(ActionForm):
    code = forms.CharField(
        label=_("Code"), max_length=40, help_text=_("Letters, digits and hyphens; it stays as it is.")
    )
    name_zh = forms.CharField(label=_("Chinese name"), required=False, max_length=120)
    name_en = forms.CharField(label=_("English name"), required=False, max_length=120)
    currency = forms.ChoiceField(label=_("Currency"), required=False)
    percent = ExactField(
        label=_("Change in percent"),
        places=4,
        initial="0",
        help_text=_("-15 makes every price 15\u00a0% lower, 5 makes it 5\u00a0% higher."),
    )
    step = forms.ChoiceField(label=_("Round to a multiple of"), choices=STEPS, initial="0.01")
    rounding = forms.ChoiceField(
        label=_("Rounding"),
        choices=[("nearest", _("To the nearest")), ("down", _("Down")), ("up", _("Up"))],
        initial="nearest",
    )

    def __init__(self, *args: Any, source: PriceList | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.source = source
        offer(self, "currency", currency_choices())
        if source is not None:
            del self.fields["currency"]

    def draft(self) -> CopyDraft:
        data = self.cleaned_data
        return CopyDraft(
            code=data["code"],
            source=self.source.code if self.source else "",
            name_zh=data["name_zh"],
            name_en=data["name_en"],
            currency=data.get("currency", ""),
            percent=data["percent"],
            step=Decimal(data["step"]),
            rounding=data["rounding"],
        )


class PasteForm(ActionForm):
    rows = forms.CharField(
        label=_("Rows from a sheet"),
        required=False,
        max_length=500_000,
        widget=forms.Textarea(attrs={"rows": 12, "class": "font-monospace", "spellcheck": "false"}),
        help_text=_("Product (SKU, barcode or name) and price, or product, quantity from which it holds, and price."),
    )
    file = forms.FileField(label=_("Or a file (CSV, XLSX)"), required=False)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if not self.errors and not data.get("file") and not (data.get("rows") or "").strip():
            self.add_error("rows", gettext("Paste some rows, or choose a file."))
        return data


class AskForm(Form):
    sku = forms.CharField(label=_("Product"), max_length=60, help_text=_("SKU, barcode or name"))
    quantity = ExactField(label=_("Quantity"), initial="1", min_value=Decimal("0.0001"))
    customer = forms.CharField(label=_("Customer number"), max_length=40, required=False)
    channel = forms.ChoiceField(label=_("Channel"))
    day = DayField(label=_("Day of the order"))

    def __init__(self, *args: Any, channels: Sequence[Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "channel", [(item.code, localname(item)) for item in channels])
