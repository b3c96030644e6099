"""What a handheld sends: one confirmed action each, in exactly one of these forms."""

from __future__ import annotations

from decimal import Decimal

import msgspec


class Struct(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True, tag_field="kind"):
    """`title` is what people call the document the action is about."""

    title: str = ""
    warehouse: str = ""


class Picked(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    line: int
    variant: int
    quantity: Decimal


class Short(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    line: int
    sku: str
    wanted: Decimal
    found: Decimal
    reason: str


class Ship(Struct, tag="ship", frozen=True, kw_only=True):
    order: int
    picked: tuple[Picked, ...] = ()
    shorts: tuple[Short, ...] = ()
    carrier: str = ""
    tracking_number: str = ""


class ReceivedLine(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    code: str
    quantity: Decimal
    expected: int | None = None


class Receive(Struct, tag="receive", frozen=True, kw_only=True):
    lines: tuple[ReceivedLine, ...]
    reference: str = ""


class Arrived(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    line: int
    received: Decimal = Decimal(0)
    lost: Decimal = Decimal(0)


class Arrive(Struct, tag="arrive", frozen=True, kw_only=True):
    transfer: int
    lines: tuple[Arrived, ...]


class Count(Struct, tag="count", frozen=True, kw_only=True):
    count: int
    code: str
    quantity: Decimal
    add: bool = True


class ReturnedLine(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    line: int
    quantity: Decimal
    disposition: str


class Return(Struct, tag="return", frozen=True, kw_only=True):
    order: int
    reason: str
    lines: tuple[ReturnedLine, ...]


class Settle(Struct, tag="settle", frozen=True, kw_only=True):
    """The refused action `of` was tried anew, or given up."""

    of: str


Action = Ship | Receive | Arrive | Count | Return | Settle


class Message(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    key: str
    action: Action


class Envelope(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A message whose action is looked at only afterwards, so that one that can't be read isn't lost."""

    key: str
    action: dict[str, object]
