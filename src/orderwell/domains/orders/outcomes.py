"""What became of each draft: placed, duplicate, refused, or the first answer to a repeated request."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

import msgspec

from orderwell.kernel.errors import ErrorDetail
from orderwell.kernel.quantities import trimmed


class LineResult(msgspec.Struct, frozen=True):
    """What is reserved and what is backordered for one goods line; for a bundle in units of the bundle."""

    sku: str
    quantity: Decimal
    reserved: Decimal
    backordered: Decimal

    @classmethod
    def of(cls, sku: str, quantity: Decimal, parts: Iterable[tuple[Decimal, Decimal]]) -> LineResult:
        """`parts`: of each product the line needs, how much is missing of how much. A bundle is reserved as far as its
        scarcest component."""
        missing = max(missing * quantity / wanted for missing, wanted in parts)
        return cls(sku, trimmed(quantity), trimmed(quantity - missing), trimmed(missing))


class Placed(msgspec.Struct, frozen=True, kw_only=True):
    """The order exists now. Amounts are in `currency`. As JSON it is what the API answers."""

    verdict: str = "placed"
    order_id: int = msgspec.field(name="id")
    number: str
    state: str = "placed"
    currency: str
    net_amount: Decimal
    tax_amount: Decimal
    total_amount: Decimal
    placed_at: datetime
    lines: tuple[LineResult, ...] = ()


class Duplicate(msgspec.Struct, frozen=True, kw_only=True):
    """The channel gave this external id before: this is the order it became then.

    `state` and amounts are those it has now; `lines` are what was answered when it was placed. `differs`: what was sent
    now has other products or other quantities than the order has.
    """

    verdict: str = "duplicate"
    order_id: int = msgspec.field(name="id")
    number: str
    state: str
    currency: str
    net_amount: Decimal
    tax_amount: Decimal
    total_amount: Decimal
    placed_at: datetime
    lines: tuple[LineResult, ...] = ()
    differs: bool = False


@dataclass(frozen=True, slots=True)
class Refused:
    """Nothing was written."""

    errors: tuple[ErrorDetail, ...]
    verdict: str = "refused"

    @property
    def code(self) -> str:
        return self.errors[0].code


@dataclass(frozen=True, slots=True)
class Repeated:
    """The request key was used before for the same request: the first answer again, byte for byte."""

    status: int
    answer: bytes
    verdict: str = "repeated"


Outcome = Placed | Duplicate | Refused | Repeated
