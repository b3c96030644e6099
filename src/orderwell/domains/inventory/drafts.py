"""What a caller hands to the stock services. In settings, what is not given (UNSET) stays as it is."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

import msgspec
from msgspec import UNSET, UnsetType


class WarehouseDraft(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """`allow_negative` lets orders reserve more than there is. A lower `priority` comes first."""

    code: str
    name_zh: str | UnsetType = UNSET
    name_en: str | UnsetType = UNSET
    country: str | UnsetType = UNSET
    region: str | UnsetType = UNSET
    city: str | UnsetType = UNSET
    priority: int | UnsetType = UNSET
    allow_negative: bool | UnsetType = UNSET
    active: bool | UnsetType = UNSET


class AdjustmentLineDraft(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Either `change`, signed, or `counted`: what is really there."""

    sku: str
    change: Decimal | None = None
    counted: Decimal | None = None


class AdjustmentDraft(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A correction of stock. With an `external_id` it can be repeated: the second time changes nothing.

    With `displace` it may go below what is reserved: the orders that were promised last then wait again.
    """

    warehouse: str
    reason: str
    lines: tuple[AdjustmentLineDraft, ...]
    note: str = ""
    external_id: str | None = None
    displace: bool = False


class ReceiptLineDraft(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """`expected_receipt` is the id of the announcement that these goods answer to."""

    sku: str
    quantity: Decimal
    expected_receipt: int | None = None


class ReceiptDraft(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Goods that came in. `reference` is the supplier's delivery note."""

    warehouse: str
    lines: tuple[ReceiptLineDraft, ...]
    reference: str = ""


class ExpectedReceiptDraft(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Announced goods. Reference, SKU and warehouse together name the announcement; `supplier` is who sends them."""

    reference: str
    sku: str
    warehouse: str
    quantity: Decimal
    due_at: datetime
    supplier: str = ""


class TransferLineDraft(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    sku: str
    quantity: Decimal


class TransferDraft(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    origin: str
    destination: str
    lines: tuple[TransferLineDraft, ...]
    expected_at: datetime | None = None
    note: str = ""


class ArrivalDraft(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What became of one line of a transfer at its destination."""

    line: int
    received: Decimal = Decimal(0)
    lost: Decimal = Decimal(0)


class BufferDraft(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Stock that `channel` may not promise; without SKU or warehouse it holds for all. A `quantity` of None removes it."""

    channel: str
    quantity: Decimal | None
    sku: str | None = None
    warehouse: str | None = None


class CountDraft(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What is to be counted: the whole warehouse, a category with all below it, or some SKUs. `blind` hides the ledger."""

    warehouse: str
    category: str = ""
    skus: tuple[str, ...] = ()
    blind: bool = False
    note: str = ""


class CountEntry(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """`code` is a SKU or a barcode; the barcode of a pack counts what is in it. `add` adds to what was counted before."""

    code: str
    quantity: Decimal
    add: bool = False
