"""What became of each draft: placed, duplicate (the first answer again) or refused."""

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
    """The order existed before: same channel and external id, or same request key.

    `answer` is the stored first answer where the request carried a key, else None.
    """

    order_id: int
    number: str
    currency: str
    total_amount: Decimal
    placed_at: datetime
    answer: bytes | None = None
    answer_status: int = 200
    verdict: str = "duplicate"


@dataclass(frozen=True, slots=True)
class Refused:
    """Nothing was written. `answer` is the stored first refusal when the request was repeated with its key."""

    errors: tuple[ErrorDetail, ...]
    answer: bytes | None = None
    answer_status: int = 422
    verdict: str = "refused"

    @property
    def code(self) -> str:
        return self.errors[0].code


Outcome = Placed | Duplicate | Refused
