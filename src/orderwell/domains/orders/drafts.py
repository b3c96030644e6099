"""What a caller hands to `place_orders`: plain, immutable values, decoded from JSON by msgspec or built in Python.

Unknown fields and wrong types are refused when decoding; meaning is checked by `validation.py`.
"""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any

import msgspec

from orderwell.platform.accounts.actor import Actor

ZERO = Decimal(0)


class AddressDraft(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Where goods go. Phone, e-mail and street are stored encrypted."""

    recipient: str = ""
    phone: str = ""
    email: str = ""
    street: str = ""
    district: str = ""
    city: str = ""
    region: str = ""
    postcode: str = ""
    country: str = "CN"


class LineDraft(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`quantity` units of `sku`. Without `unit_price` the price list decides; `discount` is an amount for the whole line."""

    sku: str
    quantity: Decimal
    unit_price: Decimal | None = None
    discount: Decimal = ZERO


class ChargeDraft(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A charge beside goods and shipping, such as gift wrapping or a surcharge. A negative amount is a rebate.

    `tax_category` is a tax category's code; without it the charge is taxed like shipping.
    """

    code: str
    name: str
    amount: Decimal
    tax_category: str | None = None


class OrderDraft(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """An order as a channel, a clerk or a file wants it. Amounts are in the order's currency (by default the channel's).

    `channel` and `customer` are a channel's code and a customer's number. `discount` is an amount off the whole order.
    """

    channel: str
    lines: tuple[LineDraft, ...]
    external_id: str | None = None
    customer: str | None = None
    customer_name: str = ""
    currency: str | None = None
    # None: without an address. UNSET: to the usual address of the customer.
    ship_to: AddressDraft | msgspec.UnsetType | None = None
    discount: Decimal = ZERO
    shipping: Decimal = ZERO
    charges: tuple[ChargeDraft, ...] = ()
    note: str = ""
    priority: int = 100
    requested_at: datetime | None = None
    custom: dict[str, Any] = {}


class PastOrderDraft(OrderDraft, frozen=True, kw_only=True, tag=False):
    """An order that already happened elsewhere: recorded as shipped and settled, without touching stock or receivables."""

    placed_at: datetime


class QuoteDraft(OrderDraft, frozen=True, kw_only=True, tag=False):
    """A stored quote with new content or, `confirming` at its stored prices, on its way to becoming a placed order.

    It keeps its row and number. `reasons`, of a quote being confirmed, are why each line was quoted at its price.
    """

    order_id: int
    confirming: bool = False
    reasons: tuple[dict[str, Any], ...] = ()


class RequestIdentity(msgspec.Struct, frozen=True):
    """A repeatable request: `key` within `scope` (who asked), and the SHA-256 of what was asked."""

    scope: str
    key: str
    fingerprint: bytes


class Submission(msgspec.Struct, frozen=True):
    """One draft with who submits it and, where the caller wants to be able to repeat it, its request key.

    `language` is the one in which the caller reads a refusal; what is stored under the request key is in it too.
    """

    draft: OrderDraft
    actor: Actor
    request: RequestIdentity | None = None
    language: str = "en"
