"""The form of a new order or quote, and how it becomes a draft."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from orderwell.domains.catalog.models import Channel
from orderwell.domains.orders.drafts import AddressDraft, LineDraft, OrderDraft
from orderwell.domains.orders.errors import OutOfStock
from orderwell.kernel.errors import ErrorDetail
from orderwell.kernel.quantities import plain
from orderwell.platform.formats import price_typed
from orderwell.platform.wording import sentence
from orderwell.web.components.actions import ActionForm
from orderwell.web.components.forms import CountryField, DayField, ExactField, WholeField, end_of_day, offer
from orderwell.web.templatetags.orderwell import localname

ADDRESS = ("recipient", "phone", "email", "street", "district", "city", "region", "postcode", "country")
ZERO = Decimal(0)


class EntryForm(ActionForm):
    """Everything of an order but its lines."""

    pointers = {rf"/ship_to/{name}": f"ship_{name}" for name in ADDRESS} | {"/requested_at": "requested_on"}

    channel = forms.ChoiceField(label=_("Channel"))
    customer = forms.CharField(label=_("Customer"), required=False, max_length=40)
    external_id = forms.CharField(label=_("External number"), required=False, max_length=120)
    requested_on = DayField(label=_("Requested date"), required=False)
    priority = WholeField(label=_("Priority"), required=False, min_value=0, max_value=999)
    discount = ExactField(label=_("Order discount"), required=False, min_value=0, places=None)
    shipping = ExactField(label=_("Shipping"), required=False, min_value=0, places=None)
    note = forms.CharField(label=_("Note"), required=False, max_length=10_000, widget=forms.Textarea(attrs={"rows": 2}))
    ship_recipient = forms.CharField(label=_("Recipient"), required=False, max_length=120)
    ship_phone = forms.CharField(label=_("Phone"), required=False, max_length=40)
    ship_email = forms.CharField(label=_("E-mail"), required=False, max_length=254)
    ship_region = forms.CharField(label=_("Province or region"), required=False, max_length=80)
    ship_city = forms.CharField(label=_("City"), required=False, max_length=80)
    ship_district = forms.CharField(label=_("District"), required=False, max_length=80)
    ship_street = forms.CharField(label=_("Street and number"), required=False, max_length=500)
    ship_postcode = forms.CharField(label=_("Postcode"), required=False, max_length=20)
    ship_country = CountryField(required=False, initial="CN")

    def __init__(self, *args: Any, channels: Sequence[Channel], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # What the domain said against it, to be said again when the order is opened again.
        self.refused: list[ErrorDetail] = []
        offer(self, "channel", [(item.code, localname(item)) for item in channels])
        for name, bound in self.fields.items():
            if name.startswith("ship_"):
                bound.widget.attrs["autocomplete"] = "off"

    def address_fields(self) -> list[forms.BoundField]:
        return [self[f"ship_{name}"] for name in ADDRESS]


# Made once: a long order has thousands of cells.
_CELLS = {required: ExactField(required=required, places=None) for required in (True, False)}
CELLS = 5


@dataclass
class Row:
    """A line as it was typed, with what is wrong with it."""

    sku: str = ""
    name: str = ""
    quantity: str = ""
    unit_price: str = ""
    discount: str = ""
    errors: dict[str, list[str]] = field(default_factory=dict)
    # What cells are called on the page, where something points at them.
    ids: dict[str, str] = field(default_factory=dict)

    def complain(self, name: str, text: str) -> None:
        self.errors.setdefault(name if name in {"sku", "quantity", "unit_price", "discount"} else "sku", []).append(
            text
        )

    def number(self, name: str, *, required: bool) -> Decimal | None:
        """The number in a cell; what is no number becomes an error of the cell."""
        try:
            value: Decimal | None = _CELLS[required].clean(getattr(self, name))
        except ValidationError as error:
            self.complain(name, " ".join(error.messages))
            return None
        return value


def rows_from(data: QueryDict) -> list[Row]:
    """The lines that were typed: a field for each cell, or all of them as one text, which is what scripts send."""
    if "rows" in data:
        rows = [row_of(cells) for cells in cells_from(str(data["rows"]))]
        return [row for row in rows if row.sku or row.quantity]
    columns = [data.getlist(f"line_{name}") for name in ("sku", "name", "quantity", "unit_price", "discount")]
    length = len(columns[0])
    padded = [column + [""] * (length - len(column)) for column in columns]
    rows = [Row(*(value.replace("\0", "").strip() for value in values)) for values in zip(*padded, strict=False)]
    return [row for row in rows if row.sku or row.quantity]


def cells_from(text: str) -> list[list[Any]]:
    try:
        found = json.loads(text)
    except ValueError:
        return []
    return [cells for cells in found if isinstance(cells, list) and cells] if isinstance(found, list) else []


def row_of(cells: Sequence[Any]) -> Row:
    """From product, name, quantity, price and discount; what is missing at the end is empty."""
    texts = [str(cell).replace("\0", "").strip() for cell in cells[:CELLS]]
    sku, name, quantity, unit_price, discount = texts + [""] * (CELLS - len(texts))
    return Row(sku, name, quantity, unit_price, discount)


def cells_of(rows: Sequence[Row]) -> list[list[str]]:
    """What `row_of` makes rows of again."""
    return [[row.sku, row.name, row.quantity, row.unit_price, row.discount] for row in rows]


def rows_of(draft: OrderDraft, currency: str, names: dict[str, str] | None = None) -> list[Row]:
    names = names or {}
    return [
        Row(
            line.sku,
            names.get(line.sku, ""),
            plain(line.quantity),
            "" if line.unit_price is None else price_typed(line.unit_price, currency),
            plain(line.discount) if line.discount else "",
        )
        for line in draft.lines
    ]


def draft_from(form: EntryForm, rows: Sequence[Row]) -> OrderDraft:
    """The draft as far as it can be read; rows with errors are left out, so check them before placing."""
    data = getattr(form, "cleaned_data", {})
    lines = []
    for row in rows:
        quantity = row.number("quantity", required=True)
        unit_price = row.number("unit_price", required=False)
        discount = row.number("discount", required=False)
        lines.append(LineDraft(row.sku, ZERO if quantity is None else quantity, unit_price, discount or ZERO))
    address = {name: data.get(f"ship_{name}") or "" for name in ADDRESS}
    given = any(value for name, value in address.items() if name != "country")
    priority = data.get("priority")
    return OrderDraft(
        channel=data.get("channel") or "",
        lines=tuple(lines),
        external_id=data.get("external_id") or None,
        customer=data.get("customer") or None,
        ship_to=AddressDraft(**{**address, "country": address["country"].upper() or "CN"}) if given else None,
        discount=data.get("discount") or ZERO,
        shipping=data.get("shipping") or ZERO,
        note=data.get("note") or "",
        priority=100 if priority is None else priority,
        requested_at=end_of_day(data.get("requested_on")),
    )


def place_errors(form: EntryForm, rows: Sequence[Row], errors: Sequence[ErrorDetail]) -> None:
    """Each refusal at the cell or field that it is about; one that has no place goes above the form."""
    if what_to_do := short_of(errors):
        form.add_error(None, what_to_do)
    for detail in errors:
        form.refused.append(detail)
        found = re.match(r"/lines/(\d+)(?:/(\w+))?", detail.pointer or "")
        if found and int(found[1]) < len(rows):
            row = rows[int(found[1])]
            if (
                found[2] or "quantity"
            ) not in row.errors:  # one cause at a time: what is no number is not also too small
                row.complain(found[2] or "quantity", sentence(detail))
        else:
            form.refuse([detail])


def say_above(form: EntryForm, rows: Sequence[Row]) -> None:
    """Above the form, that nothing was placed and what helps: the lines themselves may be off the screen."""
    wrong = sum(bool(row.errors) for row in rows)
    if not wrong:
        return
    text = ngettext(
        "Nothing was placed: %(n)s line needs a look.", "Nothing was placed: %(n)s lines need a look.", wrong
    )
    form.add_error(None, text % {"n": wrong})


def short_of(errors: Iterable[ErrorDetail]) -> str:
    """What to do where a channel takes no order that is not wholly in stock; empty where that is not the matter."""
    if not any(detail.code == OutOfStock.code for detail in errors):
        return ""
    return gettext(
        "This channel takes no orders that are not wholly in stock. Choose another channel, save it as a quote, or take less."
    )


def check_rows(form: EntryForm, rows: Sequence[Row]) -> bool:
    if not rows:
        form.add_error(None, gettext("An order needs at least one line: search for a product below and press Enter."))
    return bool(rows) and not any(row.errors for row in rows)
