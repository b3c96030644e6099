"""What the placement steps hand to each other: one `Plan` per draft, filled from step to step."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

import msgspec

from orderwell.domains.catalog.resolving import ChannelRef, VariantRef
from orderwell.domains.customers.resolving import CustomerRef
from orderwell.domains.orders.drafts import OrderDraft, PastOrderDraft, QuoteDraft, Submission
from orderwell.domains.orders.models import OrderLine
from orderwell.domains.orders.outcomes import Outcome, Refused
from orderwell.domains.orders.pricing import NOTHING, Amounts
from orderwell.domains.orders.sourcing import Demand
from orderwell.domains.prices.rule import Offer
from orderwell.kernel.errors import DomainError, ErrorDetail
from orderwell.platform.permissions import Permission

ZERO = Decimal(0)
ONE = Decimal(1)


class PlannedLine(msgspec.Struct):
    """A line on its way into the database. Charges have no variant and no demands."""

    kind: OrderLine.Kind
    sku: str
    name: str
    quantity: Decimal
    unit_price: Decimal
    tax_rate: Decimal
    variant: VariantRef | None = None
    line_discount: Decimal = ZERO
    order_discount_share: Decimal = ZERO
    amounts: Amounts = NOTHING
    demands: list[Demand] = []
    explanation: dict[str, Any] = {}
    # What the price lists offer of the product, for saying at which quantity it gets cheaper.
    offers: list[Offer] = []
    units: Decimal = ZERO
    id: int = 0


@dataclass(slots=True)
class Plan:
    """What is asked for, and step by step what becomes of it. The four fields after `submission` follow from it."""

    submission: Submission
    draft: OrderDraft = field(init=False)
    # It already happened: no stock, no receivables.
    past: bool = field(init=False, default=False)
    quote_id: int | None = field(init=False, default=None)
    # Whether prices and discounts may differ from the list: by permission, or because a quote fixed them.
    may_price: bool = field(init=False, default=False)
    outcome: Outcome | None = None
    channel: ChannelRef | None = None
    customer: CustomerRef | None = None
    currency: str = ""
    # Units of each SKU that a placed order has already, when lines are added to it: they count for its prices.
    ordered: dict[str, Decimal] = field(default_factory=dict)
    lines: list[PlannedLine] = field(default_factory=list)
    order_id: int = 0
    number: str = ""
    total: Amounts = NOTHING

    def __post_init__(self) -> None:
        self.draft = draft = self.submission.draft
        self.may_price = Permission.ORDERS_PRICE_OVERRIDE in self.submission.actor.permissions
        if isinstance(draft, PastOrderDraft):
            self.past = True
        elif isinstance(draft, QuoteDraft):
            self.quote_id = draft.order_id
            self.may_price = self.may_price or draft.confirming

    def check(self, found: list[ErrorDetail]) -> None:
        """Refuse the draft when anything was found."""
        if found:
            self.refuse(*found)

    def refuse(self, *found: DomainError | ErrorDetail) -> None:
        self.outcome = Refused(tuple(item if isinstance(item, ErrorDetail) else item.detail() for item in found))


def alive(plans: list[Plan]) -> list[Plan]:
    """Those not decided yet."""
    return [plan for plan in plans if plan.outcome is None]
