"""Two people at one quote: what each changed of its header and of its lines survives, what both changed is shown."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
from django import forms
from django.conf import settings
from django.utils.translation import gettext as _

from orderwell.domains.orders.drafts import OrderDraft
from orderwell.domains.orders.lines_alike import numbered
from orderwell.kernel.clock import business_day
from orderwell.kernel.quantities import plain
from orderwell.platform.formats import colon, listed
from orderwell.web.components.merging import Conflict, MergingForm
from orderwell.web.orders.entry_forms import ADDRESS, EntryForm, Row, cells_from, cells_of, row_of

# What of a line can be typed.
PARTS = ("quantity", "unit_price", "discount")
NONE = {"quantity": "", "unit_price": "", "discount": ""}


class QuoteForm(MergingForm, EntryForm):
    """The form of an order over a stored quote. `base_rows` are the lines it began with."""

    base_rows = forms.CharField(widget=forms.HiddenInput, required=False, max_length=2_000_000)
    OWN = MergingForm.OWN | {"base_rows"}

    def __init__(self, *args: Any, stored_rows: Sequence[Row], personal: bool, **kwargs: Any) -> None:
        self.stored_rows = list(stored_rows)
        self.personal = personal
        super().__init__(*args, initial={"base_rows": text_of_rows(self.stored_rows)}, **kwargs)

    def prepare(self) -> None:
        if not self.personal:
            # What is hidden from somebody must never be written back over what is there.
            for name in ADDRESS:
                del self.fields[f"ship_{name}"]

    def renew(self) -> None:
        self.sent = self.sent.copy()
        self.sent["base_rows"] = text_of_rows(self.stored_rows)
        super().renew()

    def merge_rows(self, mine: list[Row]) -> MergedRows:
        """The lines as they were typed over those stored now."""
        if self.merged is None:
            return MergedRows(mine)
        base = [row_of(cells) for cells in cells_from(self.sent.get("base_rows", ""))]
        return merge_rows(base, mine, self.stored_rows, self.changed_by or _("Somebody else"))


@dataclass
class MergedRows:
    rows: list[Row]
    said: list[str] = field(default_factory=list)
    conflicts: list[Conflict] = field(default_factory=list)


def text_of_rows(rows: Sequence[Row]) -> str:
    return json.dumps(cells_of(rows), ensure_ascii=False, separators=(",", ":"))


def merge_rows(base: Sequence[Row], mine: Sequence[Row], theirs: Sequence[Row], who: str) -> MergedRows:
    """Three-way: lines find each other by product, the second of a product the second, and merge cell by cell."""
    found = MergedRows([])
    was, now = numbered(base), numbered(theirs)
    typed = numbered(mine)
    for key, row in typed.items():
        if key in now:
            found.rows.append(_merged(row, was.get(key), now[key], found, who))
        elif key in was and _values(row) == _values(was[key]):
            found.said.append(_("%(who)s removed %(name)s meanwhile.") % {"who": who, "name": row.sku})
        else:
            if key in was:
                text = _("%(who)s removed %(name)s meanwhile; your changes keep it.")
                found.said.append(text % {"who": who, "name": row.sku})
            found.rows.append(row)
    for key, row in now.items():
        if key in typed:
            continue
        if key not in was:
            found.said.append(_("%(who)s added %(name)s meanwhile.") % {"who": who, "name": row.sku})
        elif _values(was[key]) != _values(row):
            text = _("%(who)s changed %(name)s meanwhile, so it is not removed. Remove it again if you still want to.")
            found.said.append(text % {"who": who, "name": row.sku})
        else:
            continue
        found.rows.append(row)
    return found


def _merged(mine: Row, base: Row | None, theirs: Row, found: MergedRows, who: str) -> Row:
    was, typed, now = (_values(base) if base else NONE), _values(mine), _values(theirs)
    taken = []
    for part in PARTS:
        if typed[part] == now[part] or was[part] == now[part]:
            continue
        if typed[part] == was[part]:
            setattr(mine, part, getattr(theirs, part))
            taken.append(part)
            continue
        target = f"line-{len(found.rows)}-{part}"
        mine.ids[part] = target
        title = f"{theirs.name or theirs.sku}{colon()}{_TITLES[part]()}"
        found.conflicts.append(Conflict(part, getattr(mine, part), getattr(theirs, part), title, target))
    if taken:
        names = listed(_TITLES[part]() for part in taken)
        text = _("%(who)s changed this meanwhile, and it is taken over: %(names)s.")
        found.said.append(text % {"who": who, "names": f"{theirs.name or theirs.sku} ({names})"})
    return mine


_TITLES = {"quantity": lambda: _("Quantity"), "unit_price": lambda: _("Unit price"), "discount": lambda: _("Discount")}


def _values(row: Row) -> dict[str, str]:
    """One text for all ways to write one number; no discount is a discount of nothing."""
    values = {}
    for part in PARTS:
        copy = Row(row.sku, row.name, row.quantity, row.unit_price, row.discount)
        number = copy.number(part, required=False)
        values[part] = getattr(row, part) if copy.errors else "" if number is None else plain(number)
    if values["discount"] == "0":
        values["discount"] = ""
    return values


def with_what_is_not_typed(draft: OrderDraft, stored: OrderDraft, *, personal: bool) -> OrderDraft:
    """A quote's form has no fields for some of what a quote holds: that stays as it is."""
    kept: dict[str, Any] = {"custom": stored.custom, "charges": stored.charges}
    if not personal:
        kept["ship_to"] = stored.ship_to
    if draft.channel == stored.channel:
        kept["currency"] = stored.currency
    if draft.customer == stored.customer:
        kept["customer_name"] = stored.customer_name
    if draft.requested_at and stored.requested_at:
        zone = ZoneInfo(settings.TIME_ZONE)
        if business_day(draft.requested_at, zone) == business_day(stored.requested_at, zone):
            kept["requested_at"] = stored.requested_at
    return msgspec.structs.replace(draft, **kept)
