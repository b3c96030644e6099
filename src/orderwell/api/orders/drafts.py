"""An order as a program sends it: what it leaves out of the address is the customer's own."""

from __future__ import annotations

import msgspec

from orderwell.domains.orders import drafts


class OrderDraft(drafts.OrderDraft, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An order as a channel, a clerk or a file wants it. Amounts are in the order's currency (by default the channel's).

    `channel` and `customer` are a channel's code and a customer's number. `discount` is an amount off the whole order.
    Without `ship_to` the order goes to the customer's usual delivery address, as on the screen; with `null` it has none.
    """

    ship_to: drafts.AddressDraft | msgspec.UnsetType | None = msgspec.UNSET
