"""What a caller hands to `change_order`: new values; what is left out stays."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any

import msgspec

from orderwell.domains.orders.drafts import AddressDraft, ChargeDraft, LineDraft

MAX_REASON = 240


class LineChange(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """New values of one line; what is left out stays.

    `reprice` asks for the price that today's price lists give for the order's quantity; without it a line keeps its price.
    """

    line_id: int
    quantity: Decimal | None = None
    unit_price: Decimal | None = None
    discount: Decimal | None = None
    reprice: bool = False


class OrderChange(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """New values of an order; what is left out stays.

    `add_lines` and `add_charges` are new lines at the end, `remove_lines` ids of lines to which nothing has happened yet.
    `shipping` is the shipping charge; 0 takes it away. A date of null is taken away. `reason` says why, for the timeline.
    """

    lines: tuple[LineChange, ...] = ()
    add_lines: tuple[LineDraft, ...] = ()
    add_charges: tuple[ChargeDraft, ...] = ()
    remove_lines: tuple[int, ...] = ()
    shipping: Decimal | None = None
    discount: Decimal | None = None
    ship_to: AddressDraft | None = None
    note: str | None = None
    priority: int | None = None
    requested_at: datetime | msgspec.UnsetType | None = msgspec.UNSET
    promised_at: datetime | msgspec.UnsetType | None = msgspec.UNSET
    custom: dict[str, Any] | None = None
    reason: str = ""
