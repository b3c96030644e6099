"""What callers hand to the services of price lists: plain, immutable values; what is left out stays."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Literal

import msgspec
from msgspec import UNSET, UnsetType

ZERO = Decimal(0)
Scope = Literal["customer", "group", "channel", "everyone"]


class Target(msgspec.Struct, frozen=True, forbid_unknown_fields=True, order=True):
    """Whom a list is for: `code` is a customer's number, the code of a group or a channel; everyone has none."""

    scope: Scope
    code: str = ""


class PriceListDraft(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A price list. `valid_from` and `valid_until` are days of the business time zone, both included.

    `prices_include_tax` null: as the order's channel has it. Of several lists for the same circle the one with the
    smaller `priority` goes first. A list that is for nobody applies to no order.
    """

    code: str
    name_zh: str | UnsetType = UNSET
    name_en: str | UnsetType = UNSET
    currency: str | UnsetType = UNSET
    valid_from: date | UnsetType | None = UNSET
    valid_until: date | UnsetType | None = UNSET
    priority: int | UnsetType = UNSET
    prices_include_tax: bool | UnsetType | None = UNSET
    note: str | UnsetType = UNSET
    active: bool | UnsetType = UNSET
    applies_to: tuple[Target, ...] | UnsetType = UNSET
    version: int | None = None


class EntryDraft(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`unit_price` of `sku` from the quantity `minimum` on, 0 for any; a price of null takes the entry out of the list.

    `was`, where given, is the price that it replaces (null: none); the row is refused when another one stands there now.
    """

    sku: str
    unit_price: Decimal | None
    minimum: Decimal = ZERO
    was: Decimal | UnsetType | None = UNSET


class CopyDraft(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A new list `code` with the prices of the list `source` ("": the products' own list prices in `currency`).

    Each price is changed by `percent` (-15 for 15 % less) and becomes a multiple of `step`, the nearest or the next one up
    or down (`rounding`). The copy is for nobody until somebody says whom it is for.
    """

    code: str
    source: str = ""
    name_zh: str = ""
    name_en: str = ""
    currency: str = ""
    percent: Decimal = ZERO
    step: Decimal = Decimal("0.01")
    rounding: Literal["nearest", "up", "down"] = "nearest"
