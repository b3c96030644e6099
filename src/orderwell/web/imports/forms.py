from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from orderwell.domains.catalog.models import Channel
from orderwell.domains.integrations.mapping import ORDER_LINE_FIELDS, needed
from orderwell.domains.integrations.models import ImportMapping
from orderwell.web.components.actions import ActionForm
from orderwell.web.components.forms import offer, options
from orderwell.web.templatetags.orderwell import localname

# What each field of an order line is called for people; the keys are those of a mapping.
FIELD_TITLES = {
    "order_reference": _("Order number"),
    "placed_at": _("Date"),
    "channel": _("Channel"),
    "customer": _("Customer number"),
    "customer_name": _("Customer name"),
    "sku": _("SKU"),
    "quantity": _("Quantity"),
    "unit_price": _("Unit price"),
    "discount": _("Line discount"),
    "order_discount": _("Order discount"),
    "shipping": _("Shipping"),
    "currency": _("Currency"),
    "note": _("Note"),
    "requested_at": _("Requested date"),
    "recipient": _("Recipient"),
    "phone": _("Phone"),
    "email": _("E-mail"),
    "street": _("Street and number"),
    "district": _("District"),
    "city": _("City"),
    "region": _("Province or region"),
    "postcode": _("Postcode"),
    "country": _("Country"),
}


class UploadForm(ActionForm):
    file = forms.FileField(
        label=_("File"), help_text=_("CSV, XLSX or JSON Lines, also packed with gzip. A row is one order line.")
    )
    preset = forms.ChoiceField(
        label=_("Layout"),
        choices=[
            ("order-lines", _("Order lines, columns by name")),
            ("online-retail", _("UCI Online Retail data set")),
        ],
    )
    mode = forms.ChoiceField(
        label=_("Mode"),
        choices=[
            ("history", _("History: orders that already happened, stock is not touched")),
            ("live", _("Live: orders to be filled, stock is reserved")),
        ],
    )
    dry_run = forms.BooleanField(label=_("Dry run: tell every verdict, change nothing"), required=False, initial=True)
    channel = forms.ChoiceField(label=_("Channel, where a row names none"), required=False)
    saved = forms.ChoiceField(label=_("Saved mapping"), required=False)

    def __init__(
        self, *args: Any, channels: Sequence[Channel], mappings: Sequence[ImportMapping], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "channel", options([(item.code, localname(item)) for item in channels], empty=_("None")))
        offer(
            self,
            "saved",
            options([(item.name, item.name) for item in mappings], empty=_("By the names of the columns")),
        )

    def field_at(self, pointer: str | None) -> str | None:
        return super().field_at(pointer) or "file"


class MappingForm(ActionForm):
    """Which column means what, proposed from the header, and a name to keep it under."""

    name = forms.CharField(label=_("Keep this mapping as"), required=False, max_length=80)
    day_order = forms.ChoiceField(
        label=_("Dates of the file"),
        required=False,
        choices=[
            ("", _("Year first: 2026-03-31, 2026/3/31, 2026年3月31日")),
            ("dmy", _("Day first: 31.03.2026, 31/03/2026")),
            ("mdy", _("Month first: 03/31/2026")),
        ],
    )
    channel = forms.ChoiceField(label=_("Channel, where a row names none"), required=False)

    def __init__(
        self,
        *args: Any,
        header: Sequence[str],
        columns: dict[str, str],
        history: bool,
        channels: Sequence[Channel],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "channel", options([(item.code, localname(item)) for item in channels], empty=_("None")))
        required = needed(history=history, channel="one for all")
        offered = options([(column, column) for column in header if column], empty=_("Not in the file"))
        for field in ORDER_LINE_FIELDS:
            choice = forms.ChoiceField(
                label=FIELD_TITLES[field],
                choices=offered,
                required=field in required,
                initial=columns.get(field, ""),
            )
            choice.widget.attrs["class"] = "form-select"
            self.fields[f"column_{field}"] = choice

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if not data.get("channel") and not data.get("column_channel"):
            self.add_error("channel", _("No column names the channel: choose the one that these orders came by."))
        used = list(self.columns().values())
        for field in ORDER_LINE_FIELDS:
            column = data.get(f"column_{field}", "")
            if column and used.count(column) > 1:
                self.add_error(f"column_{field}", _("This column is chosen twice."))
        return data

    def columns(self) -> dict[str, str]:
        found = {field: self.cleaned_data.get(f"column_{field}", "") for field in ORDER_LINE_FIELDS}
        return {field: column for field, column in found.items() if column}

    def column_fields(self) -> list[forms.BoundField]:
        return [self[f"column_{field}"] for field in ORDER_LINE_FIELDS]
