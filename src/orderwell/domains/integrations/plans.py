"""What a group of source lines is to become: an order, a return, a stock adjustment, or several of these."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from orderwell.domains.integrations.reading import Fault
from orderwell.domains.orders.drafts import OrderDraft

ZERO = Decimal(0)


class Part(StrEnum):
    """Which document of the plan a line goes into."""

    GOODS = "goods"
    CHARGE = "charge"
    RETURN = "return"
    ADJUSTMENT = "adjustment"


@dataclass(slots=True)
class PlannedLine:
    """One source line. `exact` is its amount as the file has it, `amount` in `currency`; None where the file has none.

    `kind` is how the line is counted in the reconciliation: a charge that was credited is in a return, but a charge.
    """

    number: int
    part: Part = Part.GOODS
    kind: str = "orders"
    exact: Decimal | None = None
    amount: Decimal | None = None
    currency: str = ""
    fault: Fault | None = None


@dataclass(frozen=True, slots=True)
class PlannedReturnLine:
    """Goods (`sku` of a product) or a charge that came back; quantity and amount are positive."""

    sku: str
    name: str
    quantity: Decimal
    amount: Decimal
    is_charge: bool


@dataclass(frozen=True, slots=True)
class PlannedReturn:
    received_at: datetime
    lines: Sequence[PlannedReturnLine]
    reason: str = ""


@dataclass(frozen=True, slots=True)
class PlannedAdjustmentLine:
    sku: str
    quantity: Decimal
    reason: str
    note: str


@dataclass(frozen=True, slots=True)
class PlannedAdjustment:
    adjusted_at: datetime
    lines: Sequence[PlannedAdjustmentLine]


@dataclass(slots=True)
class Plan:
    """A group understood. The lines of each part are in the order of the document's own lines."""

    reference: str
    lines: list[PlannedLine]
    customer: str | None = None
    order: OrderDraft | None = None
    returned: PlannedReturn | None = None
    adjustment: PlannedAdjustment | None = None
    faults: dict[int, Fault] = field(default_factory=dict)

    def of(self, *parts: Part) -> list[PlannedLine]:
        return [line for line in self.lines if line.part in parts]
