"""The form of a placed order: new values for lines and header, merged with what others changed meanwhile."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from orderwell.domains.orders.changes import LineChange, OrderChange
from orderwell.domains.orders.drafts import AddressDraft, LineDraft
from orderwell.domains.orders.models import Amendment, OrderLine
from orderwell.domains.orders.overview import LineView, OrderOverview
from orderwell.kernel.clock import business_day
from orderwell.kernel.errors import DomainError, ErrorDetail
from orderwell.kernel.quantities import plain
from orderwell.platform.formats import colon, price_typed
from orderwell.platform.wording import sentence
from orderwell.web.components.forms import CountryField, DayField, ExactField, WholeField, end_of_day
from orderwell.web.components.merging import Conflict, MergingForm
from orderwell.web.templatetags.orderwell import line_name

ADDRESS = ("recipient", "phone", "email", "street", "district", "city", "region", "postcode", "country")
ZERO = Decimal(0)
NUMBER = ExactField(required=False, places=None)
_PLAIN = re.compile(r"[0-9]{1,15}(\.[0-9]{1,10})?")
# Short names of the inputs of a line: quantity, price, discount.
PARTS = {"q": "quantity", "p": "unit_price", "d": "line_discount"}
_POINTED = {"quantity": "q", "unit_price": "p", "discount": "d"}


class OrderChangeForm(MergingForm):
    """Everything of an order but its lines."""

    shipping = ExactField(label=_("Shipping"), required=False, min_value=0, places=None)
    discount = ExactField(label=_("Order discount"), required=False, min_value=0, places=None)
    requested_on = DayField(label=_("Requested date"), required=False)
    promised_on = DayField(label=_("Promised date"), required=False)
    priority = WholeField(
        label=_("Priority"),
        min_value=0,
        max_value=999,
        help_text=_("Lower comes first when stock is short; 100 is normal."),
    )
    note = forms.CharField(label=_("Note"), required=False, max_length=10_000, widget=forms.Textarea(attrs={"rows": 2}))
    reason = forms.CharField(
        label=_("Why"), required=False, max_length=240, help_text=_("Stands on the timeline beside the change.")
    )
    ship_recipient = forms.CharField(label=_("Recipient"), required=False, max_length=120)
    ship_phone = forms.CharField(label=_("Phone"), required=False, max_length=40)
    ship_email = forms.CharField(label=_("E-mail"), required=False, max_length=254)
    ship_region = forms.CharField(label=_("Province or region"), required=False, max_length=80)
    ship_city = forms.CharField(label=_("City"), required=False, max_length=80)
    ship_district = forms.CharField(label=_("District"), required=False, max_length=80)
    ship_street = forms.CharField(label=_("Street and number"), required=False, max_length=500)
    ship_postcode = forms.CharField(label=_("Postcode"), required=False, max_length=20)
    ship_country = CountryField(required=False)
    pointers = {rf"/ship_to/{name}": f"ship_{name}" for name in ADDRESS} | {
        "/requested_at": "requested_on",
        "/promised_at": "promised_on",
    }

    def __init__(self, *args: Any, may_price: bool, personal: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not may_price:
            self.fields["discount"].disabled = True
        if not personal:
            # What is hidden from somebody must never be written back over what is there.
            for name in ADDRESS:
                del self.fields[f"ship_{name}"]


def stored_values(found: OrderOverview) -> dict[str, Any]:
    """What the form begins with."""
    order, zone = found.order, ZoneInfo(settings.TIME_ZONE)
    shipping = next((view.line for view in found.lines if _is_shipping(view)), None)
    return {
        "shipping": plain(shipping.unit_price) if shipping else "",
        "discount": plain(order.order_discount) if order.order_discount else "",
        "requested_on": business_day(order.requested_at, zone) if order.requested_at else None,
        "promised_on": business_day(order.promised_at, zone) if order.promised_at else None,
        "priority": order.priority,
        "note": order.note,
        **{f"ship_{name}": found.ship_to.get(name, "") for name in ADDRESS[:5]},
        **{f"ship_{name}": getattr(order, f"ship_{name}") for name in ADDRESS[5:]},
    }


def _is_shipping(view: LineView) -> bool:
    return view.line.kind == OrderLine.Kind.SHIPPING and view.active > 0


@dataclass
class ChangeRow:
    """A line of the order as it stands, with what was typed over it."""

    view: LineView
    typed: dict[str, str] = field(default_factory=dict)
    removed: bool = False
    # To be priced anew by today's price lists.
    reprice: bool = False
    errors: dict[str, str] = field(default_factory=dict)
    theirs: dict[str, str] = field(default_factory=dict)

    @property
    def line(self) -> OrderLine:
        return self.view.line

    def stored(self, part: str) -> str:
        return plain(getattr(self.line, PARTS[part]))

    @property
    def quantity(self) -> str:
        return self.typed.get("q", self.stored("q"))

    @property
    def shown_price(self) -> str:
        return price_typed(self.line.unit_price, self.line.order.currency)

    @property
    def unit_price(self) -> str:
        return self.typed.get("p", self.shown_price)

    @property
    def discount(self) -> str:
        shown = self.typed.get("d", self.stored("d"))
        return "" if shown == "0" and "d" not in self.typed else shown

    @property
    def fixed(self) -> bool:
        """Price and discount are charged already."""
        return bool(self.line.quantity_invoiced)

    @property
    def removable(self) -> bool:
        line = self.line
        return not (line.quantity_shipped or line.quantity_invoiced or line.quantity_cancelled)


@dataclass
class NewRow:
    sku: str = ""
    name: str = ""
    quantity: str = ""
    unit_price: str = ""
    errors: dict[str, str] = field(default_factory=dict)


@dataclass
class Typed:
    """The lines of a form that came back, and the change they make together with its header."""

    rows: list[ChangeRow]
    added: list[NewRow]
    # Ids of lines in the order in which the change names them, to find the way back from a pointer.
    changed_ids: list[int] = field(default_factory=list)
    removed_ids: list[int] = field(default_factory=list)
    said: list[str] = field(default_factory=list)

    @property
    def wrong(self) -> bool:
        return any(row.errors for row in self.rows) or any(row.errors for row in self.added)


def rows_of(found: OrderOverview) -> list[ChangeRow]:
    """Goods and charges; shipping has a field of its own, and what is cancelled altogether stays as it is."""
    return [ChangeRow(view) for view in found.lines if view.active and not _is_shipping(view)]


def read_rows(found: OrderOverview, data: QueryDict, before: Mapping[int, Mapping[str, Any]], who: str) -> Typed:
    """`before`: values of lines that others changed after the form was opened, as they were then."""
    rows = rows_of(found)
    by_id = {row.line.pk: row for row in rows}
    typed = Typed(rows, [])
    for name, values in data.lists():
        match = re.fullmatch(r"([qpdxr])-(\d{1,18})", name)
        if match is None:
            continue
        row = by_id.get(int(match[2]))
        if row is None:
            if match[1] == "x" or int(match[2]) in before:
                typed.said.append(gettext("A line you changed is not on the order any more."))
        elif match[1] == "x":
            row.removed = bool(values[-1])
        elif match[1] == "r":
            row.reprice = bool(values[-1])
        else:
            _take(row, match[1], values[-1].strip()[:40], before.get(row.line.pk, {}), who)
    typed.added = [
        NewRow(sku.strip()[:60], name[:240], quantity.strip()[:40], price.strip()[:40])
        for sku, name, quantity, price in zip(
            data.getlist("new_sku"),
            data.getlist("new_name"),
            data.getlist("new_quantity"),
            data.getlist("new_unit_price"),
            strict=False,
        )
        if sku.strip()
    ]
    return typed


def _take(row: ChangeRow, part: str, text: str, before: Mapping[str, Any], who: str) -> None:
    """Three-way for one cell: what only one of two people changed holds."""
    stored = row.stored(part)
    number = _number(text) if text else ("0" if part == "d" else "")
    if number == stored:
        return
    was = before.get(PARTS[part])
    if was is not None and number == plain(Decimal(str(was))):
        return  # this person left it as it was: the other's value holds
    row.typed[part] = text
    if was is not None:
        row.theirs[part] = stored
        text_now = _(
            "%(who)s changed this to “%(theirs)s” while you were typing. Keep yours and send again, or take theirs."
        )
        row.errors[part] = text_now % {"who": who or gettext("Somebody else"), "theirs": stored}


def line_conflicts(typed: Typed) -> list[Conflict]:
    """Cells of lines that both people changed, for the choice on top of the page."""
    titles = {"q": gettext("Quantity"), "p": gettext("Unit price"), "d": gettext("Discount")}
    return [
        Conflict(
            part,
            row.typed.get(part, ""),
            theirs,
            f"{line_name(row.line)}{colon()}{titles[part]}",
            f"{part}-{row.line.pk}",
        )
        for row in typed.rows
        for part, theirs in row.theirs.items()
    ]


def _number(text: str) -> str:
    if _PLAIN.fullmatch(text):  # a form of a thousand lines has three thousand numbers, almost all as they were
        return plain(Decimal(text))
    try:
        value = NUMBER.clean(text)
    except ValidationError:
        return text
    return plain(value) if value is not None else ""


def change_from(form: OrderChangeForm, typed: Typed, found: OrderOverview) -> OrderChange:
    """What differs from the order as it stands. Cells that hold no number are marked."""
    lines = []
    for row in typed.rows:
        if row.removed:
            typed.removed_ids.append(row.line.pk)
        elif (values := _values(row)) or row.reprice:
            typed.changed_ids.append(row.line.pk)
            if row.reprice:  # a price that was left in the cell is not a price that was typed
                values.pop("unit_price", None)
            lines.append(LineChange(row.line.pk, reprice=row.reprice, **values))
    return OrderChange(
        lines=tuple(lines),
        remove_lines=tuple(typed.removed_ids),
        add_lines=tuple(_added(typed.added)),
        reason=form.cleaned_data.get("reason", ""),
        **_header(form.cleaned_data, found, personal="ship_street" in form.fields),
    )


def _header(data: Mapping[str, Any], found: OrderOverview, *, personal: bool) -> dict[str, Any]:
    """Values of the header that differ from those that are stored."""
    stored = stored_values(found)
    values: dict[str, Any] = {}
    for name in ("requested", "promised"):
        day = data.get(f"{name}_on")
        if day != stored[f"{name}_on"]:
            values[f"{name}_at"] = end_of_day(day)
    for name, kept in (("shipping", found_shipping(found)), ("discount", found.order.order_discount)):
        if (data.get(name) or ZERO) != kept:
            values[name] = data.get(name) or ZERO
    for name in ("note", "priority"):
        if data.get(name) != getattr(found.order, name):
            values[name] = data.get(name)
    address = {name: data.get(f"ship_{name}", "") for name in ADDRESS}
    if personal and any(address[name] != stored[f"ship_{name}"] for name in ADDRESS):
        values["ship_to"] = AddressDraft(**{**address, "country": address["country"].upper()})
    return values


def found_shipping(found: OrderOverview) -> Decimal:
    return next((view.line.unit_price for view in found.lines if _is_shipping(view)), ZERO)


def _values(row: ChangeRow) -> dict[str, Decimal]:
    values = {}
    for part, text in row.typed.items():
        name = "discount" if part == "d" else PARTS[part]
        if not text and part == "d":
            values[name] = ZERO
            continue
        value = _decimal(text, part, row.errors)
        if value is not None:
            values[name] = value
    return values


def _decimal(text: str, part: str, errors: dict[str, str]) -> Decimal | None:
    try:
        value = NUMBER.clean(text)
    except ValidationError as error:
        errors[part] = " ".join(error.messages)
        return None
    if value is None:
        errors[part] = gettext("Enter a number.")
        return None
    number: Decimal = value
    return number


def _added(rows: Sequence[NewRow]) -> list[LineDraft]:
    drafts = []
    for row in rows:
        quantity = _decimal(row.quantity, "q", row.errors)
        price = _decimal(row.unit_price, "p", row.errors) if row.unit_price else None
        drafts.append(LineDraft(row.sku, quantity if quantity is not None else Decimal(1), price))
    return drafts


def place_errors(form: OrderChangeForm, typed: Typed, error: DomainError | Sequence[ErrorDetail]) -> None:
    """Each refusal at the cell or field it is about, else above the form."""
    rows = {row.line.pk: row for row in typed.rows}
    rest = []
    for detail in error.details if isinstance(error, DomainError) else error:
        parts = (detail.pointer or "").strip("/").split("/")
        index = int(parts[1]) if len(parts) > 1 and parts[1].isdecimal() else None
        cell = _POINTED.get(parts[2], "q") if len(parts) > 2 else "q"
        if parts[0] == "lines" and index is not None and index < len(typed.changed_ids):
            rows[typed.changed_ids[index]].errors[cell] = sentence(detail)
        elif parts[0] == "remove_lines" and index is not None and index < len(typed.removed_ids):
            rows[typed.removed_ids[index]].errors["x"] = sentence(detail)
        elif parts[0] == "add_lines" and index is not None and index < len(typed.added):
            typed.added[index].errors[cell] = sentence(detail)
        else:
            rest.append(detail)
    if rest:
        form.refuse(rest)


def before_of(amendments: Sequence[Amendment]) -> dict[int, dict[str, Any]]:
    """Of lines that were changed by these, the values before the first of them."""
    found: dict[int, dict[str, Any]] = {}
    for amendment in amendments:
        for pk, line in amendment.before.get("lines", {}).items():
            mine = found.setdefault(int(pk), {})
            now = amendment.after.get("lines", {}).get(pk, {})
            for name in PARTS.values():
                if line[name] != now.get(name):
                    mine.setdefault(name, line[name])
    return found


def errors_as_json(form: OrderChangeForm, typed: Typed) -> str:
    """Field name -> sentence, for the page that asked for a preview."""
    found = {f"{part}-{row.line.pk}": text for row in typed.rows for part, text in row.errors.items()}
    found |= {f"new-{index}-{part}": text for index, row in enumerate(typed.added) for part, text in row.errors.items()}
    found |= {name: " ".join(map(str, texts)) for name, texts in form.errors.items() if name != "__all__"}
    return json.dumps(found, ensure_ascii=False)


def is_empty(change: OrderChange) -> bool:
    """Nothing but perhaps a reason."""
    return msgspec.structs.replace(change, reason="") == OrderChange()
