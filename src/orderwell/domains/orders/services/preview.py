"""What an order would cost if it were placed now: the same steps as placing it, without writing anything."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from orderwell.domains.orders.drafts import OrderDraft, Submission
from orderwell.domains.orders.outcomes import Refused
from orderwell.domains.orders.placement.plan import Plan, PlannedLine
from orderwell.domains.orders.placement.price import price
from orderwell.domains.orders.placement.resolve import resolve
from orderwell.domains.orders.pricing import Amounts
from orderwell.kernel.errors import ErrorDetail
from orderwell.platform.accounts.actor import Actor
from orderwell.platform.permissions import Permission


@dataclass(frozen=True, slots=True)
class Preview:
    """`lines` are goods in the order of the draft, then charges; empty when `errors` says why not."""

    currency: str
    lines: tuple[PreviewLine, ...]
    total: Amounts
    errors: tuple[ErrorDetail, ...]


@dataclass(frozen=True, slots=True)
class PreviewLine:
    sku: str
    name: str
    quantity: Decimal
    unit_price: Decimal
    tax_rate: Decimal
    amounts: Amounts
    explanation: Mapping[str, Any]


def preview_order(*, draft: OrderDraft, actor: Actor) -> Preview:
    """Prices, taxes and totals of a draft, or everything wrong with it. Stock is not looked at and nothing is locked."""
    actor.require(Permission.ORDERS_ORDER_PLACE)
    plan = Plan(Submission(draft, actor))
    resolve([plan])
    if plan.outcome is None:
        price(plan)
    errors = plan.outcome.errors if isinstance(plan.outcome, Refused) else ()
    lines = () if errors else tuple(_line(line) for line in plan.lines)
    return Preview(plan.currency, lines, plan.total, errors)


def _line(line: PlannedLine) -> PreviewLine:
    return PreviewLine(
        line.sku, line.name, line.quantity, line.unit_price, line.tax_rate, line.amounts, line.explanation
    )
