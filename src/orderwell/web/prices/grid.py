"""The prices of a list as rows that are typed over, added, emptied and pasted: what came back, and the change it makes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.translation import gettext as _
from msgspec import UNSET

from orderwell.domains.catalog.matching import match_variants
from orderwell.domains.prices.drafts import ZERO, EntryDraft
from orderwell.domains.prices.models import PriceEntry
from orderwell.domains.prices.queries import listed_prices
from orderwell.kernel.money import UNIT_PRICE_SCALE
from orderwell.kernel.quantities import plain
from orderwell.platform.accounts.actor import Actor
from orderwell.platform.batches import Verdict
from orderwell.platform.formats import listed, price_typed
from orderwell.platform.wording import sentence
from orderwell.web.components.forms import ExactField
from orderwell.web.orders.pasting import Pasted
from orderwell.web.templatetags.orderwell import localname, price

MOST_ROWS = 2000
_QUANTITY, _PRICE = ExactField(required=False), ExactField(required=False, places=UNIT_PRICE_SCALE)


@dataclass
class GridRow:
    """`was` is the price the row began with; empty and without `stored` it is a new one."""

    sku: str = ""
    minimum: str = ""
    price: str = ""
    name: str = ""
    was: str = ""
    listed: str = ""
    stored: bool = False
    errors: dict[str, str] = field(default_factory=dict)

    @property
    def empty(self) -> bool:
        return not (self.sku or self.price)


def rows_of(entries: Sequence[PriceEntry], currency: str) -> list[GridRow]:
    listed = listed_prices({entry.variant_id for entry in entries}, currency)
    return [
        GridRow(
            entry.variant.sku,
            plain(entry.minimum) if entry.minimum else "",
            shown := price_typed(entry.unit_price, currency),
            localname(entry.variant),
            shown,
            price(listed.get(entry.variant_id), currency, symbol=False),
            stored=True,
        )
        for entry in entries
    ]


def read_rows(data: QueryDict) -> list[GridRow]:
    """What the grid sent: one value of each name for every row; rows that nobody filled are left out."""
    names = ("sku", "minimum", "price", "was", "stored", "name", "listed")
    columns = [data.getlist(f"entry_{name}")[:MOST_ROWS] for name in names]
    rows = [
        GridRow(sku.strip()[:240], minimum.strip()[:40], amount.strip()[:40], name[:240], was, listed, bool(stored))
        for sku, minimum, amount, was, stored, name, listed in zip(*columns, strict=False)
    ]
    return [row for row in rows if not row.empty or row.stored]


def pasted_rows(lines: Sequence[Pasted]) -> list[GridRow]:
    rows = [GridRow(line.product[:240], line.quantity[:40], line.price[:40]) for line in lines]
    for row, line in zip(rows, lines, strict=True):
        if line.problem:
            row.errors["price"] = line.problem
    return rows


def drafts_of(actor: Actor, rows: Sequence[GridRow]) -> list[tuple[GridRow, EntryDraft]]:
    """The entries that the rows change; rows that hold no number or name no product get their error."""
    changed = [row for row in rows if not (row.stored and row.price == row.was)]
    found = match_variants(actor, {row.sku for row in changed if not row.stored})
    drafts = []
    for row in changed:
        minimum, amount = _number(row, "minimum", _QUANTITY), _number(row, "price", _PRICE)
        if not row.stored:
            matches = found.get(row.sku, [])
            if len(matches) == 1:
                row.sku, row.name = matches[0].sku, localname(matches[0])
            elif matches:
                skus = listed(match.sku for match in matches[:5])
                row.errors["sku"] = _("Several products have this name: %(skus)s") % {"skus": skus}
            if amount is None and "price" not in row.errors:
                row.errors["price"] = _("A price is needed here.")
        was = _number(row, "was", _PRICE) if row.stored else UNSET
        if "was" in row.errors:  # told at the cell it belongs to, for it has none
            row.errors.setdefault("price", row.errors.pop("was"))
        if row.errors:
            continue
        drafts.append((row, EntryDraft(row.sku, amount, minimum or ZERO, was)))
    return drafts


def _number(row: GridRow, name: str, reader: ExactField) -> Decimal | None:
    try:
        value: Decimal | None = reader.clean(getattr(row, name))
    except ValidationError as error:
        row.errors[name] = " ".join(error.messages)
        return None
    return value


def place_errors(drafts: Sequence[tuple[GridRow, EntryDraft]], verdicts: Sequence[Verdict]) -> int:
    """Each refusal at its cell; how many rows are saved."""
    cells = {"/sku": "sku", "/minimum": "minimum"}
    saved = 0
    for (row, _draft), verdict in zip(drafts, verdicts, strict=True):
        for detail in verdict.errors:
            row.errors[cells.get(detail.pointer or "", "price")] = sentence(detail)
        saved += verdict.outcome in ("created", "updated")
    return saved
