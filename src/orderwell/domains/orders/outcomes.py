"""What became of each draft: placed, duplicate, refused, or the first answer to a repeated request."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from orderwell.kernel.errors import ErrorDetail


@dataclass(frozen=True, slots=True)
class LineResult:
    """What is reserved and what is backordered for one goods line; for a bundle in units of the bundle."""

    sku: str
    quantity: Decimal
    reserved: Decimal
    backordered: Decimal


@dataclass(frozen=True, slots=True)
class Placed:
    """The order exists now. Amounts are in `currency`."""

    order_id: int
    number: str
    currency: str
    net_amount: Decimal
    tax_amount: Decimal
    total_amount: Decimal
    placed_at: datetime
    lines: tuple[LineResult, ...] = ()
    verdict: str = "placed"


@dataclass(frozen=True, slots=True)
class Duplicate:
    """The channel gave this external id before: this is the order it became then."""

    order_id: int
    number: str
    currency: str
    total_amount: Decimal
    placed_at: datetime
    verdict: str = "duplicate"


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
